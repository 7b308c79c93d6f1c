"""Whether a model is any good, in numbers."""
