"""Images and codes as files that say which run and which seed they come from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Literal
from xml.sax.saxutils import escape

import numpy as np
from PIL import Image

from vae.errors import ConfigError
from vae.images import enlarged
from vae.runs.provenance import one_line

__all__ = ["AnimationKind", "animation", "to_csv", "to_npz"]

AnimationKind = Literal["gif", "webp"]
MAX_FRAMES_PER_SECOND = 50  # browsers slow down what is faster
ENDS_LAST = 5  # frames: the two ends of a path are shown for longer
XMP = """\
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def animation(
    images: np.ndarray,
    kind: AnimationKind,
    *,
    scale: int = 1,
    smooth: bool = False,
    frames_per_second: float = 11.0,
    there_and_back: bool = True,
    loop: bool = True,
    notes: dict[str, str] | None = None,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> bytes:
    """Return images uint8 (N, H, W, C) as a GIF or WebP that moves; each pixel is scale x scale.

    there_and_back: for a path between two images, which are then shown for longer; a walk is shown
    in its order. loop: for ever, or once. smooth: as `vae.images.to_png` has it.
    on_progress: called with the fraction of the frames that are made.
    Raises ConfigError for a speed outside 1 to 50 frames a second.
    """
    if not 1 <= frames_per_second <= MAX_FRAMES_PER_SECOND:
        raise ConfigError(
            f"frames_per_second must be from 1 to {MAX_FRAMES_PER_SECOND}. "
            f"Received: {frames_per_second}"
        )
    order = [*range(len(images))]
    lasting = [10 * round(100 / frames_per_second)] * len(order)  # GIF counts hundredths
    if there_and_back:
        lasting[0] *= ENDS_LAST
        if len(order) > 1:
            lasting[-1] *= ENDS_LAST
        way_back = slice(-2, 0, -1)
        order, lasting = order + order[way_back], lasting + lasting[way_back]

    def make() -> Iterator[Image.Image]:
        for count, index in enumerate(order):
            yield enlarged(images[index], scale, smooth=smooth)
            on_progress((count + 1) / len(order))

    text = one_line(notes or {})
    if kind == "gif":
        # A GIF without the number of its repetitions is shown once.
        own = ({"loop": 0} if loop else {}) | {"optimize": False, "comment": text.encode()}
    else:
        own = {"loop": int(not loop), "lossless": True, "xmp": XMP.format(escape(text)).encode()}
    buffer = io.BytesIO()
    frames = make()  # one at a time: enlarged they are far more memory than the file
    first = next(frames)
    first.save(buffer, kind.upper(), save_all=True, append_images=frames, duration=lasting, **own)
    return buffer.getvalue()


def to_npz(arrays: dict[str, np.ndarray], notes: dict[str, str]) -> bytes:
    """Return arrays as a compressed NPZ; the notes are its keys `run`, `seed`, ..., as text.

    For images: `images` uint8 (N, H, W, C), their `z` (N, d) and, where they have any, `labels`.
    """
    buffer = io.BytesIO()
    texts = {name.lower(): np.array(value) for name, value in notes.items()}
    np.savez_compressed(buffer, allow_pickle=False, **arrays, **texts)
    return buffer.getvalue()


def to_csv(z: np.ndarray, notes: dict[str, str], labels: np.ndarray | None = None) -> bytes:
    """Return z (N, d) as CSV: comment lines with the notes, a header z_1, ..., a row per code."""
    text = io.StringIO()
    for name, value in notes.items():
        text.write(f"# {name}: {value}\n")
    table = csv.writer(text, lineterminator="\n")
    names = [f"z_{index}" for index in range(1, z.shape[1] + 1)]
    table.writerow(names if labels is None else [*names, "label"])
    for index, code in enumerate(z):
        # The shortest text that reads back as the same float32.
        table.writerow([*map(str, code), *([] if labels is None else [labels[index]])])
    return text.getvalue().encode()
