"""The package as a whole: what importing it brings along, and what it offers."""

from __future__ import annotations

import doctest
import json
import re

import pytest

import vae
from tests.conftest import ROOT, run_python
from vae.runs.run import Run

READERS = (
    "vae.runs.metadata",
    "vae.architecture",
    "vae.archive.zip_import",
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
READ = """
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
        found = run_python("-c", READ, finished_run.path, *READERS)
        assert found.returncode == 0, found.stderr
        assert json.loads(found.stdout) == {"heavy": [], "images": 360}


class TestExamples:
    def test_each_public_name_has_one(self) -> None:
        found = doctest.DocTestParser().get_examples(vae.__doc__)
        examples = "".join(each.source for each in found)
        assert [name for name in vae.__all__ if f"vae.{name}" not in examples] == []

    def test_they_are_true(self) -> None:
        found = doctest.testmod(vae)
        assert found.attempted > 15
        assert found.failed == 0


class TestTypes:
    def test_few_errors_are_suppressed_each_with_rule_and_reason(self) -> None:
        lines = [
            line
            for folder in ("vae", "pages")
            for path in (ROOT / folder).rglob("*.py")
            for line in path.read_text(encoding="utf-8").splitlines()
            if "pyright: ignore" in line
        ]
        assert len(lines) <= 20
        assert [line for line in lines if not re.search(r"ignore\[\w+(, \w+)*\] -- \S", line)] == []
