"""From the files of a zip or folder to images."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from vae.data.importing.contents import (
    Contents,
    Imported,
    Order,
    Refusal,
)
from vae.data.importing.decoder import Decoded, Decoder, Unreadable
from vae.data.importing.names import clean, places_of
from vae.data.importing.sources import Member, Source
from vae.data.importing.treatment import inverts
from vae.errors import DatasetError

__all__ = ["evenly", "finished", "import_files", "scan_files"]

SHOWN = 12  # originals beside their images


def scan_files(source: Source) -> Contents:
    """Return what a zip or folder holds by its names; a file that is no picture shows later."""
    places = places_of([member.name for member in source.members])
    classes = Counter(name for name, _ in places)
    tests = sum(test is True for _, test in places)
    count = len(source.members)
    return Contents(source.kind, count, dict(classes), (), tuple(source.refused), tests)


def import_files(source: Source, order: Order) -> Imported:
    """Decode the files as ordered. Raises DatasetError if none is a picture."""
    treatment, caps = order.treatment, order.caps
    places = places_of([member.name for member in source.members])
    chosen = evenly([name for name, _ in places], order.limit)
    members = [source.members[at] for at in chosen]
    refused = list(source.refused)
    images = np.empty((len(members), treatment.size, treatment.size, 3), np.uint8)
    if images.nbytes > caps.output_bytes * (1 if treatment.color else 3):
        raise DatasetError(
            f"Images of at most {caps.output_bytes // 10**6} MB in all were expected. Choose a "
            f"smaller size. Received: {len(members):,} of {treatment.size} x {treatment.size}"
        )
    kept: list[int] = []
    sizes: list[tuple[int, int]] = []
    greys: list[bool] = []
    originals: list[np.ndarray] = []
    with Decoder(treatment) as decoder:
        for done, member in order.each(members):
            picture = _decoded(decoder, member, refused)
            if picture is not None:
                images[len(kept)] = picture.image
                kept.append(chosen[done])
                sizes.append(picture.size)
                greys.append(picture.grey)
                originals += [picture.original] * (len(originals) < SHOWN)
    if not kept:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in refused[:3]) or "no file"
        raise DatasetError(f"At least one picture was expected. Received: {reasons}")
    tests = [places[at][1] for at in kept]
    test = None if tests[0] is None else np.array(tests, bool)
    return finished(
        images[: len(kept)],
        [places[at][0] for at in kept],
        test,
        order,
        np.array(greys),
        sizes,
        originals,
        refused,
    )


def _decoded(decoder: Decoder, member: Member, refused: list[Refusal]) -> Decoded | None:
    try:
        return decoder.decode(member.read())
    except Unreadable as error:
        refused.append(Refusal(clean(member.name), str(error)))
        return None


def evenly(classes: list[str], limit: int | None) -> list[int]:
    """Return indices of `limit` entries, one of each class in turn, in the entries' own order."""
    if limit is None or limit >= len(classes):
        return list(range(len(classes)))
    members: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(classes):
        members[name].append(at)
    rank = {at: turn for of_class in members.values() for turn, at in enumerate(of_class)}
    return sorted(sorted(rank, key=lambda at: (rank[at], at))[:limit])


def finished(
    images: np.ndarray,
    classes: list[str],
    test: np.ndarray | None,
    order: Order,
    grey: np.ndarray,
    sizes: list[tuple[int, int]],
    originals: list[np.ndarray],
    refused: list[Refusal],
) -> Imported:
    """Make RGB images (N, H, W, 3) grey and inverted as ordered, and number the classes."""
    names = sorted(
        set(classes), key=lambda name: (len(name), name) if name.isdigit() else (9, name)
    )
    if len(names) > order.caps.classes:
        raise DatasetError(
            f"At most {order.caps.classes} classes were expected. Received: {len(names)}"
        )
    if not order.treatment.color:
        images = _luminance(images)
    inverted = inverts(images, grey, order.treatment)
    if inverted:
        np.subtract(255, images, out=images)
    number = {name: at for at, name in enumerate(names)}
    ranked = sorted(sizes, key=lambda size: size[0] * size[1])
    return Imported(
        images=images,
        labels=np.array([number[name] for name in classes], np.uint8),
        class_names=tuple(names),
        test=test,
        sizes=(ranked[0], ranked[len(ranked) // 2], ranked[-1]),
        channels=tuple(sorted({1 if one else 3 for one in grey})),
        originals=tuple(originals),
        inverted=inverted,
        refused=tuple(refused),
    )


def _luminance(images: np.ndarray) -> np.ndarray:
    """Return RGB (N, H, W, 3) as grey (N, H, W, 1), as Pillow weighs it (ITU-R BT.601)."""
    weights = np.array([19595, 38470, 7471], np.uint32)
    grey = np.empty((*images.shape[:3], 1), np.uint8)
    for at in range(0, len(images), 1000):
        some = images[at : at + 1000]
        grey[at : at + 1000, ..., 0] = (some.astype(np.uint32) @ weights + 0x8000) >> 16
    return grey
