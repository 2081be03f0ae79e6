"""One command of the log at a time: what it changes, and which messages leave (overtaking.md §4 and §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sebghat.command import (
    Advance,
    Answer,
    Command,
    Departure,
    Hold,
    MessageOut,
    Observe,
    Refusal,
    Release,
    Result,
    SetRules,
    Undo,
)
from sebghat.comparison import Rules, Verdict
from sebghat.contest import Contest
from sebghat.effects import apply, changed_rules
from sebghat.notes import Item, Note
from sebghat.observation import Key, Lane, Observation
from sebghat.platforms import Platform
from sebghat.state import Entry, State, Trail

Spot = tuple[Contest, Verdict, Key]  # where a note is: contest, side, key of `at`


def step(state: State, command: Command, *, depart: bool = True) -> Answer:
    """Moves the clock to the command, lets what is due leave, then acts (§4); a refusal changes no more.

    `depart` False: nothing leaves by the clock (a partial state cannot know all notes of a group); that is
    the business of who knows them. A Release sends its message all the same.
    """
    if isinstance(command, SetRules) and changed_rules(state, command) is None:
        return Answer(error=Refusal.BAD_COMMAND)
    if state.clock is not None and command.at < state.clock:
        return Answer(error=Refusal.CLOCK)
    sent = _let_leave(state, command.at) if depart else []
    state.clock = command.at
    state.forget(command.at)
    if isinstance(command, Undo):
        answer = _undo(state, command)
    else:
        trail: Trail = []
        state.trail = trail
        answer = apply(state, command)
        state.trail = None
        if answer.ok and not isinstance(command, Advance):
            state.write_down(command, trail)
    if answer.ok:
        if isinstance(command, Release):
            sent.append(leave(state, command.group, command.at, released=True))
        if depart:
            sent += _let_leave(state, command.at)
    return replace(answer, sent=tuple(sent))


# What leaves


def held(state: State) -> list[tuple[str, datetime | None, list[Note]]]:
    """(group, due, notes) of every held message by (due, group); due None: kept back, and listed last."""
    rows = []
    for group in state.groups:
        notes = state.notes(group)
        if notes:
            due = max(note.since for note in notes) + state.hold
            rows.append((group in state.kept, due, group, notes))
    rows.sort(key=lambda row: row[:3])
    return [(group, None if kept else due, notes) for kept, due, group, notes in rows]


def leave(state: State, group: str, at: datetime, *, released: bool = False) -> MessageOut:
    """The group's message leaves at `at`: items told or withdrawn, the departure in the journal."""
    trail: Trail = []
    state.trail = trail
    message = state.depart(group, at)
    state.trail = None
    state.write_down(Departure(message, released), trail)
    return message


def _let_leave(state: State, now: datetime) -> list[MessageOut]:
    sent = []
    for due, group in state.overdue(now):
        sent.append(leave(state, group, due if state.clock is None else max(due, state.clock)))
    return sent


# Undo


def _undo(state: State, command: Undo) -> Answer:
    index = state.named.get(command.target)
    if index is None or isinstance(state.journal[index].what, Hold | Release):
        return Answer(error=Refusal.UNKNOWN_ID)
    entry, later = state.journal[index], state.journal[index + 1 :]
    if entry.undone:
        return Answer(error=Refusal.UNDONE)
    released = any(isinstance(e.what, Departure) and e.what.released for e in later)
    if released or command.at >= entry.what.at + state.hold:
        return Answer(error=Refusal.TOO_LATE)
    shown = {(n.contest, n.facts.side, n.place.at): n for group in state.groups for n in state.notes(group)}
    if entry.trail is None or any(e.trail is None for e in later):
        touched = _from_the_start(state, entry, command.at)
    else:
        touched = _along_the_trail(state, entry, later, command.at)
    if touched is None:
        return Answer(error=Refusal.DEPENDENT)
    _keep_since(state, touched, shown, command.at)
    state.wait_anew()
    return Answer(Result.UNDONE, touched=touched)


def _along_the_trail(state: State, entry: Entry, later: list[Entry], at: datetime) -> frozenset[Contest] | None:
    """Goes back to before the entry and on without it; None, and as it was, if a later command then fails."""
    ways = [state.back(e.trail) for e in reversed([entry, *later]) if e.trail is not None]
    trails: list[Trail] = []
    for e in later:
        trail: Trail = []
        state.trail = trail
        fine = _once_more(state, e, at)
        state.trail = None
        trails.append(trail)
        if not fine:
            for way in (*reversed(trails), *reversed(ways)):
                state.back(way)
            return None
    entry.undone, entry.trail = True, []
    for e, trail in zip(later, trails, strict=True):
        e.trail = trail
    changed = (change for way in (*ways, *trails) for change in way)
    return frozenset(key for table, key, _ in changed if table is state.items or table is state.folds)


def _from_the_start(state: State, entry: Entry, at: datetime) -> frozenset[Contest] | None:
    entry.undone = True
    fresh = rebuild(state.journal, state.platforms, state.first_rules, at)
    if isinstance(fresh, Entry):
        entry.undone = False
        return None
    touched = frozenset({*state.items, *state.folds, *fresh.items, *fresh.folds})
    state.adopt(fresh)
    return touched


def rebuild(
    journal: Iterable[Entry], platforms: Mapping[str, Platform], rules: Rules | None, at: datetime
) -> State | Entry:
    """The state that a journal gives at `at` without its undone commands; departures stay departures (§9).

    `rules`: those before the first entry. Nothing leaves by the clock. If a command is refused, its entry is
    the answer. The state's own journal stays empty.
    """
    state = State(platforms, rules)
    for entry in journal:
        if not _once_more(state, entry, at):
            return entry
    state.clock = at
    return state


def _once_more(state: State, entry: Entry, at: datetime) -> bool:
    if entry.undone:
        return True
    if isinstance(entry.what, Departure):
        state.depart_again(entry.what, at)
        return True
    return apply(state, entry.what).ok


def _keep_since(state: State, touched: Iterable[Contest], shown: Mapping[Spot, Note], at: datetime) -> None:
    """A note brought forth by an undo that was held before with the same content keeps its `since` (§9)."""

    def dated(contest: Contest, item: Item) -> Item:
        note = item.note
        if note is None or note.since != at:
            return item
        old = shown.get((contest, item.side, note.place.at))
        same = old is not None and old.content == note.content
        return replace(item, note=replace(note, since=old.since)) if old and same else item

    for contest in touched:
        state.set_items(contest, tuple(dated(contest, item) for item in state.items.get(contest, ())))


def lanes(command: Command, find: Callable[[str], Observation | None]) -> set[Lane]:
    """The lanes that a command bears on: in a partial state `step` needs their observations, reviews and items.

    `find` gives any version by its id. To these come the lanes that reviews join to them. SetRules and Undo
    need everything; Hold and Release need the items with notes of their group, and no observation.
    """
    if isinstance(command, Observe):
        return {o.lane for o in command.figures}
    return {version.lane for name in command.about if (version := find(name))}
