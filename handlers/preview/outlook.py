"""What recording would do, shown before it is done: the engine steps on a copy, which is thrown away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handlers import retelling
from handlers.preview.acts import Act, claimed, revision
from handlers.preview.standing import Standing, as_it_is, pairs, standings
from handlers.recording.departure import at, notes_in
from handlers.recording.loading import Items, load
from handlers.recording.publication import NewName, observations
from handlers.recording.transaction import new_notes
from sebghat.announcement import Basis, Change
from sebghat.claim import Claim
from sebghat.codec import to_json
from sebghat.command import Answer, Command, Correct, Observe, Result, Retract, Review
from sebghat.contest import Contest
from sebghat.conversation import Destination
from sebghat.engine import step
from sebghat.notes import Kind, Mode, Note
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.state import State
from storage.store import Record

NAMED_CHANNELS = 3  # of more the count is told


@dataclass(frozen=True, slots=True)
class Reach:
    """How many chats and channels hear of it; the first of the channels."""

    chats: int
    channels: int
    named: tuple[Destination, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """`figures` as they would be recorded, `about` those on record that an act is about. By id: `duplicates` the
    figure on record that says the same; `before` the figures of that source that stood there until now, `elsewhere`
    the newest of any source, `beside` others of that source and period.

    `notes` would be said, `vouched` if the new pairs were reviewed too; `messages` are they, one for each group, with
    what waits there already. `stopped` waits and would not leave any more.
    """

    act: Act
    figures: tuple[Observation, ...] = ()
    about: tuple[Observation, ...] = ()
    claim: Claim | None = None
    repeats: bool = False  # all of it is on record already
    duplicates: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, list[Observation]] = field(default_factory=dict)
    elsewhere: Mapping[str, list[Observation]] = field(default_factory=dict)
    beside: Mapping[str, list[Observation]] = field(default_factory=dict)
    clashes: tuple[str, ...] = ()  # platforms that get two figures for one period
    names: tuple[NewName, ...] = ()
    notes: tuple[Note, ...] = ()
    vouched: tuple[Note, ...] = ()
    messages: tuple[tuple[Note, ...], ...] = ()
    stopped: tuple[Note, ...] = ()
    basis: Basis = field(default_factory=Basis)
    standings: tuple[Standing, ...] = ()
    touched: bool = False  # whether there is anybody to compare with
    heard: Reach = Reach(0, 0)  # of news
    corrected: Reach = Reach(0, 0)  # of corrections: who got what they correct

    @property
    def effect(self) -> str:
        """A digest of what it would do: two previews with the same do the same."""
        new = {o.id: f"new {place}" for place, o in enumerate(self.figures)}
        said = [
            [
                [o.source, o.method, o.release, str(o.asof.interval), to_json(o.value), o.n],
                self.duplicates.get(o.id),
                *([each.id for each in there.get(o.id, ())] for there in (self.before, self.elsewhere, self.beside)),
            ]
            for o in self.figures
        ]
        told = [[_said(note, new) for note in notes] for notes in (self.notes, self.vouched)]
        body = [said, told, [note.number for note in self.stopped], [o.id for o in self.about], self.repeats]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _said(note: Note, new: Mapping[str, str]) -> Any:
    """What a note says, whenever it came and whatever ids the new figures will get."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items() if name not in {"since", "number"}}
        if isinstance(value, list):
            return [plain(one) for one in value]
        return new.get(value, value) if isinstance(value, str) else value

    return plain(to_json(note))


async def of_act(act: Act, record: Record, platforms: Platforms, now: datetime, person: int) -> Outlook | str:
    """The outlook of an act; the engine's word where it would refuse."""
    now, by = await at(record, now), str(person)
    if act.claim is not None:
        return await _of_claim(act, act.claim.winner, record, now, by)
    if act.figures:
        made, names = await observations(act.figures, record, now, by)
        command: Command = Observe(observations=made, at=now, by=by)
        outlook = Outlook(act, figures=made, names=tuple(names))
    else:
        command = await revision(act, record, now, by)
        outlook = Outlook(act, about=tuple(await record.observations.find(command.about)))
    state = await load(record, platforms, [command])
    before, waiting = as_it_is(state), dict(state.items)
    answer = step(state, command, depart=False)
    if answer.error:
        return answer.error.value
    if answer.result is Result.DUPLICATE and not act.figures:
        return Result.DUPLICATE.value
    if isinstance(command, Correct):
        outlook = replace(outlook, figures=(state.versions[command.new_id],))
    new = [o for o in outlook.figures if o.id not in answer.duplicates]
    ids = {o.id for o in (*new, *outlook.about)}
    outlook = replace(
        outlook,
        repeats=answer.result is Result.DUPLICATE,
        duplicates=answer.duplicates,
        standings=standings(state, answer.touched, ids, before),
        touched=bool(answer.touched),
    )
    outlook = await _with_notes(outlook, state, answer, waiting, command, record)
    if isinstance(command, Observe):
        outlook = await _with_company(outlook, new, record)
        touched = set(answer.touched)
        for domestic, foreign in pairs(outlook.standings, new):
            vouch = Review(domestic=domestic, foreign=foreign, at=now, by=by)
            touched |= step(state, vouch, depart=False).touched
        vouched = await _numbered(new_notes(state.items, waiting), state, touched, record)
        heard = outlook.heard if outlook.notes or not vouched else await _hearing(vouched, record)
        return replace(outlook, vouched=vouched, heard=heard)
    return outlook


