"""The hyperparameters of a run: one flat frozen dataclass, its ranges and its help texts."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from vae.errors import ConfigError
from vae.kinds import CONDITIONAL, KINDS, Kind, Part, with_article
from vae.number_text import AmbiguousNumberError, parse_number, parse_numbers

__all__ = [
    "BINARISATIONS",
    "MAX_HIDDEN_LAYERS",
    "MAX_IMPORTANCE_SAMPLES",
    "Binarisation",
    "Config",
    "Setting",
    "read_setting",
    "setting",
    "settings_of",
]

MAX_HIDDEN_LAYERS = 6
MAX_IMPORTANCE_SAMPLES = 5000  # of a likelihood that is measured
Binarisation = Literal["none", "threshold", "fixed", "sampled"]  # see `vae.data.binarisation`
BINARISATIONS: tuple[Binarisation, ...] = get_args(Binarisation)


@dataclass(frozen=True)
class Setting:
    """What a form, the command line and the validation know of one field of `Config`.

    needs: the part of a kind without which the field means nothing. without: what it then holds,
    where that is not the default.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: Collection[str] = ()
    needs: Part | None = None
    without: float | None = None


def _field(default: Any, label: str, help: str, **limits: Any) -> Any:
    return dataclasses.field(default=default, metadata={"setting": Setting(label, help, **limits)})


