"""The HTTP interface for readers."""
