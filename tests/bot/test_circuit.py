"""A messenger that fails again and again is left alone for longer and longer."""

from __future__ import annotations

import logging

import pytest

from bot.circuit import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Circuit
from bot.transports.transport import Kind


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit("telegram", clock)


def fail(circuit: Circuit, kind: Kind = Kind.TRANSIENT, times: int = FAILURES) -> None:
    for _ in range(times):
        circuit.heard(kind, "no connection")


def test_the_more_fail_in_a_row_the_fewer_are_tried_at_once(circuit: Circuit) -> None:
    allowed = []
    for _ in range(FAILURES):
        allowed.append(circuit.allows(16))
        circuit.heard(Kind.UNKNOWN)
    assert allowed == [16, 8, 4, 2, 1]
    assert circuit.allows(16) == 0
    assert circuit.is_open


@pytest.mark.parametrize("kind", [Kind.OK, Kind.RETRY_AFTER, Kind.PERMANENT, Kind.MIGRATED, Kind.REJECTED])
def test_an_answer_of_any_kind_shows_that_the_messenger_works(kind: Kind, circuit: Circuit) -> None:
    fail(circuit, times=FAILURES - 1)
    circuit.heard(kind)
    fail(circuit, times=FAILURES - 1)
    assert not circuit.is_open
    assert circuit.allows(16) == 1


def test_the_pauses_grow_up_to_a_limit_and_one_row_is_tried_after_each(circuit: Circuit, clock: Clock) -> None:
    fail(circuit)
    pauses = []
    for _ in range(9):
        pauses.append(circuit.wait())
        assert circuit.allows(16) == 0
        clock.now += circuit.wait()
        assert circuit.allows(16) == 1
        circuit.heard(Kind.UNKNOWN)
    assert pauses == [FIRST_PAUSE * 2**n for n in range(6)] + [LONGEST_PAUSE] * 3


def test_what_was_under_way_when_it_opened_makes_the_pause_no_longer(circuit: Circuit) -> None:
    fail(circuit)
    before = circuit.wait()
    fail(circuit, times=20)
    assert circuit.wait() == before


def test_it_begins_anew_with_a_short_pause(circuit: Circuit, clock: Clock) -> None:
    fail(circuit)
    for _ in range(5):
        clock.now += circuit.wait()
        circuit.heard(Kind.TRANSIENT)
    circuit.heard(Kind.OK)
    assert circuit.allows(16) == 16
    fail(circuit)
    assert circuit.wait() == FIRST_PAUSE


def test_a_token_that_is_not_accepted_stops_it_at_once(circuit: Circuit) -> None:
    circuit.heard(Kind.AUTH)
    assert circuit.allows(16) == 0
    assert circuit.why == "auth"


def test_it_says_so_in_one_line_when_it_opens_and_in_one_when_it_closes(
    circuit: Circuit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        fail(circuit, times=20)
        clock.now += circuit.wait()
    circuit.heard(Kind.OK)
    circuit.heard(Kind.OK)
    opened, closed = (record.getMessage() for record in caplog.records)
    assert opened.startswith("telegram is out of reach (no connection)")
    assert closed.startswith("telegram takes messages again")
