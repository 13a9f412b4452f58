"""The corridor of checks: one file per check."""
