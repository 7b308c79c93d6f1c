"""Messages without the folders of the server, which are its owner's business alone."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from vae.environment import is_public, runs_folder
from vae.runs.run import SHIPPED

__all__ = ["without_paths"]

# An absolute path, and no part of a web address: /a/b/c or C:\a\b\c. In "1 /2" it is a fraction.
FOLDERS = re.compile(
    r"(?<![\w.:/\\~])(?!/\d+(?![\w./\\]))"
    r"(?:[A-Za-z]:[\\/]|/)(?:[^\\/\s'\"<>]+[\\/])*(?=[^\\/\s])"
)


def without_paths(text: str) -> str:
    """Return a text in which runs are called by their ids, not by where their folders lie.

    Where strangers share the server no other path is named either. On one's own machine it is:
    who is to put a file into a folder, or to delete one, must know which.
    """
    for folder in _spellings(runs_folder(), SHIPPED):
        text = text.replace(folder + os.sep, "")
    if not is_public():
        return text
    # Only who knows a folder can tell where a name with spaces ends.
    for folder in _spellings(Path.cwd(), Path(tempfile.gettempdir()), Path(sys.prefix)):
        text = text.replace(folder + os.sep, "/")
    return FOLDERS.sub("", text)


def _spellings(*folders: Path) -> list[str]:
    """Return how a path may name these, the longest first."""
    spelled = {str(each) for path in folders for each in (path, path.resolve()) if path.name}
    return sorted(spelled, key=len, reverse=True)
