"""Keras and TensorFlow as this package needs them: everything in it imports them from here.

Keras takes its backend, float type and image format from the environment and from keras.json in the
home folder, where another project may have left others than this one needs. Where nobody imported
Keras before, what is needed is chosen. Where somebody did, the choice is theirs, and
`check_settings` says what does not fit. `import tensorflow` imports Keras too, so it comes later.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vae.environment import keras_home
from vae.errors import SettingsError
from vae.model.lean_keras import optional_libraries

__all__ = ["check_settings", "keras", "ops", "random", "tf"]

# None: not set. The last two cut each call of fit and predict short.
ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_NNX_ENABLED": "false",
    "KERAS_MAX_EPOCHS": None,
    "KERAS_MAX_STEPS_PER_EPOCH": None,
}
# By the names in keras.config; a later one follows from an earlier one, unless it was set.
NEEDED = {
    "floatx": "float32",
    "dtype_policy": "float32",
    "image_data_format": "channels_last",
}
EPSILON = 1e-7


def check_settings() -> None:
    """Raise SettingsError unless Keras has what this package needs: that may change at any time."""
    if (backend := keras.config.backend()) != ENVIRONMENT["KERAS_BACKEND"]:
        raise SettingsError(
            "VAE Lab needs Keras on TensorFlow, and Keras keeps the backend that it was imported "
            "with: set KERAS_BACKEND=tensorflow, or import vae.model.vae before keras. "
            f"Received: Keras on {backend}"
        )
    for name, needed in NEEDED.items():
        setting = getattr(keras.config, name)()
        found = getattr(setting, "name", setting)
        if found != needed:
            raise SettingsError(
                f"VAE Lab needs Keras's {name} to be {needed}: "
                f'call keras.config.set_{name}("{needed}") first. Received: {found}'
            )


@contextmanager
def _environment(values: dict[str, str | None]) -> Iterator[None]:
    """Set variables for as long as this lasts: what this process starts gets its own."""
    before = {name: os.environ.pop(name, None) for name in values}
    os.environ.update({name: value for name, value in values.items() if value is not None})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


_is_first = "keras" not in sys.modules
try:
    with _environment(ENVIRONMENT), optional_libraries():
        import keras
        import tensorflow as tf
except (AttributeError, TypeError, ValueError) as error:  # a broken keras.json
    raise SettingsError(
        f"Keras must be able to read its settings ({' '.join(str(error).split()):.200}). Mend or "
        f"remove them. Received: {keras_home()}/keras.json"
    ) from None
# Keras does not annotate them, and what is inferred over all its backends may be None everywhere.
ops: Any = keras.ops
random: Any = keras.random
if _is_first:
    for _name, _needed in NEEDED.items():
        getattr(keras.config, f"set_{_name}")(_needed)
    keras.config.set_epsilon(EPSILON)
check_settings()
