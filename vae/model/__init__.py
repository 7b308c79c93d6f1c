"""The networks, the objective and the VAE, in Keras, and its files."""
