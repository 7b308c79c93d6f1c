"""The router: page settings, navigation, the run picker that every page has, and the page."""

import streamlit as st

from views._components.number_keys import number_keys
from views._shared.awaited_model import await_model
from views._shared.guard import explained
from views._shared.icon import ICON
from views._shared.look import apply_look
from views._shared.run_picker import chosen_run, run_picker
from views._shared.server import queue

st.set_page_config(page_title="VAE Lab", page_icon=ICON, layout="wide")
apply_look()

# The folder is not called pages/: beside app.py that name alone makes Streamlit look for pages of
# its own and greet the first deep link on a fresh server with "Page not found".
PAGES = [
    st.Page("views/start/page.py", title="Start", icon=":material/home:", default=True),
    st.Page("views/data/page.py", title="Data", icon=":material/grid_view:", url_path="data"),
    st.Page(
        "views/train/page.py", title="Train", icon=":material/model_training:", url_path="train"
    ),
    st.Page(
        "views/latent/page.py", title="Latent", icon=":material/scatter_plot:", url_path="latent"
    ),
    st.Page(
        "views/evaluate/page.py",
        title="Evaluate",
        icon=":material/straighten:",
        url_path="evaluate",
    ),
    st.Page(
        "views/generate/page.py", title="Generate", icon=":material/casino:", url_path="generate"
    ),
]

queue()  # a server that starts anew goes on with the runs of the last one
page = st.navigation(PAGES, position="top")
with explained():
    run_picker()
    await_model(chosen_run())
    page.run()
number_keys()
