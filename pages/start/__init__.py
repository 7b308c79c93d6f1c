"""Start: a trained model at once."""
