"""What the system must be good at, measured as ratios to the bare machine in the same run."""
