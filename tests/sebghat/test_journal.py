"""The log's JSON: what went in comes out the same, and `replay` reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sebghat.command import Command, Correct, Hold, Observe, Release, Retract, Review, SetRules
from sebghat.journal import from_log, to_log
from sebghat.loglines import Unreadable
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
FIGURE = Observation(
    id="95", root="95", platform="gap", metric="mau", scope="ir", source="x", method="panel", release="r",
    value=Value(Qualifier.EXACT, 36_000_000, 36_000_000, 1_000_000), n=None,
    asof=AsOf(Calendar.JALALI, Precision.SEASON, 1405, 2), recorded_at=NOON, recorded_by="3",
    speaker="آقای ایکس", via="ISNA", quote="۳۶ میلیون", address="https://example.org/؟", note="…",
)  # fmt: skip
POLL = replace(
    FIGURE, id="96", root="96", metric="poll", n=1500, release=None, value=Value(Qualifier.AT_LEAST, 3460, None, 10),
    asof=AsOf(Calendar.GREGORIAN, Precision.DAY, 2026, 10, 1), speaker="", via="", quote="", address="", note="",
)  # fmt: skip
COMMANDS: list[Command] = [
    Observe(observations=(FIGURE, POLL), at=NOON, cmd="7", by="3"),
    Observe(observations=(FIGURE,), silent=True, at=NOON, cmd="7", by="3"),
    Correct(id="95", new_id="97", value=FIGURE.value, at=NOON, cmd="7", by="3"),
    Correct(id="96", new_id="97", n=None, release=None, asof=FIGURE.asof, at=NOON, cmd="7", by="3"),
    Retract(id="95", at=NOON, cmd="7", by="3"),
    Review(domestic="95", foreign="96", at=NOON, cmd="7", by="3"),
    SetRules(values={"hold_seconds": 0, "noise_permille": 30}, at=NOON, cmd="7", by="3"),
    Release(group="r-۱", at=NOON, cmd="7", by="3"),
    Hold(group="r", at=NOON, cmd="7", by="3"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_comes_back_as_it_was_written_down(command: Command) -> None:
    body = json.loads(json.dumps(to_log(command), ensure_ascii=False))
    kind = "rules" if isinstance(command, SetRules) else type(command).__name__.lower()
    assert from_log(kind, 7, NOON, 3, body) == command


def test_nothing_in_the_log_is_a_float() -> None:
    for command in COMMANDS:
        assert "." not in json.dumps([v for v in _leaves(to_log(command)) if isinstance(v, int | float)])


def _leaves(body: object) -> list[object]:
    if isinstance(body, dict):
        return [leaf for value in body.values() for leaf in _leaves(value)]
    return [leaf for value in body for leaf in _leaves(value)] if isinstance(body, list) else [body]


def test_an_entry_of_nobody_is_the_programs() -> None:
    command = from_log("retract", 7, NOON, None, {"id": "95"})
    assert isinstance(command, Command)
    assert command.by == "0"


def test_what_is_no_command_is_refused() -> None:
    with pytest.raises(Unreadable):
        from_log("dance", 7, NOON, 3, {})


def test_a_day_has_one_way_to_be_written() -> None:
    assert to_log(COMMANDS[0])["obs"][1]["asof"] == {"cal": "gregorian", "prec": "day", "y": 2026, "m": 10, "d": 1}
    assert POLL.asof.first == date(2026, 10, 1)
