"""vae-lab app: the app's server, started from any folder.

This module is also the program that becomes the server, `python -m vae.cli.app APP`, in a process
of its own, which is as small as with `streamlit run app.py`.
"""

from __future__ import annotations

import argparse
import os
import runpy
import signal
import subprocess
import sys
from typing import NoReturn

from vae.environment import app_folder

__all__ = ["start_app"]


def start_app(options: argparse.Namespace) -> NoReturn:
    """Start the app; it prints its address and runs until Ctrl-C."""
    command = [sys.executable, "-m", "vae.cli.app"]
    if options.port is not None:
        command.append(f"--server.port={options.port}")
    if os.name == "posix":  # the process becomes the server, so that signals reach it
        os.execv(sys.executable, command)
    sys.exit(subprocess.run(command, check=False).returncode)


def _serve() -> None:
    """Become Streamlit's program.

    It reads .streamlit/config.toml beside app.py after that of the current folder. Without the
    option it would ask for an e-mail address on its very first start.
    """
    # Ctrl-C ends the process without a traceback while Streamlit loads; its server takes over.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = str(app_folder() / "app.py")
    sys.argv[:] = ["streamlit", "run", app, "--server.showEmailPrompt=false", *sys.argv[1:]]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve()
