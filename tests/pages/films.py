"""A training step as slow motion gets it, and what a test reads of the film."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from tests.conftest import PATIENCE_SECONDS
from tests.pages.shown import picture

STAGES = [
    *("image", "encoder", "cloud", "epsilon", "z"),
    *("decoder", "reconstruction", "losses", "gradient"),
]


def make_step(
    n: int = 3,
    d: int = 4,
    *,
    hidden: int = 16,
    image_shape: tuple[int, int, int] = (8, 6, 1),
    seed: int = 0,
    **changes: Any,
) -> dict[str, Any]:
    """One training step of a network that never was, consistent in itself."""
    generator = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return generator.standard_normal(shape).astype(np.float32)

    mean, log_var, epsilon = 2 * normal(n, d), normal(n, d) - 2, normal(n, d)
    noise = changes.get("noise", 1.0)
    return {
        "epoch": 3,
        "step": 41,
        "steps": 1200,
        "images": generator.integers(0, 256, (n, *image_shape), dtype=np.uint8),
        "encoder": normal(n, hidden),
        "mean": mean,
        "log_var": log_var,
        "epsilon": epsilon,
        "z": mean + np.exp(log_var / 2) * noise * epsilon,
        "noise": 1.0,
        "decoder": normal(n, hidden + 1),
        "reconstructions": generator.integers(0, 256, (n, *image_shape), dtype=np.uint8),
        "reconstruction_nats": 100 + 10 * generator.random(n).astype(np.float32),
        "kl": 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var),
        "beta": 1.0,
        "learning_rate": 0.004,
        "loss_before": 135.5,
        "loss_after": 135.1,
        "layer_names": np.array(["encoder hidden_1", "encoder mean", "decoder pixels"]),
        "gradient_norms": np.array([30.0, 40.0, 0.0123], np.float32),
        "update_norms": np.array([0.03, 0.04, 0.0], np.float32),
        "batch_size": 50,
        "kind": "vae",
    } | changes


def film(step: dict[str, Any]) -> dict[str, Any]:
    """What the browser is given, as JSON allows it and nothing else."""

    def script(step: dict) -> None:
        from pages._components.slow_motion import slow_motion

        slow_motion(step, key="slow", on_next=lambda: None)

    app = AppTest.from_function(
        script, kwargs={"step": step}, default_timeout=PATIENCE_SECONDS
    ).run()
    assert [element.value for element in app.exception] == []

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    (film,) = json.loads(app.main.get_by_key("slow").proto.json, parse_constant=refuse)
    return film


def values(bars: list[dict[str, Any]]) -> list[float]:
    return [bar["value"] for bar in bars]


def plain(text: str) -> str:
    """A text without its colors."""
    return re.sub(r"\w+\[([^\]]*)\]", r"\1", text)


def captions(film: dict[str, Any], example: int = 0) -> dict[str, str]:
    said = map(plain, film["examples"][example]["captions"])
    return dict(zip(STAGES, said, strict=True))


def details(film: dict[str, Any], example: int = 0) -> dict[str, str]:
    said = map(plain, film["examples"][example]["details"])
    return dict(zip(STAGES, said, strict=True))


def stage(film: dict[str, Any], name: str) -> dict[str, str]:
    return film["stages"][STAGES.index(name)]


def decoded(url: str) -> np.ndarray:
    kind, _, content = url.partition(",")
    assert kind == "data:image/png;base64"
    return picture(base64.b64decode(content))
