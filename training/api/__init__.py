"""What every part of the HTTP interface shares: keys, and one shape for errors."""
