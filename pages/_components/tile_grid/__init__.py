"""A grid of images, one of which can be selected: by a click, by touch or by the arrow keys."""

from __future__ import annotations

from pages._components.data_url import as_data_url
from pages._components.mounting import mounted

__all__ = ["tile_grid"]

_mount = mounted(
    __file__,
    "tile_grid",
    "tiles.js",
    html='<div class="tiles" tabindex="0" role="group"><img alt=""><div class="hovered"></div>'
    '<div class="selected"></div><span class="status" aria-live="polite"></span></div>',
    css="tiles.css",
)


def tile_grid(
    png: bytes, rows: int, columns: int, *, alt: str, grid_id: str, selected: int | None, key: str
) -> int | None:
    """Show a grid and return the index of the selected image, counted row by row, or None.

    grid_id: names this grid; a selection in another one does not count. selected: at first.
    """
    data = {
        "image": as_data_url(png),
        **{"rows": rows, "columns": columns, "alt": alt, "grid": grid_id, "selected": selected},
    }
    found = _mount(
        key=key, data=data, default={"selection": None}, on_selection_change=lambda: None
    ).selection
    if not isinstance(found, dict) or found.get("grid") != grid_id:
        return selected
    index = found.get("index")
    return index if isinstance(index, int) and 0 <= index < rows * columns else None
