"""What `python -m vae` does before all else: Ctrl-C ends it without a traceback while it loads.

`main` takes over from there. The name sorts before those of the modules that take their time.
"""

from __future__ import annotations

import signal
import sys

program = getattr(sys.modules["__main__"], "__spec__", None)
if program is not None and program.name == "vae.__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
