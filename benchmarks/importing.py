"""Seconds and peak memory of importing 10,000 pictures of 28 x 28: a zip of PNG files, or a CSV.

Run: python -m benchmarks.importing [COUNT] [--csv]
"""

from __future__ import annotations

import argparse
import io
import resource
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


def write_csv(path: Path, count: int) -> None:
    """Write a table of `count` rows of noise, with a label each."""
    random = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join(["label", *(f"pixel{at}" for at in range(784))]) + "\n")
        for at in range(count):
            pixels = random.integers(0, 256, 784).tolist()
            file.write(",".join(map(str, [at % 10, *pixels])) + "\n")


def main() -> None:
    """Print what an import took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("--csv", action="store_true", help="a CSV instead of PNG files")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pictures.csv" if options.csv else "pictures.zip")
        (write_csv if options.csv else write_zip)(path, options.count)
        start = time.perf_counter()
        imported = import_pictures(path, Treatment())
        seconds = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    here, child = (each.ru_maxrss // 1000 for each in used)
    of_a_core = sum(each.ru_utime + each.ru_stime for each in used)
    print(
        f"{len(imported.images):,} pictures in {seconds:.1f} s, {of_a_core:.1f} s of a core with "
        f"writing them; at most {here} MB here, {child} MB in the reader"
    )


if __name__ == "__main__":
    main()
