"""Commands and departures as the log keeps them: JSON in the format of `replay`, and back."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sebghat.claim import Claim
from sebghat.codec import from_json, to_json
from sebghat.command import (
    Command,
    Correct,
    Departure,
    Hold,
    MessageOut,
    Observe,
    Release,
    Retract,
    Review,
    Same,
    SetRules,
)
from sebghat.loglines import FREE_TEXTS, read
from sebghat.notes import Note
from sebghat.observation import Observation, Value
from sebghat.periods import AsOf

DEPART = "depart"
OF_THE_LOG = ("with", "repeats", "why")  # what an entry says about itself, and no command does


def to_log(what: Command | Departure) -> dict[str, Any]:
    """What the log keeps of it beside its kind, time, number and person."""
    match what:
        case Observe():
            body = {"obs": [_observation(o) for o in what.figures]}
            return {**body, "silent": True} if what.silent else body
        case Correct():
            return _correction(what)
        case Retract():
            return {"id": what.id}
        case Review():
            return {"domestic": what.domestic, "foreign": what.foreign}
        case SetRules():
            return {"set": dict(what.values)}
        case Release() | Hold():
            return {"group": what.group}
        case Departure():
            notes = [to_json(note) for note in what.message.notes]
            return {"group": what.message.group, "released": what.released, "notes": notes}
    raise TypeError(f"{type(what).__name__} has no place in the log yet")


def from_log(kind: str, number: int, at: datetime, person: int | None, body: dict[str, Any]) -> Command | Departure:
    """What an entry of the log did. Raises ValueError for an entry that is no command."""
    if kind == DEPART:
        notes = tuple(from_json(Note, note) for note in body["notes"])
        return Departure(MessageOut(body["group"], at, notes), body["released"])
    line = {
        "op": kind,
        "at": instant(at),
        "cmd": str(number),
        "by": str(person or 0),
        **{name: said for name, said in body.items() if name not in OF_THE_LOG},
    }
    return read(line)


def _correction(what: Correct) -> dict[str, Any]:
    body: dict[str, Any] = {"id": what.id, "new_id": what.new_id}
    if not isinstance(what.value, Same):
        body["value"] = _value(what.value)
    if not isinstance(what.n, Same):
        body["n"] = what.n
    if not isinstance(what.asof, Same):
        body["asof"] = _asof(what.asof)
    if not isinstance(what.release, Same):
        body["release"] = what.release
    return body


def _value(value: Value) -> dict[str, Any]:
    return {"q": value.q.value, "lo": value.lo, "hi": value.hi, "res": value.res}


def claim_to_log(claim: Claim) -> dict[str, Any]:
    """A claim as the log keeps it."""
    texts = {f.name: getattr(claim, f.name) for f in fields(claim) if f.name != "asof"}
    return {name: text for name, text in texts.items() if text} | {"asof": _asof(claim.asof)}


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _observation(o: Observation) -> dict[str, Any]:
    value = _value(o.value)
    fixed = {
        "id": o.id, "platform": o.platform, "metric": o.metric, "scope": o.scope, "source": o.source,
        "method": o.method, "release": o.release, "n": o.n, "value": value, "asof": _asof(o.asof),
    }  # fmt: skip
    return fixed | {name: getattr(o, name) for name in FREE_TEXTS if getattr(o, name)}


def _asof(asof: AsOf) -> dict[str, Any]:
    return {
        "cal": asof.calendar.value, "prec": asof.precision.value, "y": asof.year, "m": asof.month, "d": asof.day,
    }  # fmt: skip
