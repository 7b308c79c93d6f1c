"""What holds for every page with damaged runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_run
from tests.pages.crafted import set_state, truncate
from tests.pages.driving import PAGES, act, open_page, picker, tour
from tests.pages.shown import FIGURES, choices, figures, words
from vae.runs.run import Run


class TestDamaged:
    """One run is damaged, another is not: the first is explained, the second works."""

    @pytest.fixture
    def damaged(self, autoencoder_run: Run, runs: Path) -> Run:
        run = copy_run(autoencoder_run, runs / "damaged")
        return set_state(run, "finished", created="2999-01-01T00:00:00.000+00:00")  # the newest

    @pytest.mark.parametrize(
        ("name", "pages"),
        [
            ("metrics.json", set()),
            ("history.jsonl", set()),
            ("latents.npz", {"start", "latent"}),
            ("decoder.onnx", {"start", "latent", "generate"}),
            ("encoder.onnx", set()),
            ("model.keras", set()),
            ("checkpoint.npz", set()),
            ("snapshots/0002.npz", {"train"}),
            ("snapshots/fixed.npz", {"train"}),
        ],
    )
    def test_a_file_of_the_chosen_run(
        self, name: str, pages: set[str], damaged: Run, run: Run
    ) -> None:
        truncate(damaged.path / name)
        for page, app in tour():
            assert picker(app).value == "damaged"
            said = [error.value for error in app.error]
            assert bool(said) == (page in pages), page
            if name == "metrics.json":
                assert any(name in warning.value for warning in app.warning)
            for message in said:
                assert Path(name).stem in message
                assert "Received: " in message
            act(picker(app).set_value(run.id))
            assert not app.error
            assert figures(app) == FIGURES[page]
            act(picker(app).set_value(damaged.id))

    @pytest.mark.parametrize("content", ["", "[]", "null", "{}", '{"loss": null}', '{"loss": "x"}'])
    def test_metrics_of_another_kind(self, content: str, damaged: Run, run: Run) -> None:
        (damaged.path / "metrics.json").write_text(content)
        app = open_page("latent", run=run.id)
        assert len(choices(app)) == 2
        assert not app.error

    @pytest.mark.parametrize("name", ["config.json", "status.json"])
    def test_a_run_that_is_none_any_more(self, name: str, damaged: Run, run: Run) -> None:
        truncate(damaged.path / name)
        for page in PAGES:
            app = open_page(page, run="damaged")
            assert "is not a run that this version can read" in words(app)
            assert len(choices(app)) == 1
            assert app.query_params["run"] == run.id
            assert not app.error
        for page, app in tour(run="damaged"):
            assert figures(app) == FIGURES[page]
