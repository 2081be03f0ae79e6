"""The one transaction: a command is logged, the engine steps, the ledger is saved, the message waits or leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers.loading import contestants, load, load_lanes, named_ids
from handlers.retelling import lanes_of
from sebghat.claim import Claim
from sebghat.command import (
    Answer,
    Command,
    Correct,
    Departure,
    Hold,
    MessageOut,
    Observe,
    Release,
    Result,
    Retract,
    Review,
    SetRules,
    Undo,
)
from sebghat.comparison import Rules
from sebghat.contest import Contest
from sebghat.engine import step
from sebghat.journal import claim_to_log, from_log, to_log
from sebghat.ledger import leave
from sebghat.notes import Item, Note, to_json
from sebghat.observation import Lane, Observation
from sebghat.platforms import Platforms
from sebghat.state import Entry, State
from storage.store import Record

Items = Mapping[Contest, Sequence[Item]]


class Declined(Exception):
    """The engine refuses a command: nothing of its transaction is kept. `word` is the engine's."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Recorded:
    """`act` is the log's number of it; `ids` the new observations; `notes` wait until `due`."""

    act: int = 0
    ids: tuple[str, ...] = ()
    duplicates: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    due: datetime | None = None
    repeated: bool = False  # all of it had been recorded before


class Recording:
    """Commands of one person inside the caller's transaction: begin, carry out one or more, end."""

    def __init__(self, record: Record, state: State, now: datetime, person: int | None) -> None:
        self.record = record
        self.state = state
        self.now = now
        self._person = person
        self._before = dict(state.items)
        self._touched: set[Contest] = set()
        self._act: int | None = None
        self._ids: list[str] = []
        self._duplicates: dict[str, str] = {}
        self._repeated = True

    @classmethod
    async def begin(
        cls, record: Record, platforms: Platforms, commands: Sequence[Command], now: datetime, person: int | None
    ) -> Recording:
        """What is due by then leaves first; then the part of the state that the commands touch is loaded."""
        await depart_due(record, now)
        return cls(record, await load(record, platforms, commands), now, person)

    async def carry_out(self, command: Command, why: str = "") -> Answer:
        """One command: the engine steps, the log and the tables follow. `why`: a person's own words for the log.
        Raises Declined."""
        lanes = _lanes(command, self.state)
        answer = step(self.state, command, depart=False)
        if answer.error:
            raise Declined(answer.error.value)
        body = to_log(command)
        if why:
            body["why"] = why
        if self._act is not None:
            body["with"] = self._act
        if answer.result is Result.DUPLICATE:
            body["repeats"] = True  # logged all the same: should the first be undone, this one counts (§9)
        number = await self.record.log.append(_kind(command), self.now, self._person, body, lanes=lanes)
        self._act = self._act or number
        await self._write(command, number, answer)
        self._touched |= answer.touched
        self._duplicates |= answer.duplicates
        self._repeated &= answer.result is Result.DUPLICATE
        return answer

    async def _write(self, command: Command, number: int, answer: Answer) -> None:
        record = self.record.observations
        match command:
            case Observe():
                given = [o for o in command.observations if isinstance(o, Observation)]
                await record.use_ids(given[-1].id)
                for o in given:
                    if o.id not in answer.duplicates:
                        await record.append(number, o)
                        self._ids.append(o.id)
            case Correct():
                await record.use_ids(command.new_id)
                if command.new_id not in answer.duplicates:
                    await record.bury([command.id])
                    await record.append(number, self.state.versions[command.new_id])
                    self._ids.append(command.new_id)
            case Retract():
                await record.bury([command.id])
            case Review():
                pair = (self.state.versions[command.domestic].root, self.state.versions[command.foreign].root)
                await record.review(number, *pair)
            case SetRules():
                await self.record.ledger.set_rules(command.values)

    async def end(self) -> Recorded:
        """Saves the ledger of all contests touched, and what waits or leaves because of it."""
        saved = await save(self.record, self.state, self._touched, self._before)
        notes = new_notes(saved, self._before)
        due = max((note.since for note in notes), default=None)
        if saved:
            await depart_due(self.record, self.now)
        return Recorded(
            self._act or 0,
            tuple(self._ids),
            self._duplicates,
            notes,
            due + self.state.hold if due else None,
            self._repeated,
        )


