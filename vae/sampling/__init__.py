"""Codes to decode: from the prior, from fitted mixtures, from the posteriors."""
