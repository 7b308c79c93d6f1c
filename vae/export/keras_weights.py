"""The weights of a run by name, read from its Keras file without TensorFlow."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING
from zipfile import ZipFile

import numpy as np

from vae.architecture import summarize
from vae.errors import RunError
from vae.files import open_regular
from vae.model.weights_file import check_weights
from vae.runs.layout import MODEL

if TYPE_CHECKING:
    import h5py

    from vae.runs.run import Run

__all__ = ["named_weights"]

PARTS = ("kernel", "bias")  # in the order in which Keras writes those of a layer


def named_weights(run: Run) -> dict[str, np.ndarray]:
    """Return each weight under network, layer and part: "encoder/hidden_1/kernel", ...

    Kernels have Keras's order of axes. With a Gaussian likelihood there is "pixel_log_var" too.
    Raises RunError for a run without a model and for a file that is damaged.
    """
    path = run.path / MODEL
    if not run.has_model:
        raise RunError(f"This run has no model yet. Received: {run.id}, {run.state}")
    named: dict[str, np.ndarray] = {}
    try:
        import h5py  # which comes with Keras

        check_weights(path, summarize(run.config, run.image_shape, run.classes).total)
        with open_regular(path) as source, ZipFile(source) as archive:
            model = json.loads(archive.read("config.json"))
            with archive.open("model.weights.h5") as member, h5py.File(member, "r") as file:
                for network in file["layers"].values():
                    for layer in network.get("layers", {}).values():
                        names = (_name(network["vars"]), _name(layer["vars"]))
                        for part, values in zip(PARTS, layer["vars"].values(), strict=False):
                            named["/".join((*names, part))] = values[()]
    except (OSError, ValueError, KeyError, AttributeError, zipfile.BadZipFile) as error:
        raise RunError(
            f"model.keras must hold this run's weights ({error!r:.80}). Received: {path}"
        ) from None
    if run.config.likelihood == "gaussian":
        last = model["config"]["layers"][-1]["config"]
        named["pixel_log_var"] = np.float32(last["offset"])
    return named


def _name(variables: h5py.Group) -> str:
    return str(variables.attrs["name"])