async def enter_claim(record: Record, claim: Claim, now: datetime, person: int | None) -> None:
    """Records a claim without figures: shown with its source, never an alert."""
    now = await at(record, now)
    act = await record.log.append("claim", now, person, claim_to_log(claim))
    await record.observations.add_claim(act, claim, now)


# Leaving


async def depart_due(record: Record, now: datetime) -> bool:
    """Whatever is due leaves its hold, in order, before anything else happens at that moment."""
    left = False
    for parcel in await record.parcels.overdue(now):
        if parcel.due is not None:
            await _depart(record, parcel.group, await at(record, parcel.due), released=False)
            left = True
    return left


async def _depart(record: Record, group: str, when: datetime, *, released: bool) -> None:
    """The group's message leaves: its notes are told, and its recipients will become rows."""
    notes: list[Note] = []
    for contest, items in (await record.ledger.waiting(group)).items():
        notes += [i.note for i in items if i.note and i.note.group == group]
        gone = [leave(i) if i.note and i.note.group == group else i for i in items]
        await record.ledger.save(contest, sorted(gone, key=lambda i: i.place.at))
    notes.sort(key=lambda note: note.rank)
    departure = Departure(MessageOut(group, when, tuple(notes)), released)
    lanes = {lane for note in notes for lane in lanes_of(note.contest)}
    await record.log.append("depart", when, None, to_log(departure), lanes=lanes)
    await record.parcels.leave(group, when)


async def release(record: Record, group: str, now: datetime, person: int) -> None:
    """What waits in this group leaves now."""
    now = await at(record, now)
    await depart_due(record, now)
    if await record.ledger.waiting(group):
        await record.log.append("release", now, person, to_log(Release(group=group, at=now)))
        await record.ledger.keep_back(group, False)
        await _depart(record, group, now, released=True)


async def keep_back(record: Record, group: str, now: datetime, person: int) -> bool:
    """What waits in this group waits on until somebody releases it; False where nothing does."""
    now = await at(record, now)
    await depart_due(record, now)
    if not await record.ledger.waiting(group):
        return False
    await record.log.append("hold", now, person, to_log(Hold(group=group, at=now)))
    await record.ledger.keep_back(group, True)
    await hold_group(record, group)
    return True


# Taking back


async def undo(record: Record, platforms: Platforms, target: int, now: datetime, person: int) -> None:
    """Takes back a command and what was recorded with it. Raises Declined."""
    now = await at(record, now)
    await depart_due(record, now)
    entry = await record.log.entry(target)
    if entry is not None and entry.kind == "claim":
        await _undo_claim(record, entry.at, target, now, person)
        return
    acts = [*reversed(await record.log.recorded_with(target)), target]
    rules_changed = entry is not None and entry.kind == "rules"
    # Constants bear on every lane.
    lanes = await (record.observations.lanes() if rules_changed else _joined(record, await record.log.lanes(target)))
    touching = await record.log.touching(lanes)
    entries = _within(lanes, [from_log(e.kind, e.id, e.at, e.person, e.body) for e in touching])
    state = State(contestants(platforms), await record.ledger.rules())
    await load_lanes(state, record, lanes)
    state.clock, state.first_rules = None, Rules()  # the entries hold every change of the constants since
    before, live = dict(state.items), set(state.live.values())
    state.journal = [Entry(what) for what in entries]
    state.named = {what.cmd: place for place, what in enumerate(entries) if isinstance(what, Command)}
    touched: set[Contest] = set()
    for act in acts:
        answer = step(state, Undo(target=str(act), at=now, by=str(person)), depart=False)
        if answer.error:
            raise Declined(answer.error.value)
        await record.log.append("undo", now, person, {}, target=act, lanes=lanes)
        touched |= answer.touched
    await _follow(record, state, live, entries)
    await record.observations.withdraw_reviews(acts)
    await record.ledger.set_rules({name: getattr(state.rules, name) for name in state.rules.__dataclass_fields__})
    await save(record, state, touched, before)
    await hold_anew(record, now) if rules_changed else await depart_due(record, now)


async def _joined(record: Record, lanes: Iterable[Lane]) -> set[Lane]:
    """These lanes and all that reviews join to them: what was recorded there bears on each other."""
    joined, fresh = set(), set(lanes)
    while fresh:
        joined |= fresh
        roots = {root for lane in fresh for pair in await record.observations.reviews(lane) for root in pair}
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
            notes = tuple(note for note in what.message.notes if lanes.issuperset(lanes_of(note.contest)))
            if not notes:
                continue
            if what.released and released is not None:
                found.append(released)
            what = replace(what, message=replace(what.message, notes=notes))  # noqa: PLW2901
        found.append(what)
    return found


