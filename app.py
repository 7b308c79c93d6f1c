"""The server: Streamlit's, which runs router.py for every visitor, with a little around it."""

import streamlit as st
from starlette.middleware import Middleware

from views._shared.documents import Documents
from views._shared.frame_cookies import FrameCookies

app = st.App("router.py", middleware=[Middleware(FrameCookies), Middleware(Documents)])
