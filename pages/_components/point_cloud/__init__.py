"""A cloud of test images in two dimensions, drawn on a canvas.

Plotly's bundle and its WebGL took more of the first paint than all else on the page together.
"""

from __future__ import annotations

import numpy as np

from pages._components.latent_map import as_base64
from pages._components.mounting import mounted
from vae.figures.class_looks import MARKS_SCRIPT, MARKS_STYLE, class_looks
from vae.latent.planes import Extent
from vae.latent.projections import Projection

__all__ = ["point_cloud"]

_mount = mounted(
    __file__,
    "point_cloud",
    str(MARKS_SCRIPT),
    "../cloud.js",
    "point_cloud.js",
    html='<figure><figcaption><div></div></figcaption><div class="frame">'
    '<canvas role="img"></canvas><output></output></div></figure>',
    css=("cloud.css", str(MARKS_STYLE)),
)


def point_cloud(
    projection: Projection, class_names: tuple[str, ...], *, alt: str, key: str
) -> None:
    """Show a projection (N, 2), a dot each in the color of its class; alt: what it shows."""
    is_finite = np.isfinite(projection.points).all(axis=1)
    points, labels = projection.points[is_finite].astype(np.float32), projection.y[is_finite]
    extent = Extent.square_around(points.min(axis=0), points.max(axis=0))
    half = (extent.right - extent.left) / 2
    _mount(
        key=key,
        data={
            "points": as_base64(points),
            "labels": as_base64(labels.astype(np.uint8)),
            "window": [extent.left + half, extent.bottom + half, half],
            **class_looks(class_names),
            "names": list(projection.axes),
            "hasPrior": False,
            "alt": alt,
        },
    )
