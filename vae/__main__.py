"""python -m vae: see vae/cli."""

import sys

from vae import _startup  # noqa: F401 (first: see there)
from vae.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
