"""Start: a trained model at once, what a VAE is, and the way to train your own."""

import streamlit as st

from pages._components.learning_curves import learning_curves
from pages._components.point_cloud import point_cloud
from pages._components.run_key import run_key
from pages._shared.condition import dots_caption
from pages._shared.loss_comparison import loss_words
from pages._shared.pictures import show_grid
from pages._shared.plain import plain
from pages._shared.run_picker import chosen_run
from pages._shared.wide_layout import fitted_picture, wrapping_columns
from vae.latent.projections import best_projection
from vae.presets import preset_label
from vae.runs.run import ACTIVE_STATES
from vae.runs.run_images import dataset_title
from vae.sampling.prior import balanced_labels, prior_codes

AROUND = 20  # rem of a screen that are not the samples
CLOUD = "Test images in latent space, a dot each, colored by class"

words, button = st.columns([4, 1], vertical_alignment="center")
words.markdown(
    "A **variational autoencoder** learns to squeeze a picture into a few numbers and to turn "
    "numbers back into a picture, so that random numbers become pictures nobody ever drew."
)
if button.button("Train your own", type="primary", icon=":material/play_arrow:", width="stretch"):
    st.session_state.train_view = "Set up"
    st.switch_page("train/page.py")

run = chosen_run()
if run is not None:
    grid, clusters, curves = wrapping_columns([1, 1, 1], key="start")
    with grid, fitted_picture(AROUND, key="samples"):
        st.header("Samples")
        if run.has_model and run.state not in ACTIVE_STATES:
            labels = balanced_labels(100, run.classes)  # where there are ten, one a column
            images = run.decode(prior_codes(100, run.config.latent_dim), labels)
            show_grid(images, 10, 10, alt="A 10 by 10 grid of generated images")
            class_text = ", one class after the other" if run.config.is_conditional else ""
            st.caption(f"100 random codes from the prior N(0, I), decoded{class_text}.")
        elif run.snapshot_epochs:
            epoch = run.snapshot_epochs[-1]
            samples = run.snapshot(epoch)["samples"]
            show_grid(samples, len(samples) // 10, 10, alt="Samples from fixed codes")
            st.caption(f"{len(samples)} random codes, decoded after epoch {epoch}.")
        else:
            st.caption("Samples appear once the training has begun.")
    with clusters, fitted_picture(AROUND, key="space"):
        st.header("Latent space")
        projection = best_projection(run)
        if projection is None:
            st.caption("Clusters appear when the run has ended.")
        else:
            point_cloud(
                projection, run.short_class_names, alt=CLOUD, key=f"start-cloud-{run_key(run)}"
            )
            st.caption(dots_caption(run))
    with curves:
        st.header("Learning")
        if run.rows:
            learning_curves(run, small=True)
        else:
            st.caption("The curves appear with the first steps.")
    title = dataset_title(run)
    epochs, dims = len(run.history), run.config.latent_dim
    st.markdown(
        f"Shown: {preset_label(run.config)}, trained on {plain(title)} for {epochs} "
        f"epoch{'s' * (epochs != 1)}, {dims} latent dimension{'s' * (dims != 1)}. "
        f"{loss_words(run)}"
    )
