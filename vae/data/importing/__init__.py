"""Pictures of one's own, from a zip, a folder or arrays to uint8 images of one size."""
