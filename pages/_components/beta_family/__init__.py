"""A family of runs under one slider: where their codes lie, what random codes become, what copies
look like, and where each stands between rate and distortion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from pages._components.mounting import mounted_figure
from vae.figures.class_looks import MARKS_SCRIPT, class_looks
from vae.figures.colors import HUES

__all__ = ["FamilyMember", "beta_family"]

_mount = mounted_figure(
    __file__,
    "beta_family",
    str(MARKS_SCRIPT),
    "../cloud.js",
    "beta_family.js",
    css="beta_family.css",
)


class FamilyMember(TypedDict):
    """One run. points: base64 of float32 (N, 2). window: centre and half a side of what is shown.

    manifold, copies: URLs of pictures. rate, distortion: nats per image.
    """

    beta: float
    points: str
    window: list[float]
    manifold: str
    copies: str
    rate: float
    distortion: float


def beta_family(
    members: Sequence[FamilyMember],
    *,
    labels: str,
    class_names: Sequence[str],
    originals: str,
    first: int,
    key: str,
) -> None:
    """Show the family, beginning with one of it.

    labels: base64 of uint8 (N,), the classes of the points. originals: the URL of the picture
    whose copies the members show.
    """
    _mount(
        key=key,
        data={
            "members": list(members),
            "labels": labels,
            **class_looks(class_names),
            "originals": originals,
            "first": first,
            "hues": HUES,
        },
    )