async def _of_claim(act: Act, winner: str, record: Record, now: datetime, by: str) -> Outlook:
    assert act.claim is not None
    claim, names = await claimed(act.claim, record, now, by)
    known = await record.claims.of(winner)
    there = {(c.winner, c.loser, c.scope, c.source, c.asof.interval) for c in known}
    repeats = (claim.winner, claim.loser, claim.scope, claim.source, claim.asof.interval) in there
    return Outlook(act, claim=claim, names=tuple(names), repeats=repeats)


async def _with_company(outlook: Outlook, new: Sequence[Observation], record: Record) -> Outlook:
    """What is on record beside and before the new figures."""
    made = outlook.figures
    return replace(
        outlook,
        before={o.id: await record.observations.before(o) for o in made},
        elsewhere={o.id: await record.observations.newest(o.platform, o.metric, o.scope) for o in made},
        beside={o.id: await record.observations.beside(o) for o in new},
        clashes=tuple(sorted(_clashing(new))),
    )


def _clashing(made: Iterable[Observation]) -> set[str]:
    """The platforms for which one command holds two figures of one metric, source and period."""
    seen: set[tuple[object, ...]] = set()
    twice = set()
    for o in made:
        place = (o.platform, o.lane, o.key)
        if place in seen:
            twice.add(o.platform)
        seen.add(place)
    return twice


async def _with_notes(
    outlook: Outlook,
    state: State,
    answer: Answer,
    waiting: Items,
    command: Command,
    record: Record,
) -> Outlook:
    """What would be said, of what, to whom; and what would not be said any more."""
    notes = await _numbered(new_notes(state.items, waiting), state, answer.touched, record)
    stays = {note.number for items in state.items.values() for item in items if (note := item.note)}
    old = [item.note for items in waiting.values() for item in items if item.note]
    corrections = [note.number for note in notes if note.kind is not Kind.EVENT and note.number is not None]
    return replace(
        outlook,
        notes=notes,
        messages=await _messages(notes, state, record),
        stopped=tuple(note for note in old if note.number is not None and note.number not in stays),
        basis=await _basis(notes, outlook, state, command, record),
        heard=await _hearing(notes, record),
        corrected=Reach(*await record.parcels.reached_by(corrections)) if corrections else Reach(0, 0),
    )


async def _numbered(
    notes: Sequence[Note], state: State, touched: Iterable[Contest], record: Record
) -> tuple[Note, ...]:
    """The notes with the numbers that the ledger would give to what becomes loud, in its order."""
    if not notes:
        return ()
    number, found = await record.ledger.next_number(), {}
    for contest in sorted(touched):
        for item in state.items.get(contest, ()):
            if item.mode is Mode.LOUD and item.number is None:
                if item.note is not None:
                    found[item.note] = number
                number += 1
    return tuple(replace(note, number=found.get(note, note.number)) for note in notes)


async def _messages(notes: Sequence[Note], state: State, record: Record) -> tuple[tuple[Note, ...], ...]:
    """The messages that these notes are part of: what waits under the same publication goes along."""
    whole = []
    for group in dict.fromkeys(note.group for note in notes):
        own = [note for note in notes if note.group == group]
        said = {note.said for note in own}
        there = notes_in(group, {**await record.ledger.waiting(group), **state.items})
        along = [note for note in there if note.said not in said]
        whole.append(tuple(sorted([*own, *along], key=lambda note: note.rank)))
    return tuple(whole)


async def _hearing(notes: Iterable[Note], record: Record) -> Reach:
    """Whom the news among these notes reaches."""
    named = sorted({key for note in notes if note.kind is Kind.EVENT for key in (note.winner, note.loser)})
    chats, channels = await record.chats.reached_by(named) if named else (0, 0)
    first = await record.chats.channels_reached_by(named, NAMED_CHANNELS) if channels else []
    return Reach(chats, channels, tuple(first))


async def _basis(notes: Sequence[Note], outlook: Outlook, state: State, command: Command, record: Record) -> Basis:
    """What the message would say beyond its notes."""
    told = {i for note in notes if note.told is not None for i in note.told.ids}
    gone = {i: state.live.get(state.versions[i].root) for i in told if i in state.versions and not state.is_live(i)}
    successors = {old: state.versions[new] if new else None for old, new in gone.items()}
    others = [change for note in notes for change in await retelling.changed_beside(record, note, successors)]
    match command:
        case Correct() if command.new_id in state.versions:
            others.append(Change(state.versions[command.id], state.versions[command.new_id]))
        case Retract():
            others.append(Change(state.versions[command.id], None))
        case Observe():
            last = max((max(n.facts.domestic.last, n.facts.foreign.last) for n in notes), default=None)
            others += [Change(None, o) for o in outlook.figures if last and o.asof.last <= last]
    return Basis(successors, others=tuple(others))
