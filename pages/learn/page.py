"""Learn: every idea of the lecture in a chapter of its own, each with a figure to touch."""

import streamlit as st

from pages._shared.guard import explained
from pages.learn.contents import choose_chapter, show_contents, show_way_on
from pages.learn.learn_style import LEARN_STYLE

st.html(LEARN_STYLE)
chapter = choose_chapter()
with st.container(key="learn-room"), st.container(key="learn"):
    side, body = st.container(key="learn-contents"), st.container(key="learn-chapter")
with side:
    show_contents(chapter)
with body:
    with st.container(), explained():
        st.header(chapter.title)
        chapter.show()
    show_way_on(chapter)
