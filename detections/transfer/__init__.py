"""The transfer client: `transfer.py`, one file that runs on a vehicle's computer as well as here."""
