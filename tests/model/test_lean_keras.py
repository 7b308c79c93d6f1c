"""Keras without pandas, Matplotlib and scikit-learn, in processes of this package's own."""

from __future__ import annotations

import json

import pytest

from tests.conftest import run_python

IMPORTED = """
import json, sys
from vae.model.lean_keras import OPTIONAL, import_lean
if sys.argv[1] == "lean":
    import_lean()
import vae.training.train
loaded = [name for name in OPTIONAL if name in sys.modules]
import matplotlib.pyplot, pandas, sklearn.decomposition
print(json.dumps(loaded))
"""


@pytest.mark.parametrize(
    ("how", "loaded"), [("lean", []), ("whole", ["matplotlib", "pandas", "sklearn"])]
)
def test_what_is_loaded_with_keras(how: str, loaded: list[str]) -> None:
    """Afterwards they can be imported either way."""
    done = run_python("-c", IMPORTED, how)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == loaded
