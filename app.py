"""The router: page settings, navigation, the run picker that every page has, and the page."""

import streamlit as st

from pages._shared.guard import explained
from pages._shared.look import apply_look
from pages._shared.run_picker import run_picker

st.set_page_config(page_title="VAE Lab", page_icon=":material/blur_on:", layout="wide")
apply_look()

# Each address differs from its file's name: a folder called pages/ beside app.py would otherwise
# make Streamlit run the page's file alone, without this one, when a fresh server is asked for it.
PAGES = [
    st.Page("pages/welcome.py", title="Start", icon=":material/home:", default=True),
    st.Page("pages/browse_data.py", title="Data", icon=":material/grid_view:", url_path="data"),
    st.Page(
        "pages/train_run.py", title="Train", icon=":material/model_training:", url_path="train"
    ),
    st.Page(
        "pages/explore_latent.py", title="Latent", icon=":material/scatter_plot:", url_path="latent"
    ),
    st.Page(
        "pages/generate_images.py", title="Generate", icon=":material/casino:", url_path="generate"
    ),
]

page = st.navigation(PAGES, position="top")
with explained():
    run_picker()
    page.run()
