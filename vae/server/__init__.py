"""The queue of runs, the processes that train them, and who is connected."""
