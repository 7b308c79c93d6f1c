"""The pages, in the order of the navigation."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PAGES", "PageEntry"]


class PageEntry(NamedTuple):
    """A page: its folder in pages/, which is its address too, and its names and icon."""

    folder: str
    title: str  # in the navigation and the tab
    icon: str
    heading: str  # on the page
    shows_run: bool = True  # whether it shows the chosen run, and so the picker


# The first one is shown where the address names none.
PAGES = (
    PageEntry("start", "Start", ":material/home:", "VAE Lab"),
    PageEntry("learn", "Learn", ":material/school:", "Learn", shows_run=False),
    PageEntry("data", "Data", ":material/grid_view:", "Data"),
    PageEntry("train", "Train", ":material/model_training:", "Train"),
    PageEntry("latent", "Latent", ":material/scatter_plot:", "Latent space"),
    PageEntry("evaluate", "Evaluate", ":material/straighten:", "Evaluate"),
    PageEntry("generate", "Generate", ":material/casino:", "Generate"),
    PageEntry("runs", "Runs", ":material/table_rows:", "Runs", shows_run=False),
)
