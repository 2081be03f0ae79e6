"""Many publications at once: tried against the record as it is, then put into it in one short go, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.recording.departure import at, depart_due, hold_group
from handlers.recording.loading import Items, load
from handlers.recording.publication import NewName, name_all, registry
from handlers.recording.transaction import Declined, Recording, logged, new_notes
from sebghat.codec import to_json
from sebghat.command import Answer, Observe, Result
from sebghat.engine import step
from sebghat.notes import Note
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.state import State
from storage.store import Record, Store

Tell = Callable[[str, int, int], Awaitable[None]]  # a stage, and how much of how much of it is done
Also = Callable[
    [Record, int], Awaitable[None]
]  # what belongs into the same transaction; the log's last entry before it

MOST_NOTES = 60  # of one release: each has a bit of one number in the outbox
STRIDE = 200  # publications between two words about how far it is
TRIES = 5  # how often somebody may be quicker with an entry of their own


@dataclass(frozen=True, slots=True)
class Batch:
    """Publications that one person puts on record together."""

    publications: Sequence[tuple[Observation, ...]]
    platforms: Platforms
    now: datetime
    person: int | None
    silent: bool = False  # nothing of it is announced


@dataclass(frozen=True, slots=True)
class Imported:
    figures: int  # recorded
    repeated: int  # already there
    releases: int
    notes: tuple[Note, ...]  # that wait because of it


@dataclass(frozen=True, slots=True)
class Trial:
    """What recording publications does to the record as it is after the log's entry `last`, carried out in memory."""

    commands: tuple[Observe, ...]
    answers: tuple[Answer, ...]
    state: State
    before: Items
    names: tuple[NewName, ...]
    last: int
    now: datetime
    person: int | None

    @property
    def outcome(self) -> Imported:
        figures = sum(len(command.observations) for command in self.commands)
        repeated = sum(len(answer.duplicates) for answer in self.answers)
        return Imported(figures - repeated, repeated, len(self.commands), self.notes)

    @property
    def notes(self) -> tuple[Note, ...]:
        return new_notes(self.state.items, self.before)

    @property
    def effect(self) -> str:
        """A digest of what would be announced: shown before, and asked for again when it is recorded."""
        said = repr([note.said for note in self.notes])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


async def enter(batch: Batch, record: Record) -> Imported:
    """Records a few publications one after the other, inside the caller's transaction. Raises Declined, and then
    nothing of it is to be kept."""
    now = await at(record, batch.now)
    commands, names = await _commands(batch, record, now)
    await name_all(names, record)
    figures, repeated, notes = 0, 0, list[Note]()
    first = None  # of those that changed something: the others are taken back with it
    for observe in commands:
        entry = await Recording.begin(record, batch.platforms, [observe], now, batch.person, first)
        await entry.carry_out(observe)
        done = await entry.end()
        first = first or (None if done.repeated else done.act)
        figures, repeated = figures + len(done.ids), repeated + len(done.duplicates)
        notes += done.notes
    return Imported(figures, repeated, len(commands), tuple(notes))


async def enter_all(batch: Batch, store: Store, *, tell: Tell, also: Also, expected: str | None = None) -> Trial:
    """Records any number of publications; others read and write meanwhile. `also` is done with it or not at all;
    `expected`: the effect without which nothing is recorded. What was done, or with another effect what would be.
    Raises Declined."""
    for _ in range(TRIES):
        async with store.transaction() as record:
            await depart_due(record, batch.now)
        trial = await rehearse(batch, store, tell)
        if expected not in {None, trial.effect}:
            return trial
        numbered = await _lay(trial, store)
        await tell("writing", 0, 1)
        async with store.transaction() as record:
            if await record.log.last() == trial.last:
                await _publish(trial, numbered, record)
                await also(record, trial.last)
                return trial
    # Somebody enters figure after figure: they wait this once.
    async with store.transaction() as record:
        await depart_due(record, batch.now)
        trial = await rehearse(batch, record, tell)
        if expected in {None, trial.effect}:
            await enter(batch, record)
            await also(record, trial.last)
    return trial


