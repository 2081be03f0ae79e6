"""One command of the log at a time: what it changes, and which messages leave (overtaking.md §4, §8 and §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sebghat.command import (
    SAME,
    Advance,
    Answer,
    Claim,
    Command,
    Correct,
    Departure,
    Faulty,
    Hold,
    MessageOut,
    Observe,
    Refusal,
    Release,
    Result,
    Retract,
    Review,
    SetRules,
    Undo,
)
from sebghat.comparison import Rules, distance
from sebghat.contest import Contest
from sebghat.notes import Note
from sebghat.observation import METRICS, Lane, Observation, Unit, Value
from sebghat.state import Contestant, Entry, Origin, State, Trail, today

LIMIT = 10**18  # the greatest number a store of 64 bits surely keeps, and more people than there are


def step(state: State, command: Command, *, depart: bool = True) -> Answer:
    """Moves the clock to the command, lets what is due leave, then acts (§4). A refusal changes nothing else.

    `depart` False: nothing leaves by the clock (a partial state cannot know all notes of a group); the caller
    asks `due_groups` of whoever knows, and calls `leave`. A Release sends its message all the same.
    """
    if isinstance(command, SetRules) and _rules(state, command) is None:
        return Answer(error=Refusal.BAD_COMMAND)
    if state.clock is not None and command.at < state.clock:
        return Answer(error=Refusal.CLOCK)
    sent = _let_leave(state, command.at) if depart else []
    state.clock = command.at
    state.forget(command.at)
    if isinstance(command, Undo):
        answer = _undo(state, command)
    else:
        state.trail = trail = []
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


def apply(state: State, command: Command) -> Answer:
    """The command's own effect: no clock, no departures, no journal."""
    match command:
        case Observe():
            return _observe(state, command)
        case Correct():
            return _correct(state, command)
        case Retract():
            return _retract(state, command)
        case Review():
            return _review(state, command)
        case Claim():
            return _claim(state, command)
        case SetRules():
            return _set_rules(state, command)
        case Hold():
            return _keep(state, command)
        case Release():
            return _release(state, command)
    return Answer(Result.ADVANCED)


# What leaves


def due_groups(state: State, now: datetime) -> list[tuple[datetime, str]]:
    """(due, group) of the messages that are due, in the order they leave."""
    return [(due, group) for group, due, _ in held(state) if due is not None and due <= now]


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
    state.trail = trail = []
    message = state.depart(group, at)
    state.trail = None
    state.write_down(Departure(message, released), trail)
    return message


def _let_leave(state: State, now: datetime) -> list[MessageOut]:
    sent = []
    for due, group in state.overdue(now):
        sent.append(leave(state, group, due if state.clock is None else max(due, state.clock)))
    return sent


# What commands do


def _observe(state: State, command: Observe) -> Answer:
    given: list[Observation] = []
    for observation in command.observations:
        error = _fault(state, observation, command.at, {o.id for o in given})
        if error:
            return Answer(error=error)
        assert isinstance(observation, Observation)
        given.append(observation)
    duplicates = {}
    for observation in given:
        twin = state.twin(observation)
        if twin:
            duplicates[observation.id] = twin.id
        else:
            state.enter(replace(observation, root=observation.id))
    touched = state.settle(command.at, silent=command.silent, only_added=True)
    result = Result.DUPLICATE if len(duplicates) == len(given) else Result.RECORDED
    return Answer(result, duplicates=duplicates, touched=touched)


def _fault(state: State, given: Observation | Faulty, at: datetime, others: set[str]) -> Refusal | None:
    if isinstance(given, Faulty) and given.why is Refusal.BAD_ASOF:
        return Refusal.BAD_ASOF
    if given.platform not in state.platforms:
        return Refusal.UNKNOWN_PLATFORM
    if given.metric not in METRICS:
        return Refusal.UNKNOWN_METRIC
    if isinstance(given, Faulty) or not _sound(given.metric, given.value, given.n):
        return Refusal.BAD_VALUE
    if given.asof.first > today(at):
        return Refusal.FUTURE
    if given.id in others or state.used(given.id):
        return Refusal.DUP_ID
    return None


def _sound(metric: str, value: Value, n: int | None) -> bool:
    poll = METRICS[metric].unit is Unit.PERCENT
    most = 10_000 if poll else LIMIT
    if value.lo > most or (value.hi is not None and value.hi > most) or value.res > LIMIT:
        return False
    return n is None or (poll and 1 <= n <= LIMIT)


