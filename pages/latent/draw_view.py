"""Draw: what the model makes of one's own picture, and what that costs beside test images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._components.run_key import run_key
from pages._components.still_chart import still_chart
from pages._shared.address import address_of_part
from pages._shared.available_images import available_test_images, reconstructions
from pages._shared.condition import as_class
from pages._shared.costs_of_test_images import costs_of_test_images
from pages._shared.glossary import help_of
from pages._shared.guard import explained
from pages._shared.linked import linked_number
from pages._shared.maps.map_data import points_on_plane, usual_plane
from pages._shared.maps.plane_map import plane_map, posterior_on
from pages._shared.plain import plain
from pages._shared.stable_position import stable_position
from pages._shared.strip import show_strip
from pages._shared.user_picture import Picture, choose_picture, how_prepared
from pages.latent.picture_tiles import show_tiles
from vae.evaluation.image_costs import costs_of, fraction_below
from vae.figures.costs import costs_beside
from vae.images import to_uint8
from vae.latent.neighbours import nearest_images
from vae.runs.run import Run
from vae.runs.run_images import missing_images

__all__ = ["draw_view"]

NEIGHBOURS = 10
POSTERIOR_SAMPLES = 10
MAX_SEED = 10**6
COLUMNS = 5
# Fractions of the test images that cost less, and what that means.
VERDICTS = (
    (0.99, "Very unusual for this model."),
    (0.9, "Unusual for this model."),
    (0.0, "Usual for this model."),
)


@st.fragment
@address_of_part("draw")
@explained()
def draw_view(run: Run) -> None:
    """Take a picture of the user and show all that the model says of it."""
    with st.container(key="draw-parts"):
        left, middle = st.container(key="draw-picture"), st.container()
        with st.container(key="draw-beside"):
            right, on_map = st.container(), st.container()
    with left:
        picture = choose_picture(run)
    if picture.label is not None:
        run = run.conditioned_on(picture.label)
    mean, log_var = (part[0] for part in run.encode(picture.image[None]))
    # In reading order: each goes to the browser as soon as it is there.
    with left:
        _show_reconstruction(run, picture, mean)
    with middle, stable_position():
        _show_posterior_samples(run, mean, log_var)
        _show_every_class(run, mean)
    with right, stable_position():
        _show_nearest(run, picture, mean)
    with middle:
        _show_costs(run, picture)
    with on_map:  # last, since a map takes seconds when it is the first of its model
        st.markdown("**Where it lies**")
        on_plane = points_on_plane(run, usual_plane(run))
        answers = {"posterior": posterior_on(on_plane, mean, log_var)}
        with st.container(key="draw-map"):
            error = plane_map(
                run, on_plane, key=f"draw-map-{run_key(run)}", small=True, answers=answers
            )
        whose = (
            "One and two standard deviations of its posterior, whose mean is"
            if run.config.has("posterior")
            else "Its code is"
        )
        # Beyond the map's edge nothing else says where.
        st.caption(
            f"{whose} {np.linalg.norm(mean):.1f} from the prior's mean. The image under the "
            f"pointer is blended from the nearest decoded ones, on average {error:.2g} of 255 grey "
            "levels off."
        )


def _show_reconstruction(run: Run, picture: Picture, mean: np.ndarray) -> None:
    """Show the picture, what was made of it, and what the model makes of that."""
    show_tiles(picture, (to_uint8(run.decode(mean[None]))[0], "Reconstruction"))
    if run.label is not None:
        st.caption(f"The model gets class {plain(run.short_class_names[run.label])} with it.")
    if not picture.is_own:
        what = (
            "test image"
            if available_test_images(run) is not None
            else "the reconstruction of test image"
        )
        st.caption(f"An example, {what} {picture.number}, until you have a picture of your own.")
    elif picture.before is not None:
        costs = costs_of(run, np.stack([picture.before, picture.image]))
        before, after = costs.reconstruction + costs.kl
        st.caption(f"{how_prepared(run)}: {after:,.0f} nats. Only scaled: {before:,.0f}.")


def _show_posterior_samples(run: Run, mean: np.ndarray, log_var: np.ndarray) -> None:
    """Show what other codes of its posterior decode to."""
    st.markdown("**From its posterior**", help=help_of("posterior"))
    if not run.config.has("posterior"):
        st.info(
            "An autoencoder gives each picture one code instead of a posterior, so there is "
            "nothing to sample from. A VAE decodes it a little differently each time."
        )
        return
    seed = linked_number("seed", "again", 0, MAX_SEED, 0)
    noise = np.random.default_rng(seed).standard_normal((POSTERIOR_SAMPLES, len(mean)))
    codes = mean + np.exp(0.5 * log_var) * noise
    show_strip(to_uint8(run.decode(codes)), "Samples of its posterior", columns=COLUMNS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Ten samples, decoded.", width="stretch")
        st.button(
            "New samples",
            icon=":material/casino:",
            help="Samples ten other codes from the posterior and decodes them.",
            on_click=lambda: st.session_state.update(again=seed + 1),
        )


def _show_every_class(run: Run, mean: np.ndarray) -> None:
    """Show the picture's code decoded as each class of a conditional run."""
    if run.config.conditional:
        st.markdown("**Its style, every class**")
        labels = np.arange(run.classes)
        codes = np.repeat(mean[None], run.classes, axis=0)
        images = to_uint8(run.decode(codes, labels))
        show_strip(images, "Its style as every class", columns=min(run.classes, 2 * COLUMNS))
        st.caption(f"The mean of its posterior{as_class(run)}, decoded as each class.")


