"""Latent: look inside."""
