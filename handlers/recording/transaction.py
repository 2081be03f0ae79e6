"""The one transaction: a command is logged, the engine steps, the ledger is saved, the message waits or leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handlers.recording.departure import at, depart_due, hold_group
from handlers.recording.loading import Items, load
from sebghat.claim import Claim
from sebghat.command import Answer, Command, Correct, Observe, Result, Retract, Review, SetRules
from sebghat.contest import Contest
from sebghat.engine import lanes, step
from sebghat.journal import claim_to_log, to_log
from sebghat.notes import Item, Note
from sebghat.platforms import Platforms
from sebghat.state import State
from storage.store import Record


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

    def __init__(self, record: Record, state: State, now: datetime, person: int | None, act: int | None = None) -> None:
        self.record = record
        self.state = state
        self.now = now
        self._person = person
        self._before = dict(state.items)
        self._touched: set[Contest] = set()
        self._act = act
        self._ids: list[str] = []
        self._duplicates: dict[str, str] = {}
        self._repeated = True

    @classmethod
    async def begin(
        cls,
        record: Record,
        platforms: Platforms,
        commands: Sequence[Command],
        now: datetime,
        person: int | None,
        act: int | None = None,
    ) -> Recording:
        """What is due by then leaves first; then the part of the state that the commands touch is loaded. `act`: the
        log's number of what they were recorded with, and are taken back with."""
        await depart_due(record, now)
        return cls(record, await load(record, platforms, commands), now, person, act)

    async def carry_out(self, command: Command, why: str = "") -> Answer:
        """One command: the engine steps, the log and the tables follow. `why`: a person's own words for the log.
        Raises Declined."""
        bearing = lanes(command, self.state.versions.get)
        answer = step(self.state, command, depart=False)
        if answer.error:
            raise Declined(answer.error.value)
        body = logged(command, answer)
        if why:
            body["why"] = why
        if self._act is not None:
            body["with"] = self._act
        number = await self.record.log.append(_kind(command), self.now, self._person, body, lanes=bearing)
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
                await record.use_ids(command.figures[-1].id)
                for o in command.figures:
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
    await record.claims.add(act, claim, now)


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


def new_notes(items: Items, before: Items) -> tuple[Note, ...]:
    """The notes that wait now and did not say the same before."""
    old = {note.said for note in _waiting(before)}
    now = (note for note in _waiting(items) if note.said not in old)
    return tuple(sorted(now, key=lambda note: note.rank))


def _waiting(items: Items) -> Iterator[Note]:
    return (item.note for some in items.values() for item in some if item.note)


def logged(command: Command, answer: Answer) -> dict[str, object]:
    """What the log keeps of it. What repeats another is logged all the same: should the first be undone, this counts
    (§9)."""
    body = to_log(command)
    return body | {"repeats": True} if answer.result is Result.DUPLICATE else body


def _kind(command: Command) -> str:
    return "rules" if isinstance(command, SetRules) else type(command).__name__.lower()
