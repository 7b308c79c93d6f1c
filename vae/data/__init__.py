"""Data sets as uint8 images, where they come from, and what becomes of pictures of one's own."""
