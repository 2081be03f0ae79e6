"""The program is killed, ended and started again: every alert comes, and comes once."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.program import Running, run, running, terminal
from tests.overtaking import BEHIND, OVERTAKES, OVERTAKING, RECENT, release

GAP = "Gap has passed WeChat."
WHY = "Why? /why"  # only what was delivered ends with it


def outbox(database: Path) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT state, attempts FROM outbox").fetchall()


def recorded_and_killed(database: Path, **settings: str) -> None:
    """The program dies right after it has said that the announcement waits."""
    with running(database, **settings) as program:
        for line in OVERTAKING:
            program.says(line)
        program.until("The announcement leaves at")
        program.kill()
        assert program.end().status == -signal.SIGKILL


def test_killed_between_record_and_the_end_of_the_hold_the_alert_comes_once(database: Path) -> None:
    recorded_and_killed(database, HOLD="2")
    with terminal(database, HOLD="2") as talk:
        shown = talk.until("/why 1", seconds=30)  # at the end of the hold, with nobody asking
        assert shown.count(GAP) == 1
        talk.process.send_signal(signal.SIGTERM)
        assert talk.process.wait(10) == 0
    again = run(database, "/overtakings", HOLD="2")
    assert again.out.count(WHY) == 0
    assert "/why 1" in again.out
    assert outbox(database) == [("sent", 1)]


def test_killed_within_the_hold_it_still_waits_and_can_be_taken_back(database: Path) -> None:
    recorded_and_killed(database)
    after = run(database, "/pending", "/undo", "/pending")
    assert GAP in after.answers[0]
    assert "Taken back" in after.answers[1]
    assert after.answers[2] == "No announcement waits.\n".strip()
    assert WHY not in run(database, HOLD="0").out


def overtakes(program: Running) -> None:
    """Until the alert is seen."""
    for line in OVERTAKING:
        program.says(line)
    program.until("The announcement has left")
    program.until(WHY)


def test_killed_after_the_alert_it_does_not_come_again(database: Path) -> None:
    with running(database, HOLD="0") as program:
        overtakes(program)
        program.says("/status")  # is answered when what became of the alert is on disk
        program.until("1 arrived")
        program.kill()
    assert WHY not in run(database, HOLD="0").out
    assert outbox(database) == [("sent", 1)]


def test_killed_at_the_very_alert_it_comes_once_more_at_most(database: Path) -> None:
    with running(database, HOLD="0") as program:
        overtakes(program)
        program.kill()
    second, third = run(database, HOLD="0"), run(database, HOLD="0")
    assert second.out.count(WHY) <= 1
    assert third.out == ""
    assert outbox(database) == [("sent", 1 + second.out.count(WHY))]


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_killed_at_any_moment_no_record_is_lost_and_no_alert_comes_thrice(database: Path) -> None:
    """Sixty kills at moments of chance, then a quiet end."""
    chance = random.Random(1405)
    entered = OVERTAKING
    seen = 0
    for _ in range(60):
        with running(database, HOLD="0") as program:
            for line in entered:
                program.says(line)
            time.sleep(chance.uniform(0.2, 0.9))  # a kill at a moment of chance is what is tried here
            program.kill()
            seen += program.end().out.count(WHY)
        assert run(database, words=("verify",), HOLD="0").status == 0
    last = run(database, *entered, HOLD="0")
    seen += last.out.count(WHY)
    assert 1 <= seen <= 2
    assert run(database, HOLD="0").out == ""
    assert [state for state, _ in outbox(database)] == ["sent"]


# Two at a time


def test_of_two_programs_on_one_store_one_delivers_and_the_other_says_so_and_ends(database: Path) -> None:
    with running(database, HOLD="0") as one:
        one.says(BEHIND)
        one.says("/record")
        one.until("Nothing is announced.")
        other = run(database, "/status", HOLD="9")
        assert other.status == 1
        assert other.out == ""
        assert other.err.startswith("Another sebghat is running on ")
        assert other.err.count("\n") == 1
        for line in (release("36m", "33m", RECENT, "X"), "/record"):
            one.says(line)
        one.until("has left")  # the hold of the one that ended was none of its business
        ended = one.end()
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.count(WHY) == 1
    assert run(database, words=("verify",)).status == 0
    assert outbox(database) == [("sent", 1)]


def test_who_was_killed_leaves_the_store_to_the_next(database: Path) -> None:
    with running(database, HOLD="0") as one:
        one.says("/status")
        one.until("Up for")
        one.kill()
        one.end()
        assert run(database, "/status").status == 0


def test_ask_beside_a_running_program_disturbs_nothing_of_what_it_sends(database: Path) -> None:
    run(database, *OVERTAKING, HOLD="0")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE outbox SET state = 'sending'")  # as if another were at it
        connection.commit()
    run(database, words=("ask", "/stats eitaa"), HOLD="0")
    assert outbox(database) == [("sending", 1)]


# Ending


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_told_to_stop_it_ends_within_ten_seconds_and_says_that_all_is_well(name: str, database: Path) -> None:
    with terminal(database) as talk:
        talk.until("sebghat is ready")
        talk.says("/stats eitaa")
        talk.until("30.5 million")
        talk.process.send_signal(getattr(signal, name))
        assert talk.process.wait(10) == 0


def test_it_ends_when_its_terminal_goes_away(database: Path) -> None:
    with terminal(database) as talk:
        talk.until("sebghat is ready")
        talk.goes_away()
        assert talk.process.wait(10) == 0


def test_it_ends_when_its_terminal_goes_away_while_an_alert_comes(database: Path) -> None:
    recorded_and_killed(database, HOLD="2")
    with terminal(database, HOLD="2") as talk:
        talk.until("sebghat is ready")
        talk.goes_away()
        assert talk.process.wait(10) == 0


def test_told_to_stop_while_lines_come_in_it_ends_and_what_was_recorded_is_there(database: Path) -> None:
    with running(database) as program:
        program.says(OVERTAKES)
        program.says("/record")
        program.until("Recorded")
        program.process.send_signal(signal.SIGTERM)
        ended = program.end()
    assert (ended.status, ended.err) == (0, "")
    assert "36 million" in run(database, "/stats gap mau").out
