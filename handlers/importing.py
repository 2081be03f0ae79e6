"""Many publications at once: tried against the record as it is, then put into it in one short go, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers import loading, recording
from handlers.publication import NewName, registry
from handlers.recording import Declined, Items, Recording, at
from sebghat import letters
from sebghat.command import Answer, Observe, Result
from sebghat.contest import Contest
from sebghat.conversation import Destination
from sebghat.engine import step
from sebghat.journal import to_log
from sebghat.notes import Item, Note, to_json
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.state import State, today
from sebghat.table import Fault, read_table
from storage.store import Deed, Record, Store

Row = tuple[int, Mapping[str, str | None]]  # line and cells
Publications = Sequence[tuple[Observation, ...]]
Tell = Callable[[str, int, int], Awaitable[None]]  # a stage, and how much of how much of it is done
Also = Callable[
    [Record, int], Awaitable[None]
]  # what belongs into the same transaction; the log's last entry before it

NOWHERE = Destination("", "")
MOST_SHOWN = 20  # faults, figures and notes that an answer has at hand
MOST_NOTES = 60  # of one release: each has a bit of one number in the outbox
ADMIN = 2  # the role, as the record keeps it
STRIDE = 200  # publications between two words about how far it is
TRIES = 5  # how often somebody may be quicker with an entry of their own


@dataclass(frozen=True, slots=True)
class Imported:
    figures: int  # recorded
    repeated: int  # already there
    releases: int
    notes: tuple[Note, ...]  # that wait because of it


@dataclass(frozen=True, slots=True)
class Order:
    """A table to be tried or recorded; where an effect is expected, only if it has just that."""

    name: str  # of the file
    now: datetime
    person: int
    record: bool = False
    silent: bool = False  # history: nothing is announced
    expected: str | None = None
    draft: int | None = None  # the preview that is taken with it
    where: Destination = NOWHERE  # from where, for the audit
    by: tuple[str, str] | None = None  # messenger and id of somebody who must still be an admin when it is recorded


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it. Of many faults, figures and notes only the first; the counts are of all."""

    unreadable: str = ""  # names the text that says why the file is no table
    faults: tuple[Fault, ...] = ()
    faulty: int = 0
    declined: str = ""  # the engine's word, or: taken, not_allowed
    figures: int = 0
    repeated: int = 0
    releases: int = 0
    sample: tuple[Observation, ...] = ()
    notes: tuple[Note, ...] = ()
    noted: int = 0
    names: tuple[NewName, ...] = ()  # of sources that nobody knew before
    effect: str = ""
    recorded: bool = False


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
        return recording.new_notes(self.state.items, self.before)

    @property
    def effect(self) -> str:
        """A digest of what would be announced: shown before, and asked for again when it is recorded."""
        said = repr([(note.contest, note.content) for note in self.notes])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


async def carry_out(
    order: Order, rows: Sequence[Row] | Sequence[Fault], store: Store, platforms: Platforms, tell: Tell
) -> Done:
    """Reads the rows, and tries or records them."""
    await tell("reading", 0, len(rows))
    found = [row for row in rows if isinstance(row, Fault)] or read_table(
        (row for row in rows if not isinstance(row, Fault)), platforms, today(order.now), order.now
    )
    faults = tuple(each for each in found if isinstance(each, Fault))
    if faults:
        return Done(faults=faults[:MOST_SHOWN], faulty=len(faults))
    publications = [each for each in found if isinstance(each, tuple)]
    if not publications:
        return Done(unreadable="import.empty")

    async def also(record: Record, before: int) -> None:
        if order.by is not None:
            holder = (await record.people.holders()).get(order.by)
            if holder is None or holder.role < ADMIN:
                raise Declined("not_allowed")
        if order.draft is not None:
            draft = await record.drafts.find(order.draft)
            if draft is None or not await record.drafts.take(draft, "recorded", order.now):
                raise Declined("taken")
        entries = (before + 1, before + len(publications))
        await record.audit.add(Deed(order.now, order.person, order.where, "import", {"file": order.name}, entries))

    try:
        if not order.record:
            trial = await rehearse(
                publications, store, platforms, order.now, order.person, silent=order.silent, tell=tell
            )
        else:
            trial = await enter_all(
                publications, store, platforms, order.now, order.person, silent=order.silent, tell=tell, also=also,
                expected=order.expected,
            )  # fmt: skip
    except Declined as refused:
        return Done(declined=refused.word)
    return _done(trial, recorded=order.record and order.expected in {None, trial.effect})


def _done(trial: Trial, *, recorded: bool) -> Done:
    outcome = trial.outcome
    sample = [o for command in trial.commands[:MOST_SHOWN] for o in _figures(command)][:MOST_SHOWN]
    return Done(
        figures=outcome.figures,
        repeated=outcome.repeated,
        releases=outcome.releases,
        sample=tuple(sample),
        notes=outcome.notes[:MOST_SHOWN],
        noted=len(outcome.notes),
        names=trial.names,
        effect=trial.effect,
        recorded=recorded,
    )


