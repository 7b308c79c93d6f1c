"""The run picker: what it lists, and how it follows the address and the visitor."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pages._shared.plain import plain
from tests.conftest import copy_run
from tests.pages.crafted import set_state
from tests.pages.driving import act, calm, go, labelled, open_page, picker
from tests.pages.shown import component, words
from vae.files import read_json, write_json
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS
from vae.runs.run import Run

BAD_IDS = ["nobody", "../../etc", "..", ".", "a/b", "", " ", "%00", "\x00", "ünï😀", "x" * 5000]
BAD_IDS.append("![x](https://example.org/x.png)")


@pytest.fixture
def two(finished_run: Run, autoencoder_run: Run, runs: Path) -> tuple[Run, Run]:
    """An older and a newer run."""
    older = set_state(
        copy_run(finished_run, runs / "older"), "finished", created="2024-01-01T00:00"
    )
    newer = copy_run(autoencoder_run, runs / "newer")
    return older, set_state(newer, "finished", created="2025-01-01T00:00")


class TestList:
    def test_the_newest_first(self, two: tuple[Run, Run]) -> None:
        losses = [run.metrics["reconstruction"] + run.metrics["kl"] for run in two]
        app = open_page("start")
        assert picker(app).options == [
            f"Digits · Custom (3-D) · test reconstruction {losses[1]:.1f} nats · yours, newer",
            f"Digits · Custom (2-D) · test loss {losses[0]:.1f} nats · yours, older",
        ]
        assert picker(app).value == "newer"

    def test_what_trains_comes_before(self, two: tuple[Run, Run], busy: Run) -> None:
        assert "training ·" in picker(open_page("start")).options[0]
        set_state(busy, "training", created="2023-01-01T00:00")
        assert "training ·" in picker(open_page("start")).options[0]

    def test_shipped_runs_come_last(self, run: Run, shipped: list[Run]) -> None:
        options = picker(open_page("start")).options
        assert options[0].endswith("yours, finished")
        assert len(options) == len(shipped)
        assert all(option.endswith("built-in") for option in options[1:])

    def test_without_test_figures_the_last_validation_loss(self, run: Run) -> None:
        (run.path / "metrics.json").unlink()
        loss = run.history[-1]["val_loss"]
        assert f"· validation loss {loss:.1f} nats ·" in picker(open_page("start")).options[0]

    def test_runs_are_ranked_by_what_compares(self, shipped: list[Run]) -> None:
        """Not by a loss that weighs the KL: the lecture's is lower than the recommended one's."""
        lecture, recommended = (
            next(run for run in shipped if run.id == name)
            for name in ("mnist-lecture", "mnist-recommended")
        )
        assert lecture.metrics["loss"] < recommended.metrics["loss"]
        app = open_page("start", run=lecture.id)
        options = picker(app).options
        for run, name in ((lecture, "reconstruction + KL"), (recommended, "loss")):
            words_of = f"test {name} {-run.metrics['elbo']:.1f} nats"
            assert any(words_of in option for option in options)
        # The sentence below has the very figure.
        assert f"{-lecture.metrics['elbo']:.1f} nats**" in words(app)

    def test_what_prevents_a_figure_from_being_compared(self, shipped: list[Run]) -> None:
        options = "\n".join(picker(open_page("start")).options)
        assert "test loss 90.5 nats, black and white ·" in options
        assert "test loss 116.1 nats, given the class ·" in options
        assert "test reconstruction 117.3 nats ·" in options

    @pytest.mark.parametrize("preset", PRESETS)
    def test_presets_by_name(self, preset: str, run: Run) -> None:
        path = run.path / "config.json"
        config = PRESETS[preset]
        write_json(path, read_json(path) | {"config": config.to_dict()})
        (option,) = picker(open_page("data")).options
        title = PRESET_NOTES[preset].title
        size = f" ({config.latent_dim}-D)" if config.has("decoder") else ""
        assert option.startswith(f"Digits · {title}{size} ·")
        write_json(path, read_json(path) | {"config": config.replace(epochs=499).to_dict()})
        (option,) = picker(open_page("data")).options
        assert option.startswith(f"Digits · {title}, 499 epochs{size} ·")


@pytest.mark.usefixtures("two")
class TestAddress:
    def test_a_link_opens_its_run(self) -> None:
        app = open_page("latent", run="older")
        assert picker(app).value == "older"
        assert not app.warning
        assert component(app, "map-older")["names"] == ["z1", "z2"]

    def test_choosing_goes_into_the_address_and_to_all_pages(self) -> None:
        app = act(picker(open_page("latent")).set_value("older"))
        assert app.query_params["run"] == "older"
        assert component(app, "map-older")["names"] == ["z1", "z2"]
        assert "2 latent dimensions" in words(go(app, "start"))
        assert app.query_params["run"] == "older"
        act(picker(app).set_value("newer"))
        assert component(go(app, "latent"), "map-newer")["names"][0].startswith("PC1")

    def test_another_address_in_the_same_session(self) -> None:
        app = open_page("latent", run="older")
        app.query_params["run"] = "newer"
        assert picker(calm(app.run())).value == "newer"
        app.query_params["run"] = "older"
        assert picker(calm(app.run())).value == "older"

    def test_an_address_without_its_run(self) -> None:
        # The navigation's own links carry no run.
        app = open_page("latent", run="older")
        del app.query_params["run"]
        assert picker(calm(app.run())).value == "older"
        assert app.query_params["run"] == "older"

    @pytest.mark.parametrize("wrong", BAD_IDS)
    def test_a_wrong_one_is_named_and_left_out(self, wrong: str) -> None:
        app = open_page("start", run=wrong)
        (warning,) = app.warning
        assert warning.value.startswith(plain(f"No run has this id. Received: {wrong!r:.80}."))
        assert warning.value.endswith(" Shown instead: the run below.")
        assert picker(app).value == "newer"
        assert app.query_params["run"] == "newer"
        act(picker(app).set_value("older"))
        assert not app.warning

    def test_no_other_file_is_opened(self, runs: Path) -> None:
        shutil.copytree(runs / "newer", runs.parent / "elsewhere")
        for wrong in ("../elsewhere", str(runs.parent / "elsewhere")):
            assert "No run has this id." in words(open_page("start", run=wrong))


@pytest.mark.usefixtures("two")
class TestDeleted:
    def test_the_chosen_one(self, runs: Path) -> None:
        app = open_page("latent")
        shutil.rmtree(runs / "newer")
        assert picker(calm(app.run())).value == "older"
        assert not app.error

    def test_all(self, runs: Path) -> None:
        app = open_page("train")
        for name in ("older", "newer"):
            shutil.rmtree(runs / name)
        calm(app.run(), "train")
        assert not app.error
        assert "No runs yet" in words(app)
        assert labelled(app.button, "Train")
