"""The worked examples of overtaking.md §14, each told to `replay` as a log."""

from __future__ import annotations

import pytest

from tests.sebghat.logbook import MILLION, Json, Log, figure, jalali, pair, value

# 1

ESFAND, MEHR = jalali(1404, 12), jalali(1405, 7, 9)
BEFORE = [
    figure(f"{name}-before", name, text, ESFAND, "R")
    for name, text in {"rubika": "28", "bale": "11", "eitaa": "27", "telegram": "33"}.items()
]
AFTER = [
    figure(f"{name}-after", name, text, MEHR, "R")
    for name, text in {
        "telegram": "33",
        "instagram": "42",
        "rubika": "42",
        "bale": "41",
        "eitaa": "34",
    }.items()
]


def khabar_fori() -> Log:
    return Log("rubika bale eitaa", "telegram instagram")


@pytest.fixture
def told() -> Log:
    log = khabar_fori()
    log.observe("08:00", *BEFORE, *AFTER)
    log.wait("08:10")
    return log


def check_example_1(notes: list[Json]) -> None:
    assert [(n["kind"], n["winner"], n["loser"], n["margin"], n["band"]) for n in notes] == [
        ("EVENT", "bale", "telegram", 8 * MILLION, MILLION),
        ("EVENT", "eitaa", "telegram", 1 * MILLION, MILLION),
        ("EVENT", "rubika", "telegram", 9 * MILLION, MILLION),
    ]
    for note in notes:
        assert (note["grade"], note["style"]) == ("A", "pass")
        assert note["prev"] == {"state": "BEHIND", "asof": ["2026-02-20", "2026-03-20"]}
        assert note["between"] == ["2026-02-20", "2026-10-01"]


def test_1_one_release_one_message() -> None:
    log = khabar_fori()
    assert log.observe("08:00", *BEFORE, *AFTER) == []
    assert {pair: row["state"] for pair, row in log.contests().items()} == {
        ("rubika", "telegram"): "AHEAD",
        ("bale", "telegram"): "AHEAD",
        ("eitaa", "telegram"): "AHEAD",
        ("rubika", "instagram"): "LEVEL",
        ("bale", "instagram"): "BEHIND",
        ("eitaa", "instagram"): "BEHIND",
    }
    assert log.wait("2026-10-01T08:09:59Z") == []
    (message,) = log.wait("08:10")
    assert (message["group"], message["at"]) == ("R", "2026-10-01T08:10:00Z")
    check_example_1(message["notes"])
    assert log.wait("09:00") == []


def test_1_entered_singly_it_is_the_same_message_after_the_last_figure() -> None:
    log = khabar_fori()
    log.observe("08:00", *BEFORE)
    for minute, one in zip((4, 5, 8, 11, 14), AFTER, strict=True):
        assert log.observe(f"08:{minute:02}", one) == []
    assert log.wait("2026-10-01T08:23:59Z") == []
    (message,) = log.wait("09:00")
    assert (message["group"], message["at"]) == ("R", "2026-10-01T08:24:00Z")
    check_example_1(message["notes"])


def test_1_the_older_column_entered_last_is_silent() -> None:
    log = khabar_fori()
    log.observe("08:00", *AFTER)
    assert log.contests()["eitaa", "telegram"]["spoken"] == "AHEAD"
    log.observe("08:01", *BEFORE)
    flips = log.contests()["eitaa", "telegram"]["flips"]
    assert [flip["ledger"] for flip in flips] == ["silent"]
    assert log.wait("2026-10-02T08:00:00Z") == []


def test_1_entered_as_history_it_is_silent() -> None:
    log = khabar_fori()
    log.observe("08:00", *BEFORE, *AFTER, silent=True)
    assert log.contests()["eitaa", "telegram"]["flips"][0]["ledger"] == "silent"
    assert log.wait("2026-10-02T08:00:00Z") == []


# 2


