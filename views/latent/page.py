"""Latent: where the test images lie, and what the model is sure of."""

import streamlit as st

from vae.figures import cloud, variance_kept
from views._shared.plain import plain
from views._shared.run_picker import chosen_run
from views.latent.picked_image import picked_index, show_image
from views.latent.projection_choice import choose_projection

st.title("Latent space")
run = chosen_run()
if run is None:
    st.info("There is no run to look into yet: train one.", icon=":material/info:")
elif not run.latents:
    st.info(
        "The clusters appear when the run has ended: its test images are encoded then.",
        icon=":material/hourglass:",
    )
else:
    dims = run.config.latent_dim
    place = f"{dims} numbers" if dims > 1 else "number"
    st.markdown(
        f"Every dot is a test image, placed by the {place} that the encoder gives it. "
        "Zoom with the wheel, drag to move, click a dot to see its image."
    )
    figure, side = st.columns([2, 1], gap="large")
    with figure:
        kind, size, opacity = st.columns([2, 1, 1])
        with kind:
            projection = choose_projection(run)
        point_size = size.slider("Point size", 1.0, 12.0, 4.0, 0.5, help="In pixels. Acts at once.")
        see_through = opacity.slider(
            "Opacity", 0.1, 1.0, 0.7, 0.05, help="Less shows where dots pile up. Acts at once."
        )
        classes = st.pills(
            "Classes",
            range(len(run.class_names)),
            selection_mode="multi",
            default=range(len(run.class_names)),
            format_func=lambda label: plain(run.class_names[label]),
            help="Which classes to show. Acts at once.",
            wrap=True,
        )
    with side:
        index, typed = picked_index(run)
        show_image(run, index)
        if projection is not None and projection.variance is not None:
            st.markdown("**Variance that PCA keeps**")
            st.plotly_chart(variance_kept(projection.variance), key="variance")
    if projection is not None:
        with figure:
            st.plotly_chart(
                cloud(
                    projection,
                    run.class_names,
                    size=point_size,
                    opacity=see_through,
                    classes=classes,
                    # A click marks its dot without a new figure, so the zoom stays.
                    ringed=index if typed else None,
                ),
                key="latent_cloud",
                on_select="rerun",
                selection_mode="points",
                config={"scrollZoom": True},
            )
