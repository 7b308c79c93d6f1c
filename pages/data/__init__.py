"""Data: what a model learns from."""