def _show_nearest(run: Run, picture: Picture, mean: np.ndarray) -> None:
    """Show the test images whose codes are nearest."""
    indices, distances = nearest_images(run, mean, NEIGHBOURS + 1)
    others = indices != picture.number  # itself is none
    indices, distances = indices[others][:NEIGHBOURS], distances[others][:NEIGHBOURS]
    if not len(indices):
        return
    st.markdown("**Nearest test images**")
    images, what = available_test_images(run), ""
    if images is None:
        shown = reconstructions(run, indices)
        what = " Their reconstructions: the images need the data set."
    else:
        shown = images[indices]
    show_strip(shown, "Nearest test images", columns=COLUMNS)
    labels, counts = np.unique(run.latents["y"][indices], return_counts=True)
    most_common = plain(run.short_class_names[labels[counts.argmax()]])
    # About as long whatever was drawn, so that the map below stays where it is.
    st.caption(
        f"{counts.max()} of {len(indices)} are {most_common}; "
        f"{distances[0]:.2f} to {distances[-1]:.2f} away in latent space, the nearest first.{what}"
    )


def _show_costs(run: Run, picture: Picture) -> None:
    """Show what the picture costs beside what the test images cost."""
    st.markdown("**How unusual it is for the model**", help=help_of("reconstruction", "KL"))
    own = costs_of(run, picture.image[None])
    has_kl = run.config.has("posterior")
    total = float(own.reconstruction[0] + own.kl[0])
    images = available_test_images(run)
    if images is None:
        kl = f" and KL {own.kl[0]:,.1f}" if has_kl else ""
        missing = missing_images(run) or "the test images that it was measured on"
        st.caption(
            f"Reconstruction {own.reconstruction[0]:,.0f}{kl} nats. To compare it with test images "
            f"you need {plain(missing)}."
        )
        return
    usual = costs_of_test_images(run, images)
    fraction = fraction_below(total, usual.reconstruction + usual.kl)
    verdict = next(words for threshold, words in VERDICTS if fraction >= threshold)
    still_chart(
        costs_beside(usual, own, has_kl),
        name="What the picture costs the model, among what test images cost it",
        key=f"image-costs-{run_key(run)}",
        numbers=False,
    )
    st.markdown(
        f"{total:,.0f} nats, more than {fraction:.0%} of {len(usual.kl):,} test images. {verdict}"
    )
