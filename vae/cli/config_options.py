"""The options that say which configuration is meant: a preset or a file, and settings to change."""

from __future__ import annotations

import argparse
from pathlib import Path

from vae.cli.files import ConfigFile, config_file
from vae.errors import ConfigError
from vae.kinds import KINDS
from vae.presets import PRESETS

__all__ = ["PRESET", "add_config", "chosen_config", "name_and_value"]

PRESET = "recommended"  # where nothing says otherwise


def add_config(command: argparse.ArgumentParser) -> None:
    """Give a command the options."""
    command.add_argument("--preset", default=PRESET, help=", ".join(PRESETS))
    command.add_argument(
        "--config", type=Path, metavar="FILE",
        help="JSON instead of a preset: settings, or the config.json of a run",
    )  # fmt: skip
    command.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help=f"settings to change, such as epochs=3 hidden=256,128 kind={'|'.join(KINDS)}",
    )  # fmt: skip


def chosen_config(options: argparse.Namespace) -> ConfigFile:
    """Return the configuration, and what its file says of the images if it is that of a run."""
    if options.config:
        source = config_file(options.config)
    elif options.preset in PRESETS:
        source = ConfigFile(PRESETS[options.preset])
    else:
        raise ConfigError(f"Presets are {', '.join(PRESETS)}. Received: {options.preset!r}")
    changes = dict(name_and_value("--set", item, "VALUE") for item in options.set)
    return source._replace(config=source.config.replace_text(changes))


def name_and_value(option: str, item: str, what: str) -> tuple[str, str]:
    """Return both sides of NAME=VALUE; raises ConfigError where there is no equals sign."""
    name, equals, value = item.partition("=")
    if not equals:
        raise ConfigError(f"{option} takes NAME={what}. Received: {item!r}")
    return name, value
