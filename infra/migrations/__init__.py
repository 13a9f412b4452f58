"""Steps of the records' schema, for Alembic."""
