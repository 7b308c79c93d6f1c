"""Streamlit with an app whose workers are warm programs: python -m tests.warm.app run app.py."""

from streamlit.web.cli import main

from tests.warm.workers import spawn_warm
from vae.server import worker_processes

worker_processes._spawn = spawn_warm
main()
