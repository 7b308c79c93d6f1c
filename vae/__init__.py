"""Variational autoencoders: configure, train, look inside, generate.

The names are loaded when they are first used, so `import vae` does not import TensorFlow. One
example for each, which tests/test_package.py runs:

Configuration:

>>> import vae
>>> config = vae.PRESETS["recommended"].replace(hidden=(16,), latent_dim=2, epochs=1)
>>> vae.Config.from_json(config.to_json()) == config
True
>>> try:
...     config.replace(epochs=-1)
... except vae.ConfigError as error:
...     print("epochs" in str(error))
True

Data, uint8 images (N, H, W, C):

>>> dataset = vae.load_dataset("digits")
>>> isinstance(dataset, vae.Dataset), dataset.x_test.shape, dataset.x_test.dtype
(True, (360, 8, 8, 1), dtype('uint8'))
>>> try:
...     vae.load_dataset("letters")
... except vae.DatasetError as error:
...     print(str(error)[:65], "...", str(error)[-18:])
The data set must be one of mnist, fashion_mnist, digits, animals ... Received: letters.

A Keras model, images in [0, 1] -> mean and log-variance (N, latent_dim):

>>> model = vae.build(config, image_shape=(8, 8, 1))
>>> isinstance(model, vae.VAE), model.encoder.output_shape
(True, [(None, 2), (None, 2)])

Training, into a folder:

>>> import tempfile
>>> from pathlib import Path
>>> folder = Path(tempfile.mkdtemp())
>>> run = vae.train(config, dataset, out=folder / "run")
>>> isinstance(run, vae.Run), str(run.state), run.decode([[0.0, 0.0]]).shape
(True, 'finished', (1, 8, 8, 1))
>>> vae.resume(run, dataset, more_epochs=1).history[-1]["epoch"]
2
>>> vae.open_run(folder / "run").config.latent_dim
2
>>> vae.RunStore(folder).open("run").id
'run'

Many runs, each combination of values with each seed:

>>> vary = {"beta": [0.5, 4], "latent_dim": vae.Range(2, 8, count=2)}
>>> study = vae.sweep(config, vary, dataset, out=folder / "sweep", processes=1)
>>> len(study.table()), study.best("elbo").config.latent_dim in (2, 8)
(4, True)
>>> vae.open_sweep(folder / "sweep").plan.runs[0].label
'beta 0.5, 2 dimensions, seed 0'
>>> try:
...     vae.open_run(folder / "none")
... except vae.RunError as error:
...     print(isinstance(error, vae.VAEError))
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vae.dotted_path import lazy_names

if TYPE_CHECKING:
    from vae.config import Config
    from vae.data.datasets import Dataset, load_dataset
    from vae.errors import ConfigError, DatasetError, RunError, VAEError
    from vae.model.base import build
    from vae.model.vae import VAE
    from vae.presets import PRESETS
    from vae.runs.run import Run, open_run
    from vae.runs.store import RunStore
    from vae.sweeps.study import open_sweep
    from vae.sweeps.sweep import sweep
    from vae.sweeps.values import Range
    from vae.training.train import resume, train

__all__ = [
    "PRESETS",
    "VAE",
    "Config",
    "ConfigError",
    "Dataset",
    "DatasetError",
    "Range",
    "Run",
    "RunError",
    "RunStore",
    "VAEError",
    "build",
    "load_dataset",
    "open_run",
    "open_sweep",
    "resume",
    "sweep",
    "train",
]

_MODULES = {
    "PRESETS": "presets",
    "VAE": "model.vae",
    "Config": "config",
    "ConfigError": "errors",
    "Dataset": "data.datasets",
    "DatasetError": "errors",
    "Range": "sweeps.values",
    "Run": "runs.run",
    "RunError": "errors",
    "RunStore": "runs.store",
    "VAEError": "errors",
    "build": "model.base",
    "load_dataset": "data.datasets",
    "open_run": "runs.run",
    "open_sweep": "sweeps.study",
    "resume": "training.train",
    "sweep": "sweeps.sweep",
    "train": "training.train",
}

__getattr__, __dir__ = lazy_names(__name__, _MODULES)
