"""Settings that act on a run while it trains."""

from __future__ import annotations

import streamlit as st

from pages._shared.controlled import controlled_key, user_value
from pages._shared.server import store
from pages.train.run_controls import wait_for_reply
from vae.config.settings import setting
from vae.errors import VAEError
from vae.runs.run import Run

__all__ = ["live_settings"]

# Steps that the eye reads as even: 1, 2, 5 times a power of ten.
BETAS = (0.0, *(digit * 10.0**power for power in range(-3, 2) for digit in (1, 2, 5)), 100.0)
RATES = tuple(digit * 10.0**power for power in range(-7, 0) for digit in (1, 2, 5))
NOISES = tuple(round(0.1 * tenth, 1) for tenth in range(31))
PENALTIES = (0.0, *(digit * 10.0**power for power in range(-2, 3) for digit in (1, 2, 5)))
VALUES = {
    "beta": BETAS,
    "learning_rate": RATES,
    "noise": NOISES,
    "gradient_penalty": PENALTIES,
}


def live_settings(run: Run, *, active: bool) -> None:
    """Show a slider for each live setting, in the row around it; one acts on the next step."""
    when = "Acts at once, and the curves mark it." if active else "Acts when the run continues."
    for name, values in VALUES.items():
        if not run.config.uses(name):
            continue
        now = getattr(run.settings, name)
        slider = f"live-{name}-{run.id}"
        st.select_slider(
            setting(name).label,
            sorted([now, *(value for value in values if _short(value) != _short(now))]),
            # What is changed elsewhere, by a cure or in another window, moves the slider too.
            key=controlled_key(slider, now),
            format_func=_short,
            help=f"{setting(name).help} {when}",
            on_change=_change,
            args=(run.id, name, slider),
        )


def _change(run_id: str, name: str, slider: str) -> None:
    try:
        run = store().open(run_id)
        run.requests.change(**{name: user_value(slider)})
        wait_for_reply(run)  # so that the curves have their mark, also where nothing else changes
    except VAEError as error:
        st.session_state[f"refused-{run_id}"] = str(error)


def _short(value: float) -> str:
    return f"{value:.3g}"
