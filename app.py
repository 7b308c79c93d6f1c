"""The server: Streamlit's, which runs router.py for every visitor, with documents of our own."""

import streamlit as st
from starlette.middleware import Middleware

from views._shared.documents import Documents

app = st.App("router.py", middleware=[Middleware(Documents)])
