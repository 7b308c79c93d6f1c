"""The buttons that run a training like an instrument."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from pages._shared.act_button import act_button
from pages._shared.controlled import controlled_key, user_value
from pages._shared.number_field import is_refused, number_field
from pages._shared.plain import plain
from pages._shared.run_progress import is_active
from pages._shared.server import queue, store
from vae.errors import ConfigError, VAEError
from vae.runs.run import ACTIVE_STATES, Run
from vae.runs.run_images import known_dataset, missing_images

__all__ = [
    "is_slow_motion",
    "missing_to_resume",
    "run_controls",
    "step_once",
    "wait_for_reply",
    "why_not_resumable",
]

REPLY_SECONDS = 0.9  # within which the process answers, so that this very drawing shows it
MORE_EPOCHS, MAX_EPOCHS = 10, 500  # that Continue adds


def is_slow_motion(run: Run) -> bool:
    """Whether this visitor watches the run in slow motion."""
    return bool(st.session_state.get(_slow(run.id)))


def missing_to_resume(run: Run) -> str:
    """Return what a run that rests lacks of its images, as `missing_images` does."""
    # A process that holds it, as somebody's own Python does, has them.
    return "" if run.state == "queued" or run.is_alive() else missing_images(run)


def run_controls(run: Run) -> None:
    """Show the buttons; they are always the same ones, so that nothing jumps."""
    if not run.can_resume and not is_active(run):
        return
    key = f"transport-{run.id}"
    waiting = run.state == "queued"
    trains = run.state in ACTIVE_STATES
    missing = missing_to_resume(run)
    ended = run.state == "finished"
    stops = run.control.action == "stop" and trains
    with st.container(
        horizontal=True, vertical_alignment="center", width="content", gap="small", key=key
    ):
        can_resume = not ended or not is_refused(_more(run.id))
        if trains or waiting:
            act_button(
                run.id, "Pause", "pause", _acting(run, queue().pause),
                "Pauses within a second. Nothing is lost.",
                disabled=stops, width="stretch",
            )  # fmt: skip
        else:
            words = "Play" if run.state == "paused" else "Continue"
            act_button(
                run.id, words, "play_arrow",
                _acting(run, _resume_for_more if ended else queue().resume),
                "Continues the training from where it is. Acts at once.",
                disabled=bool(missing) or not can_resume, primary=not missing, width="stretch",
            )  # fmt: skip
        steps_help = "Acts at once."
        for name, words, icon, action in (
            ("batch", "Step batch", "skip_next", _one_step),  # which slow motion shows, too
            ("epoch", "Step epoch", "fast_forward", partial(queue().resume, action="epoch")),
        ):
            act_button(
                run.id, words, icon, _acting(run, action),
                f"Trains one {name}, then pauses. {steps_help}",
                disabled=bool(ended or waiting or stops or missing),
            )  # fmt: skip
        if ended:
            _more_epochs(run)
        if not (ended or missing) and run.config.has("encoder"):
            st.toggle(
                "Slow motion",
                key=controlled_key(_toggle(run.id), is_slow_motion(run)),
                # Never disabled: Streamlit forgets a switch that its own drawing disables, as this
                # one does where the run has to wait for a process.
                help="Shows one training step part by part, with its real values. Pauses the run.",
                on_change=_switch_slow_motion,
                args=(run.id,),
            )
        if trains or waiting or run.state == "paused":
            act_button(
                run.id, "Stopping…" if stops else "Stop", "stop", _acting(run, queue().stop),
                "Ends the training and saves the model. You can continue it later.",
                disabled=bool(stops or missing),
            )  # fmt: skip


def why_not_resumable(run: Run) -> str:
    """Return why a run cannot continue, as Markdown, or ""."""
    if not run.can_resume and not is_active(run):
        if run.shipped:
            return "A built-in model, which is not trained further: set up one of your own."
        return "This run cannot be continued: its folder lacks the state of the training."
    missing = missing_to_resume(run)
    if not missing:
        return ""
    its_maker = "" if known_dataset(run) else " In Python, `vae.resume` takes them."
    return f"To continue, this run needs {plain(missing)}.{its_maker}"


def _more_epochs(run: Run) -> None:
    number_field(
        "More epochs",
        st.session_state.get(_more(run.id), MORE_EPOCHS),
        1,
        MAX_EPOCHS,
        name=_more(run.id),
        width=180,
        help="How many epochs Continue adds. A cosine schedule starts again for them.",
    )


def _resume_for_more(run: Run) -> None:
    """Continue for what is typed by now: the field may be left by the very click on the button."""
    if is_refused(_more(run.id)):
        raise ConfigError("More epochs must be a whole number, as its field says.")
    queue().resume(run, st.session_state.get(_more(run.id), MORE_EPOCHS))


def _more(run_id: str) -> str:
    return f"more-epochs-{run_id}"


def step_once(run_id: str) -> None:
    """Have one more step taken, for who watches in slow motion."""
    _perform(run_id, _one_step)


def _switch_slow_motion(run_id: str) -> None:
    on = st.session_state[_slow(run_id)] = user_value(_toggle(run_id))
    if on:
        step_once(run_id)


def _slow(run_id: str) -> str:
    return f"slow-{run_id}"


def _toggle(run_id: str) -> str:
    return f"toggle-{_slow(run_id)}"


def _acting(run: Run, action: Callable[[Run], object]) -> Callable[[], None]:
    return partial(_perform, run.id, action)


def _perform(run_id: str, action: Callable[[Run], object]) -> None:
    """Ask for something and wait a moment for the answer; what is refused is said on the page."""
    try:
        run = store().open(run_id)
        action(run)
        wait_for_reply(run)
        if action is not _one_step:
            st.session_state[_slow(run_id)] = False
    except VAEError as error:
        st.session_state[f"refused-{run_id}"] = str(error)


def wait_for_reply(run: Run) -> None:
    """Wait a moment until the run's process, if there is one, has read the request."""
    wanted = run.control.serial
    deadline = time.monotonic() + REPLY_SECONDS
    while time.monotonic() < deadline:
        now = Run(run.path)
        if now.state not in (*ACTIVE_STATES, "paused") or now.status.get("serial", 0) >= wanted:
            return
        if now.state == "starting" or not now.is_alive():
            return  # nobody there who could answer soon
        time.sleep(0.02)


def _one_step(run: Run) -> None:
    queue().resume(run, action="batch")
