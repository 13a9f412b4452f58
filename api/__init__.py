"""The top floor: every door, and the one place that chooses adapters."""
