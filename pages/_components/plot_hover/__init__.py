"""Pictures for a Plotly chart: of the dot under the pointer, at once; a click picks the dot."""

from __future__ import annotations

from collections.abc import Callable

from pages._components.mounting import mounted

__all__ = ["plot_hover"]

_mount = mounted(
    __file__,
    "plot_hover",
    "hover.js",
    html='<div class="box" hidden><canvas></canvas></div>'
    '<button type="button" class="turn" aria-pressed="false">Turn with a finger</button>'
    '<p class="flat" role="alert" hidden>This browser cannot draw in 3-D: it has no WebGL. '
    '<button type="button">Show it in 2-D</button></p>',
    css=("../pill.css", "hover.css"),
)


def plot_hover(
    chart: str,
    tiles: str,
    *,
    key: str,
    on_select: Callable[[], None],
    on_flat: Callable[[], None],
    on_rotate: Callable[[], None],
) -> None:
    """Watch the chart with this key, whose dots' customdata are numbers of tiles.

    A finger scrolls the page until a button below lets it turn the chart. on_flat: called when a
    visitor, whose browser cannot draw in 3-D, asks for two dimensions.

    tiles: the id of their feed (see `latent_map.feed`). on_select: called when a dot is clicked;
    the state's `selection` is then {"kind": "image", "index": its number}. on_rotate: called when
    the chart was turned or moved, with Plotly's camera in the state's `camera`.
    """
    _mount(
        key=key,
        data={"chart": chart, "tiles": tiles},
        default={"selection": None},
        on_selection_change=on_select,
        on_flat_change=on_flat,
        on_camera_change=on_rotate,
    )
