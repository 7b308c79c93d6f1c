"""The package as a whole: what importing it brings along, and what it offers."""

from __future__ import annotations

import ast
import json

import pytest

import vae
from tests.conftest import ROOT, run_python
from vae.runs.run import Run

READERS = (
    "vae.runs.metadata",
    "vae.architecture",
    "vae.archive.archive",
    "vae.evaluation.digit_classifier",
    "vae.export.keras_code",
    "vae.config",
    "vae.evaluation.comparison",
    "vae.runs.control",
    "vae.data.datasets",
    "vae.export.media",
    "vae.evaluation.diagnostics",
    "vae.runs.inference",
    "vae.server.queue",
    "vae.model.keras_compat",
    "vae.latent.projections",
    "vae.latent.neighbours",
    "vae.server.presence",
    "vae.presets",
    "vae.evaluation.sample_quality",
    "vae.evaluation.references",
    "vae.runs.store",
    "vae.runs.run",
    "vae.sampling.fitted",
    "vae.sampling.prior",
    "vae.environment",
    "vae.data.uploads",
)
LOOK = """
import importlib, json, sys
for name in sys.argv[2:]:
    importlib.import_module(name)
import vae
run = vae.open_run(sys.argv[1])
images = run.decode(run.encode(vae.load_dataset("digits").x_test)[0])
from vae.latent.projections import project_pca
project_pca(run)
vae.RunStore().list()
heavy = [name for name in ("tensorflow", "keras", "streamlit") if name in sys.modules]
print(json.dumps({"heavy": heavy, "images": len(images)}))
"""


def imported_names(source: str) -> set[str]:
    """Return the top-level packages that a module imports, wherever it does so."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names


class TestBasics:
    def test_every_public_name_can_be_reached(self) -> None:
        for name in vae.__all__:
            assert getattr(vae, name) is not None
        assert dir(vae) == sorted(vae.__all__)

    def test_an_unknown_name_is_an_attribute_error(self) -> None:
        with pytest.raises(AttributeError, match="nothing_of_this_name"):
            vae.nothing_of_this_name  # noqa: B018


class TestCorrectness:
    def test_reading_a_run_brings_no_tensorflow(self, finished_run: Run) -> None:
        look = run_python("-c", LOOK, finished_run.path, *READERS)
        assert look.returncode == 0, look.stderr
        assert json.loads(look.stdout) == {"heavy": [], "images": 360}

    def test_no_module_imports_streamlit(self) -> None:
        sources = sorted((ROOT / "vae").rglob("*.py"))
        assert len(sources) > 20
        for path in sources:
            assert "streamlit" not in imported_names(path.read_text(encoding="utf-8")), path

    def test_the_guard_finds_an_import_inside_a_function(self) -> None:
        source = "def f():\n    from streamlit.web import cli\n    import numpy.random"
        assert imported_names(source) == {"streamlit", "numpy"}
