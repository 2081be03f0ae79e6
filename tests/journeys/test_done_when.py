"""What the program promises, end to end, as people start it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.program import LOADED, Ended, run
from tests.overtaking import BEHIND, LONG_AGO, OVERTAKES, OVERTAKING, RECENT, TODAY, release

GAP, WECHAT = "Gap has passed WeChat.", "WeChat has passed Gap."


def alerts(ended: Ended) -> list[str]:
    """The announcements that were delivered: only they end with why."""
    return [answer for answer in ended.answers if answer.splitlines()[-1].startswith("Why? /why")]


def test_the_first_start_answers_with_real_figures_sources_and_both_calendars(tmp_path: Path) -> None:
    ended = run(tmp_path / "new.db", "/stats eitaa", "/compare eitaa telegram", "/overtakings")
    assert (ended.status, ended.err) == (0, LOADED)
    stats, compared, overtakings = ended.answers
    for part in ("30.5 million", "19 million", "1 June 2024 (12 Khordad 1403)", "Ministry of ICT"):
        assert part in stats
    for part in ("Telegram was ahead of Eitaa.", "25.2%", "34.6%", "December 2023–January 2024 (Dey 1402)", "ISPA"):
        assert part in compared
    assert "Eitaa passed Telegram and WhatsApp" in overtakings


def test_the_first_start_in_persian(tmp_path: Path) -> None:
    ended = run(tmp_path / "new.db", "/stats eitaa", LANGUAGE="fa")
    assert ended.status == 0
    assert ended.err.startswith("۹۴ رقم منتشرشده با منبع و تاریخ بارگذاری شد")
    for part in ("۳۰٫۵ میلیون", "۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)", "وزارت ارتباطات"):
        assert part in ended.out


def test_the_second_start_loads_nothing_and_says_nothing_of_it(database: Path) -> None:
    ended = run(database, "/stats eitaa")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.startswith("Eitaa\n")


def test_two_releases_give_one_alert_with_everything_that_belongs_to_it(database: Path) -> None:
    entered = [*OVERTAKING, "/why 1"]
    ended = run(database, *entered, HOLD="0")
    assert (ended.status, ended.err) == (0, "")
    (alert,) = alerts(ended)
    lines = alert.splitlines()
    assert lines[0] == GAP
    assert lines[1] == "Gap: 36 million · WeChat: 33 million monthly users in Iran"
    assert lines[2].startswith(f"Both as of: {RECENT.day} ")
    assert f"{RECENT.year} (" in lines[2]
    assert lines[2].endswith("; source: X")
    assert lines[3] == "The margin is 3 million; up to 1 million may be rounding."
    assert lines[4].startswith(f"As of {LONG_AGO.day} ")
    assert "Gap was still behind" in lines[4]
    assert lines[4].count("(") == 1  # both calendars
    assert lines[5] == "Why? /why 1"
    why = ended.answers[-1]
    for part in (GAP, "Figure 97 — Gap: 36 million", "Figure 98 — WeChat: 33 million", "grade A", "was still behind"):
        assert part in why


def test_the_reverse_later_is_as_prominent(database: Path) -> None:
    ended = run(
        database,
        *(BEHIND, "/record"),
        *(OVERTAKES, "/record"),
        *(release("36m", "39m", TODAY), "/record"),
        HOLD="0",
    )
    there, back = alerts(ended)
    assert there.startswith(GAP)
    assert back.startswith(WECHAT)
    assert len(there.splitlines()) == len(back.splitlines()) == 6
    assert back.splitlines()[1] == "WeChat: 39 million · Gap: 36 million monthly users in Iran"
    assert back.splitlines()[3] == there.splitlines()[3]
    assert "WeChat was still behind" in back.splitlines()[4]
    assert (
        there.replace("Gap", "…").replace("WeChat", "…").split()[:4]
        == (back.replace("Gap", "…").replace("WeChat", "…").split()[:4])
    )


def test_the_same_entered_twice_gives_no_second_alert(database: Path) -> None:
    entered = [BEHIND, "/record", *[OVERTAKES, "/record"] * 2]
    ended = run(database, *entered, HOLD="0")
    assert len(alerts(ended)) == 1
    assert "there already" in ended.answers[-1]
    again = run(database, OVERTAKES, "/record", HOLD="0")
    assert alerts(again) == []
    verified = run(database, words=("verify",), HOLD="0")
    assert verified.status == 0
    assert "whole" in verified.out


def test_first_figures_alone_give_no_alert(database: Path) -> None:
    assert alerts(run(database, OVERTAKES, "/record", HOLD="0")) == []


def test_a_lone_figure_is_silent_and_says_why_and_vouched_for_it_announces(database: Path) -> None:
    ended = run(
        database,
        *(BEHIND, "/record"),
        *(f"/set wechat mau 33m {RECENT} source=X", "/record"),
        *(f"/set gap mau 36m {RECENT} source=X", "/cancel"),
        *(f"/set gap mau 36m {RECENT} source=X", "/record reviewed"),
        HOLD="0",
    )
    preview = ended.answers[4]
    assert "this is the first time that Gap is seen ahead" in preview
    assert "/record reviewed" in preview
    (alert,) = alerts(ended)
    assert alert.startswith(GAP)


def test_a_lone_figure_recorded_without_vouching_stays_silent(database: Path) -> None:
    ended = run(
        database,
        *(BEHIND, "/record"),
        *(f"/set wechat mau 33m {RECENT} source=X", "/record"),
        *(f"/set gap mau 36m {RECENT} source=X", "/record"),
        HOLD="0",
    )
    assert alerts(ended) == []
    assert "Nothing is announced." in ended.answers[-1]


def test_undo_within_the_hold_lets_nothing_leave(database: Path) -> None:
    entered = [*OVERTAKING, "/undo"]
    assert alerts(run(database, *entered)) == []
    assert alerts(run(database, "/pending", HOLD="0")) == []


def test_ask_answers_one_message_and_delivers_nothing(database: Path) -> None:
    run(database, BEHIND, "/record", OVERTAKES)
    asked = run(database, words=("ask", "/record"))
    assert (asked.status, asked.err) == (0, "")
    assert asked.out.startswith("Recorded (numbers 97 and 98).")
    assert alerts(asked) == []
    assert len(alerts(run(database, HOLD="0"))) == 1


@pytest.mark.parametrize("word", ["check", "verify"])
def test_a_look_at_the_store_changes_nothing(word: str, database: Path) -> None:
    before = database.read_bytes()
    ended = run(database, words=(word,))
    assert ended.status == 0, ended.out
    assert database.read_bytes() == before
