"""Plate swaps and counterfeits: one plate where, or on what, it cannot have been (docs/findings.md)."""
