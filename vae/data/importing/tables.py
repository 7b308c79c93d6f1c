"""Reading CSV and Parquet: a row a picture, its pixels in columns, or its file in one column."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vae.data.importing.found import Found, Part, PictureFiles
from vae.data.importing.names import LONGEST_CLASS, clean
from vae.data.importing.npz_files import LABELS
from vae.data.importing.numbers import Numbers, check_size, fits
from vae.errors import DatasetError
from vae.files import open_regular
from vae.limits import Caps

__all__ = ["import_arrow", "read_csv", "read_parquet"]

ROWS, PICTURES_AT_ONCE = 1000, 50  # of a Parquet file
MAX_HEADER = 1_000_000  # bytes
MAX_COLUMNS = 50_000  # pictures of 128 x 128 in color


class Columns(NamedTuple):
    """Which columns of a table are pixels, by their positions, and which one is the label."""

    pixels: list[int]
    label: int | None


def read_csv(path: Path, caps: Caps) -> Found:
    """Read numbers in columns.

    The label's column is known by its name, or is the first if there is one too many for a square.
    Raises DatasetError.
    """
    arrow = import_arrow()
    check_size((path.stat().st_size,), 1, caps)
    names, is_headed, delimiter = _header(path)
    columns = _columns(names)
    # By position: two columns of a file may have one name.
    types = {f"{at}": arrow.float32() for at in columns.pixels}
    if columns.label is not None:
        types[f"{columns.label}"] = arrow.string()
    batches = arrow.csv.open_csv(
        path,
        arrow.csv.ReadOptions(
            use_threads=False,
            column_names=[f"{at}" for at in range(len(names))],
            skip_rows=int(is_headed),
        ),
        arrow.csv.ParseOptions(delimiter=delimiter),
        arrow.csv.ConvertOptions(column_types=types, include_columns=list(types)),
    )
    blocks: list[np.ndarray] = []
    labels: list[object] = []
    for batch in batches:
        blocks.append(_compact(_numbers_of(batch.columns[: len(columns.pixels)])))
        if columns.label is not None:
            labels += batch.columns[-1].to_pylist()
    shape = sum(map(len, blocks)), len(columns.pixels)
    numbers = Numbers(shape, np.dtype(np.float32), lambda: blocks)
    return Found((Part(numbers, None if columns.label is None else _as_numbers(labels)),))


def read_parquet(path: Path, caps: Caps) -> Found:
    """Read numbers in columns, or picture files in one, as Hugging Face's; labels by their name.

    Raises DatasetError.
    """
    arrow = import_arrow()
    file = arrow.parquet.ParquetFile(path, pre_buffer=False)
    count, schema = file.metadata.num_rows, file.schema_arrow
    if count > caps.files:
        raise DatasetError(
            f"At most {caps.files:,} pictures were expected. Received: {count:,} rows"
        )
    binary = [field.name for field in schema if _is_binary(arrow, field.type)]
    columns = _columns(schema.names)
    label = None if columns.label is None else schema.names[columns.label]
    labels: list[object] = []
    for batch in file.iter_batches(ROWS, columns=[label], use_threads=False) if label else ():
        labels += batch.columns[0].to_pylist()
    if binary:
        images = PictureFiles(count, _picture_files(file, binary[0]))
    else:
        pixels = [schema.names[at] for at in columns.pixels]
        types = {schema.field(name).type for name in pixels}
        if not all(_is_numeric(arrow, each) for each in types):
            raise DatasetError(
                "Columns of numbers, or one of picture files, were expected. "
                f"Received: {', '.join(sorted(map(str, types)))[:200]}"
            )
        check_size((count, len(pixels)), 1, caps)
        images = Numbers((count, len(pixels)), np.dtype(np.float32), lambda: _rows(file, pixels))
    names = _class_names(schema.metadata, label)
    return Found((Part(images, labels if label else None),), names)


def import_arrow() -> Any:
    """Import pyarrow, which has no types. Raises DatasetError where it is missing."""
    try:
        for module in ("csv", "parquet"):
            importlib.import_module(f"pyarrow.{module}")
        return importlib.import_module("pyarrow")
    except ImportError:
        raise DatasetError(
            "The package pyarrow was expected, which reads tables: pip install pyarrow. "
            "Received: a table without it"
        ) from None


def _header(path: Path) -> tuple[list[str], bool, str]:
    """Return the names in a CSV's first line, whether they are names, and what is between them."""
    with open_regular(path) as file:
        line = file.readline(MAX_HEADER).decode("utf-8-sig")
    delimiter = max(",;\t", key=line.count)
    names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter))]
    return names, not all(_is_number(name) for name in names), delimiter


def _columns(names: Sequence[str]) -> Columns:
    """Tell the label's column from the pixels'."""
    if len(names) > MAX_COLUMNS:
        raise DatasetError(
            f"A table of at most {MAX_COLUMNS:,} columns was expected. Received: {len(names):,}"
        )
    lower = [name.lower() for name in names]
    kept = [at for at, name in enumerate(lower) if not name.startswith("__")]  # an index of pandas
    label = next(
        (at for at in kept if lower[at] in LABELS or lower[at].endswith("_label")),
        kept[0] if not fits(len(kept)) and fits(len(kept) - 1) else None,
    )
    return Columns([at for at in kept if at != label], label)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _as_numbers(labels: list[object]) -> list[object] | np.ndarray:
    """Return texts as numbers if all are: "3" and "3.0" are one class."""
    try:
        return np.array(labels, np.float64)
    except (TypeError, ValueError):
        return labels


def _numbers_of(columns: Sequence[Any]) -> np.ndarray:
    return np.stack([column.to_numpy(zero_copy_only=False) for column in columns], axis=1)


def _compact(block: np.ndarray) -> np.ndarray:
    """Return numbers as a byte each, where that is what they are: a table may be read as it is."""
    with np.errstate(invalid="ignore"):
        small = block.astype(np.uint8)
    return small if (small == block).all() else block


def _rows(file: Any, names: list[str]) -> Generator[np.ndarray]:
    for batch in file.iter_batches(ROWS, columns=names, use_threads=False):
        with np.errstate(over="ignore"):  # what is so large is no pixel
            yield _numbers_of(batch.columns).astype(np.float32)


def _is_numeric(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    return types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)


def _is_binary(arrow: Any, kind: Any) -> bool:
    """Return whether a column holds files: as bytes, or as Hugging Face's {bytes, path}."""
    if arrow.types.is_struct(kind):
        at = kind.get_field_index("bytes")
        return at >= 0 and _is_binary(arrow, kind.field(at).type)
    return arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind)


def _picture_files(file: Any, name: str) -> Generator[tuple[str, bytes]]:
    row = 0
    for batch in file.iter_batches(PICTURES_AT_ONCE, columns=[name], use_threads=False):
        for value in batch.columns[0].to_pylist():
            row += 1
            content, path = (value, None) if isinstance(value, bytes) else _held(value)
            yield str(path or f"row {row:,}"), content or b""


def _held(value: Any) -> tuple[Any, Any]:
    return (None, None) if value is None else (value.get("bytes"), value.get("path"))


def _class_names(metadata: dict[bytes, bytes] | None, label: str | None) -> tuple[str, ...]:
    """Return what Hugging Face's metadata call the classes, if they do."""
    try:
        features = json.loads((metadata or {})[b"huggingface"])["info"]["features"]
        return tuple(clean(str(name), LONGEST_CLASS) for name in features[label]["names"])
    except (KeyError, TypeError, ValueError):
        return ()
