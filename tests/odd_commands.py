"""Acts on a run while one file after the other is none: python -m tests.odd_commands RUN KIND.

In a process of its own, since a reader that waits at a pipe would wait for ever. Before each act it
says which, and behind it what came of it.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

from tests.kinds import FEW_COMPONENTS
from tests.odd_files import odd
from vae.archive.zip_export import export_zip
from vae.cli.main import main
from vae.errors import VAEError
from vae.runs.run import open_run
from vae.sampling import mixtures
from vae.server.tickets import ACTIONS
from vae.server.worker import work

FILES = (
    *("config.json", "status.json", "about.json", "control.json", "history.jsonl"),
    *("metrics.json", "likelihood-asked.json", "latents.npz", "samplers.npz", "checkpoint.npz"),
    *("snapshots/fixed.npz", "model.keras", "encoder.onnx", "decoder.onnx", "lock", "worker.log"),
)
COMMANDS = (
    *("evaluate", "quality", "demo --out x.html", "sample --out x.png", "sample --out x.csv"),
    *("interpolate --from 0 --out x.gif", "export --format keras", "export --format onnx"),
    *("export --format weights", "export --format script"),
)


def acts(path: Path) -> dict[str, Callable[[], object]]:
    """Return what can be done with a run, by what it is called."""
    found: dict[str, Callable[[], object]] = {}
    for command in COMMANDS:
        name, *rest = command.split()
        found[command] = lambda words=(name, str(path), *rest, "--json"): main([*words])
    for action in ACTIONS:
        found[f"worker {action}"] = lambda action=action: work(path, action)
    found["export as zip"] = lambda: len(export_zip(open_run(path)))
    return found


def tour(path: Path, kind: str) -> None:
    """Go through all files and acts; a refusal is an answer too."""
    mixtures.COMPONENTS = FEW_COMPONENTS
    for name in FILES:
        for what, act in acts(path).items():
            print(f"{name}: {what}:", end=" ", flush=True)
            nowhere = io.StringIO()
            with (
                odd(path / name, kind),
                contextlib.redirect_stdout(nowhere),
                contextlib.redirect_stderr(nowhere),
            ):
                try:
                    outcome = act()
                except VAEError as error:
                    outcome = error
            print(outcome, flush=True)


if __name__ == "__main__":
    tour(Path(sys.argv[1]).absolute(), sys.argv[2])
