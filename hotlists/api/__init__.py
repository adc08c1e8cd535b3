"""The HTTP interface for sources of hot lists."""
