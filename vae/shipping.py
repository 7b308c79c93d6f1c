"""Trains the runs that ship with the project: python -m vae.shipping [--derive] [NAME ...].

They are run folders like any other, made on all of MNIST with fixed seeds, without what only a
continued training needs and with fewer snapshots. With --derive nothing is trained: the runs that
are there get what is computed of a model and they lack.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
from pathlib import Path

from vae.config import Config
from vae.datasets import load_dataset
from vae.files import read_json, write_json
from vae.knowledge import compute_knowledge
from vae.latent import compute_tsne
from vae.metrics import evaluate
from vae.presets import PRESETS
from vae.recorder import Recorder
from vae.runs import SHIPPED, Run, open_run
from vae.training import train

__all__ = ["SHIPPED_RUNS", "derive", "ship"]

# In the order in which the app lists them: the first is what a new visitor sees.
SHIPPED_RUNS: dict[str, Config] = {
    f"mnist-{preset}": PRESETS[preset]
    for preset in ("recommended", "convolutional", "lecture", "lecture-fast", "autoencoder")
}
MOST_SNAPSHOTS = 16
MOST_BYTES = 4_000_000


def ship(name: str, folder: Path = SHIPPED) -> Run:
    """Train one of the shipped runs anew and put it in its place."""
    config, path = SHIPPED_RUNS[name], folder / name
    # Beside its place first: the app goes on showing the old one until the new one is whole.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".shipping-") as beside:
        run = train(config, load_dataset("mnist"), out=Path(beside) / name)
        _thin_out(run)
        for leftover in ("checkpoint.npz", "lock", "worker.log"):
            (run.path / leftover).unlink(missing_ok=True)
        place = list(SHIPPED_RUNS).index(name)
        write_json(run.path / "config.json", {**run.info, "place": place})
        derive(run)
        shutil.rmtree(path, ignore_errors=True)
        run.path.rename(path)
    return Run(path)


def derive(run: Run) -> None:
    """Compute what a run lacks of t-SNE, knowledge and metrics; what is there stays as it is.

    Raises RuntimeError if metrics that are there are not those of its model, or if the run is too
    large then.
    """
    if run.config.latent_dim > 2:
        compute_tsne(run)
    if not run.knowledge:
        compute_knowledge(run, load_dataset(run.dataset))
    if "binarisation" not in run.metrics:
        _complete_metrics(run)
    size = sum(file.stat().st_size for file in run.path.rglob("*") if file.is_file())
    if size > MOST_BYTES:
        raise RuntimeError(f"A shipped run has at most {MOST_BYTES:,} bytes. Received: {size:,}")


def _complete_metrics(run: Run) -> None:
    """Add what an earlier version did not measure; numbers that are there stay, digit by digit."""
    known = run.metrics
    found, _ = evaluate(run.load_model(), load_dataset(run.dataset))
    for name in ("reconstruction", "kl"):
        if not math.isclose(found[name], known[name], rel_tol=1e-4):
            raise RuntimeError(
                f"{name} of {run.id} is {known[name]:.4f} by its metrics. "
                f"Received: {found[name]:.4f} from its model"
            )
    parts = {"distortion": known["reconstruction"]}
    if "rate" in found:
        parts["rate"] = known["kl"]
    Recorder(run.path).metrics(known | found | known | parts)  # in the order that it had


def _thin_out(run: Run) -> None:
    """Keep the first and the last snapshot and, between them, more of the early ones."""
    epochs = run.snapshot_epochs
    last = epochs[-1]
    # Squares of equal steps: learning is quick at first.
    kept = {round(last * (step / (MOST_SNAPSHOTS - 1)) ** 2) for step in range(MOST_SNAPSHOTS)}
    for epoch in epochs:
        if epoch not in kept and len(epochs) > MOST_SNAPSHOTS:
            (run.path / "snapshots" / f"{epoch:04d}.npz").unlink()


def main() -> None:
    """Train those that are named, or all; or derive what they lack."""
    parser = argparse.ArgumentParser(prog="vae.shipping", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--derive", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    for name in arguments.names or SHIPPED_RUNS:
        if arguments.derive:
            derive(open_run(SHIPPED / name))
        else:
            run = ship(name)
            print(f"{name}: {read_json(run.path / 'metrics.json')}", file=sys.stderr)


if __name__ == "__main__":
    main()
