"""How dates, times and numbers read, after docs/look.md."""
