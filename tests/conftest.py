"""What every test may ask for. The database is started by tests/database.py."""
