"""Columns with personal data in every spelling, and columns without that look alike: generators with a seed."""