async def _undo_claim(record: Record, entered: datetime, target: int, now: datetime, person: int) -> None:
    """A claim enters no contest: nothing is to be played again."""
    if now >= entered + timedelta(seconds=(await record.ledger.rules()).hold_seconds):
        raise Declined("too_late")
    await record.log.append("undo", now, person, {}, target=target)


async def _follow(record: Record, state: State, live: set[str], entries: Sequence[Command | Departure]) -> None:
    """The versions that hold after an undo hold in the tables; one that had only repeated another may be new there."""
    after = set(state.live.values())
    await record.observations.bury(live - after)
    await record.observations.revive(after - live)
    for what in entries:
        if isinstance(what, Observe):
            for o in what.observations:
                if isinstance(o, Observation) and o.id in after - live:
                    await record.observations.append(int(what.cmd), o)


async def set_hold(record: Record, seconds: int, now: datetime) -> None:
    """A hold that the settings changed is a command like any other."""
    if (await record.ledger.rules()).hold_seconds == seconds:
        return
    now = await at(record, now)
    await depart_due(record, now)
    values = {"hold_seconds": seconds}
    await record.log.append("rules", now, None, to_log(SetRules(values=values, at=now)))
    await record.ledger.set_rules(values)
    await hold_anew(record, now)


async def hold_anew(record: Record, now: datetime) -> None:
    """The hold itself may have changed: when each message is due is reckoned again."""
    for parcel in await record.parcels.held():
        await hold_group(record, parcel.group)
    await depart_due(record, now)


# What is saved


async def save(record: Record, state: State, touched: Iterable[Contest], before: Items) -> Items:
    """Saves the ledger of the contests touched and how far they are folded, and what of their groups waits now.
    What is new of their items, with the numbers that the ledger gives."""
    groups: set[str] = set()
    saved: dict[Contest, tuple[Item, ...]] = {}
    for contest in sorted(touched):
        items, old = state.items.get(contest, ()), before.get(contest, ())
        if items != old:
            base = state.bases.get(contest)
            saved[contest] = await record.ledger.save(contest, items, base.closed if base else None)
            groups |= {item.note.group for item in (*items, *old) if item.note}
    bases = {contest: state.base(contest) for contest in touched if not contest.crosses}
    await record.checkpoints.save({c: base for c, base in bases.items() if base is None or base != state.bases.get(c)})
    for group in sorted(groups):
        await hold_group(record, group)
    return saved


async def hold_group(record: Record, group: str) -> None:
    """What waits in this group, and until when, becomes its message."""
    notes = [
        item.note
        for items in (await record.ledger.waiting(group)).values()
        for item in items
        if item.note and item.note.group == group
    ]
    notes.sort(key=lambda note: note.rank)
    since = max((note.since for note in notes), default=None)
    due = since + timedelta(seconds=(await record.ledger.rules()).hold_seconds) if since else None
    if await record.ledger.is_kept_back(group):
        due = None
    await record.parcels.hold(group, due, [to_json(note) for note in notes])


def new_notes(items: Items, before: Items) -> tuple[Note, ...]:
    """The notes that wait now and did not say the same before."""
    old = {(note.contest, note.content) for note in _waiting(before)}
    now = (note for note in _waiting(items) if (note.contest, note.content) not in old)
    return tuple(sorted(now, key=lambda note: note.rank))


def _waiting(items: Items) -> Iterator[Note]:
    return (item.note for some in items.values() for item in some if item.note)


async def at(record: Record, now: datetime) -> datetime:
    """Now in whole seconds, and never before the last entry: a clock that was set back must not refuse people."""
    now = now.replace(microsecond=0)
    last = await record.log.last_time()
    return now if last is None or now >= last else last


def _kind(command: Command) -> str:
    return "rules" if isinstance(command, SetRules) else type(command).__name__.lower()


def _lanes(command: Command, state: State) -> set[Lane]:
    """The lanes that an entry of the log bears on."""
    if isinstance(command, Observe):
        return {o.lane for o in command.observations if isinstance(o, Observation)}
    return {state.versions[i].lane for i in named_ids(command) if i in state.versions}
