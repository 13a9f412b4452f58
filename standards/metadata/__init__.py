"""The corridor of metadata languages: one file per language."""
