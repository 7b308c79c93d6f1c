"""Start: a trained model at once, what a VAE is, and the way to train your own."""

import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._components.point_cloud import point_cloud
from pages._components.run_key import run_key
from pages._shared.condition import dots_caption
from pages._shared.confusion_table import OF_TEST_IMAGES, confusion_of, show_confusion
from pages._shared.glossary import help_of
from pages._shared.loss_comparison import loss_words
from pages._shared.pictures import apart, show_grid
from pages._shared.plain import plain
from pages._shared.run_picker import chosen_run
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from pages.start.answers import answers
from vae.latent.projections import best_projection
from vae.presets import preset_label
from vae.runs.run import ACTIVE_STATES, Run
from vae.runs.run_images import dataset_title
from vae.sampling.prior import balanced_labels, prior_codes

AROUND = 25  # rem of a screen that are not the samples: the last line says what is shown
# The curves leave room for that line too.
STYLE = """
<style>
@media (min-width: 1101px) {
    [class*="st-key-wrap-start"] { --curves-high: calc(100dvh - 21.5rem); }
}
</style>
"""
CLOUD = "Test images in latent space, a dot each, colored by class"


def introduction(run: Run | None) -> str:
    """Say in a sentence what such a model learns: a VAE where there is no run."""
    if run is None or run.config.has("posterior"):
        return (
            "A **variational autoencoder** learns to squeeze a picture into a few numbers and to "
            "turn numbers back into a picture, so that random numbers become pictures nobody ever "
            "drew."
        )
    if run.config.has("encoder"):
        return (
            "An **autoencoder** learns to squeeze a picture into a few numbers and to turn them "
            "back into the picture. Other numbers than those of pictures mean nothing to it."
        )
    if run.config.has("decoder"):
        return (
            "A **generative adversarial network** is two: one learns to turn random numbers into "
            "pictures that nobody ever drew, the other to tell them from real ones."
        )
    return (
        "A **classifier** learns to say of a picture which class it is of. The other models here "
        "go the other way: they make pictures."
    )


run = chosen_run()
words, button = st.columns([4, 1], vertical_alignment="center")
words.markdown(introduction(run))
if button.button("Train your own", type="primary", icon=":material/play_arrow:", width="stretch"):
    st.session_state.train_view = "Set up"
    st.switch_page("train/page.py")


def samples(run: Run) -> None:
    """Show images of random codes: of the model, or of the last epoch of one in training."""
    st.header("Samples", help=help_of("prior", "decoder"))
    if run.has_model and run.state not in ACTIVE_STATES:
        labels = balanced_labels(100, run.classes)  # where there are ten, one a column
        images = run.decode(prior_codes(100, run.config.latent_dim), labels)
        show_grid(apart(images), 10, 10, alt="A 10 by 10 grid of generated images")
        class_text = ", one class after the other" if run.config.conditional else ""
        prior_text = "the prior " * run.config.has("prior")
        st.caption(f"100 random codes from {prior_text}N(0, I), decoded{class_text}.")
    elif run.snapshot_epochs:
        epoch = run.snapshot_epochs[-1]
        shown = run.snapshot(epoch)["samples"]
        show_grid(apart(shown), len(shown) // 10, 10, alt="Samples from fixed codes")
        st.caption(f"{len(shown)} random codes, decoded after epoch {epoch}.")
    else:
        st.caption("Samples appear once the training has begun.")


def clusters(run: Run) -> None:
    """Show the codes of the test images."""
    st.header("Latent space", help=help_of("latent space"))
    projection = best_projection(run)
    if projection is None:
        st.caption("Clusters appear when the run has ended.")
    else:
        point_cloud(projection, run.short_class_names, alt=CLOUD, key=f"start-cloud-{run_key(run)}")
        st.caption(dots_caption(run))


def confusion(run: Run) -> None:
    """Show what a classifier takes for what."""
    st.header("What it confuses")
    found = confusion_of(run)
    if found is None:
        st.markdown("This is measured on the test images when the run ends.")
    else:
        show_confusion(found, run.short_class_names, OF_TEST_IMAGES)
        st.markdown(
            "It has no codes, and it makes no images: choose another run above to see some."
        )


if run is not None:
    st.html(STYLE)
    if run.config.has("encoder"):
        grid, space, curves = wrapping_columns([1, 1, 1], key="start")
        with grid, fitted_picture(AROUND, key="samples"):
            samples(run)
        with space, fitted_picture(AROUND, key="space"):
            clusters(run)
    elif run.config.has("decoder"):
        grid, curves = wrapping_columns([1, 1.4], key="start-gan")
        with grid, fitted_picture(AROUND, key="samples"):
            samples(run)
    else:
        pictures, table, curves = wrapping_columns([1.15, 1.4, 1], key="start-classifier")
        with pictures:
            answers(run)
        with table:
            confusion(run)
    with curves:
        st.header("Learning", help=help_of("loss", "nat"))
        if run.rows:
            learning_curves(run, small=True)
        else:
            st.caption("The curves appear with the first steps.")
    title = dataset_title(run)
    epochs, dims = len(run.history), run.config.latent_dim
    size = f", {dims} latent dimension{'s' * (dims != 1)}" if run.config.has("decoder") else ""
    recipe = preset_label(run.config)
    duration = f"{epochs:,} epoch{'s' * (epochs != 1)}"
    if f", {duration}" in recipe:  # which says it already
        duration = ""
    st.markdown(
        f"Shown: {recipe}, trained on {plain(title)}{f' for {duration}' * bool(duration)}{size}. "
        f"{loss_words(run)}"
    )
