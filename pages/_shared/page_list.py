"""The pages, in the order of the navigation."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PAGES", "PageEntry"]


class PageEntry(NamedTuple):
    """A page: its folder in pages/, which is its address too, its title and its icon."""

    folder: str
    title: str
    icon: str


# The first one is shown where the address names none.
PAGES = (
    PageEntry("start", "Start", ":material/home:"),
    PageEntry("data", "Data", ":material/grid_view:"),
    PageEntry("train", "Train", ":material/model_training:"),
    PageEntry("latent", "Latent", ":material/scatter_plot:"),
    PageEntry("evaluate", "Evaluate", ":material/straighten:"),
    PageEntry("generate", "Generate", ":material/casino:"),
)
