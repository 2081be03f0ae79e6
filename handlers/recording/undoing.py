"""An entry of the log is taken back: what was recorded since is played again without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from handlers.recording.departure import at, depart_due, hold_anew
from handlers.recording.loading import load_lanes
from handlers.recording.transaction import Declined, save
from sebghat.command import Command, Departure, Observe, Release, Undo
from sebghat.comparison import Rules
from sebghat.engine import step
from sebghat.journal import from_log
from sebghat.observation import Lane
from sebghat.platforms import Platforms
from sebghat.state import Entry, State
from storage.store import Entry as LogEntry
from storage.store import Record

OF_NO_CONTEST = frozenset({"claim", "platform", "alias"})
MOST_ACTS = 1_000  # that are taken back together: each is an entry of its own


async def undo(record: Record, platforms: Platforms, target: int, now: datetime, person: int) -> None:
    """Takes back a command and what was recorded with it. Raises Declined."""
    now = await at(record, now)
    await depart_due(record, now)
    entry = await record.log.entry(target)
    if entry is not None and entry.kind in OF_NO_CONTEST:
        await _undo_alone(record, entry, now, person)
        return
    acts = [*reversed(await record.log.recorded_with(target)), target]
    if len(acts) > MOST_ACTS:
        raise Declined("long")
    rules_changed = entry is not None and entry.kind == "rules"
    # Constants bear on every lane.
    own = {lane for act in acts for lane in await record.log.lanes(act)}
    lanes = await (record.observations.lanes() if rules_changed else _joined(record, own))
    touching = await record.log.touching(lanes)
    entries = _within(lanes, [from_log(e.kind, e.id, e.at, e.person, e.body) for e in touching])
    state = State(platforms, await record.ledger.rules())
    await load_lanes(state, record, lanes)
    state.clock, state.first_rules = None, Rules()  # the entries hold every change of the constants since
    before, live = dict(state.items), set(state.live.values())
    state.journal = [Entry(what) for what in entries]
    state.named = {what.cmd: place for place, what in enumerate(entries) if isinstance(what, Command)}
    for act in acts[:-1]:
        state.journal[state.named[str(act)]].undone = True  # all at once: played again without any of them
    answer = step(state, Undo(target=str(target), at=now, by=str(person)), depart=False)
    if answer.error:
        raise Declined(answer.error.value)
    for act in acts:
        bears = lanes if act == target else await record.log.lanes(act)
        await record.log.append("undo", now, person, {}, target=act, lanes=bears)
    await _follow(record, state, live, entries)
    await record.observations.withdraw_reviews(acts)
    await record.ledger.set_rules({name: getattr(state.rules, name) for name in state.rules.__dataclass_fields__})
    await save(record, state, answer.touched, before)
    await hold_anew(record, now) if rules_changed else await depart_due(record, now)


async def _joined(record: Record, lanes: Iterable[Lane]) -> set[Lane]:
    """These lanes and all that reviews join to them: what was recorded there bears on each other."""
    joined, fresh = set(), set(lanes)
    while fresh:
        joined |= fresh
        roots = {root for pair in await record.observations.reviews(fresh) for root in pair}
        fresh = {o.lane for o in await record.observations.find(roots)} - joined
    return joined


def _within(lanes: set[Lane], entries: Iterable[Command | Departure]) -> list[Command | Departure]:
    """Of departures the notes of these lanes, since a release may have told of more; without releases of others."""
    found: list[Command | Departure] = []
    released = None
    for what in entries:
        if isinstance(what, Release):
            released = what  # its departure comes next, if it is of these lanes
            continue
        if isinstance(what, Departure):
            notes = tuple(note for note in what.message.notes if lanes.issuperset(note.contest.lanes))
            if not notes:
                continue
            if what.released and released is not None:
                found.append(released)
            what = replace(what, message=replace(what.message, notes=notes))  # noqa: PLW2901
        found.append(what)
    return found


async def _undo_alone(record: Record, entry: LogEntry, now: datetime, person: int) -> None:
    """Nothing is to be played again, and nothing of it was ever announced: it is never too late."""
    if entry.kind == "platform":
        key = str(entry.body["key"])
        if await record.catalogue.in_use(key):
            raise Declined("dependent")
        await record.catalogue.remove(key)
    elif entry.kind == "alias":
        await record.catalogue.remove_alias(str(entry.body["name"]))
    await record.log.append("undo", now, person, {}, target=entry.id)


async def _follow(record: Record, state: State, live: set[str], entries: Sequence[Command | Departure]) -> None:
    """The versions that hold after an undo hold in the tables; one that had only repeated another may be new there."""
    after = set(state.live.values())
    await record.observations.bury(live - after)
    await record.observations.revive(after - live)
    for what in entries:
        if isinstance(what, Observe):
            for o in what.figures:
                if o.id in after - live:
                    await record.observations.append(int(what.cmd), o)
