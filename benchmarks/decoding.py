"""What decoding a picture takes: python -m benchmarks.decoding

For each kind of file: the peak memory of the process that decodes it, above that of a tiny picture,
by pixel of the file, and what `vae.data.picture_decoder` counts for it. Linux.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time

import numpy as np
from PIL import Image

from vae.data import picture_decoder

SIDE = 3000
# Its own peak: what a process tells of its children begins with what it had itself.
WATCHED = """
import re, runpy, sys
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
finally:
    status = open("/proc/self/status").read()
    print(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1], file=sys.stderr)
"""


def peak(content: bytes) -> tuple[int, float, int]:
    """Return the peak memory in bytes, seconds, and exit status of decoding this file."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, picture_decoder.__file__],
        input=content,
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    return int(done.stderr.splitlines()[-1]) * 1024, seconds, done.returncode


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Return a picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def pictures() -> dict[str, tuple[bytes, int]]:
    """Return files and how many pixels each has."""
    ramp = np.add.outer(np.arange(SIDE), np.arange(SIDE)).astype(np.uint16)
    grey = Image.fromarray((ramp % 256).astype(np.uint8))
    rgb, rgba = grey.convert("RGB"), grey.convert("RGBA")
    found = {
        "PNG": saved(rgb, "PNG", compress_level=1),
        "PNG, transparent": saved(rgba, "PNG", compress_level=1),
        "PNG, palette": saved(grey.quantize(32), "PNG", compress_level=1),
        "PNG, 16 bits": saved(Image.fromarray(ramp), "PNG", compress_level=1),
        "JPEG": saved(rgb, "JPEG"),
        "JPEG, progressive": saved(rgb, "JPEG", progressive=True, subsampling=0),
        "WebP": saved(rgb, "WEBP", method=0),
        "WebP, lossless": saved(rgb, "WEBP", lossless=True, method=0),
        "GIF": saved(grey.quantize(32), "GIF"),
        "BMP": saved(rgb, "BMP"),
    }
    measured = {name: (content, SIDE**2) for name, content in found.items()}
    line = saved(Image.new("L", (1, 30_000_000)), "PNG")
    large = saved(Image.new("RGB", (5400, 5400)), "WEBP", lossless=True, method=0)
    return measured | {
        "PNG, 1 x 30,000,000": (line, 30_000_000),
        "WebP, lossless, 5,400 x 5,400": (large, 5400**2),
    }


def main() -> None:
    """Measure each kind and print a table."""
    nothing, seconds, _ = peak(saved(Image.new("RGB", (1, 1)), "PNG"))
    print(f"a tiny picture: {nothing / 1e6:.0f} MB, {seconds:.2f} s")
    for name, (content, pixels) in pictures().items():
        took, seconds, status = peak(content)
        each = (took - nothing) / pixels
        print(
            f"{name:30} {len(content) / 1e3:9,.0f} kB {took / 1e6:6.0f} MB {seconds:5.2f} s "
            f"{each:5.1f} bytes a pixel, status {status}"
        )


if __name__ == "__main__":
    main()
