"""What docs/overtakings.md says of the published readings, held against what the engine makes of them.

The expectations here are copied from that page by hand: whoever changes the readings or the engine so that they
fail has to change the page too.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from sebghat import table
from sebghat.platforms import bundled
from sebghat.replay import replay

READINGS = Path(__file__).with_name("readings.csv")
EPOCH = datetime(2014, 1, 1, tzinfo=UTC)
SCOPE = "ir"
UNDATED = "2026-10-01"  # for rows that name no day at all, which are refused

Row = dict[str, str]
Json = dict[str, Any]
Contests = dict[tuple[str, ...], tuple[str, str | None, tuple[str, ...] | None, int]]


def readings() -> list[Row]:
    """The rows, each with its number, which names its observation."""
    with READINGS.open(encoding="utf-8", newline="") as file:
        return [{**row, "number": f"r{number}"} for number, row in enumerate(csv.DictReader(file), 1)]


def fit_to_load() -> list[Row]:
    return [row for row in readings() if row["load"] == "yes"]


# The log of overtaking.md §15


def sides() -> dict[str, str]:
    """Only platforms that have an arena meet each other; the log itself knows none."""
    return {name: platform.origin.value for name, platform in bundled().items() if platform.arena}


def figure(row: Row) -> Json:
    try:
        value = table.observation(row, EPOCH).value
        written = {"q": value.q.value, "lo": value.lo, "hi": value.hi, "res": value.res}
    except (KeyError, ValueError):  # no metric of users, or no date; the engine looks at these first
        written = {}
    numbers = {part: int(row[f"as_of_{part}"]) if row[f"as_of_{part}"] else None for part in "ymd"}
    return {
        "id": row["number"],
        "platform": row["platform"],
        "metric": row["metric"],
        "scope": row["scope"],
        "source": row["source_key"],
        "method": row["method"],
        "release": row["release_id"],
        "n": int(row["n"]) if row["n"] else None,
        "value": written,
        "asof": {"cal": row["as_of_calendar"], "prec": row["as_of_precision"], **numbers},
    }


def observe(name: str, rows: Sequence[Row]) -> Json:
    """One command, on the day of publication; where that is not known, on the last day that the figures speak of."""
    day = max(row["published_on"] or row["as_of_last"] for row in rows) or UNDATED
    return {"op": "observe", "at": f"{day}T08:00:00Z", "cmd": name, "obs": [figure(row) for row in rows]}


def play(*lines: Json) -> list[Json]:
    return [json.loads(answer) for answer in replay(json.dumps(line, ensure_ascii=False) for line in lines)]


def verdict(row: Row) -> str:
    """What the engine says to the row alone: a code, or `recorded`."""
    answer = play({"op": "init", "platforms": sides()}, observe("alone", [row]))[1]
    return str(answer.get("error") or answer["result"])


def live_through(rows: Iterable[Row], *then: Json) -> tuple[list[Json], Json]:
    """The messages that left and the last state: each publication is one command, the oldest first."""
    releases: dict[str, list[Row]] = {}
    for row in rows:
        if verdict(row) == "recorded":
            releases.setdefault(row["release_id"], []).append(row)
    lines = sorted((observe(*release) for release in releases.items()), key=itemgetter("at", "cmd"))
    answers = play(
        {"op": "init", "platforms": sides()},
        *lines,
        *then,
        {"op": "advance-clock", "at": "2027-01-01T00:00:00Z"},
        {"op": "dump"},
    )
    assert [answer.get("result") for answer in answers[1:-2]] == ["recorded"] * (len(lines) + len(then))
    return [message for answer in answers for message in answer["sent"]], answers[-1]


def state_of(dump: Json) -> Contests:
    return {
        tuple(row["contest"]): (
            row["state"],
            row["decisive"],
            row["since"] and tuple(row["since"]),
            len(row["flips"]),
        )
        for row in dump["contests"]
    }


def brief(note: Json) -> tuple[object, ...]:
    ours, theirs = note["domestic"]["lo"], note["foreign"]["lo"]
    return (note["kind"], note["winner"], note["loser"], note["grade"], ours, theirs, note["margin"], note["band"])


# The page


def contests(*lines: str) -> Contests:
    """`bale eitaa | telegram x | poll ispa/poll | UNKNOWN BEHIND 2019-07-09 2019-07-09 | 0`; `-`: no state yet."""
    found: Contests = {}
    for line in lines:
        ours, theirs, place, state, flips = (part.split() for part in line.split("|"))
        metric, lane = place
        known = state[1] != "-"
        for domestic in ours:
            for foreign in theirs:
                key = (domestic, foreign, metric, SCOPE, lane)
                assert key not in found
                found[key] = (
                    state[0],
                    state[1] if known else None,
                    (state[2], state[3]) if known else None,
                    int(flips[0]),
                )
    return found


LOADED = contests(
    "bale bisphone eitaa gap igap soroush syna | telegram whatsapp instagram | poll ispa/poll"
    " | UNKNOWN BEHIND 2019-07-09 2019-07-09 | 0",
    "rubika | telegram whatsapp instagram | poll ispa/poll | UNKNOWN BEHIND 2023-12-22 2024-01-20 | 0",
    "soroush | telegram whatsapp instagram | poll ricac/poll | BEHIND BEHIND 2019-01-21 2019-02-19 | 0",
    "bisphone gap igap soroush syna | facebook x line | poll ispa/poll | LEVEL - | 0",
    "bale eitaa rubika | facebook x line | poll ispa/poll | UNKNOWN - | 0",
    "bale bisphone eitaa gap igap rubika soroush syna | viber wechat | poll ispa/poll | UNKNOWN - | 0",
)
ALL = (
    LOADED
    | contests(
        "bale eitaa rubika | whatsapp | poll ispa/poll | UNKNOWN AHEAD 2024-06-13 2024-06-13 | 1",
        "soroush | facebook x line | poll ispa/poll | UNKNOWN - | 0",
    )
    | contests(
        "bale eitaa rubika | telegram | mau ditaak/panel | AHEAD AHEAD 2026-09-23 2026-10-22 | 0",
        "bale eitaa | instagram | mau ditaak/panel | BEHIND BEHIND 2026-09-23 2026-10-22 | 0",
        "rubika | instagram | mau ditaak/panel | LEVEL - | 0",
    )
)
MIRRORED = "ispa-140306-mt"  # the copy that has 3.33 for 33.3 and 5.28 for 28.5
BOTH_SIDES = {  # the publications that have a figure of both sides, whatever it counts
    "ditaak-14050709",
    "inews-2018",
    "irna-virasti-1404",
    "ispa-139804",
    "ispa-140210",
    "ispa-140210-en",
    "ispa-140306-mt",
    "peivast-trends-140108",
    "ricac-139711",
}


def test_each_row_is_an_observation_or_refused_for_its_reason() -> None:
    verdicts = [(row, verdict(row)) for row in readings()]
    assert Counter(code for _, code in verdicts) == {
        "recorded": 134,
        "unknown_metric": 39,
        "unknown_platform": 28,
        "bad_asof": 4,
    }
    for row, code in verdicts:
        total = row["platform"].startswith("sum:")
        assert {
            "recorded": True,
            "bad_asof": not row["as_of_y"],
            "unknown_platform": total or row["platform"] in {"shad", "tango", "googleplus"},
            "unknown_metric": row["metric"] in {"other", "channels"},
        }[code]


def test_the_bundled_readings_are_those_fit_to_load() -> None:
    shipped = [observation.content for release in table.bundled_readings(EPOCH) for observation in release]
    assert len(shipped) == 94
    assert Counter(shipped) == Counter(table.observation(row, EPOCH).content for row in fit_to_load())


def test_nobody_overtakes_anybody_in_what_is_fit_to_load() -> None:
    sent, dump = live_through(fit_to_load())
    assert state_of(dump) == LOADED
    assert (len(LOADED), len(dump["live"])) == (67, 91)
    assert sent == dump["held"] == []


def test_a_mirrored_decimal_is_the_only_overtaking_in_all_rows() -> None:
    sent, dump = live_through(readings())
    assert state_of(dump) == ALL
    assert (len(ALL), len(dump["live"])) == (73, 134)
    (message,) = sent
    assert (message["group"], message["at"]) == (MIRRORED, "2024-06-13T08:10:00Z")
    assert [brief(note) for note in message["notes"]] == [
        ("EVENT", "bale", "whatsapp", "A", 970, 333, 637, 111),
        ("EVENT", "eitaa", "whatsapp", "A", 2890, 333, 2557, 158),
        ("EVENT", "rubika", "whatsapp", "A", 528, 333, 195, 91),
    ]
    for note in message["notes"]:
        assert note["prev"]["state"] == "BEHIND"
        assert note["between"] == ["2023-12-22", "2024-06-13"]


def test_the_right_decimals_take_all_three_back() -> None:
    wrong = {row["platform"]: row["number"] for row in readings() if row["release_id"] == MIRRORED}
    right = {"whatsapp": 3330, "rubika": 2850}
    mending: list[Json] = [
        {
            "op": "correct",
            "at": "2026-12-01T08:00:00Z",
            "cmd": f"mend-{platform}",
            "id": wrong[platform],
            "new_id": f"{platform}-mended",
            "value": {"q": "exact", "lo": value, "res": 10},
        }
        for platform, value in right.items()
    ]
    sent, dump = live_through(readings(), *mending)
    assert [(note["kind"], note["winner"], note["now"]) for note in sent[-1]["notes"]] == [
        ("CORRECTION", winner, "UNKNOWN") for winner in ("bale", "eitaa", "rubika")
    ]
    after = state_of(dump)
    for domestic in ("bale", "eitaa", "rubika"):
        assert after[domestic, "whatsapp", "poll", SCOPE, "ispa/poll"][1:] == (
            "BEHIND",
            LOADED[domestic, "whatsapp", "poll", SCOPE, "ispa/poll"][2],
            0,
        )


def test_the_claim_of_12_khordad_1403_makes_no_contest() -> None:
    figures = [row for row in readings() if row["release_id"] == "isna-14030312" and row["metric"] in {"mau", "dau"}]
    claims: list[Json] = [
        {"op": "claim", "at": "2024-06-01T09:00:00Z", "cmd": loser, "id": loser, "winner": "eitaa", "loser": loser}
        for loser in ("telegram", "whatsapp")
    ]
    answers = play({"op": "init", "platforms": sides()}, observe("isna", figures), *claims, {"op": "dump"})
    assert [answer.get("result") for answer in answers[1:-1]] == ["recorded", "claim", "claim"]
    assert answers[-1]["contests"] == answers[-1]["held"] == []
    assert (len(answers[-1]["live"]), answers[-1]["claims"]) == (2, ["telegram", "whatsapp"])


def test_the_publications_that_name_both_sides() -> None:
    named: dict[str, set[str]] = {}
    for row in readings():
        named.setdefault(row["release_id"], set()).add(sides().get(row["platform"], ""))
    both = {release for release, origins in named.items() if {"domestic", "foreign"} <= origins}
    assert both == BOTH_SIDES
    assert both & {row["release_id"] for row in fit_to_load()} == {"ispa-139804", "ispa-140210", "ricac-139711"}
