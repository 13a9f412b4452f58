"""The corridor of kinds of personal data: one module per subject, each with its TRAITS; the list is in the registry."""