def correction(text: str) -> Json:
    return {"id": "telegram-after", "new_id": "telegram-again", "value": value(text)}


def check_example_2(notes: list[Json]) -> None:
    assert [(n["kind"], n["winner"], n.get("margin"), n.get("now")) for n in notes] == [
        ("UPDATE", "bale", 5 * MILLION, None),
        ("UPDATE", "rubika", 6 * MILLION, None),
        ("CORRECTION", "eitaa", None, "BEHIND"),
    ]
    assert [n.get("reinstated") for n in notes] == [False, False, None]
    assert notes[0]["foreign"]["lo"] == 36 * MILLION


def test_2_a_correction_of_what_was_told(told: Log) -> None:
    assert told("correct", "2026-10-02T08:00:00Z", **correction("36"))["result"] == "recorded"
    (message,) = told.wait("2026-10-02T09:00:00Z")
    assert (message["group"], message["at"]) == ("R", "2026-10-02T08:10:00Z")
    check_example_2(message["notes"])
    ledger = {pair: row["flips"][0]["ledger"] for pair, row in told.contests().items() if row["flips"]}
    assert ledger == {("bale", "telegram"): "told", ("rubika", "telegram"): "told"}


def test_2_a_correction_within_the_hold() -> None:
    log = khabar_fori()
    log.observe("08:00", *BEFORE, *AFTER)
    assert log("correct", "08:07", **correction("36"))["sent"] == []
    assert log.wait("2026-10-01T08:16:59Z") == []
    (message,) = log.wait("08:17")
    assert [(n["kind"], n["winner"], n["margin"]) for n in message["notes"]] == [
        ("EVENT", "bale", 5 * MILLION),
        ("EVENT", "rubika", 6 * MILLION),
    ]


def test_2_only_the_writing_corrected_is_silent(told: Log) -> None:
    assert told("correct", "2026-10-02T08:00:00Z", **correction("33.0"))["result"] == "recorded"
    assert told.held() == []
    assert told.wait("2026-10-03T08:00:00Z") == []
    assert told.contests()["eitaa", "telegram"]["flips"][0]["ledger"] == "told"


# 3


@pytest.mark.parametrize(
    ("eitaa", "telegram", "said"),
    [
        ("34", "33", "AHEAD"),
        ("about 34", "33", "LEVEL"),
        ("over 12.5", "12", "AHEAD"),
        ("90", "over 12.5", "LEVEL"),
        ("60", "58-61", "LEVEL"),
        ("63", "58-61", "AHEAD"),
        ("25", "under 20", "AHEAD"),
        ("34", "33.1", "AHEAD"),
        ("33.9", "33.3", "LEVEL"),
    ],
)
def test_3_figures_with_hedges(eitaa: str, telegram: str, said: str) -> None:
    log = Log()
    log.observe("08:00", *pair("2026-09-30", eitaa, telegram))
    assert log.only()["state"] == said


# 4


@pytest.mark.parametrize(("next_poll", "passes"), [("38.5", False), ("38.6", True)])
def test_4_a_poll_without_its_sample_size(next_poll: str, passes: bool) -> None:
    log = Log()
    dey, bahman = jalali(1402, 10), jalali(1402, 11)
    poll = {"metric": "poll", "source": "ispa", "method": "phone"}
    log.observe(
        "2024-02-20",
        figure("e1", "eitaa", "25", dey, "dey", **poll),
        figure("t1", "telegram", "34.6", dey, "dey", **poll),
    )
    assert log.only()["state"] == "BEHIND"
    log.observe(
        "2024-02-20",
        figure("e2", "eitaa", next_poll, bahman, "bahman", **poll),
        figure("t2", "telegram", "34.6", bahman, "bahman", **poll),
    )
    sent = log.wait("2024-02-21")
    assert len(sent) == passes
    if passes:
        (event,) = sent[0]["notes"]
        assert (event["margin"], event["band"], event["grade"]) == (400, 400, "A")


