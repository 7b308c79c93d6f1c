"""Generate: draw on demand."""
