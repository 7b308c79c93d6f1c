"""Generate: the samplers side by side, with what was measured of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pages._shared import measuring
from pages._shared.pictures import apart
from tests.conftest import copy_run
from tests.pages.doubles import Processes
from tests.pages.driving import act, labelled, open_page, press
from tests.pages.shown import alternatives, picture_called, shows, words
from vae.files import write_json
from vae.images import tile
from vae.runs.results import RESULTS
from vae.runs.run import SHIPPED, Run, open_run
from vae.sampling.fitted import read_samplers
from vae.sampling.samplers import SAMPLER_NAMES, SAMPLERS, SampleSpec, sample_codes


def grid(run: Run, spec: SampleSpec) -> np.ndarray:
    return tile(apart(run.decode(sample_codes(run, spec, 48))), 6, 8)


class TestSamplers:
    def test_three_grids_of_one_seed(self, sampled: Run, pictures: dict[str, bytes]) -> None:
        app = open_page("generate", view="samplers")
        press(app, "New samples")
        for name in SAMPLERS:
            shown = pictures[picture_called(app, f"Samples: {SAMPLER_NAMES[name]}")]
            assert shows(shown, grid(sampled, SampleSpec(name, seed=1)))
        act(labelled(app.selectbox, "Class").set_value(7))
        for name in SAMPLERS:
            shown = pictures[picture_called(app, f"Samples: {SAMPLER_NAMES[name]}")]
            label = None if name == "prior" else 7
            assert shows(shown, grid(sampled, SampleSpec(name, label, seed=1)))
        samplers = read_samplers(sampled)
        assert f"{len(samplers.mixture.weights)} Gaussians fitted" in words(app)
        assert f"{samplers.fitted_images:,} training images: the number with" in words(app)

    def test_before_they_are_fitted(self, run: Run, processes: Processes) -> None:
        app = open_page("generate", view="samplers")
        assert alternatives(app) == ["Samples: Prior"]
        press(app, "Fit the samplers")
        assert "Measuring" in words(app)
        assert not [button for button in app.button if button.label == "Fit the samplers"]

    def test_progress_watches_the_files_that_the_job_writes(self, run: Run) -> None:
        before = {job: measuring._fingerprint(run, job) for job in RESULTS}
        for job, result in RESULTS.items():
            for name in result.files:
                (run.path / name).write_bytes(b"found")
            assert measuring._fingerprint(run, job) != before[job], job

    @pytest.mark.usefixtures("shipped")
    def test_figures_of_each(self) -> None:
        run = open_run(SHIPPED / "mnist-convolutional")
        said = words(open_page("generate", view="samplers", run=run.id))
        for figures in (run.quality, *run.quality["samplers"].values()):
            assert f"**{figures['frechet_classifier_distance']:.1f}**" in said
            assert f"**{figures['precision']:.0%}** look real" in said

    def test_measured_before_they_were_fitted(self, runs: Any, processes: Processes) -> None:
        run = copy_run(open_run(SHIPPED / "mnist-recommended"), runs / "older")
        found = {name: value for name, value in run.quality.items() if name != "samplers"}
        write_json(run.path / "quality.json", found)
        app = open_page("generate", view="samplers")
        assert "look real" in words(app)  # of the prior
        assert "not on this machine" in words(app)  # MNIST, to measure the others with

    def test_a_damaged_file(self, sampled: Run) -> None:
        (sampled.path / "samplers.npz").write_bytes(b"no arrays")
        app = open_page("generate", view="samplers")
        assert "Received" in app.error[0].value
