"""Run every benchmark: python -m benchmarks, or make bench.

With --write, what those that are named print takes its place in docs/performance.md.
"""

from __future__ import annotations

import argparse

from benchmarks import (
    answers,
    app,
    chaos,
    classifier,
    first_screen,
    generate,
    gpu,
    growth,
    history,
    imports,
    latent_map,
    likelihood,
    live_snapshots,
    load,
    presets,
    time_to_quality,
    training,
    views,
    watching,
)
from benchmarks.page import PAGE, measure_into

BENCHMARKS = {
    "presets": presets.table,
    "training": training.compare,
    "classifier": classifier.compare,
    "time_to_quality": time_to_quality.time_to_quality,
    "growth": growth.growth,
    "gpu": gpu.gpu,
    "likelihood": likelihood.likelihood,
    "app": app.measure,
    "first_screen": first_screen.first_screen,
    "views": views.views,
    "answers": answers.answers,
    "watching": watching.watch,
    "live_snapshots": live_snapshots.live_snapshots,
    "generate": generate.generate,
    "history": history.history,
    "imports": imports.imports,
    "latent_map": latent_map.latent_map,
    "load": load.load,
    "chaos": chaos.chaos,
}


WITHOUT_TABLE = ("chaos",)  # it passes or fails


def main() -> None:
    """Run those that are named, or all."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure speed and quality.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--write", action="store_true", help="put what they print into docs/performance.md"
    )
    options = parser.parse_args()
    names = options.names
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        parser.error(f"NAME is one of {', '.join(BENCHMARKS)}. Received: {', '.join(unknown)}")
    for name in names or BENCHMARKS:
        if options.write and name not in WITHOUT_TABLE:
            measure_into(PAGE, name, BENCHMARKS[name])
        else:
            BENCHMARKS[name]()


if __name__ == "__main__":
    main()
