"""A run of every kind of model: what holds for one is tried with all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vae.config import Config
from vae.data.datasets import Dataset
from vae.runs.run import Run

if TYPE_CHECKING:
    from tests.trained import TrainedOnce

__all__ = ["EACH_KIND", "FEW_COMPONENTS", "Kinds", "config_of", "with_codes"]

KINDS: dict[str, dict[str, Any]] = {
    "vae": {},
    "conditional": {"conditional": True},
    "autoencoder": {"kind": "autoencoder"},
    "classifier": {"kind": "classifier"},
    "gan": {"kind": "gan"},
    "conditional-gan": {"kind": "gan", "conditional": True},
}
NETWORKS: dict[str, dict[str, Any]] = {
    "dense": {"hidden": (16,)},
    "convolutional": {"network": "convolutional", "hidden": (4,)},
}
# Each kind once, and each network with three of them.
EACH_KIND = (
    *("vae-convolutional", "conditional-dense", "autoencoder-dense"),
    *("classifier-convolutional", "gan-dense", "conditional-gan-convolutional"),
)
FEW_COMPONENTS = (1, 2)  # of the mixtures: most of a measurement's time goes into 5 to 40
SMALL = Config(latent_dim=3, learning_rate=5e-3, batch_size=200, epochs=1, validation_split=0.1)


def config_of(name: str, **changes: Any) -> Config:
    """Return the configuration of a kind and a network: "conditional-gan-dense"."""
    kind, _, network = name.rpartition("-")
    return SMALL.replace(**KINDS[kind], **NETWORKS[network], **changes)


def with_codes(names: Iterable[str]) -> list[str]:
    """Return those whose model has an encoder and a decoder."""
    return [name for name in names if config_of(name).has("encoder")]


class Kinds:
    """One run of each, trained for an epoch when it is first asked for."""

    def __init__(self, dataset: Dataset, trained_once: TrainedOnce) -> None:
        self._dataset, self._trained_once = dataset, trained_once
        self._runs: dict[str, Run] = {}

    def __getitem__(self, name: str) -> Run:
        if name not in self._runs:
            self._runs[name] = self._trained_once(name, config_of(name), self._dataset)
        return self._runs[name]
