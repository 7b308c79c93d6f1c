"""A run as a zip, and what one from elsewhere may hold."""
