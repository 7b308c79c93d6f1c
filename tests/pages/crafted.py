"""Runs in the state that a test is about: made by hand, or copied and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.conftest import change_status, copy_run
from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run
from vae.runs.writer import RunWriter
from vae.server.tickets import Ticket, Tickets
from vae.training.history_rows import in_nats

Make = Callable[..., Run]
ALIVE = ("starting", "training")
STEPS = 25  # of an epoch
# What the earliest version wrote of an autoencoder is the least that there is.
METRICS = {
    **{"images": "all 360 test images", "treatment": "grey levels in [0, 1]"},
    **{"loss": 30.5, "reconstruction": 30.5, "kl": 0.0},
}


def row(
    epoch: int,
    reconstruction: float,
    kl: Sequence[float] = (3.0, 4.0),
    *,
    kind: str = "epoch",
    step: int = STEPS,
    beta: float = 1.0,
    **more: float,
) -> dict[str, Any]:
    """A row of a history; kl: nats of each dimension."""
    means = {"reconstruction": reconstruction, "kl_per_dimension": list(kl)}
    position = {"kind": kind, "epoch": epoch, "step": step}
    return position | in_nats(means, beta) | {"beta": beta, "learning_rate": 1e-3} | more


def change(epoch: int, step: int, **settings: float) -> dict[str, Any]:
    """The row that marks a change of settings."""
    return {"kind": "change", "epoch": epoch, "step": step, **settings}


def epochs(*reconstructions: float, **more: Any) -> list[dict[str, Any]]:
    """The rows of so many epochs, alike but for their reconstruction."""
    return [row(epoch, value, **more) for epoch, value in enumerate(reconstructions, start=1)]


TRAINED = epochs(40.0, 30.0)


def craft(
    path: Path,
    dataset: Dataset,
    config: Config | None = None,
    state: str = "stopped",
    rows: Iterable[dict[str, Any]] = (),
    *,
    checkpoint: bool = True,
    owner: str = "",
    **status: Any,
) -> Run:
    """Make such a run; only its name says that it has a checkpoint."""
    rows = list(rows)
    writer = RunWriter.create(path, config or Config(latent_dim=2, epochs=12), dataset, owner)
    for each in rows:
        writer.row(each)
    if checkpoint:
        (path / "checkpoint.npz").touch()
    if rows:
        position = {name: rows[-1][name] for name in ("epoch", "step")}
        writer.status(**position, steps=STEPS)
    writer.status(state=state, **status)
    return Run(path)


def ticket_of(run: Run) -> Ticket | None:
    """The run's place in the line of those that train, if it has one."""
    found = [t for t in Tickets(run.path.parent).list() if t.name == f"{run.id}-train"]
    return found[0] if found else None


def enqueue(run: Run, *, started: bool = False) -> Run:
    """Put a run at the end of the line of those that train, or among those under way."""
    tickets = Tickets(run.path.parent)
    tickets.enqueue(run.id, "train", run.metadata.owner)
    if started:
        tickets.start(ticket_of(run))
    return run


def spoil_latents(run: Run) -> Run:
    """Make the codes of a run no numbers, as those of one that diverged."""
    latents = run.latents
    nothing = {name: np.full_like(latents[name], np.nan) for name in ("mean", "log_var")}
    RunWriter(run.path).arrays("latents.npz", y=latents["y"], **nothing)
    return run


def set_state(run: Run, state: str, **status: Any) -> Run:
    """Make a copied run say that it is in another state."""
    return change_status(run, state=state, **status)


def unfinished(run: Run, path: Path) -> Run:
    """Copy a run as it was before its end: without model, latents and figures."""
    copied = copy_run(run, path)
    for name in ("encoder.onnx", "decoder.onnx", "model.keras", "latents.npz", "metrics.json"):
        (path / name).unlink()
    return copied


def truncate(path: Path) -> None:
    """Leave half of a file, as a full disk does."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def untrained(digits: Dataset, folder: Path, latent_dim: int) -> Run:
    """A run that was stopped before its first step, which has all files nevertheless."""
    from vae.training.train import train

    config = Config(latent_dim=latent_dim, hidden=(8,), epochs=1)
    return train(config, digits, out=folder / "run", should_stop=lambda: True)
