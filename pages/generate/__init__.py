"""Generate: sample and decode on demand."""
