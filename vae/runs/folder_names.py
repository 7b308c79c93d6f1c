"""Names of folders as people give them, and those that would lead elsewhere."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

__all__ = ["MAX_NAME_BYTES", "is_folder_name"]

MAX_NAME_BYTES = 255  # what file systems take


def is_folder_name(text: str) -> bool:
    """Whether a text can name one folder inside of another, in sight, and nothing else.

    Names that begin with a dot are those of this package's own folders, and of "." and "..".
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:  # bytes that are no UTF-8: no address and no page can hold them
        return False
    if not 0 < size <= MAX_NAME_BYTES or text.startswith(".") or "\0" in text:
        return False
    if Path(text).name != text:  # separators, and a drive where there are any
        return False
    # Windows opens "NUL" as a device, and the folder "run" as "run." too.
    return os.name != "nt" or (
        not PureWindowsPath(text).is_reserved() and text == text.rstrip(". ")
    )
