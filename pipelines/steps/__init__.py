"""The corridor of steps: one file per step, none knows another."""