def _correct(state: State, command: Correct) -> Answer:
    old = state.versions.get(command.id)
    if old is None:
        return Answer(error=Refusal.UNKNOWN_ID)
    if not state.is_live(old.id):
        return Answer(error=Refusal.NOT_LIVE)
    if command.why:
        return Answer(error=command.why)
    new = replace(
        old,
        id=command.new_id,
        value=old.value if command.value is SAME else command.value,
        n=old.n if command.n is SAME else command.n,
        asof=old.asof if command.asof is SAME else command.asof,
        release=old.release if command.release is SAME else command.release,
        recorded_at=command.at,
        recorded_by=command.by or old.recorded_by,
        quote=old.quote if command.quote is None else command.quote,
        address=old.address if command.address is None else command.address,
        note=old.note if command.note is None else command.note,
    )
    error = _fault(state, new, command.at, set())
    if error:
        return Answer(error=error)
    if new.content == old.content:
        return Answer(Result.DUPLICATE, duplicates={new.id: old.id})
    state.remove(old)
    state.enter(new)
    return Answer(Result.RECORDED, touched=state.settle(command.at, silent=command.silent))


def _retract(state: State, command: Retract) -> Answer:
    version = state.versions.get(command.id)
    if version is None:
        return Answer(error=Refusal.UNKNOWN_ID)
    if not state.is_live(version.id):
        return Answer(error=Refusal.NOT_LIVE)
    state.remove(version)
    return Answer(Result.RECORDED, touched=state.settle(command.at))


def _review(state: State, command: Review) -> Answer:
    named = [state.versions.get(id) for id in (command.domestic, command.foreign)]
    chains = [state.live.get(version.root) for version in named if version]
    if len(chains) < 2:
        return Answer(error=Refusal.UNKNOWN_ID)
    domestic, foreign = (state.versions[id] if id else None for id in chains)
    if domestic is None or foreign is None:
        return Answer(error=Refusal.NOT_LIVE)
    ours, theirs = state.platforms[domestic.platform], state.platforms[foreign.platform]
    sides = ours.origin is Origin.DOMESTIC and theirs.origin is Origin.FOREIGN
    if (
        (domestic.metric, domestic.scope) != (foreign.metric, foreign.scope)
        or not sides
        or not ours.arena
        or ours.arena != theirs.arena
    ):
        return Answer(error=Refusal.INCOMPARABLE)
    if distance(domestic.key, foreign.key) > METRICS[domestic.metric].window:
        return Answer(error=Refusal.WINDOW)
    if not state.review(domestic, foreign):
        return Answer(Result.DUPLICATE)
    return Answer(Result.RECORDED, touched=state.settle(command.at))


def _claim(state: State, command: Claim) -> Answer:
    if state.used(command.id):
        return Answer(error=Refusal.DUP_ID)
    state.put(state.claims, command.id, command)
    return Answer(Result.CLAIM)


def _rules(state: State, command: SetRules) -> Rules | None:
    try:
        return replace(state.rules, **command.values)
    except (TypeError, ValueError):
        return None


def _set_rules(state: State, command: SetRules) -> Answer:
    rules = _rules(state, command)
    if rules is None:
        return Answer(error=Refusal.BAD_COMMAND)
    state.put(state.constants, "rules", rules)
    for contest in {*state.folds, *state.items}:
        state.stir(contest, None)
    return Answer(Result.RECORDED, touched=state.settle(command.at, rules_changed=True))


def _keep(state: State, command: Hold) -> Answer:
    if not state.notes(command.group):
        return Answer(error=Refusal.UNKNOWN_ID)
    state.put(state.kept, command.group, True)
    return Answer(Result.KEPT)


def _release(state: State, command: Release) -> Answer:
    if not state.notes(command.group):
        return Answer(error=Refusal.UNKNOWN_ID)
    state.put(state.kept, command.group, None)
    return Answer(Result.RELEASED)


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
        state.trail = trail = []
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
    journal: Iterable[Entry], platforms: Mapping[str, Contestant], rules: Rules | None, at: datetime
) -> State | Entry:
    """The state that a journal gives at `at` without its undone commands, departures staying departures (§9).

    `rules`: those before the first entry. Nothing leaves by the clock. If a command is refused, its entry is the
    answer. The state's own journal stays empty; it is the caller's.
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


def _keep_since(
    state: State, touched: Iterable[Contest], shown: Mapping[object, Note], at: datetime
) -> None:
    """A note brought forth by an undo that was held before with the same content keeps its `since` (§9)."""
    for contest in touched:
        items = []
        for item in state.items.get(contest, ()):
            note = item.note
            old = shown.get((contest, item.side, note.place.at)) if note and note.since == at else None
            if note and old and old.content == note.content:
                item = replace(item, note=replace(note, since=old.since))
            items.append(item)
        state.set_items(contest, tuple(items))


def lanes(command: Command, find: Callable[[str], Observation | None]) -> set[Lane]:
    """The lanes whose observations, reviews and items `step` needs in a partial state.

    `find` gives any version by its id. To these come the lanes that reviews join to them. SetRules and Undo need
    everything; Hold and Release need the items with notes of their group, and no observation.
    """
    match command:
        case Observe():
            return {o.lane for o in command.observations if isinstance(o, Observation)}
        case Correct() | Retract():
            ids = [command.id]
        case Review():
            ids = [command.domestic, command.foreign]
        case _:
            ids = []
    return {version.lane for id in ids if (version := find(id))}
