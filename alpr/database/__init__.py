"""PostgreSQL as Django has it, with errors that name no values of rows."""
