"""The corridor of adapters: one file or package per outside thing."""
