"""A grid of images, each of which can be picked: by a click, a finger or the arrow keys."""

from __future__ import annotations

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted

__all__ = ["tile_grid"]

_mount = mounted(
    __file__,
    "tile_grid",
    "tiles.js",
    html='<div class="tiles" tabindex="0" role="group"><img alt=""><div class="under"></div>'
    '<div class="picked"></div><span class="said" aria-live="polite"></span></div>',
    css="tiles.css",
)


def tile_grid(
    png: bytes, rows: int, columns: int, *, alt: str, grid_id: str, picked: int | None, key: str
) -> int | None:
    """Show a grid and return which of its images is picked, counted row by row, or None.

    grid_id: of what is shown; a pick on another grid does not count. picked: the one to begin with.
    """
    data = {
        "image": as_data_url(png),
        **{"rows": rows, "columns": columns, "alt": alt, "grid": grid_id, "picked": picked},
    }
    found = _mount(key=key, data=data, default={"pick": None}, on_pick_change=lambda: None).pick
    if not isinstance(found, dict) or found.get("grid") != grid_id:
        return picked
    place = found.get("place")
    return place if isinstance(place, int) and 0 <= place < rows * columns else None
