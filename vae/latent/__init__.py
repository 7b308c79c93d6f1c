"""Latent space: its planes, projections, neighbours and densities, and ways through it."""
