"""Many trainings as one job: its folder, its plan, rows as they are found, and how it goes on."""
