"""What a file of a run may hold when anyone has written it, and what of it must never be drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

PICTURE = "![x](http://evil.example/x.png)"
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
