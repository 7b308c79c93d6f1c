"""The server: Streamlit's, which runs pages/router.py for each visitor, and a little around it."""

import streamlit as st
from starlette.middleware import Middleware

from pages._shared.documents import Documents
from pages._shared.frame_cookies import FrameCookies

app = st.App("pages/router.py", middleware=[Middleware(FrameCookies), Middleware(Documents)])
