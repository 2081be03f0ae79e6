"""For tests of the engine: a log that is written while it is read, and short ways to write figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from sebghat.replay import replay

MILLION = 10**6
Json = dict[str, Any]


class Log:
    """One command in, its answer out. `domestic` and `foreign` are names with spaces between."""

    def __init__(self, domestic: str = "eitaa", foreign: str = "telegram", **rules: int) -> None:
        self._lines: list[str] = []
        self._names = count(1)
        self._answers = replay(iter(self._lines.pop, None))
        sides = dict.fromkeys(domestic.split(), "domestic") | dict.fromkeys(foreign.split(), "foreign")
        assert self("init", platforms=sides, rules=rules) == {"ok": True, "sent": []}

    def line(self, text: str) -> Json:
        self._lines.append(text)
        answer: Json = json.loads(next(self._answers))
        return answer

    def __call__(self, op: str, at: str | None = None, **said: Any) -> Json:
        """`at`: "08:10" of 1 October 2026, a day (08:00 then), or a whole time. Commands are c1, c2, …"""
        time = {} if at is None else {"at": moment(at)}
        named = op not in ("init", "undo", "dump", "advance-clock") and "cmd" not in said
        name = {"cmd": f"c{next(self._names)}"} if named else {}
        return self.line(json.dumps({"op": op, **time, **name, **said}))

    def observe(self, at: str, *figures: Json, **said: Any) -> list[Json]:
        """What left at this command, which must be accepted."""
        answer = self("observe", at, by="a", obs=list(figures), **said)
        assert answer["ok"], answer
        sent: list[Json] = answer["sent"]
        return sent

    def wait(self, at: str) -> list[Json]:
        sent: list[Json] = self("advance-clock", at)["sent"]
        return sent

    def contests(self) -> dict[tuple[str, ...], Json]:
        """By the names of the two platforms."""
        return {tuple(row["contest"][:2]): row for row in self("dump")["contests"]}

    def only(self) -> Json:
        (contest,) = self("dump")["contests"]
        assert isinstance(contest, dict)
        return contest

    def held(self) -> list[Json]:
        held: list[Json] = self("dump")["held"]
        return held


def moment(at: str) -> str:
    if "T" in at:
        return at
    return f"{at}T08:00:00Z" if "-" in at else f"2026-10-01T{at}:00Z"


def day(iso: str) -> Json:
    year, month, number = map(int, iso.split("-"))
    return {"cal": "gregorian", "prec": "day", "y": year, "m": month, "d": number}


def jalali(year: int, month: int | None = None, number: int | None = None, precision: str = "") -> Json:
    named = precision or ("year" if month is None else "month" if number is None else "day")
    return {"cal": "jalali", "prec": named, "y": year, "m": month, "d": number}


def value(text: str, unit: int = MILLION) -> Json:
    """Of "34", "33.1", "about 34", "over 12.5", "under 20" or "58-61"; the rounding as written."""
    hedge, _, number = text.rpartition(" ")
    ends = [end.partition(".") for end in number.split("-")]
    res = min(unit // 10 ** len(decimals) for _, _, decimals in ends)
    low, high = (int(w + d) * unit // 10 ** len(d) for w, _, d in (ends[0], ends[-1]))
    if len(ends) == 2:
        return {"q": "range", "lo": low, "hi": high, "res": res}
    q, lo, hi = {
        "": ("exact", low, low),
        "about": ("about", low, low),
        "over": ("at_least", low, None),
        "under": ("at_most", 0, low),
    }[hedge]
    return {"q": q, "lo": lo, "hi": hi, "res": res}


def figure(name: str, platform: str, text: str, asof: str | Json, release: str | None = None, **more: Any) -> Json:
    """An OBS of §15: mau in Iran of ditaak/panel in millions (a poll: in percent), if not said otherwise."""
    lane = {"metric": "mau", "scope": "ir", "source": "ditaak", "method": "panel"} | more
    unit = 100 if lane["metric"] == "poll" else MILLION
    period = day(asof) if isinstance(asof, str) else asof
    return {
        "id": name,
        "platform": platform,
        **lane,
        "release": release,
        "value": value(text, unit),
        "asof": period,
    }


def pair(asof: str, eitaa: str, telegram: str, **more: Any) -> Sequence[Json]:
    """Both sides of one release, thus of grade A; ids and release tell the day."""
    return (
        figure(f"e-{asof}", "eitaa", eitaa, asof, f"r-{asof}", **more),
        figure(f"t-{asof}", "telegram", telegram, asof, f"r-{asof}", **more),
    )