async def rehearse(batch: Batch, record: Record, tell: Tell) -> Trial:
    """The engine steps through all of it on what the record holds; nothing is written. Raises Declined."""
    last, now = await record.log.last(), await at(record, batch.now)
    commands, names = await _commands(batch, record, now)
    state = await load(record, batch.platforms, commands)
    before, answers = dict(state.items), list[Answer]()
    for count, command in enumerate(commands):
        if count % STRIDE == 0:
            await tell("trying", count, len(commands))
        answer = step(state, command, depart=False)
        if answer.error:
            raise Declined(answer.error.value)
        answers.append(answer)
    if any(len(state.notes(group)) > MOST_NOTES for group in state.groups):
        raise Declined("crowded")
    return Trial(tuple(commands), tuple(answers), state, before, tuple(names), last, now, batch.person)


async def _commands(batch: Batch, record: Record, now: datetime) -> tuple[list[Observe], list[NewName]]:
    """One command for each publication, its figures with the next ids; and the sources that get a name by it."""
    names, number, by = await registry(record), await record.observations.next_id(), str(batch.person or "")
    commands = []
    for publication in batch.publications:
        made = []
        for o in publication:
            source = o.source or names.key("source", o.speaker)
            made.append(replace(o, id=str(number), root=str(number), source=source, recorded_at=now, recorded_by=by))
            number += 1
        commands.append(Observe(observations=tuple(made), at=now, by=by, silent=batch.silent))
    return commands, names.new


async def _lay(trial: Trial, store: Store) -> Items:
    """Lays all rows ready that the trial would write; the items that change, with their numbers."""
    await store.clear()
    bodies, observations = [], []
    first = None  # of those that changed something: the others are taken back with it
    for number, (command, answer) in enumerate(zip(trial.commands, trial.answers, strict=True), trial.last + 1):
        body = logged(command, answer)
        if first is not None:
            body["with"] = first
        elif answer.result is not Result.DUPLICATE:
            first = number
        bodies.append((body, {o.lane for o in command.figures}))
        observations += [(number, o) for o in command.figures if o.id not in answer.duplicates]
    entries, lanes = await store.log.rows("observe", trial.now, trial.person, bodies)
    touched = {contest for answer in trial.answers for contest in answer.touched}
    items, old = trial.state.items, trial.before
    changed = {c: items.get(c, ()) for c in sorted(touched) if items.get(c, ()) != old.get(c, ())}
    numbered, rows = await store.ledger.rows(changed)
    bases = {c: base for c in touched if not c.crosses and (base := trial.state.base(c)) != trial.state.bases.get(c)}
    rows |= {"log": entries, "log_lane": lanes, "observation": store.observations.rows(observations)}
    rows["checkpoint"] = store.checkpoints.rows({c: base for c, base in bases.items() if base is not None})
    rows["message"] = await _messages(numbered, store)
    for table, some in rows.items():
        await store.lay(table, some)
    return numbered


async def _messages(numbered: Items, record: Record) -> list[dict[str, object]]:
    """The messages of groups that nothing waited in before."""
    waiting = {parcel.group for parcel in await record.parcels.held()}
    kept = await record.ledger.kept_back()
    hold = timedelta(seconds=(await record.ledger.rules()).hold_seconds)
    groups: dict[str, list[Note]] = {}
    for note in (item.note for items in numbered.values() for item in items if item.note):
        if note.group not in waiting:
            groups.setdefault(note.group, []).append(note)
    return [
        {
            "group": group,
            "state": "held",
            "due": None if group in kept else max(note.since for note in notes) + hold,
            "body": [to_json(note) for note in sorted(notes, key=lambda note: note.rank)],
        }
        for group, notes in groups.items()
    ]


async def _publish(trial: Trial, numbered: Items, record: Record) -> None:
    """What was laid ready becomes the record's; inside the caller's transaction, which found the log as it was."""
    old = trial.before
    bases = trial.state.bases
    await record.ledger.clear({c: bases[c].closed if c in bases else None for c in numbered if old.get(c)})
    waiting = [parcel.group for parcel in await record.parcels.held()]
    await record.publish()
    if trial.commands:
        await record.observations.use_ids(trial.commands[-1].figures[-1].id)
    await name_all(trial.names, record)
    concerned = {item.note.group for c, items in numbered.items() for item in (*items, *old.get(c, ())) if item.note}
    for group in waiting:
        if group in concerned:
            await hold_group(record, group)
    if numbered:
        await depart_due(record, trial.now)
