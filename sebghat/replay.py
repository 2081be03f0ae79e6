"""The log of commands as JSON Lines, answered from nothing (overtaking.md §15)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sebghat.command import Answer, MessageOut, Refusal
from sebghat.comparison import Rules
from sebghat.contest import Contest, Flip
from sebghat.engine import held, step
from sebghat.loglines import SLUG, Json, Unreadable, mapping, only, parsed, read
from sebghat.notes import Facts, Item, Kind, Mode, Note, Side, place
from sebghat.observation import Key
from sebghat.platforms import Origin, Platform
from sebghat.state import State

ARENA = "messenger"  # the log's platforms have no arena of their own: all meet


def replay(lines: Iterable[str]) -> Iterator[str]:
    """One JSON answer for each line; what cannot be read is answered `bad_command`, and nothing is raised."""
    state: State | None = None
    for line in lines:
        try:
            said = parsed(line)
            if said.get("op") == "init":
                only(said, frozenset({"op", "at", "platforms", "rules"}))
                state = _init(said)
                answer: Json = {"ok": True, "sent": []}
            elif state is None:
                raise Unreadable("nothing was set up yet")
            elif said.get("op") == "dump":
                only(said, frozenset({"op", "at"}))
                answer = dump(state)
            else:
                answer = render(step(state, read(said)))
        except Unreadable:
            answer = {"ok": False, "error": Refusal.BAD_COMMAND.value, "sent": []}
        yield json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _init(said: Json) -> State:
    platforms = said.get("platforms")
    if not isinstance(platforms, dict):
        raise Unreadable("no platforms")
    found = {}
    for name, origin in platforms.items():
        if not SLUG.fullmatch(name) or origin not in ("domestic", "foreign"):
            raise Unreadable(f"{name} is no platform")
        found[name] = Platform(name, name, name, Origin(origin), ARENA)
    try:
        return State(found, Rules(**mapping(said, "rules")))
    except (TypeError, ValueError) as error:
        raise Unreadable(str(error)) from error


# Answering


def render(answer: Answer) -> Json:
    sent = [_message(message) for message in answer.sent]
    if answer.error:
        return {"ok": False, "error": answer.error.value, "sent": sent}
    return {"ok": True, "result": answer.result, "sent": sent}


def _message(message: MessageOut) -> Json:
    return {"group": message.group, "at": _utc(message.at), "notes": [show(note) for note in message.notes]}


def show(note: Note) -> Json:
    """A note as the protocol shows it."""
    contest = list(note.contest)
    head = {"kind": note.kind.value, "contest": contest, "winner": note.winner, "loser": note.loser}
    if note.kind is Kind.CORRECTION:
        return {**head, "now": note.now}
    said = {**head, **_facts(note.facts)}
    return {**said, "reinstated": note.reinstated} if note.kind is Kind.UPDATE else said


def _facts(facts: Facts) -> Json:
    return {
        "style": facts.style.value,
        "grade": facts.grade.value,
        "domestic": _side(facts.domestic),
        "foreign": _side(facts.foreign),
        "margin": facts.margin,
        "band": facts.band,
        "prev": {"state": facts.previous.value, "asof": _days(facts.before)},
        "between": _days(facts.between),
    }


def _side(side: Side) -> Json:
    return {"lo": side.lo, "hi": side.hi, "q": side.q.value, "asof": _days((side.first, side.last))}


def dump(state: State) -> Json:
    """The whole state as the protocol shows it."""
    rows = [(contest, folds[-1]) for contest, folds in state.folds.items()]
    contests = [
        {
            "contest": list(contest),
            "state": fold.displayed.value,
            "decisive": fold.decisive,
            "spoken": fold.spoken,
            "since": _period_of(fold.since),
            "flips": _flips(state, contest, fold.flips),
        }
        for contest, fold in sorted(rows, key=lambda row: row[0])
    ]
    waiting = [
        {"group": group, "due": None if due is None else _utc(due), "notes": [show(note) for note in notes]}
        for group, due, notes in held(state)
    ]
    return {
        "ok": True,
        "sent": [],
        "contests": contests,
        "held": waiting,
        "live": sorted(state.live.values()),
        "claims": sorted(state.claims),
    }


def _flips(state: State, contest: Contest, flips: Iterable[Flip]) -> list[Json]:
    free = list(state.items.get(contest, ()))
    shown = []
    for flip in flips:
        mine = next((i for i in free if i.side is flip.side and i.flip == place(flip)), None)
        if mine:
            free.remove(mine)
        shown.append(
            {
                "side": flip.side.value,
                "at": _period_of(flip.at.key),
                "before": _period_of(flip.before),
                "style": flip.style,
                "spoken": _period_of(flip.spoken.key if flip.spoken else None),
                "ledger": _ledger(mine),
            }
        )
    return shown


def _ledger(item: Item | None) -> str:
    if item is None:
        return "unspoken"
    if item.told:
        return "withdrawn" if item.withdrawn else "told"
    return {Mode.LOUD: "held", Mode.SILENT: "silent", None: "unspoken"}[item.mode]


def _period_of(key: Key | None) -> list[str] | None:
    return None if key is None else _days((key[1], key[0]))


def _days(days: tuple[date, date]) -> list[str]:
    return [day.isoformat() for day in days]


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
