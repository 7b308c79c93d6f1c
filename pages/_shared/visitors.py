"""Visitors: the secret of a browser, which runs it may list, and whether it is connected."""

from __future__ import annotations

import hashlib
import re
import secrets
from urllib.parse import quote

import streamlit as st

from pages._components.visitor_cookie import COOKIE, store_cookie
from pages._shared.server import presence
from pages._shared.stable_position import stable_position
from vae.environment import is_public

__all__ = ["note_presence", "visitor"]

SECRET = re.compile(r"[0-9a-f]{32}")


def visitor() -> str:
    """Return the owner that this browser's runs have; on one's own machine all are one's own.

    It is made from 128 random bits that only the browser keeps: a run folder does not tell them.
    """
    if not is_public():
        return ""
    if "visitor_secret" not in st.session_state:
        found = st.context.cookies.get(COOKIE, "")
        known = SECRET.fullmatch(found)
        st.session_state.visitor_secret = found if known else secrets.token_hex(16)
    return hashlib.sha256(st.session_state.visitor_secret.encode()).hexdigest()[:32]


def note_presence(owner: str, run_id: str | None) -> None:
    """Record that this browser is connected; a lost connection is noticed."""
    if is_public():
        cookie = store_cookie(st.session_state.visitor_secret)
        if cookie.secret != st.session_state.visitor_secret and SECRET.fullmatch(cookie.secret):
            st.session_state.visitor_secret = cookie.secret
            st.rerun()
        with stable_position():
            if cookie.is_refused:
                _advise_saving_links(run_id)
    _report_presence(owner, run_id)
    grace = presence().grace_seconds
    if grace:
        # A browser whose connection dropped comes back by itself only if the page asks for reruns.
        st.fragment(_report_presence, run_every=min(60.0, grace / 3))(owner, run_id)


def _advise_saving_links(run_id: str | None) -> None:
    """Say what a reload loses where a browser keeps no cookie, as in another site's frame."""
    link = f" This one's: {st.context.url}?run={quote(run_id)}" if run_id else ""
    st.info(
        "Your browser keeps no cookie here, so that after a reload this page does not know which "
        f"runs are yours. Keep the link of each run that you train.{link}",
        icon=":material/cookie_off:",
    )


def _report_presence(owner: str, run_id: str | None) -> None:
    session = _session()
    session.presence.connect(session.id, owner, run_id)


class _Session:
    def __init__(self) -> None:
        self.id, self.presence = secrets.token_hex(8), presence()

    def disconnect(self) -> None:
        self.presence.disconnect(self.id)


# Streamlit lets go of it whenever the connection is lost, a short drop included: only the grace
# time that begins then tells who has left for good.
@st.cache_resource(scope="session", show_spinner=False, on_release=_Session.disconnect)
def _session() -> _Session:
    return _Session()
