"""The configuration of a run: settings that are valid together, as JSON, and changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from vae.config.setting import accepted
from vae.config.setting_text import parse_setting
from vae.config.settings import SETTINGS, Settings, setting, settings_of
from vae.errors import ConfigError
from vae.kinds import CONDITIONAL, KINDS, Kind, Part, with_article

__all__ = ["Config"]


@dataclass(frozen=True)
class Config(Settings):
    """Everything that decides what a run learns; the same Config and data give the same run.

    kind="conditional" is what earlier versions called kind="vae" with conditional=True. Raises
    ConfigError for a value of the wrong type or outside its range, and for one of a field that
    means nothing for the kind.
    """

    def __post_init__(self) -> None:
        if self.kind == CONDITIONAL:
            object.__setattr__(self, "kind", "vae")
            object.__setattr__(self, "conditional", True)
        for name, known in SETTINGS.items():
            object.__setattr__(self, name, accepted(name, known, getattr(self, name)))
        for name in sorted(SETTINGS.keys() - set(settings_of(KINDS[self.kind]))):
            object.__setattr__(self, name, self._unused(name))
        self._check_together()

    def _check_together(self) -> None:
        """Raise ConfigError for values that exclude each other."""
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
        known, value = setting(name), getattr(self, name)
        if value not in (known.default, known.neutral):
            raise self._means_nothing(name, value)
        return known.neutral

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
    def moves_images(self) -> bool:
        """Whether training images are shifted or mirrored, anew at each step."""
        return self.shift > 0 or self.flip

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
        values = {name: getattr(self, name) for name in SETTINGS}
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
        return self.replace(**{name: parse_setting(name, text) for name, text in changes.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that mean something for the kind as plain JSON values."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SETTINGS if self.uses(name)}
        return values | {name: list(values[name]) for name in _SIZES if name in values}

    def to_json(self) -> str:
        """Return the configuration as JSON text."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(cls, values: Any) -> Config:
        """Build from plain JSON values; what is not given keeps its default.

        Raises ConfigError for anything but a JSON object, an unknown field, and as `Config` does.
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
            {name: value for name, value in fields.items() if name in used or name not in SETTINGS}
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


_SIZES = [name for name, known in SETTINGS.items() if isinstance(known.default, tuple)]


def _kind_of(name: Any) -> Kind:
    """Return a kind by its name; that of another name, which `Config` refuses, is a VAE."""
    return KINDS.get(str(name), KINDS["vae"])


def _check_names(values: dict[str, Any]) -> None:
    unknown = sorted(set(values) - set(SETTINGS))
    if unknown:
        raise ConfigError(
            f"Settings are {', '.join(SETTINGS)}. Received: {', '.join(map(repr, unknown)):.70}"
        )
