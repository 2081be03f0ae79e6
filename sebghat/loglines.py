"""A line of the log, a JSON object, as the command that it holds (overtaking.md §15)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sebghat.command import (
    SAME,
    Advance,
    Claim,
    Command,
    Correct,
    Faulty,
    Hold,
    Observe,
    Refusal,
    Release,
    Retract,
    Review,
    Same,
    SetRules,
    Undo,
)
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision

LINE = 16 * 2**20  # characters; a command of some fifty thousand figures

SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")
FREE_TEXTS = ("speaker", "via", "quote", "address", "note")
_OBSERVATION = frozenset(
    ("id", "platform", "metric", "scope", "source", "method", "release", "n", "value", "asof", *FREE_TEXTS)
)

# What a line may hold beside `op` and `at`; a claim may hold anything.
_COMMON = frozenset({"cmd", "by"})
_FIELDS: dict[str, frozenset[str]] = {
    "advance-clock": frozenset[str](),
    "undo": frozenset({"target", *_COMMON}),
    "observe": _COMMON | {"obs", "silent"},
    "correct": _COMMON | {"id", "new_id", "value", "n", "asof", "release", "silent"},
    "retract": _COMMON | {"id"},
    "review": _COMMON | {"domestic", "foreign"},
    "rules": _COMMON | {"set"},
    "hold": _COMMON | {"group"},
    "release": _COMMON | {"group"},
}
_YEARS = range(1900, 2201)  # so that no sum of dates leaves the calendar

Json = dict[str, Any]


class Unreadable(ValueError):
    """A line that is no command."""


def parsed(line: str) -> Json:
    if len(line) > LINE:
        raise Unreadable("the line is too long")
    try:
        said = json.loads(line, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    if not isinstance(said, dict):
        raise Unreadable("no object")
    return said


def _unique(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice")
    return found


def _no_number(name: str) -> None:
    raise Unreadable(f"{name} is no number")


def only(said: Json, fields: frozenset[str]) -> None:
    """A field that is not known may have meant something: the line is not carried out without it."""
    if not said.keys() <= fields:
        raise Unreadable(f"what is {min(said.keys() - fields)}?")


def read(said: Json) -> Command:
    """The command that a decoded line holds. Raises Unreadable."""
    at, op = _time(said), said.get("op")
    if isinstance(op, str) and op in _FIELDS:
        only(said, _FIELDS[op] | {"op", "at"})
    if op == "advance-clock":
        return Advance(at=at)
    if op == "undo":
        return Undo(at=at, target=_text(said, "target"))
    common: Any = {"at": at, "cmd": _text(said, "cmd"), "by": _by(said)}
    match op:
        case "observe":
            given = said.get("obs")
            if not isinstance(given, list) or not given:
                raise Unreadable("no observations")
            observations = tuple(_observation(one, at, common["by"]) for one in given)
            return Observe(**common, observations=observations, silent=_flag(said, "silent"))
        case "correct":
            return _correction(said, common)
        case "retract":
            return Retract(**common, id=_text(said, "id"))
        case "review":
            return Review(**common, domestic=_text(said, "domestic"), foreign=_text(said, "foreign"))
        case "claim":
            known = {"op", "at", "cmd", "by", "id"}
            details = {name: value for name, value in said.items() if name not in known}
            return Claim(**common, id=_text(said, "id"), details=details)
        case "rules":
            if not isinstance(said.get("set"), dict):
                raise Unreadable("nothing to set")
            return SetRules(**common, values=said["set"])
        case "hold":
            return Hold(**common, group=_text(said, "group"))
        case "release":
            return Release(**common, group=_text(said, "group"))
    raise Unreadable("no such command")


def _observation(said: object, at: datetime, by: str) -> Observation | Faulty:
    if not isinstance(said, dict):
        raise Unreadable("an observation is an object")
    only(said, _OBSERVATION)
    name, platform, metric = (_text(said, field) for field in ("id", "platform", "metric"))
    scope, source, method = (_slug(said, field) for field in ("scope", "source", "method"))
    release = _text(said, "release") if said.get("release") is not None else None
    free = {field: _text(said, field) for field in FREE_TEXTS if said.get(field) is not None}
    asof = _asof(said.get("asof"))
    if asof is None:
        return Faulty(platform, metric, Refusal.BAD_ASOF)
    value, n = _value(said.get("value")), said.get("n")
    if value is None or not (n is None or type(n) is int):
        return Faulty(platform, metric, Refusal.BAD_VALUE)
    return Observation(name, platform, metric, scope, source, method, release, value, n, asof, at, by, name, **free)


def _correction(said: Json, common: Any) -> Correct:
    value: Value | Same = SAME
    asof: AsOf | Same = SAME
    why = None
    if "value" in said:
        read_value = _value(said["value"])
        value, why = (SAME, Refusal.BAD_VALUE) if read_value is None else (read_value, None)
    n = said.get("n", SAME)
    if not (n is None or n is SAME or type(n) is int):
        n, why = SAME, Refusal.BAD_VALUE
    if "asof" in said:
        read_asof = _asof(said["asof"])
        asof, why = (SAME, Refusal.BAD_ASOF) if read_asof is None else (read_asof, why)
    release: str | Same | None = SAME
    if "release" in said:
        release = None if said["release"] is None else _text(said, "release")
    return Correct(
        **common,
        id=_text(said, "id"),
        new_id=_text(said, "new_id"),
        value=value,
        n=n,
        asof=asof,
        release=release,
        silent=_flag(said, "silent"),
        why=why,
    )


def _value(said: object) -> Value | None:
    """None for what is no value; the end that the qualifier already tells may be absent."""
    if not isinstance(said, dict) or not isinstance(said.get("q"), str):
        return None
    try:
        q = Qualifier(said["q"])
        lo = said.get("lo", 0 if q is Qualifier.AT_MOST else None)
        hi = said.get("hi", lo if q in (Qualifier.EXACT, Qualifier.ABOUT) else None)
        if type(lo) is not int or not (hi is None or type(hi) is int) or type(said.get("res")) is not int:
            return None
        return Value(q, lo, hi, said["res"])
    except ValueError:
        return None


def _asof(said: object) -> AsOf | None:
    if not isinstance(said, dict):
        return None
    names = (said.get("cal"), said.get("prec"))
    numbers = (said.get("y"), said.get("m"), said.get("d"))
    if not all(isinstance(name, str) for name in names):
        return None
    if not all(number is None or (type(number) is int and 0 < number < 10_000) for number in numbers):
        return None
    return _period(*names, *numbers)


@lru_cache(maxsize=16_384)  # a history repeats its dates
def _period(calendar: str, precision: str, year: int | None, month: int | None, day: int | None) -> AsOf | None:
    if year is None:
        return None
    try:
        return AsOf(Calendar(calendar), Precision(precision), year, month, day)
    except ValueError:
        return None


def _time(said: Json) -> datetime:
    found = _TIME.fullmatch(said["at"]) if isinstance(said.get("at"), str) else None
    if not found:
        raise Unreadable("no time")
    year, month, day, hour, minute, second = map(int, found.groups())
    if year not in _YEARS:
        raise Unreadable("a time out of range")
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _text(said: Json, field: str) -> str:
    text = said.get(field)
    if not isinstance(text, str):
        raise Unreadable(f"{field} is no text")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unreadable(f"{field} holds half a letter")
    return text


def _slug(said: Json, field: str) -> str:
    text = _text(said, field)
    if not SLUG.fullmatch(text):
        raise Unreadable(f"{field} is no slug")
    return text


def _by(said: Json) -> str:
    by = said.get("by", "")
    return str(by) if type(by) is int else _text({"by": by}, "by")


def _flag(said: Json, field: str) -> bool:
    flag = said.get(field, False)
    if not isinstance(flag, bool):
        raise Unreadable(f"{field} is yes or no")
    return flag


def mapping(said: Json, field: str) -> Json:
    found = said.get(field, {})
    if not isinstance(found, dict):
        raise Unreadable(f"{field} is an object")
    return found
