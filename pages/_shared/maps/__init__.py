"""Maps of latent planes that several pages show: their data, what is picked, what is in sight."""
