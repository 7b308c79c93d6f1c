"""Generate: images that never existed, on demand."""

import streamlit as st

from views._shared.condition import conditioned
from views._shared.run_picker import chosen_run
from views.generate.classes_grid import classes_grid
from views.generate.manifold_view import manifold_view
from views.generate.prior_grid import prior_grid
from views.generate.slider_board import slider_board

st.title("Generate")
run = chosen_run()
if run is None or not run.has_model:
    st.info(
        "There is no model to draw with yet: train a run, or choose another one above.",
        icon=":material/hourglass:",
    )
else:
    classes_grid(run)
    run = conditioned(run)
    for part in (prior_grid, slider_board, manifold_view):
        part(run)
