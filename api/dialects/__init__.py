"""The corridor of dialects: one file or package per way of speaking."""
