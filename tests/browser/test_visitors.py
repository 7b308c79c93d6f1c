"""Several visitors on one server: fair queue, private runs, lost connections, people who leave."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import SCREEN, button, held, serve, settled, train, wait_until, words
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore

pytestmark = pytest.mark.browser

SECONDS = 120
GRACE_SECONDS = 6


class Wire:
    """A connection to the server that can be cut, as a bad Wi-Fi does."""

    def __init__(self, port: int) -> None:
        self.port, self.up = port, True
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Drop all connections and let no new one through."""
        self.up = False
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self.up:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
                self._pairs.append((near, far))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(2**16):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server that strangers share, with one worker."""
    runs = tmp_path_factory.mktemp("public") / "runs"
    runs.mkdir()
    settings = {
        "VAE_PUBLIC": "1",
        "VAE_WORKERS": "1",
        "VAE_GRACE_SECONDS": str(GRACE_SECONDS),
        "VAE_MOST_EPOCHS": "500",
    }
    with serve(runs, **settings) as (address, _):
        yield address, runs


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """Someone with a browser of their own."""
    context = browser.new_context(viewport=SCREEN)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def start(page: Page, address: str, settings: str) -> str:
    page.goto(f"{address}/train?dataset=digits&{settings}")
    settled(page)
    return train(page)


def listed(page: Page, run: str) -> str:
    """All runs that the picker offers, once this one is among them."""
    page.get_by_role("combobox", name="Run").click()
    options = page.get_by_role("option")
    expect(options.filter(has_text=run)).to_be_visible()
    text = "\n".join(options.all_inner_texts())
    page.keyboard.press("Escape")
    return text


def state(runs: Path, run_id: str) -> Run:
    return open_run(RunStore(runs).open(run_id).path)


def test_queue_privacy_and_leaving(public: tuple[str, Path], browser: Browser) -> None:
    address, runs = public
    with visitor(browser) as ann, visitor(browser) as bob:
        ann_run = start(ann, address, "preset=recommended&epochs=500")
        wait_until(lambda: state(runs, ann_run).state == "training", SECONDS)
        with held(runs / ann_run):
            bob_run = start(bob, address, "preset=recommended&epochs=3&seed=1")
            expect(
                words(bob, re.compile("Number 2 in the queue: 1 run goes first"))
            ).to_be_visible()

            # What is Ann's is not in Bob's list, but her link opens it.
            assert ann_run[:6] not in listed(bob, f"yours, {bob_run[:6]}")
            with visitor(browser) as guest:
                guest.goto(f"{address}/train?run={ann_run}")
                settled(guest)
                assert bob_run[:6] not in listed(guest, f"opened by link, {ann_run[:6]}")
            # A new tab of Ann's browser knows her run without any link.
            tab = ann.context.new_page()
            tab.goto(address)
            settled(tab)
            listed(tab, f"yours, {ann_run[:6]}")
            assert state(runs, bob_run).state == "queued"

        # Ann leaves for good: her run is paused after the grace time, and Bob's has its turn.
        ann.context.close()
        wait_until(lambda: state(runs, ann_run).state == "paused", SECONDS)
        wait_until(lambda: state(runs, bob_run).state == "finished", SECONDS)
        observed = len(state(runs, ann_run).history)
        bob.goto(f"{address}/train?run={ann_run}")
        settled(bob)
        bob.get_by_role("button", name="Play", exact=True).click()
        wait_until(lambda: len(state(runs, ann_run).history) > observed + 1, SECONDS)
        button(bob, "Stop").click()
        wait_until(lambda: state(runs, ann_run).state == "stopped", SECONDS)


def test_a_lost_connection_costs_nothing(public: tuple[str, Path], browser: Browser) -> None:
    address, runs = public
    wire = Wire(int(address.rpartition(":")[2]))
    with visitor(browser) as page:
        run_id = start(page, wire.address, "preset=recommended&epochs=500&seed=3")
        wait_until(lambda: state(runs, run_id).history, SECONDS)
        wire.cut()
        observed = len(state(runs, run_id).history)
        wait_until(lambda: len(state(runs, run_id).history) > observed + 3, SECONDS)
        wire.up = True
        # The page comes back by itself and goes on drawing.
        here = len(state(runs, run_id).history)
        expect(words(page, re.compile(r"^Epoch \d+ of 500"))).to_be_visible()

        def is_rendered() -> bool:
            shown = re.search(r"Epoch (\d+) of 500", page.inner_text("body"))
            return shown is not None and int(shown[1]) > here

        wait_until(is_rendered, SECONDS)
        assert state(runs, run_id).state == "training"
        button(page, "Stop").click()
        wait_until(lambda: state(runs, run_id).state == "stopped", SECONDS)
    wire.close()
