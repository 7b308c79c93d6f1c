"""Classify: a conditional VAE by Bayes' rule beside a classifier, on the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages._shared.address import address_of_part
from pages._shared.guard import explained
from pages._shared.linked import linked_choice
from pages._shared.linked_drawing import linked_pad
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.run_picker import label, visible_runs
from pages._shared.server import store
from pages._shared.stable_position import stable_position
from pages._shared.user_picture import DRAWABLE, usable_drawing
from pages._shared.visitors import visitor
from pages._shared.wide_layout import wrapping_columns
from pages.evaluate.comparison_offer import offer_comparison
from pages.evaluate.comparison_tables import show_accuracies, show_areas
from pages.evaluate.picture_table import show_pictures, signed
from vae.evaluation.classifier_choice import check_comparable, classifier_mark, classifiers_beside
from vae.evaluation.judged_pictures import Example, Judged, example_pictures, judge
from vae.files import file_version
from vae.runs.run import Run
from vae.runs.run_images import dataset_title, known_dataset

__all__ = ["classify_view"]

SHOWN_TESTS = 3
SURE = 0.9  # a probability from which a model is called sure


@st.fragment
@explained()
@address_of_part("classify")
def classify_view(run: Run) -> None:
    """Show what both models say of pictures, and what was measured of many, or measure it."""
    check_comparable(run)
    classifier = _choose_classifier(run)
    examples = _examples(run, run.id, _version(run))
    judged = _judge(run, classifier, examples)
    tests = [index for index, each in enumerate(examples) if each.label is not None]
    lowest = min((judged[index].ratio for index in tests), default=0.0)
    usual = run.classification.get("usual_ratio", lowest)
    left, right = wrapping_columns([1, 1], key="classify", gap="large")
    with left:
        table = st.container()
        _show_pad(run)  # first: what is drawn is a row of the table
    with table:
        shown = [index for index in range(len(examples)) if index not in tests[SHOWN_TESTS:]]
        rows, said = [examples[index] for index in shown], [judged[index] for index in shown]
        st.markdown(_finding(rows, said, usual))
        drawing, answer = _drawing(run, classifier)
        show_pictures(rows + drawing, [*said, *answer], run.short_class_names, usual)
        _show_usual(run, usual)
    with right:
        _show_measured(run, classifier)
        _explain(judged, tests)


def _choose_classifier(run: Run) -> Run | None:
    """Show which classifier stands beside the run and return it, or say how to get one."""
    runs = visible_runs(store().list(), visitor(), st.session_state.get("chosen_run"))
    found = {each.id: each for each in classifiers_beside(run, runs)}
    with stable_position():
        if not found:
            st.info(
                f"No classifier of these classes is here. Train one of {plain(dataset_title(run))} "
                "on the Train page (model: classifier) to see both side by side.",
                icon=":material/info:",
            )
            return None
        name = f"classify-beside-{run.id}"
        chosen = linked_choice("classifier", name, found)
        st.selectbox(
            "Classifier",
            list(found),
            format_func=lambda run_id: label(found[run_id], visitor()),
            help="Any classifier of the same classes. Acts at once, and the link remembers it.",
            **persistent(name, chosen),
        )
    return found[chosen]


def _version(run: Run) -> tuple[tuple[int, int], ...]:
    return tuple(file_version(run.path / name) for name in run.network_files)


@st.cache_data(show_spinner=False, max_entries=16)
def _examples(_run: Run, run_id: str, version: tuple[tuple[int, int], ...]) -> list[Example]:
    """Return the pictures that every visitor sees of a model."""
    return example_pictures(_run)


def _judge(run: Run, classifier: Run | None, examples: list[Example]) -> list[Judged]:
    models = [(each.id, _version(each)) for each in (run, classifier) if each is not None]
    return _judge_once(run, classifier, np.stack([each.image for each in examples]), models)


@st.cache_data(show_spinner=False, max_entries=64)
def _judge_once(
    _run: Run,
    _classifier: Run | None,
    images: np.ndarray,
    models: list[tuple[str, tuple[tuple[int, int], ...]]],
) -> list[Judged]:
    """Return what two models say of pictures, computed once for all visitors."""
    return judge(_run, _classifier, images)


def _finding(examples: list[Example], judged: list[Judged], usual: float) -> str:
    """Say how many foreign pictures each model takes for one of its own."""
    foreign = [said for each, said in zip(examples, judged, strict=True) if each.label is None]
    known = sum(said.ratio < usual for said in foreign)
    bayes = sum(said.bayes.max() >= SURE for said in foreign)
    answers = [said.classifier for said in foreign if said.classifier is not None]
    sure = f"Bayes' rule of **{bayes}**"
    if answers:
        count = sum(answer.max() >= SURE for answer in answers)
        sure = f"the classifier of **{count}**, {sure}"
    return (
        f"{len(foreign)} of these pictures are not of the data that the models learned. Sure all "
        f"the same, at {SURE:.0%} or more: {sure}, since for any picture the classes' "
        "probabilities sum to 1. The generative model also knows p(x): its log-likelihood ratio "
        f"finds **{known}** of the {len(foreign)}."
    )


def _show_usual(run: Run, usual: float) -> None:
    if run.classification:
        how = "the ratio of 95 % of the test images is higher"
    else:
        how = "the lowest ratio of the stored test images, until more are measured"
    st.caption(f"“Like the data?” is no below {usual:,.0f} nats: {how}.")


def _drawing(run: Run, classifier: Run | None) -> tuple[list[Example], Sequence[Judged | None]]:
    """Return the drawing, or an empty picture before there is one, and what models say of it."""
    if known_dataset(run) not in DRAWABLE:
        return [], []
    drawing = usable_drawing(run)
    image = np.zeros(run.image_shape, np.uint8) if drawing is None else drawing.image
    example = [Example("Your drawing", image)]
    return example, [None] if drawing is None else _judge(run, classifier, example)


def _show_pad(run: Run) -> None:
    """Show the drawing pad, for a run of data that can be drawn."""
    if known_dataset(run) not in DRAWABLE:
        return
    st.header("Draw one, or scribble nonsense")
    with st.container(key="classify-pad"):
        linked_pad()


def _show_measured(run: Run, classifier: Run | None) -> None:
    """Show the figures of many pictures, or offer to measure them."""
    found = run.classification
    if found:
        st.header("How often each is right")
        show_accuracies(found)
        st.header("Does it look like the data at all?")
        show_areas(found)
        st.markdown(
            "The area under the ROC curve: the probability that a test image has the higher score "
            "(of the entropy, the lower one). **1** is perfect, 0.5 chance, and below that foreign "
            "pictures are taken for the data rather than the data. p(y|x) is the highest of a "
            f"picture. Small numbers: 95 % intervals, with {found['test_images']:,} test images."
        )
        beside = found.get("classifier")
        if classifier is not None and (
            beside is None or beside["mark"] != classifier_mark(classifier)
        ):
            st.info(
                "These figures were measured "
                + (
                    "without a classifier."
                    if beside is None
                    else f"beside another classifier ({plain(beside['name'])})."
                ),
                icon=":material/info:",
            )
    with stable_position():
        offer_comparison(run, classifier, again=bool(found))


def _explain(judged: list[Judged], tests: list[int]) -> None:
    """Say what the ratio is, and why the likelihood alone is not enough, with an example."""
    black = judged[-1].log_likelihood  # see `example_pictures`
    best = max((judged[index].log_likelihood for index in tests), default=black)
    words = (
        "**Why a ratio?** The likelihood alone can be higher for foreign pictures than for the "
        "data, if they are simpler (Nalisnick et al. 2019)."
    )
    if black > best:
        words += (
            f" Here, too: the black picture has log p(x) = {signed(black)} nats, more than each of "
            f"the {len(tests)} stored test images ({signed(best)} at most)."
        )
    st.markdown(
        f"{words} So p(x) is divided by a broad baseline (Ren et al. 2019) that is high for simple "
        "pictures (Serrà et al. 2020): p₀(x) gives each pixel the picture's own mean brightness "
        "and knows no shapes."
    )
    st.markdown(
        "**Two ways to p(y | x).** The classifier learned it directly. The conditional VAE learned "
        "what pictures of each class look like, p(x | y), and Bayes' rule turns that round: "
        "p(y | x) = p(x | y) p(y) / p(x), where p(x) is the sum of p(x | y) p(y) over the classes."
    )
