"""Many trainings as one job: its folder, its rows as they are found, and how it is resumed."""
