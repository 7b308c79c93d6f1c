"""Runs: all of them, beside each other."""
