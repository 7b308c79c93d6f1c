"""The form of the Train page, as a user fills it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from streamlit.testing.v1 import AppTest

from pages.train.config_form import ALL_SETTINGS
from pages.train.setup_values import MAIN
from tests.pages.driving import calm, labelled
from vae.config import Config
from vae.config.settings import setting, settings_of
from vae.kinds import KINDS

FIELDS = [field.name for field in dataclasses.fields(Config) if field.name != "preset"]
SET_UP = {"view": "set-up", "dataset": "digits"}
# A configuration that differs from every preset in every field, but for importance samples and the
# capacity, which free bits exclude.
OTHER = Config(
    preset="recommended",
    kind="vae",
    conditional=True,
    network="convolutional",
    latent_dim=7,
    hidden=(5, 6),
    dense_layers=(9, 4),
    activation="elu",
    likelihood="continuous_bernoulli",
    beta=0.25,
    kl_warmup=3,
    kl_cycle=5,
    free_bits=0.5,
    noise=0.7,
    loss_scale="per_pixel",
    optimizer="sgd",
    learning_rate=0.00123,
    schedule="constant",
    batch_size=33,
    epochs=9,
    patience=4,
    binarisation="sampled",
    train_share=0.5,
    validation_split=0.2,
    seed=42,
)


def control(app: AppTest, name: str) -> Any:
    """The control of a field, by its label: its key is another one once the app has moved it.

    One that is among all settings is there when these are open.
    """
    if name not in MAIN and not app.expander[0].proto.expanded:
        app.session_state[ALL_SETTINGS] = True
        calm(app.run())
    label = setting(name).label
    (found,) = (each for each in (*app.selectbox, *app.text_input) if each.label == label)
    return found


def form(app: AppTest) -> dict[str, Any]:
    """What the controls show: those of fields that mean something for the kind."""
    used = settings_of(KINDS[control(app, "kind").value])
    return {name: control(app, name).value for name in FIELDS if name in used}


def as_form(config: Config) -> dict[str, Any]:
    """What the controls show for a configuration."""
    return {name: _as_text(getattr(config, name)) for name in FIELDS if config.uses(name)}


def layers(app: AppTest) -> list[dict[str, int]]:
    """The parameters of each layer, by its name, of each network that the page shows."""
    tables = [each.value for each in app.markdown if "| Layer |" in each.value]
    rows = [re.findall(r"^\| (.+?) \| .+ \| ([\d,]+) \|$", table, re.M) for table in tables]
    return [
        {name.replace("\\", ""): int(count.replace(",", "")) for name, count in table}
        for table in rows
    ]


def fill(app: AppTest, **values: Any) -> AppTest:
    """Type and choose values, and have the app run once."""
    for name, value in values.items():
        control(app, name).set_value(_as_text(value))
    return calm(app.run())


def _as_text(value: Any) -> str | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def warned(app: AppTest) -> str:
    (warning,) = app.warning
    return warning.value


def problem(app: AppTest) -> str:
    """What stands beside the Train button of a form that cannot be trained, without its links."""
    assert labelled(app.button, "Train").disabled
    (reason,) = (each.value for each in app.markdown if each.value.startswith(":red[:material/"))
    reason = reason.removeprefix(":red[:material/error: ").removesuffix("]")
    return re.sub(r"\[([^]]*)\]\(#field-\w+\)", r"\1", reason)


def complaints(app: AppTest) -> list[str]:
    """What stands at the fields."""
    said = (each.value for each in app.markdown if each.value.startswith(":red["))
    return [each[5:-1] for each in said if not each.startswith(":red[:material/")]


def can_train(app: AppTest) -> bool:
    return not labelled(app.button, "Train").disabled and complaints(app) == []
