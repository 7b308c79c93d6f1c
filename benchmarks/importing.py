"""Seconds and peak memory of importing a zip of 10,000 PNG files of 28 x 28.

Run: python -m benchmarks.importing [COUNT]
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from vae.data.importing.reading import import_pictures
from vae.data.importing.treatment import Treatment


def write_zip(path: Path, count: int) -> None:
    """Write a zip of `count` pictures of noise, in ten folders."""
    random = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for at in range(count):
            file = io.BytesIO()
            pixels = random.integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(file, "PNG")
            archive.writestr(f"{at % 10}/{at}.png", file.getvalue())


def main() -> None:
    """Print what an import took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pictures.zip")
        write_zip(path, count)
        start = time.perf_counter()
        imported = import_pictures(path, Treatment())
        seconds = time.perf_counter() - start
    here, child = (
        resource.getrusage(who).ru_maxrss // 1000
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"{len(imported.images):,} pictures in {seconds:.1f} s; "
        f"at most {here} MB here, {child} MB in the decoder"
    )


if __name__ == "__main__":
    main()
