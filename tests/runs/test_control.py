"""What is asked of a run: written by one process, obeyed by another, whatever the file is like."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vae.config import Config
from vae.config.settings import SETTINGS
from vae.runs.control import (
    ACTIONS,
    LIVE_SETTINGS,
    Commands,
    Control,
    Segment,
    parse_control,
    read_control,
    request,
    segments_of,
)

DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"5",
    b"null",
    b"{}",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"action": "stop", "turn": 1, "serial": 1, "settings": {}}',
    b'{"action": "stop", "turn": null, "serial": 1, "settings": {}, "more": []}',
    b'{"action": "stop", "turn": 1e999, "serial": 1, "settings": {}, "more": []}',
    b'{"action": "stop", "turn": 1, "serial": 1, "settings": [], "more": [[1]]}',
    b'{"action": "stop", "turn": 1, "serial": 1, "settings": {"beta": "x"}, "more": []}',
    b'{"action": "stop", "turn": 1, "serial": 1, "settings": {"beta": '
    + b"9" * 400
    + b'}, "more": []}',
    b'{"action": "stop", "turn": 1, "serial": 1, "settings": {}, "more": 5}',
    b'{"action": ["stop"], "turn": 1, "serial": 1, "settings": {}, "more": 5}',
]


class TestBasics:
    def test_nothing_is_requested_of_a_new_run(self, tmp_path: Path) -> None:
        assert read_control(tmp_path) == Control("run", 0, 0, {}, ())

    def test_a_request_can_be_read(self, tmp_path: Path) -> None:
        requested = request(tmp_path, "pause", {"beta": 2}, Segment(3, 5))
        assert (
            requested
            == read_control(tmp_path)
            == Control("pause", 1, 1, {"beta": 2.0}, (Segment(3, 5),))
        )

    def test_a_preview_is_counted_and_changes_nothing_else(self, tmp_path: Path) -> None:
        request(tmp_path, "pause")
        requested = request(tmp_path, show=True)
        assert requested == read_control(tmp_path) == Control("pause", 1, 2, {}, (), 1)

    def test_the_same_action_can_be_requested_twice(self, tmp_path: Path) -> None:
        first, second = request(tmp_path, "batch"), request(tmp_path, "batch")
        assert (first.turn, second.turn) == (1, 2)

    def test_settings_and_segments_are_no_new_action(self, tmp_path: Path) -> None:
        request(tmp_path, "batch")
        changed = request(tmp_path, settings={"noise": 0.5})
        assert (changed.action, changed.turn, changed.serial) == ("batch", 1, 2)
        again = request(tmp_path, settings={"beta": 3.0})
        assert again.settings == {"noise": 0.5, "beta": 3.0}
        assert request(tmp_path, segment=Segment(2, 4)).settings == again.settings
        assert request(tmp_path, "run", segment=Segment(4, 9)).more == (
            Segment(2, 4),
            Segment(4, 9),
        )

    def test_live_settings_are_settings(self) -> None:
        assert set(LIVE_SETTINGS) <= SETTINGS.keys()

    def test_segments(self) -> None:
        config = Config(epochs=4)
        assert segments_of(config, Control()) == (Segment(0, 4),)
        assert segments_of(config, Control(more=(Segment(4, 7),))) == (Segment(0, 4), Segment(4, 7))


class TestCorrectness:
    @pytest.mark.parametrize(
        "content", DAMAGED, ids=lambda content: content[-24:].decode("latin-1")
    )
    def test_a_damaged_file_requests_nothing(self, content: bytes, tmp_path: Path) -> None:
        (tmp_path / "control.json").write_bytes(content)
        assert read_control(tmp_path) == Control()
        # And it does not hinder the next request.
        assert request(tmp_path, "pause").action == read_control(tmp_path).action == "pause"

    @pytest.mark.parametrize("content", DAMAGED)
    def test_requests_from_elsewhere_that_are_none(self, content: bytes) -> None:
        assert parse_control(content) == Control()

    def test_an_unknown_action_trains_on(self, tmp_path: Path) -> None:
        request(tmp_path, "pause")
        values = json.loads((tmp_path / "control.json").read_text())
        (tmp_path / "control.json").write_text(json.dumps(values | {"action": "explode"}))
        assert read_control(tmp_path).action == "run"

    def test_only_what_may_change_is_read(self, tmp_path: Path) -> None:
        request(tmp_path, settings={"beta": 2.0, "epochs": 5.0, "nothing": 1.0, "noise": -1.0})
        assert read_control(tmp_path).settings == {"beta": 2.0}

    def test_requests_of_many_threads_are_all_stored(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as threads:
            changes = [{"settings": {name: 0.25}} for name in LIVE_SETTINGS] + [
                {"action": "batch"}
            ] * 9
            list(threads.map(lambda change: request(tmp_path, **change), changes))
        control = read_control(tmp_path)
        assert (control.serial, control.turn) == (len(LIVE_SETTINGS) + 9, 9)
        assert control.settings == dict.fromkeys(LIVE_SETTINGS, 0.25)

    def test_no_temporary_file_stays(self, tmp_path: Path) -> None:
        for action in ACTIONS:
            request(tmp_path, action)
        assert [path.name for path in tmp_path.iterdir()] == ["control.json"]


class TestCommands:
    def test_every_preview_shows_what_is_requested_now(self, tmp_path: Path) -> None:
        commands = Commands(tmp_path)
        assert commands.read() == Control()
        for turn, action in enumerate(ACTIONS, start=1):
            request(tmp_path, action)
            for _ in range(2):
                assert (commands.read().turn, commands.read().action) == (turn, action)

    def test_a_poll_does_not_read_again_what_it_has_read(self, tmp_path: Path) -> None:
        commands, path = Commands(tmp_path), tmp_path / "control.json"
        request(tmp_path, "pause")
        os.utime(path, ns=(0, 0))
        assert commands.read() is commands.read()

    @pytest.mark.parametrize("content", [b"", b"{", b"[]"])
    def test_damage_changes_no_request(self, content: bytes, tmp_path: Path) -> None:
        # Otherwise a paused run would resume by itself.
        commands, path = Commands(tmp_path), tmp_path / "control.json"
        requested = request(tmp_path, "pause", {"beta": 2.0}, Segment(1, 2))
        assert commands.read() == requested
        path.write_bytes(content)
        assert commands.read() == requested
        path.unlink()
        assert commands.read() == requested