# 5


@pytest.mark.parametrize(
    ("eitaa", "telegram", "n", "one_poll", "said"),
    [
        ("30.0", "27.5", 1500, True, "LEVEL"),
        ("32.0", "28.0", 1500, True, "AHEAD"),
        ("31.0", "27.5", 1500, False, "AHEAD"),
        ("61", "55", 1000, True, "AHEAD"),
    ],
)
def test_5_polls_with_their_sample_size(eitaa: str, telegram: str, n: int, one_poll: bool, said: str) -> None:
    log = Log()
    poll = {"metric": "poll", "n": n}
    log.observe(
        "2026-10-01",
        figure("e", "eitaa", eitaa, "2026-09-01", "one", **poll),
        figure("t", "telegram", telegram, "2026-09-01", "one" if one_poll else "other", **poll),
    )
    assert log.only()["state"] == said


# 6


def test_6_level_between() -> None:
    log = Log()
    for at, eitaa, telegram in [("2026-05-01", "20", "25"), ("2026-06-01", "25", "25"),
                                ("2026-07-01", "25.2", "25.0"), ("2026-08-01", "28", "25")]:  # fmt: skip
        assert log.observe(at, *pair(at, eitaa, telegram)) == []
    (message,) = log.wait("2026-08-02")
    (event,) = message["notes"]
    assert (event["kind"], event["winner"]) == ("EVENT", "eitaa")
    assert event["prev"] == {"state": "BEHIND", "asof": ["2026-05-01", "2026-05-01"]}
    assert event["between"] == ["2026-05-01", "2026-08-01"]


def test_6_level_and_back_is_nothing() -> None:
    log = Log()
    for at, eitaa in [("2026-05-01", "20"), ("2026-06-01", "25"), ("2026-07-01", "20")]:
        assert log.observe(at, *pair(at, eitaa, "25")) == []
    assert log.wait("2026-08-02") == []
    assert log.only()["flips"] == []


# 7

SINGLES = [("2026-06-01", "20"), ("2026-06-20", "21"), ("2026-07-20", "27"), ("2026-08-10", "28")]


def singles(*figures: tuple[str, str]) -> Log:
    """Eitaa's figures, each in a release of its own, against one of Telegram's."""
    log = Log()
    log.observe("2026-06-01", figure("t", "telegram", "25", "2026-06-01", "r-telegram"))
    for at, text in figures:
        assert log.observe(at, figure(f"e-{at}", "eitaa", text, at, f"r-{at}")) == []
    return log


def test_7_grade_b_needs_two_in_a_row() -> None:
    log = singles(SINGLES[0])
    assert (log.only()["state"], log.only()["decisive"]) == ("BEHIND", None)
    log = singles(*SINGLES[:2])
    assert (log.only()["decisive"], log.only()["since"]) == ("BEHIND", ["2026-06-01", "2026-06-01"])
    log = singles(*SINGLES[:3])
    assert (log.only()["state"], log.only()["decisive"]) == ("AHEAD", "BEHIND")
    log = singles(*SINGLES)
    (message,) = log.wait("2026-08-11")
    assert message["group"] == "r-2026-08-10"
    (event,) = message["notes"]
    assert (event["kind"], event["grade"], event["domestic"]["lo"]) == ("EVENT", "B", 28 * MILLION)
    assert event["foreign"]["asof"] == ["2026-06-01", "2026-06-01"]
    assert event["prev"] == {"state": "BEHIND", "asof": ["2026-06-20", "2026-06-20"]}
    assert event["between"] == ["2026-06-20", "2026-07-20"]


def test_7_a_level_between_breaks_the_pair() -> None:
    log = singles(*SINGLES[:3], ("2026-07-30", "25"), SINGLES[3])
    assert log.wait("2026-08-11") == []
    assert (log.only()["state"], log.only()["decisive"]) == ("AHEAD", "BEHIND")


