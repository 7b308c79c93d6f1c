"""The program: python -m vae, or vae-lab where the package is installed. See vae/cli."""

import signal
import sys


def main() -> int:
    """Run the command line and return its exit status."""
    # Ctrl-C ends the process without a traceback while modules load; the command line takes over.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from vae.cli.main import main as command_line
    from vae.model.lean_keras import import_lean

    import_lean()
    return command_line()


if __name__ == "__main__":
    sys.exit(main())
