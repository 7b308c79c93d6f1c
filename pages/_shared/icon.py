"""The app's icon: a Gaussian, as dots. python -m pages._shared.icon draws it anew.

It lies here, since for a `:material/…:` icon each visitor's browser would ask a host of Google.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["ICON"]

ICON = Path(__file__).with_suffix(".png")
SIDE = 64  # pixels: a tab shows 16 or 32
FINER = 8  # drawn so many times larger, for smooth edges
CORNER = 0.22  # as fractions of the side, as what follows
SPACING, LARGEST = 0.3, 0.15
GROUND, INK = "#0d9488", "#ffffff"  # the theme's teal carries white in light and dark tabs


def render_icon() -> Image.Image:
    """Return nine dots, as large as a Gaussian is dense there, on a teal square."""
    side = SIDE * FINER
    icon = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(icon)
    draw.rounded_rectangle((0, 0, side - 1, side - 1), CORNER * side, fill=GROUND)
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            radius = LARGEST * math.exp(-0.5 * (row**2 + column**2)) * side
            centre = [side / 2 + SPACING * offset * side for offset in (column, row)]
            draw.circle(centre, radius, fill=INK)
    return icon.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    render_icon().save(ICON, optimize=True)
