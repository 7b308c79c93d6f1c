"""Pictures of every page, light and dark: python -m tests.browser.screenshots.

They go to docs/screenshots, or to the folder that is named; --every takes them on six screens.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from pathlib import Path

from tests.browser.driving import PHONE, ROOT, SCREEN, chromium, serve, settled

VIEWS = ("draw", "path", "dimensions", "projections", "knowledge")
LATENT = ("latent", *(f"latent?view={view}" for view in VIEWS))
RUNS = ("runs", "runs?view=compare", "runs?view=rate-and-distortion", "runs?view=sweeps")
PAGES = ("", "learn", "data", "train", "train?view=watch", *LATENT, "evaluate", "generate", *RUNS)
SIZES = {
    "projector": {"width": 1920, "height": 1080},
    "wide": SCREEN,
    "laptop": {"width": 1280, "height": 720},
    "tablet": {"width": 820, "height": 1180},
    "phone": PHONE,
    "small": {"width": 360, "height": 640},
}
EVERY = tuple(itertools.product(SIZES, ("light", "dark")))
DOCUMENTED = (("wide", "light"), ("phone", "dark"))
TALL = 2600  # the page scrolls inside itself, so that only a tall window shows it whole


def main() -> None:
    """Open each page in each size and theme and keep a picture of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    parser.add_argument("--every", action="store_true", help="each size in both themes")
    parser.add_argument("--tall", action="store_true", help="the whole page, not one screen")
    parser.add_argument("--pages", nargs="+", default=PAGES)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder) / "runs"
        runs.mkdir()
        with serve(runs) as (address, _):
            for size, theme in EVERY if arguments.every else DOCUMENTED:
                viewport = SIZES[size]
                if arguments.tall:
                    viewport = {**viewport, "height": TALL}
                context = browser.new_context(viewport=viewport, color_scheme=theme)
                page = context.new_page()
                for name in arguments.pages:
                    page.goto(f"{address}/{name}")
                    settled(page)
                    page.wait_for_load_state("networkidle")
                    called = name.replace("?view=", "-") or "start"
                    page.screenshot(path=arguments.folder / f"{called}-{size}-{theme}.png")
                context.close()


if __name__ == "__main__":
    main()
