"""What configuration and history of a run must be when they come in a zip from elsewhere.

What each JSON file may hold is the same as in a folder that is read: see `schema`. Here it is held
against the other files and the server's limits. Each check raises RunError with what was expected
and what came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vae.config import Config
from vae.data.dataset_checks import is_name
from vae.environment import limits
from vae.errors import ConfigError, RunError
from vae.kinds import KINDS
from vae.layers import ImageShape
from vae.runs.control import changed_settings, with_live_settings
from vae.runs.layout import CONFIG
from vae.runs.schema import Info, Row, decode_row
from vae.schemas.reading import Text, decode, printable

__all__ = ["Frame", "read_frame", "read_history"]

MAX_ROWS = 20_000
LONGEST_ROW = 20_000  # characters: 128 dimensions, trained and validated, are 6,000
MAX_CHANNELS = 4


@dataclass(frozen=True)
class Frame:
    """What config.json says and all other files must fit. info: the cleaned config.json."""

    info: Info
    config: Config
    image_shape: ImageShape
    classes: int


def read_frame(content: bytes) -> Frame:
    """Read config.json; its layers must fit its images and the server's limits.

    Raises RunError if they do not, and for settings that cannot work.
    """
    info = decode(CONFIG, content, Info)
    dataset, (height, width, channels) = info["dataset"], info["image_shape"]
    shape, names = (height, width, channels), info["class_names"]
    if not is_name(dataset):
        raise RunError(f"A data set's name is a short word or a few. Received: {dataset!r:.80}")
    if shape[2] > MAX_CHANNELS:
        raise RunError(f"Images have at most {MAX_CHANNELS} channels. Received: {shape}")
    try:
        config = Config.from_run(info["config"])
        config = config.replace(preset=printable(config.preset, Text.longest))
        # Its epochs are behind it: they cost no more than the rows and snapshots that are there.
        limits().check(config.replace(epochs=1), shape, len(names))
    except ConfigError as error:
        raise RunError(f"config.json must hold settings that work. {error}") from None
    info["config"], info["seed"] = config.to_dict(), config.seed
    info.pop("place", None)  # among the shipped ones
    return Frame(info, config, shape, len(names))


def read_history(content: bytes, frame: Frame) -> Iterator[Row]:
    """Read the rows of history.jsonl; a last line that a crash cut short is left out.

    Raises RunError, at the line in question, for anything but a row of this run.
    """
    count = content.count(b"\n")
    if count > MAX_ROWS:
        raise RunError(f"A history has at most {MAX_ROWS:,} rows. Received: {count:,}")
    for index, line in enumerate(content.split(b"\n")):
        try:
            if line.strip():
                yield _row(line, frame)
        except (RunError, ConfigError) as error:
            if index < count:  # no newline follows the last one
                raise RunError(
                    f"Each line of history.jsonl must be a row of a run, but line {index + 1} is "
                    f"not. {error}"
                ) from None


def _row(line: bytes, frame: Frame) -> Row:
    if len(line) > LONGEST_ROW:
        raise RunError(f"Rows have at most {LONGEST_ROW:,} characters. Received: {len(line):,}")
    row = decode_row(line)
    if row["kind"] == "change":  # a training that resumes applies these settings
        with_live_settings(frame.config, changed_settings(row))
        return row
    quantities = KINDS[frame.config.kind].curves.keys()
    if not quantities <= row.keys():
        raise RunError(
            f"A row of a {frame.config.noun} holds {', '.join(quantities)}. Received: "
            f"{', '.join(row):.80}"
        )
    dimensions = frame.config.latent_dim
    for name in ("kl_per_dimension", "val_kl_per_dimension"):
        found = row.get(name)
        if found is not None and len(found) != dimensions:
            raise RunError(f"{name} must be {dimensions} numbers. Received: {len(found)}")
    return row