def test_7_too_far_apart_is_unknown() -> None:
    log = singles(*SINGLES[:2], ("2026-09-01", "29"))
    assert log.only()["state"] == "AHEAD"  # 92 days
    log = singles(*SINGLES[:2], ("2026-09-02", "29"))
    assert log.only()["state"] == "UNKNOWN"


# 8

SPRING, KHORDAD, LAST_OF_KHORDAD = jalali(1405, 1, precision="season"), jalali(1405, 3), jalali(1405, 3, 31)


@pytest.mark.parametrize(
    ("eitaa", "telegram", "one_release", "state", "decisive"),
    [
        (jalali(1405, 2), KHORDAD, False, "UNKNOWN", None),
        (KHORDAD, KHORDAD, False, "BEHIND", None),  # grade B, alone
        (KHORDAD, LAST_OF_KHORDAD, True, "BEHIND", "BEHIND"),  # grade A
        (KHORDAD, LAST_OF_KHORDAD, False, "BEHIND", None),
        (jalali(1405, 2), KHORDAD, True, "UNKNOWN", None),  # one release, but "before" against "after"
    ],
)
def test_8_vague_dates(eitaa: Json, telegram: Json, one_release: bool, state: str, decisive: str | None) -> None:
    log = Log()
    log.observe(
        "2026-10-01",
        figure("e", "eitaa", "20", eitaa, "one", metric="dau"),
        figure("t", "telegram", "25", telegram, "one" if one_release else "other", metric="dau"),
    )
    assert (log.only()["state"], log.only()["decisive"]) == (state, decisive)


def test_8_of_equal_ends_the_narrower_period_is_the_newer() -> None:
    log = Log()
    texts = [(LAST_OF_KHORDAD, "28"), (SPRING, "20"), (KHORDAD, "25")]
    for number, (asof, text) in enumerate(texts):
        log.observe(
            "2026-10-01",
            figure(f"e{number}", "eitaa", text, asof, f"r{number}"),
            figure(f"t{number}", "telegram", "25", asof, f"r{number}"),
        )
    (flip,) = log.only()["flips"]
    assert flip["before"] == ["2026-03-21", "2026-06-21"]  # spring: BEHIND; then Khordad: LEVEL
    assert flip["at"] == ["2026-06-21", "2026-06-21"]


# 9


def test_9_two_sources_by_review() -> None:
    log = Log("rubika")
    ministry = {"source": "mcit", "method": "report"}
    dey, winter = jalali(1401, 10, 3), jalali(1401, 4, precision="season")
    log.observe(
        "2023-04-01",
        figure("d1", "rubika", "32.6", dey, **ministry),
        figure("f1", "telegram", "58-61", winter),
    )
    assert log("dump")["contests"] == []
    assert log("review", "2023-04-01", domestic="d1", foreign="f1")["result"] == "recorded"
    contest = log.only()
    assert contest["contest"] == ["rubika", "telegram", "mau", "ir", "mcit/report x ditaak/panel"]
    assert (contest["state"], contest["decisive"], contest["flips"]) == ("BEHIND", "BEHIND", [])
    assert log.wait("2023-04-02") == []

    dey, winter = jalali(1402, 10, 3), jalali(1402, 4, precision="season")
    log.observe("2024-04-01", figure("d2", "rubika", "64", dey, **ministry), figure("f2", "telegram", "50", winter))
    assert log("review", "2024-04-01", domestic="d2", foreign="f2")["result"] == "recorded"
    (message,) = log.wait("2024-04-02")
    (event,) = message["notes"]
    assert (event["kind"], event["grade"], event["winner"]) == ("EVENT", "C", "rubika")


# 10