@dataclass(frozen=True)
class Config:
    """Everything that decides what a run learns; the same Config and data give the same run.

    kind="conditional" is what earlier versions called kind="vae" with conditional=True. Raises
    ConfigError for a value of the wrong type or outside its range, and for one of a field that
    means nothing for the kind.
    """

    preset: str = _field("custom", "Preset", "The recipe that this configuration started from.")
    kind: str = _field(
        "vae",
        "Model",
        " ".join(kind.sentence for kind in KINDS.values()),
        choices=KINDS,
    )
    conditional: bool = _field(
        False,
        "Conditional",
        "The networks also get the class of an image, so that its code describes the style alone.",
        needs="prior",
    )
    network: str = _field(
        "dense",
        "Network",
        "Dense layers connect all pixels and are fast. Convolutional layers find local shapes: "
        "slower, but better on images.",
        choices=("dense", "convolutional"),
    )
    latent_dim: int = _field(
        4,
        "Latent dimensions",
        "How many numbers the code of an image has.",
        low=1,
        high=128,
        needs="decoder",
    )
    hidden: tuple[int, ...] = _field(
        (128,),
        "Hidden layers",
        "Units of each encoder layer, first to last (filters, if convolutional); "
        "the decoder mirrors them.",
        low=1,
        high=1024,
    )
    dense_layers: tuple[int, ...] = _field(
        (),
        "Dense layers",
        "Units of dense layers between the convolutions and the code, first to last; the decoder "
        "mirrors them. Empty: none.",
        low=1,
        high=1024,
    )
    activation: str = _field(
        "relu",
        "Activation",
        "The non-linear function between two layers.",
        choices=("relu", "leaky_relu", "elu", "silu", "tanh"),
    )
    likelihood: str = _field(
        "bernoulli",
        "Likelihood",
        "The distribution of a pixel, given the decoder's output: Bernoulli, as in the lecture; "
        "continuous Bernoulli, a true density of grey levels; or a Gaussian whose width is "
        "learned.",
        choices=("bernoulli", "continuous_bernoulli", "gaussian"),
        needs="likelihood",
    )
    beta: float = _field(
        1.0,
        "Beta",
        "Weight of the KL term: 1 is the true ELBO. A smaller beta gives sharper images, a larger "
        "one a tidier latent space.",
        low=0.0,
        high=100.0,
        needs="posterior",
        without=0.0,
    )
    kl_warmup: int = _field(
        0,
        "KL warm-up",
        "Epochs over which beta, or the KL capacity where there is one, rises from near 0 to its "
        "value.",
        low=0,
        high=500,
        needs="posterior",
    )
    kl_cycle: int = _field(
        0,
        "Warm-up cycle",
        "The warm-up starts again after this many epochs, over and over. 0: it happens once.",
        low=0,
        high=500,
        needs="posterior",
    )
    free_bits: float = _field(
        0.0,
        "Free bits",
        "Nats of KL that cost nothing in each latent dimension, which keeps dimensions in use. "
        "Curves show the whole KL.",
        low=0.0,
        high=10.0,
        needs="posterior",
    )
    capacity: float = _field(
        0.0,
        "KL capacity",
        "Training holds the KL at this many nats: beta weighs the distance from it, and the "
        "warm-up raises it slowly. 0: no capacity, beta weighs the KL itself. Curves show the "
        "whole KL.",
        low=0.0,
        high=200.0,
        needs="posterior",
    )
    importance_samples: int = _field(
        1,
        "Importance samples",
        "Codes that training samples for each image. With more than 1 it raises the tighter bound "
        "of the importance-weighted autoencoder (IWAE). Curves show the ELBO.",
        low=1,
        high=100,
        needs="posterior",
    )
    noise: float = _field(
        1.0,
        "Sampling noise",
        "A factor on the random noise of training: 1 is the VAE, 0 codes each image as one point.",
        low=0.0,
        high=3.0,
        needs="posterior",
    )
    loss_scale: str = _field(
        "nats",
        "Loss scale",
        "The loss that the optimizer gets: in nats per image, or divided by the number of pixels "
        "as in the lecture. Curves are always in nats.",
        choices=("nats", "per_pixel"),
        needs="likelihood",
    )
    optimizer: str = _field(
        "adam",
        "Optimizer",
        "The rule that turns gradients into steps.",
        choices=("adam", "rmsprop", "sgd"),
    )
    learning_rate: float = _field(
        1e-3,
        "Learning rate",
        "Size of a training step. Too large: the loss rises. Too small: it hardly falls.",
        low=1e-7,
        high=10.0,
    )
    schedule: str = _field(
        "constant",
        "Schedule",
        "Constant: the learning rate stays as it is. Cosine: it falls to zero over the run.",
        choices=("constant", "cosine"),
    )
    batch_size: int = _field(
        100,
        "Batch size",
        "Images per training step. Images that do not fill a whole batch are left out of an epoch, "
        "other ones each time.",
        low=1,
        high=4096,
    )
    epochs: int = _field(
        20, "Epochs", "How many times training goes through all training images.", low=1, high=500
    )
    binarisation: str = _field(
        "none",
        "Binarisation",
        "The images that the model learns: grey (none), or black and white: cut at one half "
        "(threshold), sampled once with the grey level as probability (fixed), or sampled again at "
        "each step (sampled).",
        choices=BINARISATIONS,
    )
    train_share: float = _field(
        1.0,
        "Fraction of the training set",
        "Less trains faster, and learns less.",
        low=0.001,
        high=1.0,
    )
    validation_split: float = _field(
        0.05,
        "Validation split",
        "Fraction of the training images that is held back for the validation curves. 0: none.",
        low=0.0,
        high=0.5,
    )
    patience: int = _field(
        0,
        "Early stopping",
        "Ends the run after this many epochs without a better validation loss and keeps the best "
        "weights. 0: off.",
        low=0,
        high=100,
    )
    seed: int = _field(
        0, "Seed", "The same seed on the same machine gives the same run.", low=0, high=2**31 - 1
    )

    def __post_init__(self) -> None:
        if self.kind == CONDITIONAL:
            object.__setattr__(self, "kind", "vae")
            object.__setattr__(self, "conditional", True)
        for field in dataclasses.fields(self):
            value = _checked(field.name, getattr(self, field.name), field.default)
            object.__setattr__(self, field.name, value)
        for name in sorted(_FIELDS.keys() - set(settings_of(KINDS[self.kind]))):
            object.__setattr__(self, name, self._unused(name))
        if self.dense_layers and self.network == "dense":
            raise ConfigError(
                "Dense layers come after convolutions; those of a dense network are its hidden "
                f"layers. Received: network='dense', dense_layers={self.dense_layers}"
            )
        if self.importance_samples > 1 and self.free_bits:
            raise ConfigError(
                "An importance-weighted bound needs a VAE without free bits, since it has no KL "
                f"term for them. Received: importance_samples={self.importance_samples}, "
                f"kind={self.kind!r}, free_bits={self.free_bits}"
            )
        if self.capacity and (self.free_bits or self.importance_samples > 1):
            raise ConfigError(
                "A KL capacity needs a VAE with one importance sample and without free bits, since "
                f"it is the whole KL that it holds. Received: capacity={self.capacity}, "
                f"kind={self.kind!r}, importance_samples={self.importance_samples}, "
                f"free_bits={self.free_bits}"
            )
        if self.patience and not self.validation_split:
            raise ConfigError(
                "Early stopping watches the validation loss, so the validation split must be above "
                f"0. Received: patience={self.patience}, validation_split={self.validation_split}"
            )

    def has(self, part: Part) -> bool:
        """Whether a model of this kind has a network or another part: see `kinds`."""
        return KINDS[self.kind].has(part)

    def uses(self, name: str) -> bool:
        """Whether a field means something for this kind of model."""
        return (part := setting(name).needs) is None or self.has(part)

    def _unused(self, name: str) -> Any:
        """Return what a field holds that means nothing for the kind, or raise ConfigError."""
        limits, value, default = setting(name), getattr(self, name), _FIELDS[name].default
        neutral = default if limits.without is None else limits.without
        if value not in (default, neutral):
            raise self._means_nothing(name, value)
        return neutral

    def _means_nothing(self, name: str, value: Any) -> ConfigError:
        who, part = with_article(KINDS[self.kind].noun), setting(name).needs
        return ConfigError(
            f"{who} has no {part}, so {name} means nothing for it. "
            f"Received: kind={self.kind!r}, {name}={value!r}"
        )

    @property
    def noun(self) -> str:
        """What such a model is called within a sentence: "conditional variational autoencoder"."""
        noun = KINDS[self.kind].noun
        return f"conditional {noun}" if self.conditional else noun

    @property
    def is_density(self) -> bool:
        """Whether the likelihood is a density: its nats may be negative, bits a pixel mean nothing.

        With 8 bits added, log2 of the levels, they would bound those of the discrete pixels only if
        these were dequantised with uniform noise (Uria et al. 2013; Theis et al. 2016, section
        3.1). Ours are not: in training and evaluation a density may grow without limit at the
        levels.
        """
        return self.likelihood != "bernoulli"

    def replace(self, **changes: Any) -> Config:
        """Return a copy with these fields changed.

        With another kind, the fields that mean nothing for it or meant nothing until now have their
        defaults, and so has `conditional`, unless they are among the changes. Raises ConfigError
        for an unknown field, and as `Config` does.
        """
        _check_names(changes)
        values = {name: getattr(self, name) for name in _FIELDS}
        if "kind" in changes:
            used = settings_of(_kind_of(changes["kind"]))
            values = {name: values[name] for name in used if self.uses(name)}
            values.pop("conditional", None)
        new = Config(**values | changes)
        for name in changes:
            if not new.uses(name) and changes[name] != getattr(new, name):
                raise new._means_nothing(name, changes[name])
        return new

    def replace_text(self, changes: dict[str, str]) -> Config:
        """Like `replace`, with values as text: the command line and the address bar.

        Raises ConfigError as `read_setting`, and for an unknown field.
        """
        _check_names(changes)
        return self.replace(**{name: _from_text(name, text) for name, text in changes.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that mean something for the kind as plain JSON values."""
        values: dict[str, Any] = {name: getattr(self, name) for name in _FIELDS if self.uses(name)}
        return values | {name: list(values[name]) for name in _SIZES if name in values}

    def to_json(self) -> str:
        """Return the configuration as JSON text."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(cls, values: Any) -> Config:
        """Build from plain JSON values; what is not given keeps its default.

        Raises ConfigError for what is no JSON object, an unknown field, and as `Config` does.
        """
        if not isinstance(values, dict):
            raise ConfigError(f"A configuration must be a JSON object. Received: {values!r:.80}")
        fields = cast("dict[str, Any]", values)
        _check_names(fields)
        return cls(**fields)

    @classmethod
    def from_run(cls, values: Any) -> Config:
        """Build from what a run's config.json holds; raises as `from_dict`.

        Earlier versions wrote every field there: those that mean nothing for the kind are ignored.
        """
        if not isinstance(values, dict):
            return cls.from_dict(values)
        fields = cast("dict[str, Any]", values)
        used = settings_of(_kind_of(fields.get("kind")))
        return cls.from_dict(
            {name: value for name, value in fields.items() if name in used or name not in _FIELDS}
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Config:
        """Build from JSON text as `to_json` writes it; raises as `from_dict`."""
        try:
            values = json.loads(text)
        except (ValueError, TypeError, RecursionError) as error:
            raise ConfigError(
                f"A configuration must be JSON ({error}). Received: {text!r:.80}"
            ) from None
        return cls.from_dict(values)


def settings_of(kind: Kind) -> list[str]:
    """Return the names of the fields of `Config` that mean something for a kind of model."""
    return [name for name in _FIELDS if (part := setting(name).needs) is None or kind.has(part)]


def setting(name: str) -> Setting:
    """Return label, help, range and choices of a field of `Config`; KeyError for another name."""
    return _FIELDS[name].metadata["setting"]


def read_setting(name: str, text: str) -> Any:
    """Return the value of a field of `Config` from what a person typed or an address says.

    Raises ConfigError for what cannot be read, is outside the field's range, or may be two numbers.
    """
    return _checked(name, _from_text(name, text), _FIELDS[name].default)


_FIELDS = {field.name: field for field in dataclasses.fields(Config)}
_SIZES = [name for name, field in _FIELDS.items() if isinstance(field.default, tuple)]


def _kind_of(name: Any) -> Kind:
    """Return a kind by its name; that of another name, which `Config` refuses, is a VAE."""
    return KINDS.get(str(name), KINDS["vae"])


def _check_names(values: dict[str, Any]) -> None:
    unknown = sorted(set(values) - set(_FIELDS))
    if unknown:
        raise ConfigError(
            f"Settings are {', '.join(_FIELDS)}. Received: {', '.join(map(repr, unknown)):.70}"
        )


def _checked(name: str, value: Any, default: Any) -> Any:
    """Return the value in the field's own type, or raise ConfigError."""
    limits: Setting = _FIELDS[name].metadata["setting"]
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise ConfigError(f"{name} must be true or false. Received: {name}={value!r:.80}")
        return value
    if isinstance(default, str):
        if not isinstance(value, str) or (limits.choices and value not in limits.choices):
            expected = f"one of {', '.join(limits.choices)}" if limits.choices else "text"
            raise ConfigError(f"{name} must be {expected}. Received: {name}={value!r:.80}")
        return value
    if isinstance(default, tuple):
        sizes = cast("list[Any]", value) if isinstance(value, tuple | list) else None
        if sizes is None or len(sizes) > MAX_HIDDEN_LAYERS:
            raise ConfigError(
                f"{name} must be up to {MAX_HIDDEN_LAYERS} whole numbers, such as 256, 128. "
                f"Received: {name}={value!r:.80}"
            )
        return tuple(_number(name, item, limits, whole=True) for item in sizes)
    return _number(name, value, limits, whole=isinstance(default, int))


def _number(name: str, value: Any, limits: Setting, *, whole: bool) -> Any:
    kind = "a whole number" if whole else "a number"
    real = isinstance(value, int | float) and not isinstance(value, bool)
    low, high = limits.low or 0, math.inf if limits.high is None else limits.high
    # The range first: it also refuses NaN and infinity, which int() cannot take.
    if not (real and low <= value <= high) or (whole and value != int(value)):
        raise ConfigError(
            f"{name} must be {kind} from {low:,} to {high:,}. Received: {name}={value!r:.80}"
        )
    return int(value) if whole else float(value)


def _from_text(name: str, text: str) -> Any:
    default = _FIELDS[name].default
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(default, str):
        return text
    try:
        if isinstance(default, tuple):
            return tuple(parse_numbers(text, whole=True))
        return parse_number(text, whole=isinstance(default, int))
    except AmbiguousNumberError as error:
        raise AmbiguousNumberError(error.question, f"{name}={text!r:.80}") from None
    except ConfigError:
        # The range check words the message, for text as for any other wrong value.
        return text
