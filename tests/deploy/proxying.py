"""Debian's nginx with deploy/nginx.conf.template, and visitors that come through it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.browser.driving import wait_until
from tests.conftest import ROOT
from tests.servers import free_port, is_up

__all__ = ["NGINX", "ROUTE", "TEMPLATE", "Proxy", "Visitor", "proxy"]

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
ROUTE = "vae_lab_server"  # the cookie
SECONDS = 60
MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    log_format test "$request_uri $status $upstream_addr";
    access_log {folder}/access.log test;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/vae-lab.conf;
}}
"""


class Proxy:
    """A running nginx: its address, and which server answered."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self._log = address, folder / "access.log"

    def answered(self, path: str) -> list[str]:
        """The address of the server that gave each answer for a path, the first first."""
        found = []
        for line in self._log.read_text().splitlines():
            requested, _, asked = line.split(" ", 2)
            if requested == path:
                found.append(asked.rpartition(", ")[2])
        return found


@contextmanager
def proxy(folder: Path, servers: list[str]) -> Iterator[Proxy]:
    """Run nginx before two servers, as "host:port"."""
    port = free_port()
    values = {"VAE_PORT": str(port), "VAE_SERVER_1": servers[0], "VAE_SERVER_2": servers[1]}
    text = re.sub(r"\$\{(VAE_\w+)\}", lambda found: values[found[1]], TEMPLATE.read_text())
    (folder / "vae-lab.conf").write_text(text)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder])
    try:
        wait_until(lambda: is_up(address), SECONDS)
        yield Proxy(address, folder)
    finally:
        process.terminate()
        process.wait()


class Visitor:
    """A browser's requests: documents, the websocket, uploads."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.http = requests.Session()
        self._socket: ClientConnection | None = None
        self.session_id = ""
        assert self.http.get(proxy.address).status_code == 200

    @property
    def route(self) -> str:
        """The server that the visitor's cookie names."""
        return self.http.cookies[ROUTE]

    def open_page(self) -> None:
        """Connect as Streamlit's page does, and wait until the script has run."""
        uri = self.proxy.address.replace("http", "ws") + "/_stcore/stream"
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        self._socket = connect(
            uri,
            origin=self.proxy.address,  # type: ignore[arg-type] -- a NewType of str
            additional_headers={"Cookie": cookies},
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            legacy=True,  # a connection, to be used without `with`
        )
        assert self._socket.response is not None
        for header in self._socket.response.headers.get_all("Set-Cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.http.cookies.set(name, morsel.value, domain="127.0.0.1")
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        self._socket.send(asked.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "script_finished":
            message = ForwardMsg.FromString(self._socket.recv(timeout=SECONDS))
            if message.WhichOneof("type") == "new_session":
                self.session_id = message.new_session.initialize.session_id

    def wait_for_loss(self) -> None:
        """Return when the connection is lost."""
        assert self._socket is not None
        with suppress(ConnectionClosed):
            while True:
                self._socket.recv(timeout=SECONDS)

    def upload(self, megabytes: float) -> int:
        """Send a file; return the status of the answer."""
        self.http.get(f"{self.proxy.address}/_stcore/health")  # it gives the token
        token = self.http.cookies["_streamlit_xsrf"]
        answer = self.http.put(
            f"{self.proxy.address}/_stcore/upload_file/{self.session_id}/a-file",
            files={"file": ("a.zip", bytes(int(megabytes * 2**20)))},
            headers={"X-Xsrftoken": token},
        )
        return answer.status_code

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()
        self.http.close()