def test_10_a_claim_alerts_nobody() -> None:
    log = Log()
    khordad = jalali(1403, 3, 12)
    isna = {"source": "isna", "method": "unspecified"}
    log.observe(
        "2024-06-02",
        figure("o1", "eitaa", "30.5", khordad, **isna),
        figure("o2", "eitaa", "19", khordad, metric="dau", **isna),
    )
    for number, loser in enumerate(["telegram", "whatsapp"]):
        answer = log("claim", "2024-06-02", id=f"cl{number}", winner="eitaa", loser=loser, source="isna")
        assert answer == {"ok": True, "result": "claim", "sent": []}
    state = log("dump")
    assert (state["contests"], state["held"], state["claims"]) == ([], [], ["cl0", "cl1"])
    assert log.wait("2024-07-01") == []


# 11


def test_11_backfill() -> None:
    log = Log()
    log.observe("2026-01-15", *pair("2026-01-15", "20", "25"))
    log.observe("2026-09-15", *pair("2026-09-15", "30", "25"))
    assert [m["group"] for m in log.wait("2026-09-16")] == ["r-2026-09-15"]

    log.observe("2026-09-16", *pair("2026-03-15", "28", "25"))
    flips = log.only()["flips"]
    assert [(f["at"][0], f["ledger"]) for f in flips] == [("2026-03-15", "told")]
    assert log.wait("2026-09-17") == []

    log.observe("2026-09-17", *pair("2026-05-15", "20", "25"))
    flips = log.only()["flips"]
    assert [(f["side"], f["at"][0], f["ledger"]) for f in flips] == [
        ("AHEAD", "2026-03-15", "silent"),
        ("BEHIND", "2026-05-15", "silent"),
        ("AHEAD", "2026-09-15", "told"),
    ]
    assert log.wait("2026-09-18") == []


@pytest.mark.parametrize(("asof", "told"), [("2026-06-30", False), ("2026-07-01", True)])
def test_11_only_fresh_figures_are_news(asof: str, told: bool) -> None:
    log = Log()
    log.observe("2026-10-01", *pair("2026-05-01", "20", "25"))
    log.observe("2026-10-01", *pair(asof, "30", "25"))
    assert log.only()["flips"][0]["ledger"] == ("held" if told else "silent")
    assert len(log.wait("2026-10-02")) == told


# 12


def flapping(*more: tuple[str, str]) -> tuple[Log, list[Json]]:
    """Daily pairs B A B A from 1 May, then these; what was sent, up to the last day."""
    log, sent = Log(), []
    days = [("2026-05-01", "B"), ("2026-05-02", "A"), ("2026-05-03", "B"), ("2026-05-04", "A"), *more]
    for at, side in days:
        sent += log.observe(at, *pair(at, "20" if side == "B" else "30", "25"))
    return log, sent


def test_12_flapping() -> None:
    log, sent = flapping(("2026-05-05", "B"), ("2026-08-04", "B"))
    shown = [note for message in sent for note in message["notes"]]
    assert [(n["kind"], n["winner"], n["style"]) for n in shown] == [
        ("EVENT", "eitaa", "pass"),
        ("EVENT", "telegram", "pass"),
        ("EVENT", "eitaa", "trading"),
    ]
    contest = log.only()
    assert (contest["decisive"], contest["spoken"], contest["flips"][-1]["ledger"]) == (
        "BEHIND",
        "AHEAD",
        "unspoken",
    )
    log.observe("2026-08-05", *pair("2026-08-05", "20", "25"))
    (message,) = log.wait("2026-08-06")
    (event,) = message["notes"]
    assert (event["winner"], event["style"]) == ("telegram", "trading")
    assert event["domestic"]["asof"] == ["2026-08-05", "2026-08-05"]
    assert event["between"] == ["2026-05-04", "2026-05-05"]


def test_12_back_again_before_the_end_of_the_cooldown_is_nothing() -> None:
    log, sent = flapping(("2026-05-05", "B"), ("2026-05-06", "A"), ("2026-08-05", "A"))
    assert len(sent) == 3
    assert log.wait("2026-08-06") == []
    assert [f["ledger"] for f in log.only()["flips"]] == ["told", "told", "told", "unspoken", "unspoken"]


