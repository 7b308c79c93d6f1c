"""From the files of a zip or folder to images."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from vae.data.importing.contents import (
    Contents,
    Imported,
    Order,
    Refusal,
)
from vae.data.importing.decoder import Decoded, Decoder, Unreadable
from vae.data.importing.names import clean, in_order, places_of
from vae.data.importing.sources import Member, Source
from vae.data.importing.treatment import in_channels, inverts
from vae.errors import DatasetError

__all__ = ["check_output", "evenly", "finished", "import_files", "scan_files"]

SHOWN = 12  # originals beside their images


def scan_files(source: Source) -> Contents:
    """Return what a zip or folder holds by its names; a file that is no picture shows later."""
    places = _places(source)
    classes = Counter(name for name, _ in places)
    tests = sum(test is True for _, test in places)
    count = len(source.members)
    return Contents(source.kind, count, dict(classes), (), tuple(source.refused), tests)


def import_files(source: Source, order: Order) -> Imported:
    """Decode the files as ordered. Raises DatasetError if none is a picture."""
    treatment = order.treatment
    places = _places(source)
    chosen = evenly([name for name, _ in places], order.limit)
    members = [source.members[at] for at in chosen]
    refused = list(source.refused)
    check_output(len(members), order)
    images = np.empty((len(members), *treatment.image_shape), np.uint8)
    kept: list[int] = []
    sizes: list[tuple[int, int]] = []
    greys: list[bool] = []
    originals: list[np.ndarray] = []
    with Decoder(treatment) as decoder:
        for done, member in order.each(members):
            picture = _decoded(decoder, member, refused)
            if picture is not None:
                images[len(kept)] = in_channels(picture.image, treatment)
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
        source.class_names,
    )


def check_output(count: int, order: Order) -> None:
    """Raise DatasetError if so many images would take more than they may."""
    height, width, channels = order.treatment.image_shape
    if count * height * width * channels > order.caps.output_bytes:
        raise DatasetError(
            f"Images of at most {order.caps.output_bytes // 10**6} MB in all were expected. Choose "
            f"a smaller size. Received: {count:,} of {height} x {width}"
        )


def _places(source: Source) -> list[tuple[str, bool | None]]:
    return source.places or places_of([member.name for member in source.members])


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
    class_names: tuple[str, ...] = (),
) -> Imported:
    """Invert images (N, H, W, C) as ordered, and number the classes, or take those named."""
    names = class_names or in_order(classes)
    if len(names) > order.caps.classes:
        raise DatasetError(
            f"At most {order.caps.classes} classes were expected. Received: {len(names)}"
        )
    inverted = inverts(images, grey, order.treatment)
    if inverted:
        np.subtract(255, images, out=images)
    number = {name: at for at, name in enumerate(names)}
    ranked = sorted(sizes, key=lambda size: size[0] * size[1])
    aspects = sorted(width / height for width, height in sizes)
    return Imported(
        images=images,
        labels=np.array([number[name] for name in classes], np.uint8),
        class_names=names,
        test=test,
        sizes=(ranked[0], ranked[len(ranked) // 2], ranked[-1]),
        aspects=(aspects[0], aspects[len(aspects) // 2], aspects[-1]),
        channels=tuple(sorted({1 if one else 3 for one in grey})),
        originals=tuple(originals),
        treatment=replace(order.treatment, invert="yes" if inverted else "no"),
        refused=tuple(refused),
    )
