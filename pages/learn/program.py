"""Chapter: the lecture's program, step by step, beside ours, with what each step makes."""

from __future__ import annotations

import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.persistent import persistent
from pages._shared.wide_layout import wrapping_columns
from pages.learn.parts import open_in_lab, question, screen, sources
from pages.learn.program_run import run_it
from pages.learn.program_steps import STEPS
from pages.learn.shipped import shipped_run
from vae.architecture import summarize
from vae.runs.run import Run

__all__ = ["program"]

STEP = "learn_step"  # in the session, from 1


def program() -> None:
    """Show the chapter."""
    run = shipped_run("mnist-lecture")
    _walk(run)
    question(
        "A dense layer leads from 784 pixels to 128 numbers. How many parameters has it?",
        ["784 + 128 = 912", "784 × 128 = 100,352", "784 × 128 + 128 = 100,480"],
        2,
        _count(run),
        key="program",
    )
    with screen(
        "Run it",
        "The lecture's settings to the letter: 784-128-(4, 4)-128-784, mean cross-entropy, "
        "RMSprop, batches of 100, 50 epochs.\n\n"
        "It trains in the background, in a process of its own. You can read on, pause it under "
        "Train, or close the page. The pictures here come from the last epoch that was measured, "
        "always from the same codes.",
        key="run",
    ):
        run_it()
    open_in_lab("Open in the lab: the lecture's run, epoch by epoch", "train", run, view="watch")
    open_in_lab("Two losses: what the slides say, put right", "learn", chapter="losses")
    sources(
        "the lecture, *Generative Models – Part 2*",
        "Kingma & Welling 2014, *Auto-Encoding Variational Bayes*",
    )


@st.fragment
@explained()
@address_of_part("program")
def _walk(run: Run) -> None:
    """Show one step: where in the program, the lines of both, and what they make."""
    at = linked_number("step", STEP, 1, len(STEPS), 1)
    step = STEPS[at - 1]
    with st.container(horizontal=True, vertical_alignment="bottom", key="learn-program-steps"):
        st.button(
            "Step back",
            icon=":material/arrow_back:",
            disabled=at == 1,
            on_click=_go,
            args=(at - 1,),
        )
        st.slider("Step", 1, len(STEPS), help="Acts at once.", **persistent(STEP, at))
        st.button(
            "Step forward",
            icon=":material/arrow_forward:",
            type="primary",
            disabled=at == len(STEPS),
            on_click=_go,
            args=(at + 1,),
        )
    st.subheader(f"{at} of {len(STEPS)}: {step.title}")
    st.markdown(step.text)
    left, right = wrapping_columns([1, 1], key="learn-program-code")
    with left:
        st.caption("The lecture")
        st.code(step.lecture, language="python", wrap_lines=True)
    with right:
        st.caption("Ours")
        st.code(step.ours, language="python", wrap_lines=True)
    st.markdown("**What it makes of a real batch**")
    # Of its own, so that what one step shows never stands where another's did.
    with st.container(key=f"learn-program-made-{at}"):
        step.show(run)


def _go(at: int) -> None:
    st.session_state[STEP] = at


def _count(run: Run) -> str:
    """Say how the parameters of the lecture's network add up."""
    summary = summarize(run.config, run.image_shape)
    parts = {layer.name: layer.parameters for layer in summary.networks["encoder"]}
    sizes = summary.parameters
    return (
        f"A weight for each pair, and a bias for each output: {parts['hidden_1']:,}. The two heads "
        f"have 128 × 4 + 4 = {parts['mean']:,} each, so the encoder has {sizes['encoder']:,}. With "
        f"the decoder's {sizes['decoder']:,} these are the **{summary.total:,}** of the lecture's "
        "summary."
    )
