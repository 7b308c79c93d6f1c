"""Train: choose, start, watch."""
