"""Commands one at a time, told to `replay`: refusals and their order, holds, rules, undo, unreadable lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sebghat.loglines import LINE
from sebghat.replay import replay
from tests.sebghat.logbook import MILLION, Json, Log, day, figure, jalali, pair, value

SEPTEMBER = figure("o1", "eitaa", "30", "2026-09-01", "r1")


@pytest.fixture
def log() -> Log:
    """Eitaa behind on 1 September; nothing waits. The clock stands at 08:00."""
    log = Log()
    log.observe("08:00", *pair("2026-09-01", "30", "33"))
    return log


@pytest.fixture
def news(log: Log) -> Log:
    """Eitaa ahead as of 30 September, command "news" at 08:00, group R, due 08:10."""
    log.observe(
        "08:00",
        figure("e", "eitaa", "36", "2026-09-30", "R"),
        figure("t", "telegram", "33", "2026-09-30", "R"),
        cmd="news",
    )
    return log


def told(answer: Json) -> list[tuple[str, str, list[str]]]:
    return [(m["group"], m["at"][11:16], [n["kind"] for n in m["notes"]]) for m in answer["sent"]]


def test_the_dump_is_what_the_protocol_says() -> None:
    log = Log()
    log.observe(
        "08:00", figure("o0", "eitaa", "20", "2026-06-30", "r0"), figure("o9", "telegram", "25", "2026-06-30", "r0")
    )
    log.observe(
        "08:00", figure("o1", "eitaa", "30", "2026-09-30", "r1"), figure("o2", "telegram", "25", "2026-09-30", "r1")
    )
    state = log("dump")
    assert state["contests"] == [
        {
            "contest": ["eitaa", "telegram", "mau", "ir", "ditaak/panel"],
            "state": "AHEAD",
            "decisive": "AHEAD",
            "spoken": "AHEAD",
            "since": ["2026-09-30", "2026-09-30"],
            "flips": [
                {
                    "side": "AHEAD",
                    "at": ["2026-09-30", "2026-09-30"],
                    "before": ["2026-06-30", "2026-06-30"],
                    "spoken": ["2026-09-30", "2026-09-30"],
                    "style": "pass",
                    "ledger": "held",
                }
            ],
        }
    ]
    ((group, due, notes),) = [(h["group"], h["due"], h["notes"]) for h in state["held"]]
    assert (group, due) == ("r1", "2026-10-01T08:10:00Z")
    assert notes == [
        {
            "kind": "EVENT",
            "contest": ["eitaa", "telegram", "mau", "ir", "ditaak/panel"],
            "winner": "eitaa",
            "loser": "telegram",
            "style": "pass",
            "grade": "A",
            "domestic": {"lo": 30_000_000, "hi": 30_000_000, "q": "exact", "asof": ["2026-09-30", "2026-09-30"]},
            "foreign": {"lo": 25_000_000, "hi": 25_000_000, "q": "exact", "asof": ["2026-09-30", "2026-09-30"]},
            "margin": 5_000_000,
            "band": 1_000_000,
            "prev": {"state": "BEHIND", "asof": ["2026-06-30", "2026-06-30"]},
            "between": ["2026-06-30", "2026-09-30"],
        }
    ]
    assert (state["ok"], state["sent"], state["live"], state["claims"]) == (True, [], ["o0", "o1", "o2", "o9"], [])


BAD: Json = {"cal": "jalali", "prec": "day", "y": 1405, "m": 7, "d": 31}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"asof": BAD, "platform": "who", "metric": "x", "value": {}, "id": "e-2026-09-01"}, "bad_asof"),
        ({"platform": "who", "metric": "x", "value": {}, "id": "e-2026-09-01"}, "unknown_platform"),
        ({"metric": "x", "value": {}, "id": "e-2026-09-01"}, "unknown_metric"),
        ({"value": {}, "asof": day("2026-10-02"), "id": "e-2026-09-01"}, "bad_value"),
        ({"asof": day("2026-10-02"), "id": "e-2026-09-01"}, "future"),
        ({"id": "e-2026-09-01"}, "dup_id"),
        ({"n": 1500}, "bad_value"),
        ({"metric": "poll", "value": value("34.6", 100), "n": 0}, "bad_value"),
        ({"metric": "poll", "value": value("100.1", 100)}, "bad_value"),
        ({"value": {"q": "exact", "lo": 1, "hi": 2, "res": 1}}, "bad_value"),
        ({"value": {"q": "at_least", "lo": 1, "hi": 2, "res": 1}}, "bad_value"),
        ({"value": {"q": "at_most", "lo": 1, "hi": 2, "res": 1}}, "bad_value"),
        ({"value": {"q": "range", "lo": 2, "hi": 1, "res": 1}}, "bad_value"),
        ({"value": {"q": "exact", "lo": True, "hi": True, "res": 1}}, "bad_value"),
        ({"value": {"q": "exact", "lo": 1.5, "hi": 1.5, "res": 1}}, "bad_value"),
        ({"value": {"q": "exact", "lo": 1, "hi": 1, "res": 0}}, "bad_value"),
        ({"value": {"q": "exact", "lo": 10**30, "hi": 10**30, "res": 1}}, "bad_value"),
        ({"value": {"q": "exact", "lo": -1, "hi": -1, "res": 1}}, "bad_value"),
        ({"value": None}, "bad_value"),
        ({"asof": jalali(1405, 13)}, "bad_asof"),
        ({"asof": jalali(1299, 1)}, "bad_asof"),
        ({"asof": {"cal": "gregorian", "prec": "day", "y": 2026, "m": 2, "d": 10**40}}, "bad_asof"),
        ({"asof": []}, "bad_asof"),
        ({"id": 7}, "bad_command"),
        ({"source": "No Slug"}, "bad_command"),
        ({"release": 7}, "bad_command"),
        ({"quote": "\ud800"}, "bad_command"),
    ],
)
def test_a_bad_observation_is_refused_for_the_first_reason(log: Log, change: Json, error: str) -> None:
    before = log("dump")
    good = figure("o2", "telegram", "40", "2026-09-20", "r1")
    answer = log("observe", "08:00", by="a", obs=[good, SEPTEMBER | change])
    assert answer == {"ok": False, "error": error, "sent": []}
    assert log("dump") == before  # all or none


def test_a_month_that_has_begun_may_be_entered() -> None:
    log = Log()
    mehr, aban = jalali(1405, 7), jalali(1405, 8)
    refused = log("observe", "2026-10-22T20:29:59Z", by="a", obs=[figure("o", "eitaa", "3", aban)])
    assert refused["error"] == "future"
    assert log("observe", "2026-10-22T20:30:00Z", by="a", obs=[figure("o", "eitaa", "3", aban)])[
        "ok"
    ]  # midnight in Iran
    assert log("observe", "2026-10-23", by="a", obs=[figure("p", "eitaa", "3", mehr)])["ok"]


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ({"op": "correct", "id": "nobody", "new_id": "x"}, "unknown_id"),
        ({"op": "correct", "id": "e-2026-09-01", "new_id": "x", "value": 7}, "bad_value"),
        ({"op": "correct", "id": "e-2026-09-01", "new_id": "x", "asof": 7, "value": 7}, "bad_asof"),
        ({"op": "correct", "id": "e-2026-09-01", "new_id": "x", "n": 5}, "bad_value"),
        ({"op": "correct", "id": "e-2026-09-01", "new_id": "x", "asof": day("2026-10-02")}, "future"),
        ({"op": "correct", "id": "e-2026-09-01", "new_id": "t-2026-09-01"}, "dup_id"),
        ({"op": "retract", "id": "nobody"}, "unknown_id"),
        ({"op": "review", "domestic": "e-2026-09-01", "foreign": "nobody"}, "unknown_id"),
        ({"op": "review", "domestic": "t-2026-09-01", "foreign": "e-2026-09-01"}, "incomparable"),
        ({"op": "claim", "id": "e-2026-09-01"}, "dup_id"),
        ({"op": "hold", "group": "r-2026-09-01"}, "unknown_id"),
        ({"op": "release", "group": "r-2026-09-01"}, "unknown_id"),
        ({"op": "undo", "target": "nothing"}, "unknown_id"),
        ({"op": "rules", "set": {"nonsense": 1}}, "bad_command"),
        ({"op": "rules", "set": {"cooldown": -1}}, "bad_command"),
        ({"op": "rules", "set": {"cooldown": True}}, "bad_command"),
    ],
)
def test_what_cannot_be_done_is_refused(log: Log, command: Json, error: str) -> None:
    before = log("dump")
    assert log(at="08:00", **command) == {"ok": False, "error": error, "sent": []}
    assert log("dump") == before


def test_an_earlier_time_is_refused_and_a_refusal_lets_time_pass(news: Log) -> None:
    assert news("retract", "07:59", id="nobody") == {"ok": False, "error": "clock", "sent": []}
    refused = news("retract", "08:10", id="nobody")
    assert (refused["error"], told(refused)) == ("unknown_id", [("R", "08:10", ["EVENT"])])
    assert news("advance-clock", "08:09")["error"] == "clock"


def test_a_figure_entered_again_is_a_duplicate_and_its_id_stays_free(log: Log) -> None:
    twin = figure("twin", "eitaa", "30", jalali(1405, 6, 10), "r-2026-09-01")  # the same day by the other calendar
    assert log("observe", "08:00", by="b", obs=[twin])["result"] == "duplicate"
    assert log("observe", "08:00", by="b", obs=[twin | {"release": "other"}])["result"] == "recorded"


def test_a_twin_within_one_command_is_a_duplicate() -> None:
    log = Log()
    twins = [figure(name, "eitaa", "30", "2026-09-01") for name in ("o1", "o2")]
    assert log("observe", "08:00", by="a", obs=twins)["result"] == "recorded"
    assert log("dump")["live"] == ["o1"]
    assert log("observe", "08:00", by="a", obs=[twins[1], twins[1] | {"platform": "telegram"}])["error"] == "dup_id"


def test_a_correction_without_a_change_is_a_duplicate(log: Log) -> None:
    said: dict[str, Any] = {"id": "e-2026-09-01", "new_id": "x"}
    assert log("correct", "08:00", **said)["result"] == "duplicate"
    assert log("correct", "08:00", **said, asof=jalali(1405, 6, 10), value=value("30"))["result"] == "duplicate"
    assert log("correct", "08:00", **said, release=None)["result"] == "recorded"
    assert log("correct", "08:00", id="e-2026-09-01", new_id="y", value=value("31"))["error"] == "not_live"
    assert log("correct", "08:00", id="x", new_id="y", value=value("31"))["result"] == "recorded"


def test_a_retracted_chain_does_not_come_back(log: Log) -> None:
    log("correct", "08:00", id="e-2026-09-01", new_id="x", value=value("31"))
    assert log("retract", "08:00", id="e-2026-09-01")["error"] == "not_live"
    assert log("retract", "08:00", id="x")["ok"]
    assert log("dump")["live"] == ["t-2026-09-01"]
    assert log("retract", "08:00", id="x")["error"] == "not_live"


def test_a_review_holds_for_the_chains() -> None:
    log = Log()
    for name, platform, text in [("e", "eitaa", "30"), ("t", "telegram", "33")]:
        log.observe("08:00", figure(name, platform, text, "2026-09-01", f"r-{name}"))
    assert log.only()["decisive"] is None
    log("correct", "08:00", id="e", new_id="e2", value=value("29"))
    assert log("review", "08:00", domestic="e", foreign="t")["result"] == "recorded"
    assert log("review", "08:00", domestic="e2", foreign="t")["result"] == "duplicate"
    assert log.only()["decisive"] == "BEHIND"
    log("correct", "08:00", id="t", new_id="t2", value=value("34"))
    assert log.only()["decisive"] == "BEHIND"
    log("correct", "08:00", id="t2", new_id="t3", asof=day("2026-01-01"))
    assert log.only()["state"] == "UNKNOWN"
    assert log("review", "08:00", domestic="e", foreign="t")["error"] == "window"
    log("retract", "08:00", id="t3")
    assert log("review", "08:00", domestic="e", foreign="t")["error"] == "not_live"


def test_a_held_group_waits_for_its_release(news: Log) -> None:
    assert news("hold", "08:05", group="R")["result"] == "kept"
    assert news.wait("09:00") == []
    assert [(h["group"], h["due"]) for h in news.held()] == [("R", None)]
    answer = news("release", "09:05", group="R")
    assert (answer["result"], told(answer)) == ("released", [("R", "09:05", ["EVENT"])])
    assert news("release", "09:05", group="R")["error"] == "unknown_id"


def test_a_release_sends_at_once_and_then_it_is_too_late(news: Log) -> None:
    assert told(news("release", "08:01", group="R")) == [("R", "08:01", ["EVENT"])]
    assert news("undo", "08:02", target="news")["error"] == "too_late"


def test_messages_of_one_moment_leave_by_group() -> None:
    log = Log("eitaa bale")
    for name in ("bale", "eitaa"):
        for when, ours in [("2026-09-01", "30"), ("2026-09-30", "36")]:
            group = f"r-{name}-{when}"
            log.observe("08:00", figure(f"{name}-{when}", name, ours, when, group, source=name),
                        figure(f"t-{name}-{when}", "telegram", "33", when, group, source=name))  # fmt: skip
    assert told(log("advance-clock", "09:00")) == [
        ("r-bale-2026-09-30", "08:10", ["EVENT"]),
        ("r-eitaa-2026-09-30", "08:10", ["EVENT"]),
    ]


def test_without_a_hold_a_message_leaves_with_its_command() -> None:
    log = Log(hold_seconds=0)
    log.observe("08:00", *pair("2026-09-01", "30", "33"))
    assert [m["at"] for m in log.observe("08:01", *pair("2026-09-30", "36", "33"))] == ["2026-10-01T08:01:00Z"]


def test_a_shorter_hold_sends_what_it_makes_overdue(news: Log) -> None:
    answer = news("rules", "08:05", set={"hold_seconds": 60})
    assert told(answer) == [("R", "08:05", ["EVENT"])]


def test_changed_rules_are_silent_about_what_was_told(news: Log) -> None:
    news.wait("08:10")
    assert news("rules", "09:00", set={"noise_permille": 200})["result"] == "recorded"
    assert (news.held(), news.only()["state"], news.only()["flips"]) == ([], "LEVEL", [])
    news("rules", "09:01", set={"noise_permille": 20})
    assert [f["ledger"] for f in news.only()["flips"]] == ["silent"]
    assert news.wait("10:00") == []


def test_changed_rules_move_what_waits(news: Log) -> None:
    news("rules", "08:05", set={"noise_permille": 50})
    ((due, (note,)),) = [(h["due"], h["notes"]) for h in news.held()]
    assert (due, note["band"]) == ("2026-10-01T08:15:00Z", 1_800_000)
    news("rules", "08:06", set={"noise_permille": 200})
    assert news.held() == []


# Undo


def test_an_undone_entry_never_was(log: Log) -> None:
    before = log("dump")
    log.observe("08:00", *pair("2026-09-30", "36", "33"), cmd="news")
    assert log("undo", "2026-10-01T08:09:59Z", target="news") == {"ok": True, "result": "undone", "sent": []}
    assert log("dump") == before
    assert log("undo", "2026-10-01T08:09:59Z", target="news")["error"] == "undone"
    assert log("observe", "08:10", by="a", obs=list(pair("2026-09-30", "36", "33")))["ok"]  # the ids are free again


def test_what_others_build_on_cannot_be_undone(news: Log) -> None:
    news("correct", "08:01", id="e", new_id="e2", value=value("37"), cmd="fix")
    before = news("dump")
    assert news("undo", "08:02", target="news")["error"] == "dependent"
    assert news("dump") == before
    assert news("undo", "08:02", target="fix")["ok"]
    assert news("undo", "08:02", target="news")["ok"]


def test_a_hold_cannot_be_undone(news: Log) -> None:
    news("hold", "08:01", group="R", cmd="wait")
    assert news("undo", "08:02", target="wait")["error"] == "unknown_id"
    assert news("undo", "08:02", target="news")["error"] == "dependent"  # nothing to hold without it


def test_a_duplicate_counts_once_the_first_is_undone(news: Log) -> None:
    twin = figure("twin", "eitaa", "36", "2026-09-30", "R")
    assert news("observe", "08:03", by="b", obs=[twin])["result"] == "duplicate"
    news("undo", "08:04", target="news")
    assert news("dump")["live"] == ["e-2026-09-01", "t-2026-09-01", "twin"]


def test_a_claim_and_a_review_can_be_undone(log: Log) -> None:
    log("claim", "08:00", id="cl", cmd="said")
    log("review", "08:00", domestic="e-2026-09-01", foreign="t-2026-09-01", cmd="seen")
    assert log("undo", "08:01", target="said")["ok"]
    assert log("undo", "08:01", target="seen")["ok"]
    assert log("dump")["claims"] == []
    assert log("review", "08:01", domestic="e-2026-09-01", foreign="t-2026-09-01")["result"] == "recorded"


def test_what_readers_got_stays_told_though_its_ground_is_undone(news: Log) -> None:
    """The hold was cut short and prolonged again: the message has left, and still there is time to undo."""
    assert told(news("rules", "08:01", set={"hold_seconds": 0})) == [("R", "08:01", ["EVENT"])]
    news("rules", "08:02", set={"hold_seconds": 600})
    answer = news("undo", "08:05", target="news")
    assert (answer["ok"], answer["sent"]) == (True, [])
    ((group, due, (note,)),) = [(h["group"], h["due"], h["notes"]) for h in news.held()]
    # A note that the undo brings forth has the time of the undo.
    assert (group, due, note["kind"], note["now"]) == ("R", "2026-10-01T08:15:00Z", "CORRECTION", "BEHIND")
    assert told(news("advance-clock", "09:00")) == [("R", "08:15", ["CORRECTION"])]


def test_a_second_undo_does_not_prolong_what_the_first_brought_forth(log: Log) -> None:
    log("claim", "08:00", id="cl", cmd="said")
    log.observe("08:00", *pair("2026-09-30", "36", "33"), cmd="news")
    log("rules", "08:01", set={"hold_seconds": 0})
    log("rules", "08:02", set={"hold_seconds": 600})
    log("undo", "08:05", target="news")
    before = log.held()
    assert log("undo", "08:06", target="said")["ok"]
    assert log.held() == before
    assert before[0]["due"] == "2026-10-01T08:15:00Z"


def test_an_update_that_left_stays_told_though_its_correction_is_undone(news: Log) -> None:
    news.wait("08:10")
    news("correct", "09:00", id="e", new_id="e2", value=value("38"), cmd="fix")
    assert told(news("rules", "09:01", set={"hold_seconds": 0})) == [("R", "09:01", ["UPDATE"])]
    news("rules", "09:02", set={"hold_seconds": 600})
    news("undo", "09:05", target="fix")
    ((due, (note,)),) = [(h["due"], h["notes"]) for h in news.held()]
    assert (due, note["kind"], note["domestic"]["lo"]) == ("2026-10-01T09:15:00Z", "UPDATE", 36 * MILLION)


# Lines


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "7",
        '"observe"',
        "{}",
        '{"op":"observe"}',
        '{"op":7,"at":"2026-10-01T08:00:00Z","cmd":"c"}',
        '{"op":["observe"],"at":"2026-10-01T08:00:00Z","cmd":"c"}',
        '{"op":"advance-clock","at":"2026-10-01 08:00"}',
        '{"op":"advance-clock","at":"2026-13-01T08:00:00Z"}',
        '{"op":"advance-clock","at":"9999-12-31T23:59:59Z"}',
        '{"op":"advance-clock","at":"٢٠٢٦-10-01T08:00:00Z"}',
        '{"op":"advance-clock","at":1}',
        '{"op":"advance-clock","op":"advance-clock","at":"2026-10-01T08:00:00Z"}',
        '{"op":"observe","at":"2026-10-01T08:00:00Z","cmd":"c","obs":[]}',
        '{"op":"observe","at":"2026-10-01T08:00:00Z","cmd":"c","obs":[7]}',
        '{"op":"observe","at":"2026-10-01T08:00:00Z","cmd":"c","obs":{}}',
        '{"op":"retract","at":"2026-10-01T08:00:00Z","cmd":"c","id":NaN}',
        '{"op":"retract","at":"2026-10-01T08:00:00Z","cmd":"c","id":-Infinity}',
        '{"op":"retract","at":"2026-10-01T08:00:00Z","cmd":"c"}',
        '{"op":"retract","at":"2026-10-01T08:00:00Z","cmd":["c"],"id":"o1"}',
        '{"op":"rules","at":"2026-10-01T08:00:00Z","cmd":"c","set":[]}',
        '{"op":"rules","at":"2026-10-01T08:00:00Z","cmd":"c","set":{"cooldown":1e400}}',
        '{"op":"rules","at":"2026-10-01T08:00:00Z","cmd":"c","set":{"cooldown":' + "9" * 5000 + "}}",
        '{"op":"claim","at":"2026-10-01T08:00:00Z","cmd":"c","id":"x","deep":' + "[" * 200_000 + "]" * 200_000 + "}",
        '{"op":"claim","at":"2026-10-01T08:00:00Z","cmd":"c","id":"' + "x" * LINE + '"}',
        '{"op":"init"}',
        '{"op":"init","platforms":{"eitaa":"martian"}}',
        '{"op":"init","platforms":{"eitaa":["domestic"]}}',
        '{"op":"init","platforms":{"Eitaa!":"domestic"}}',
        '{"op":"init","platforms":{},"rules":{"hold_seconds":"long"}}',
        '{"op":"init","platforms":{},"rules":{"self":1}}',
        "\x00",
    ],
    ids=lambda line: line[:40],
)
def test_what_is_no_command_is_answered_and_forgotten(log: Log, line: str) -> None:
    before = log("dump")
    assert log.line(line) == {"ok": False, "error": "bad_command", "sent": []}
    assert log("dump") == before


def test_nothing_is_done_before_init_and_init_starts_anew(log: Log) -> None:
    early = [json.dumps({"op": "dump"}), json.dumps({"op": "advance-clock", "at": "2026-10-01T08:00:00Z"})]
    assert [json.loads(answer)["error"] for answer in replay(early)] == ["bad_command"] * 2
    assert log("init", platforms={"eitaa": "domestic"}) == {"ok": True, "sent": []}
    assert log("dump")["live"] == []
    assert log("advance-clock", "2020-01-01")["ok"]


@pytest.mark.parametrize(
    "line",
    [
        '{"op":"retract","at":"2026-10-01T08:00:00Z","cmd":"c9","id":"o1","id_too":"o2"}',
        '{"op":"observe","at":"2026-10-01T08:00:00Z","cmd":"c9","obs":[{"id":"o9","valeu":{}}]}',
        '{"op":"dump","all":true}',
    ],
)
def test_a_field_that_is_not_known_is_not_passed_over(line: str) -> None:
    begun = '{"op":"init","platforms":{"eitaa":"domestic","telegram":"foreign"},"rules":{}}'
    assert [json.loads(answer) for answer in replay([begun, line])][1] == {
        "ok": False,
        "error": "bad_command",
        "sent": [],
    }
