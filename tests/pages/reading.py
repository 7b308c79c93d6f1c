"""Reads a page as a person does: all its texts, those of tooltips, charts and components too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from vae.glossary import found_in

__all__ = ["all_texts", "explained_words", "unexplained"]

NOT_READ = ("html", "code", "imgs")  # explanations themselves, and programs
INTERNAL = (
    *("id", "key", "element_id", "user_key", "template", "type", "icon"),
    *("js_content", "css_content"),
)
MAX_LETTERS = 4000  # of what is text rather than data


def all_texts(app: AppTest) -> str:
    """Return what stands on a page below the run picker, but for the name of the app."""
    texts = []
    for element in app.main:
        proto = getattr(element, "proto", None)
        if proto is None or element.type in NOT_READ:
            continue
        if getattr(element, "label", "") in ("Run", "Compare with", "View"):  # names
            continue
        texts += _strings(proto)
        texts += [str(option) for option in getattr(element, "options", ())]
    return "\n".join(texts).replace("VAE Lab", "")


def explained_words(app: AppTest) -> list[str]:
    """Return the words in the popover of the page's header."""
    bodies = [each.proto.body for each in app.main.get("html")]
    (found,) = (body for body in bodies if 'class="words"' in body)
    return [part.partition("</dt>")[0] for part in found.split("<dt>")[1:]]


def unexplained(app: AppTest) -> list[str]:
    """Return the terms of the glossary that a page uses and does not explain."""
    words = explained_words(app)
    return [word for word in found_in(all_texts(app)) if word not in words]


def _strings(value: Any) -> Iterator[str]:
    """Yield the texts in a message of Streamlit, or in the JSON that it carries."""
    if isinstance(value, Message):
        value = {field.name: inner for field, inner in value.ListFields()}
    if isinstance(value, str):
        if value.startswith("{"):
            yield from _strings(json.loads(value))
        elif len(value) < MAX_LETTERS and not value.startswith("data:"):
            yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in INTERNAL:
                yield from _strings(inner)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for inner in value:
            yield from _strings(inner)
