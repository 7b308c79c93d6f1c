"""Registers a component of our own, whose CSS and JavaScript are files in its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

from vae.figures.svg import SVG_SCRIPT

__all__ = ["mounted", "mounted_figure"]

# What Streamlit calls. It looks for tables among the values of a dictionary, for which it loads
# pandas and PyArrow, 60 MB: a list it takes as it is, and bytes. The script comes some time after
# the element: what waits for the picture is told by an attribute that it was drawn.
SHOW = """
const sent = (data) => (Array.isArray(data) ? data[0] : data);
export default (component) => {
  const unmount = mount({ ...component, data: sent(component.data) });
  const { parentElement } = component;
  (parentElement.host ?? parentElement).dataset.drawn = "";
  return unmount;
};
"""


def mounted(
    module: str, name: str, *scripts: str, html: str = "", css: str | tuple[str, ...] = ()
) -> Callable[..., Any]:
    """Register a component once, at the import of its module; return what shows it.

    module: its __file__. scripts: parts of one module, since a component's script cannot
    import another; its function mount is called with Streamlit's component, whose data is the
    dictionary that it is shown with. html: a file's name, or the element itself. css: names of
    files.
    """
    here = Path(module).parent

    def read(*names: str) -> str:
        return "\n".join((here / each).read_text(encoding="utf-8") for each in names)

    registered = component(
        name,
        html=read(html) if html.endswith(".html") else html,
        css=read(*([css] if isinstance(css, str) else css)) or None,
        js=f"{read(*scripts)}{SHOW}",
    )

    def show(*, data: dict[str, Any] | bytes | None = None, **options: Any) -> Any:
        return registered(data=[data] if isinstance(data, dict) else data, **options)

    return show


def mounted_figure(
    module: str, name: str, *scripts: str, css: str | tuple[str, ...] = ()
) -> Callable[..., Any]:
    """Register a figure of Learn, as `mounted` does: with what all of them share."""
    styles = (css,) if isinstance(css, str) else css
    return mounted(
        module,
        name,
        str(SVG_SCRIPT),
        "../figure.js",
        *scripts,
        html='<div class="figure"></div>',
        css=("../figure.css", *styles),
    )
