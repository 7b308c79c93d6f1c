"""How commands are added to the command line, and how it says that arguments are wrong."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["AddCommand", "Parser"]

# Makes the parser of a command from the function that runs it.
AddCommand = Callable[[Any], argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    """A parser that answers wrong arguments with one line and exit status 2."""

    def error(self, message: str) -> NoReturn:
        """End the program with this message."""
        # Not the usage text as well: what was wrong must not scroll away.
        self.exit(2, f"{self.prog}: {message}\n")
