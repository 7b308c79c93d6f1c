"""The command line, python -m vae."""
