"""What the JSON files of a run hold: types, and what reads and checks them."""
