"""Data sets as uint8 images, where they come from, and how pictures of one's own are treated."""
