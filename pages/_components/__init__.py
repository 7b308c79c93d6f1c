"""Browser parts of our own, each a small folder: Python, JavaScript, CSS."""
