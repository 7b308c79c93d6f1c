"""Opens all pages by links to runs: python -m tests.pages.page_tour ID ...

In a process of its own, for tests of what this one may do that theirs may not.
"""

from __future__ import annotations

import sys

from tests.pages.driving import PAGES, open_page


def main(ids: list[str]) -> None:
    """Say of each page what it broke of."""
    for run_id in ids:
        for page in PAGES:
            app = open_page(page, run=run_id)
            print(run_id, page, [str(error.value) for error in app.exception], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
