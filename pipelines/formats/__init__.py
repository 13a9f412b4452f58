"""The corridor of file formats: one file per format."""
