"""The router: page settings, navigation, the run picker that every page has, and the page."""

import streamlit as st

from views._components.number_keys import number_keys
from views._shared.address import address_of_page, asked
from views._shared.awaited_model import await_model
from views._shared.documents import MISSING
from views._shared.guard import explained, show_wrong_link
from views._shared.icon import ICON
from views._shared.look import apply_look
from views._shared.page_list import PAGES
from views._shared.run_picker import chosen_run, run_picker
from views._shared.server import queue

st.set_page_config(page_title="VAE Lab", page_icon=ICON, layout="wide")
apply_look()

queue()  # a server that starts anew goes on with the runs of the last one
# The folder is not called pages/: beside the script that Streamlit runs that name alone makes it
# look for pages of its own and greet the first deep link on a fresh server with "Page not found".
page = st.navigation(
    [
        st.Page(
            f"views/{each.folder}/page.py",
            title=each.title,
            icon=each.icon,
            url_path=each.folder,
            default=each is PAGES[0],
        )
        for each in PAGES
    ],
    position="top",
)
with address_of_page(), explained():
    missing = asked(MISSING)
    if missing is not None:
        show_wrong_link(f"There is no page {missing!r:.80}. Shown instead: {PAGES[0].title}.")
    run_picker()
    await_model(chosen_run())
    page.run()
number_keys()
