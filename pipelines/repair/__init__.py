"""Repairs of a table: a plan of what can be mended; the mended cells with a log of every change."""
