"""Training and describing the models that come with the project."""
