"""Config: every field's range, whichever way a value comes in."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import pytest

from vae.config import Config
from vae.config.setting_text import read_setting
from vae.config.settings import setting, settings_of
from vae.errors import ConfigError
from vae.kinds import KINDS

FIELDS = [field.name for field in dataclasses.fields(Config)]
SIZES = [name for name in FIELDS if isinstance(getattr(Config(), name), tuple)]
NUMBERS = [name for name in FIELDS if setting(name).high is not None and name not in SIZES]
WHOLE = [name for name in NUMBERS if isinstance(getattr(Config(), name), int)]
SWITCHES = [name for name in FIELDS if isinstance(getattr(Config(), name), bool)]
CHOICES = [name for name in FIELDS if setting(name).choices]

NOT_NUMBERS = [None, True, "", "many", [1], {}, math.nan, math.inf, -math.inf, 10**400]
BAD: dict[str, list[Any]] = {
    "preset": [None, 1, ["lecture"]],
    **{name: [None, 0, 1, "", "true", []] for name in SWITCHES},
    **{
        name: [None, 128, "128", {}, [0], [1025], [1.5], [True], ["64"], [64] * 7, [math.nan]]
        for name in SIZES
    },
    **{name: [None, 1, "", "Vae", "nothing"] for name in CHOICES},
    **{name: [*NOT_NUMBERS, setting(name).low - 1, setting(name).high * 2 + 1] for name in NUMBERS},
}
for _name in WHOLE:
    BAD[_name].append(setting(_name).low + 0.5)
BAD["learning_rate"] += [0.0, 0, 10.001]
BAD["train_share"] += [0.0, 1.001]
BAD["validation_split"] += [0.501, -0.001]

# The same as a person types them; a preset is any text.
BAD_TEXT: dict[str, list[str]] = {
    **{name: ["", "maybe", "1", "yes"] for name in SWITCHES},
    **{name: ["0", "64,many", "64/32", "1,2,3,4,5,6,7", "1025", "1.5", "-3"] for name in SIZES},
    **{name: ["", "Vae", "nothing"] for name in CHOICES},
    **{name: ["", "many", "nan", "inf", "-1e9", "1e99", "9" * 400, "1,5,5"] for name in NUMBERS},
}
BAD_CASES = [(name, value) for name in BAD for value in BAD[name]]
BAD_TEXT_CASES = [(name, text) for name in BAD_TEXT for text in BAD_TEXT[name]]


def kind_with(name: str) -> str:
    """Return a kind of model for which a field means something."""
    return next(kind.name for kind in KINDS.values() if name in settings_of(kind))


def label(value: Any) -> str:
    return str(value)[:20]


class TestBasics:
    def test_the_tables_of_bad_values_know_every_field(self) -> None:
        assert set(BAD) == set(FIELDS)
        assert set(BAD_TEXT) == set(FIELDS) - {"preset"}

    def test_json_round_trip(self) -> None:
        config = Config(hidden=[64, 32], beta=0.25, network="convolutional", seed=2**31 - 1)
        again = Config.from_json(config.to_json())
        assert again == config
        assert again.hidden == (64, 32)
        assert json.loads(config.to_json())["hidden"] == [64, 32]
        assert Config.from_json(config.to_json().encode()) == config

    def test_what_json_leaves_out_keeps_its_default(self) -> None:
        assert Config.from_json('{"beta": 2}') == Config(beta=2.0)

    def test_replace_changes_a_copy(self) -> None:
        config = Config()
        assert config.replace(epochs=3).epochs == 3
        assert config == Config()
        with pytest.raises(dataclasses.FrozenInstanceError):
            config.epochs = 3

    def test_equal_configurations_hash_alike(self) -> None:
        assert len({Config(hidden=[5]), Config(hidden=(5,)), Config(hidden=(5,), beta=1)}) == 1

    @pytest.mark.parametrize("name", FIELDS)
    def test_every_field_explains_itself(self, name: str) -> None:
        assert setting(name).label
        assert setting(name).help.endswith(".")


class TestCorrectness:
    @pytest.mark.parametrize("name", NUMBERS)
    def test_both_ends_of_a_range_are_allowed(self, name: str) -> None:
        for value in (setting(name).low, setting(name).high):
            stored = getattr(Config(kind=kind_with(name), **{name: value}), name)
            assert stored == value
            assert type(stored) is type(getattr(Config(), name))

    @pytest.mark.parametrize("name", CHOICES)
    def test_every_choice_is_allowed(self, name: str) -> None:
        for choice in setting(name).choices:
            assert getattr(Config(**{name: choice}), name) == choice

    @pytest.mark.parametrize(("name", "value"), BAD_CASES, ids=label)
    def test_bad_value_from_python(self, name: str, value: Any) -> None:
        with pytest.raises(ConfigError, match=f"{name} must be .*Received: {name}="):
            Config(**{name: value})
        with pytest.raises(ConfigError, match=f"Received: {name}="):
            Config().replace(**{name: value})

    @pytest.mark.parametrize(("name", "value"), BAD_CASES, ids=label)
    def test_bad_value_from_json(self, name: str, value: Any) -> None:
        with pytest.raises(ConfigError, match=f"{name} must be .*Received: {name}="):
            Config.from_json(json.dumps({name: value}))

    @pytest.mark.parametrize(("name", "text"), BAD_TEXT_CASES, ids=label)
    def test_bad_value_from_text(self, name: str, text: str) -> None:
        expected = f"{name} must be .*Received: {name}="
        with pytest.raises(ConfigError, match=expected):
            Config().replace_text({name: text})
        with pytest.raises(ConfigError, match=expected):
            read_setting(name, text)

    def test_text_is_read_in_the_fields_own_type(self) -> None:
        changes = {"hidden": "256, 64", "beta": "4e-1", "epochs": "7", "optimizer": "sgd"}
        assert Config().replace_text(changes) == Config(
            hidden=(256, 64), beta=0.4, epochs=7, optimizer="sgd"
        )
        assert Config().replace_text({"hidden": ""}).hidden == ()
        written = {"hidden": "256 64", "beta": "0,4", "epochs": "1e2", "learning_rate": "1e−3"}
        assert Config().replace_text(written) == Config(
            hidden=(256, 64), beta=0.4, epochs=100, learning_rate=0.001
        )
        assert read_setting("batch_size", "1,000") == 1000

    def test_a_number_that_may_mean_two_is_refused(self) -> None:
        with pytest.raises(ConfigError, match=r"^Is it 1\.5 or 1500\? Received: beta='1,500'$"):
            Config().replace_text({"beta": "1,500"})
        with pytest.raises(ConfigError, match=r"^Is it one number, 1024, or two, 1 and 24\?"):
            Config().replace_text({"hidden": "1,024"})

    def test_whole_numbers_may_come_as_floats(self) -> None:
        config = Config(epochs=3.0, hidden=[64.0])
        assert (config.epochs, config.hidden) == (3, (64,))
        assert isinstance(config.epochs, int)
        assert isinstance(config.hidden[0], int)

    def test_an_importance_weighted_bound_has_no_kl(self) -> None:
        assert Config(importance_samples=1, free_bits=0.1).importance_samples == 1
        with pytest.raises(ConfigError, match="Received: importance_samples=2, kind='"):
            Config(importance_samples=2, free_bits=0.1)

    @pytest.mark.parametrize("other", [{"free_bits": 0.1}, {"importance_samples": 2}])
    def test_a_capacity_holds_the_whole_kl(self, other: dict[str, Any]) -> None:
        assert Config(capacity=0.0, **other).capacity == 0.0
        with pytest.raises(ConfigError, match=r"A KL capacity needs .* Received: capacity=5\.0, "):
            Config(capacity=5.0, **other)

    def test_dense_layers_stand_behind_convolutions(self) -> None:
        config = Config(network="convolutional").replace_text({"dense_layers": "20, 9"})
        assert config.dense_layers == (20, 9)
        assert Config.from_json(config.to_json()) == config
        with pytest.raises(ConfigError, match=r"network='dense', dense_layers=\(20, 9\)"):
            config.replace(network="dense")

    def test_early_stopping_needs_something_to_watch(self) -> None:
        assert Config(patience=3, validation_split=0.1).patience == 3
        assert Config(patience=0, validation_split=0.0).patience == 0
        with pytest.raises(ConfigError, match=r"patience=3, validation_split=0\.0"):
            Config(patience=3, validation_split=0.0)

    def test_a_run_from_before_a_setting_existed_has_its_default(self) -> None:
        old = {name: value for name, value in Config().to_dict().items() if name != "noise"}
        assert Config.from_dict(old).noise == 1.0
        new = ("importance_samples", "binarisation", "likelihood", "kl_cycle", "free_bits")
        new += ("capacity", "dense_layers", "shift", "flip")
        old = {name: value for name, value in Config().to_dict().items() if name not in new}
        assert Config.from_dict(old) == Config()

    @pytest.mark.parametrize("unknown", ["epoch", "Epochs", "", "lr"])
    def test_unknown_field(self, unknown: str) -> None:
        with pytest.raises(ConfigError, match=f"Settings are .*Received: '{unknown}'"):
            Config().replace(**{unknown: 1})
        with pytest.raises(ConfigError, match="Received"):
            Config().replace_text({unknown: "1"})
        with pytest.raises(ConfigError, match="Received"):
            Config.from_json(json.dumps({unknown: 1}))

    @pytest.mark.parametrize("unknown", [["\ud800"], ["a\nb\x1b"], list(map(str, range(50_000)))])
    def test_unknown_fields_of_any_kind_and_number(self, unknown: list[str]) -> None:
        with pytest.raises(ConfigError, match="Received: '") as error:
            Config.from_dict(dict.fromkeys(unknown))
        message = str(error.value)
        assert message.isprintable()  # so that it can be sent to a browser
        assert len(message) < 500

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "epochs = 3",
            "[1]",
            "null",
            '"lecture"',
            "[" * 100_000,
            '{"epochs": ' + "9" * 5000 + "}",
            b"\xff\xfe\xfa",
            None,
        ],
        ids=label,
    )
    def test_what_is_no_json_object(self, text: Any) -> None:
        with pytest.raises(ConfigError, match="Received") as error:
            Config.from_json(text)
        assert len(str(error.value)) < 400


# Of an autoencoder, which has neither a posterior nor a prior.
UNUSED: dict[str, Any] = {
    "beta": 0.5,
    "kl_warmup": 3,
    "kl_cycle": 3,
    "free_bits": 0.5,
    "capacity": 5.0,
    "importance_samples": 2,
    "noise": 0.5,
    "conditional": True,
}

OF_A_GAN = {"adam_beta_1", "adam_beta_2", "gradient_penalty"}


class TestKinds:
    """A field that means nothing for a kind of model has no effect, and no value of its own."""

    @pytest.mark.parametrize("name", UNUSED)
    def test_it_is_refused_and_not_stored(self, name: str) -> None:
        value = UNUSED[name]
        autoencoder = Config(kind="autoencoder")
        assert not autoencoder.uses(name)
        assert name not in autoencoder.to_dict()
        assert Config.from_json(autoencoder.to_json()) == autoencoder
        expected = rf"^An autoencoder has no \w+, so {name} means nothing for it. Received: "
        for refused in (
            lambda: Config(kind="autoencoder", **{name: value}),
            lambda: Config().replace(kind="autoencoder", **{name: value}),
            lambda: autoencoder.replace_text({name: str(value)}),
            lambda: Config.from_dict({"kind": "autoencoder", name: value}),
        ):
            with pytest.raises(ConfigError, match=f"{expected}kind='autoencoder', {name}="):
                refused()
        # Another kind leaves it behind, and a run of an earlier version wrote it all the same.
        assert Config(**{name: value}).replace(kind="autoencoder") == autoencoder
        assert Config.from_run({"kind": "autoencoder", name: value}) == autoencoder

    def test_only_those_are(self) -> None:
        unused = {name for name in FIELDS if not Config(kind="autoencoder").uses(name)}
        assert unused == {*UNUSED, *OF_A_GAN}
        assert {name for name in FIELDS if not Config().uses(name)} == OF_A_GAN

    def test_an_autoencoder_has_no_kl_to_weigh(self) -> None:
        assert Config(kind="autoencoder").beta == 0.0
        assert Config(kind="autoencoder", beta=0.0) == Config(kind="autoencoder", beta=1.0)
        assert Config(kind="autoencoder").replace(kind="vae") == Config()

    def test_a_conditional_vae_was_a_kind(self) -> None:
        config = Config(conditional=True, beta=0.5)
        assert Config(kind="conditional", beta=0.5) == config
        assert Config(beta=0.5).replace_text({"kind": "conditional"}) == config
        assert Config.from_json('{"kind": "conditional", "beta": 0.5}') == config
        assert Config.from_run({"kind": "conditional", "beta": 0.5}) == config
        assert (config.kind, config.noun) == ("vae", "conditional variational autoencoder")
        # As when it was a kind: to name another one leaves it.
        assert config.replace(kind="vae") == Config(beta=0.5)
        assert config.replace(latent_dim=3).conditional
        assert config.replace(kind="vae", conditional=True) == config