# 13


def crossing(at: str, **said: str) -> Log:
    """Eitaa passes Telegram; the crossing's figures e and t entered at this time."""
    log = Log()
    log.observe("2026-09-01", *pair("2026-09-01", "30", "33"))
    log.observe(
        at,
        figure("e", "eitaa", "36", "2026-09-30", "R"),
        figure("t", "telegram", "33", "2026-09-30", "R"),
        **said,
    )
    return log


def test_13_undo_of_a_retraction() -> None:
    log = crossing("08:00")
    (before,) = log.held()
    log("retract", "08:05", id="e", cmd="oops")
    assert log.held() == []
    answer = log("undo", "08:13", target="oops")
    assert (answer["ok"], answer["result"]) == (True, "undone")
    (message,) = answer["sent"]
    assert (message["group"], message["at"], message["notes"]) == (
        "R",
        "2026-10-01T08:13:00Z",
        before["notes"],
    )
    assert log.only()["flips"][0]["ledger"] == "told"


def test_13_undo_before_it_is_due_brings_the_note_back_with_its_time() -> None:
    log = crossing("08:00")
    before = log.held()
    assert before[0]["due"] == "2026-10-01T08:10:00Z"
    log("retract", "08:05", id="e", cmd="oops")
    assert log("undo", "08:07", target="oops")["sent"] == []
    assert log.held() == before


def test_13_undo_at_the_due_time_is_too_late() -> None:
    log = crossing("08:00", cmd="news")
    answer = log("undo", "08:10", target="news")
    assert (answer["ok"], answer["error"]) == (False, "too_late")
    assert [(m["group"], m["at"]) for m in answer["sent"]] == [("R", "2026-10-01T08:10:00Z")]


# 14


@pytest.fixture
def withdrawn() -> Log:
    """Told: Eitaa 36 against 33. Then a second text says 30 for the same day."""
    log = crossing("08:00")
    assert len(log.wait("08:10")) == 1
    log.observe("09:00", figure("e2", "eitaa", "30", "2026-09-30", "R"))
    (message,) = log.wait("09:10")
    contest = ["eitaa", "telegram", "mau", "ir", "ditaak/panel"]
    correction = {
        "kind": "CORRECTION",
        "contest": contest,
        "winner": "eitaa",
        "loser": "telegram",
        "now": "LEVEL",
    }
    assert message == {"group": "R", "at": "2026-10-01T09:10:00Z", "notes": [correction]}
    return log


def test_14_a_conflict_withdraws_and_its_retraction_reinstates(withdrawn: Log) -> None:
    withdrawn("retract", "10:00", id="e2")
    (message,) = withdrawn.wait("10:10")
    (update,) = message["notes"]
    assert (update["kind"], update["reinstated"], update["domestic"]["lo"]) == ("UPDATE", True, 36 * MILLION)
    assert withdrawn.only()["flips"][0]["ledger"] == "told"


def test_14_a_return_with_a_new_date_is_a_fresh_event() -> None:
    log = crossing("08:00")
    log.wait("08:10")
    log("retract", "09:00", id="e")
    (message,) = log.wait("09:10")
    assert [n["kind"] for n in message["notes"]] == ["CORRECTION"]
    log.observe("2026-11-01", *pair("2026-10-31", "36", "33"))
    (message,) = log.wait("2026-11-02")
    (event,) = message["notes"]
    assert (message["group"], event["kind"], event["winner"]) == ("r-2026-10-31", "EVENT", "eitaa")


def test_14_without_the_older_figure_the_passing_is_not_shown() -> None:
    log = crossing("08:00")
    log.wait("08:10")
    log("retract", "09:00", id="e-2026-09-01")
    (message,) = log.wait("09:10")
    assert [(n["kind"], n["now"]) for n in message["notes"]] == [("CORRECTION", "AHEAD")]
