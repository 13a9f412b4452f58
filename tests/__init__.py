"""Tests of the house, floor by floor."""
