"""The app: one folder a page, thin scripts over the package `vae`."""