async def enter(
    publications: Iterable[tuple[Observation, ...]],
    record: Record,
    platforms: Platforms,
    now: datetime,
    person: int | None,
    *,
    silent: bool,
) -> Imported:
    """Records a few publications one after the other, inside the caller's transaction; `silent`: nothing is announced.
    Raises Declined, and then nothing of it is to be kept."""
    now = await at(record, now)
    commands, names = await _commands(publications, record, now, person, silent=silent)
    for kind, name in names:
        await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
    figures, repeated, notes = 0, 0, list[Note]()
    for observe in commands:
        entry = await Recording.begin(record, platforms, [observe], now, person)
        await entry.carry_out(observe)
        done = await entry.end()
        figures, repeated = figures + len(done.ids), repeated + len(done.duplicates)
        notes += done.notes
    return Imported(figures, repeated, len(commands), tuple(notes))


async def enter_all(
    publications: Publications,
    store: Store,
    platforms: Platforms,
    now: datetime,
    person: int | None,
    *,
    silent: bool,
    tell: Tell,
    also: Also,
    expected: str | None = None,
) -> Trial:
    """Records any number of publications; others read and write meanwhile. `also` is done with it or not at all;
    `expected`: the effect without which nothing is recorded. What was done, or with another effect what would be.
    Raises Declined."""
    for _ in range(TRIES):
        async with store.transaction() as record:
            await recording.depart_due(record, now)
        trial = await rehearse(publications, store, platforms, now, person, silent=silent, tell=tell)
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
        await recording.depart_due(record, now)
        trial = await rehearse(publications, record, platforms, now, person, silent=silent, tell=tell)
        if expected in {None, trial.effect}:
            await enter(publications, record, platforms, now, person, silent=silent)
            await also(record, trial.last)
    return trial


async def rehearse(
    publications: Publications,
    record: Record,
    platforms: Platforms,
    now: datetime,
    person: int | None,
    *,
    silent: bool,
    tell: Tell,
) -> Trial:
    """The engine steps through all of it on what the record holds; nothing is written. Raises Declined."""
    last, now = await record.log.last(), await at(record, now)
    commands, names = await _commands(publications, record, now, person, silent=silent)
    state = await loading.load(record, platforms, commands)
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
    return Trial(tuple(commands), tuple(answers), state, before, tuple(names), last, now, person)


async def _commands(
    publications: Iterable[tuple[Observation, ...]], record: Record, now: datetime, person: int | None, *, silent: bool
) -> tuple[list[Observe], list[NewName]]:
    """One command for each publication, its figures with the next ids; and the sources that get a name by it."""
    names, number, by = await registry(record), await record.observations.next_id(), str(person or "")
    commands = []
    for publication in publications:
        made = []
        for o in publication:
            source = o.source or names.key("source", o.speaker)
            made.append(replace(o, id=str(number), root=str(number), source=source, recorded_at=now, recorded_by=by))
            number += 1
        commands.append(Observe(observations=tuple(made), at=now, by=by, silent=silent))
    return commands, names.new


async def _lay(trial: Trial, store: Store) -> dict[Contest, tuple[Item, ...]]:
    """Lays all rows ready that the trial would write; the items that change, with their numbers."""
    await store.clear()
    bodies, observations = [], []
    for number, (command, answer) in enumerate(zip(trial.commands, trial.answers, strict=True), trial.last + 1):
        body = to_log(command)
        if answer.result is Result.DUPLICATE:
            body["repeats"] = True  # logged all the same: should the first be undone, this one counts (§9)
        bodies.append((body, {o.lane for o in _figures(command)}))
        observations += [(number, o) for o in _figures(command) if o.id not in answer.duplicates]
    entries, lanes = await store.log.rows("observe", trial.now, trial.person, bodies)
    touched = {contest for answer in trial.answers for contest in answer.touched}
    items, old = trial.state.items, trial.before
    changed = {c: items.get(c, ()) for c in sorted(touched) if items.get(c, ()) != old.get(c, ())}
    numbered, rows = await store.ledger.rows(changed)
    bases = {c: base for c in touched if not c.crosses and (base := trial.state.base(c)) != trial.state.bases.get(c)}
    rows |= {"log": entries, "log_lane": lanes, "observation": store.observations.rows(observations)}
    rows["checkpoint"] = store.checkpoints.rows({c: base for c, base in bases.items() if base is not None})
    rows["message"] = await _messages(numbered, trial, store)
    for table, some in rows.items():
        await store.lay(table, some)
    return numbered


async def _messages(numbered: dict[Contest, tuple[Item, ...]], trial: Trial, record: Record) -> list[dict[str, object]]:
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


async def _publish(trial: Trial, numbered: dict[Contest, tuple[Item, ...]], record: Record) -> None:
    """What was laid ready becomes the record's; inside the caller's transaction, which found the log as it was."""
    old = trial.before
    bases = trial.state.bases
    await record.ledger.clear({c: bases[c].closed if c in bases else None for c in numbered if old.get(c)})
    waiting = [parcel.group for parcel in await record.parcels.held()]
    await record.publish()
    if trial.commands:
        await record.observations.use_ids(_figures(trial.commands[-1])[-1].id)
    for kind, name in trial.names:
        await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
    concerned = {item.note.group for c, items in numbered.items() for item in (*items, *old.get(c, ())) if item.note}
    for group in waiting:
        if group in concerned:
            await recording.hold_group(record, group)
    if numbered:
        await recording.depart_due(record, trial.now)


def _figures(command: Observe) -> list[Observation]:
    return [o for o in command.observations if isinstance(o, Observation)]
