"""Train: choose hyperparameters, start, watch."""

import streamlit as st

from pages._shared.address import link_parameter
from pages._shared.dataset_choice import choose_dataset
from pages._shared.once import Once
from pages._shared.plain import plain
from pages._shared.run_picker import choose_run, chosen_run
from pages._shared.server import queue, store
from pages._shared.view_choice import choose_view
from pages._shared.visitors import visitor
from pages.train.config_form import config_form, preset_choice
from pages.train.network_summary import show_summary
from pages.train.run_controls import is_active
from pages.train.watch import watch
from vae.architecture import summarize
from vae.config import Config
from vae.data.datasets import Dataset
from vae.data.split import check_trainable, left_over
from vae.environment import is_public, limits, storage_limits
from vae.errors import ConfigError
from vae.runs.run import Run
from vae.server.durations import run_seconds, time_in_words

VIEWS = ("Set up", "Watch")
PRESS = "train_press"  # in the session's state, until its run is watched


def set_up() -> None:
    """Show the form, what it would build, how long it would take, and the button."""
    queue().warm_up()
    left, right = st.columns([1, 3.1], gap="medium")
    with left:
        data = choose_dataset("train_page_dataset")
    with right:
        setup = preset_choice()
    form = config_form(setup)
    if data is None:
        return
    config, summary, trouble = form.config, None, form.trouble
    if config is not None:
        try:
            counted = summarize(config, data.image_shape, data.classes)
            check_trainable(config, data)
            summary = counted
        except ConfigError as error:
            trouble = str(error)
    button, words = st.columns([1, 3], vertical_alignment="center")
    button.button(
        "Train",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=summary is None,
        on_click=_press,
    )
    if config is None or summary is None:  # also where it was pressed while a field was typed in
        st.session_state.pop(PRESS, None)
        words.markdown(f":red[:material/error: {plain(trouble)}]")
        return
    past = () if is_public() else store().list()
    seconds = run_seconds(config, data.image_shape, len(data.x_train), past, data.classes)
    words.markdown(
        f"Takes about **{time_in_words(seconds)}** on this machine, including the start. "
        "Train starts a new run. To change a run while it trains, open Watch. "
        f"{limits().in_words()} {storage_limits().in_words()}"
    )
    if unseen := left_over(config, len(data.x_train)):
        words.caption(unseen)
    start_if_pressed(config, data)
    show_summary(summary)


def _press() -> None:
    st.session_state[PRESS] = Once[Run]()


def start_if_pressed(config: Config, data: Dataset) -> None:
    """Put the run into the queue and watch it."""
    press: Once[Run] | None = st.session_state.get(PRESS)
    if press is None or not press.is_due:
        st.session_state.pop(PRESS, None)
        return
    line, owner = queue(), visitor()
    try:
        choose_run(press(lambda: line.submit(config, data, owner)))
    except Exception:  # what stops a script is none: another run takes the press up
        st.session_state.pop(PRESS, None)
        raise
    st.session_state.train_view = "Watch"
    st.session_state.pop(PRESS, None)
    st.rerun()


def first_view(run: Run | None) -> str:
    """Return the view for who comes to this page: the run that is under way, if it is one's own.

    A link to a form opens the form, unless it names that run too.
    """
    if run is None or not (is_active(run) or run.state == "paused"):
        return "Set up"
    is_link_to_form = link_parameter("preset") is not None and link_parameter("run") != run.id
    return "Set up" if is_link_to_form else "Watch"


run = chosen_run()
view = choose_view("train", VIEWS, first=first_view(run))
if view == "Set up":
    set_up()
elif run is None:
    st.info("There is no run to watch yet: set one up.", icon=":material/info:")
else:
    watch(run.id)
