"""What a person takes away: pictures, animations, code, weights, a page without a server."""
