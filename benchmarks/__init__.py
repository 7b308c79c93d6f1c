"""What is fast and small, against what, in one run: python -m benchmarks."""
