"""Kinds of models: one entry in a table, and everything that asks finds it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest

import vae
from tests.conftest import run_python
from tests.pages.driving import labelled, open_page
from tests.pages.form import control, layers
from tests.pages.shown import words
from vae.architecture import decoder_layers, summarize
from vae.cli.main import main
from vae.config import Config
from vae.config.settings import settings_of
from vae.data.datasets import Dataset
from vae.errors import ConfigError
from vae.kinds import KINDS, with_article
from vae.layers import Layer
from vae.presets import PRESETS
from vae.runs.control import with_live_settings
from vae.runs.run import SHIPPED, open_run


def upward_layers(config: Config, image_shape: tuple[int, int, int], classes: int) -> list[Layer]:
    """The decoder of the toy: a layer of its own in front of the usual ones."""
    code, *rest = decoder_layers(config, image_shape, classes)
    stretched = Layer("Rescaling", "stretched", (config.latent_dim,), arguments={"scale": 2.0})
    return [code, stretched, *rest]


TOY = dataclasses.replace(
    KINDS["autoencoder"],
    name="toy",
    title="Toy model",
    noun="toy",
    sentence="A toy has codes without a KL.",
    networks={
        "encoder": "vae.architecture:encoder_layers",
        "decoder": "tests.test_kinds:upward_layers",
    },
)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Config:
    """A configuration of a kind that this test alone knows."""
    monkeypatch.setitem(KINDS, "toy", TOY)
    return Config(kind="toy", latent_dim=2, hidden=(6,), epochs=1, train_share=0.1)


class TestBasics:
    @pytest.mark.parametrize("name", KINDS)
    def test_each_explains_itself(self, name: str) -> None:
        kind = KINDS[name]
        assert kind.name == name
        assert re.fullmatch(r"[A-Z].*\.", kind.sentence)
        assert re.fullmatch("[a-z ]+", kind.noun)
        assert kind.title
        assert kind.curves["loss"].unit == "nats per image"
        assert ("kl" in kind.curves) == kind.has("posterior")

    @pytest.mark.parametrize("name", KINDS)
    def test_its_layers_are_counted(self, name: str) -> None:
        counted = summarize(Config(kind=name), (8, 8, 1), 10)
        assert [*counted.networks] == [*KINDS[name].networks]
        assert min(counted.parameters.values()) > 0

    def test_an_article(self) -> None:
        assert with_article("autoencoder") == "An autoencoder"
        assert with_article("toy") == "A toy"

    def test_reading_the_table_loads_no_library(self) -> None:
        code = "import sys, vae.kinds, vae.config; print({'keras', 'tensorflow'} & {*sys.modules})"
        assert run_python("-c", code).stdout == "set()\n"


class TestRunsOfEarlierVersions:
    """What they wrote stays as it is, and means what it meant."""

    @pytest.mark.parametrize("name", ["conditional", "autoencoder"])
    def test_they_open(self, name: str) -> None:
        written = json.loads((SHIPPED / f"mnist-{name}" / "config.json").read_text())["config"]
        assert written["kind"] == name
        assert "beta" in written
        config = open_run(SHIPPED / f"mnist-{name}").config
        assert config == PRESETS[name]
        assert config.conditional == (name == "conditional")
        assert Config.from_dict(written) == config

    def test_settings_that_were_changed_without_an_effect(self) -> None:
        autoencoder = Config(kind="autoencoder")
        changed = with_live_settings(autoencoder, {"noise": 0.5, "learning_rate": 0.1})
        assert changed == autoencoder.replace(learning_rate=0.1)


class TestAnotherKind:
    def test_configuration(self, toy: Config) -> None:
        assert not toy.has("posterior")
        assert not toy.uses("beta")
        assert "beta" not in settings_of(TOY)
        assert Config.from_json(toy.to_json()) == toy
        with pytest.raises(ConfigError, match=r"^kind must be one of vae, .*toy. Received: "):
            Config(kind="toys")
        with pytest.raises(ConfigError, match=r"^A toy has no prior, so conditional means nothing"):
            toy.replace(conditional=True)

    def test_command_line(self, toy: Config, capsys: pytest.CaptureFixture[str]) -> None:
        settings = ["--set", "kind=toy", "latent_dim=2", "hidden=6"]
        assert main(["summary", *settings, "--image-shape", "8", "8", "1", "--json"]) == 0
        counted = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert counted == {"encoder": 404, "decoder": 466, "total": 870}
        assert main(["summary", *settings, "beta=0.5"]) == 2
        assert "A toy has no posterior" in capsys.readouterr().err
        with pytest.raises(SystemExit):
            main(["train", "--help"])
        assert "|toy" in re.sub(r"\s", "", capsys.readouterr().out)

    def test_form(self, toy: Config) -> None:
        app = open_page("train")
        model = control(app, "kind")
        assert "Toy model" in model.options
        app = model.set_value("toy").run()
        assert not app.exception
        labels = [each.label for each in (*app.text_input, *app.selectbox)]
        assert "Latent dimensions" in labels
        assert not {"Beta", "KL warm-up", "Sampling noise", "Conditional"} & {*labels}
        assert "**Objective**" not in words(app)
        assert any("stretched (Rescaling)" in network for network in layers(app))
        assert not labelled(app.button, "Train").disabled

    def test_training(self, toy: Config, digits: Dataset, tmp_path: Path) -> None:
        run = vae.train(toy, digits, out=tmp_path / "run")
        assert (run.state, run.config) == ("finished", toy)
        assert run.history[-1]["kl"] == 0.0
        assert run.decode(np.zeros((1, 2))).shape == (1, 8, 8, 1)
        assert vae.resume(run, digits, more_epochs=1).history["epoch"] == [1, 2]
