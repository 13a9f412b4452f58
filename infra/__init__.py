"""What stands around the house: migrations of the records, servers for tests, decisions."""
