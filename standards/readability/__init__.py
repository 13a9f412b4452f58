"""The corridor of machine-readability rules: one file per rule of the Japanese administration, from the raw sheet."""
