"""What a file of a run may hold when anyone has written it, and what must never be rendered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.schemas.test_figures import CLASS_PROBES, LIKELIHOOD, QUALITY
from vae.files import read_json, write_json
from vae.runs.run import Run

PICTURE = "![x](http://evil.example/x.png)"
TEXT = f"{PICTURE} <img src=http://evil.example/y.png>"
# Of every page.
VIEWS = {
    "start": ("",),
    "data": ("",),
    "train": ("",),
    "latent": ("map", "draw", "path", "dimensions", "projections", "knowledge"),
    "evaluate": ("overview", "likelihood", "classify", "samples", "latent-space"),
    "generate": (
        *("grid", "classes", "samplers", "by-hand", "manifold", "arithmetic", "animation"),
        "take-away",
    ),
    "runs": ("table", "compare", "rate-and-distortion", "sweeps"),
}
# Of valid and of invalid form, and never what a run writes.
CONTENTS = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[1]",
    "a text": b'"x"',
    "a number": b"0",
    "a huge number": b"9" * 10_000,
    "NaN": b"NaN",
    "an empty object": b"{}",
    "other keys": json.dumps({PICTURE: PICTURE, "<img src=x>": [{"loss": 1.0}]}).encode(),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"loss":' * 100_000,
    "10 MB of text": b'{"loss": "' + b"x" * 10_000_000 + b'"}',
    "no UTF-8": b'\xff\xfe{"loss": 1.0}',
    "UTF-16": '{"loss": 1.0}'.encode("utf-16"),
    "a mark before it": b'\xef\xbb\xbf{"loss": 1.0}',
    "half a letter": b'{"loss": "\\ud800"}',
}
# Those that say nothing where no key is needed.
EMPTY = [CONTENTS[name] for name in ("an empty object", "other keys", "10 MB of text")]
# As JSON text, in the place of any value; each is wrong for most of them.
VALUES = (
    *("null", "true", "0", "-1", "1.5", "[1]", "[]", "{}", '"x"', f'"{PICTURE}"', '"<img src=x>"'),
    *("1e999", "-1e999", "NaN", "Infinity", "9" * 400, "1e308", "[" * 5000 + "]" * 5000),
    *('"' + "x" * 100_000 + '"', '"\\ud800"', '[["x"]]', '{"x": {"y": [null]}}', "[null, 1]"),
)


def altered(valid: dict[str, Any]) -> Iterator[bytes]:
    """The same JSON with each of its values replaced in turn, and with each left out."""
    for path in _paths(valid):
        for value in VALUES:
            yield _replaced(valid, path, value)
        yield _replaced(valid, path, None)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values are; of a list its first one."""
    keys = value if isinstance(value, dict) else range(isinstance(value, list) and bool(value))
    for key in keys:
        yield (*at, key)
        yield from _paths(value[key], (*at, key))


def _replaced(valid: dict[str, Any], path: tuple[Any, ...], value: str | None) -> bytes:
    """JSON with other text in one place; None: without the value, and with a key that is new."""
    copied = json.loads(json.dumps(valid))
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        inner.pop(path[-1])
        return json.dumps(copied | {PICTURE: PICTURE}).encode()
    inner[path[-1]] = "the place"
    return json.dumps(copied).replace('"the place"', value, 1).encode()


def with_texts(run: Run) -> Run:
    """Put TEXT wherever files of a copied run hold a text, and nothing that a schema refuses."""
    names = [f"{TEXT} {label}" for label in range(run.classes)]
    info = read_json(run.path / "config.json")
    info |= {"class_names": names, "dataset": TEXT, "versions": {TEXT: TEXT}}
    info["config"]["preset"] = TEXT
    status = read_json(run.path / "status.json") | {"reason": TEXT, "state": "stopped"}
    metrics = read_json(run.path / "metrics.json")
    metrics |= dict.fromkeys(("images", "treatment", "dataset", TEXT), TEXT)
    metrics["reconstruction_per_class"] = dict.fromkeys(names, 50.0)
    found = LIKELIHOOD["none"] | {"images": TEXT, "treatment": TEXT}
    files = {
        "config": info,
        "status": status,
        "metrics": metrics,
        "about": {"name": TEXT, "owner": TEXT, "deleted": 0.0},
        "likelihood": {"none": found, TEXT: found},
        "knowledge": CLASS_PROBES | {TEXT: TEXT},
        "quality": QUALITY | {TEXT: TEXT},
    }
    for job in ("tsne", "knowledge", "likelihood", "quality", "samplers"):
        files[f"{job}-progress"] = {"share": 0.0, "trouble": TEXT}
    for name, values in files.items():
        write_json(run.path / f"{name}.json", values)
    return Run(run.path)
