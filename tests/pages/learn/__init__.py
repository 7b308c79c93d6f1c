"""The chapters of Learn."""
