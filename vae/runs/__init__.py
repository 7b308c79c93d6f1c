"""A run's folder: its files, who writes them, who reads them, and what is asked of a run."""
