"""The router: page settings, navigation, the run picker, and the page."""

import streamlit as st

from pages._shared.address import address_of_page, shown_parameter, take_parameter
from pages._shared.documents import MISSING
from pages._shared.glossary import show_words, words_button
from pages._shared.guard import explained, show_wrong_link
from pages._shared.icon import ICON
from pages._shared.page_list import PAGES
from pages._shared.page_memory import forget_other_pages
from pages._shared.pending_networks import show_pending_networks
from pages._shared.run_picker import run_picker
from pages._shared.server import load_libraries, queue
from pages._shared.stable_position import stable_position

ENTRIES = {each.title: each for each in PAGES}

# Before the navigation, whose icons would be the tab's: those are fetched from a foreign host.
st.set_page_config(page_icon=ICON, layout="wide")

queue()  # app.py starts it with the server; here it starts again after its cache was cleared
page = st.navigation(
    [
        st.Page(
            f"{each.folder}/page.py",
            title=each.title,
            icon=each.icon,
            url_path=each.folder,
            default=each is PAGES[0],
        )
        for each in PAGES
    ],
    position="top",
)
if page.url_path:  # Start has none
    load_libraries()
st.set_page_config(page_title=f"{page.title} · VAE Lab")
forget_other_pages(page.url_path)
with address_of_page(), explained():
    with stable_position():
        missing = take_parameter(MISSING)
        if missing is not None:
            show_wrong_link(f"There is no page {missing!r:.80}. Shown instead: {PAGES[0].title}.")
    header = st.container(horizontal=True, vertical_alignment="center", key="page-header")
    entry = ENTRIES[page.title]
    header.title(entry.heading, width="content")
    words = words_button(header)
    run = run_picker(header, is_shown=entry.shows_run)
    with stable_position():
        show_pending_networks(run)
    with stable_position(), explained():
        page.run()
    with words:
        part = shown_parameter("view") or shown_parameter("chapter")
        show_words(page.url_path or PAGES[0].folder, part)
