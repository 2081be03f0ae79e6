"""The one transaction: a command is logged, the engine steps, the ledger is saved, the message waits or leaves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sebghat import letters
from sebghat.almanac import day_of
from sebghat.claim import Claim
from sebghat.command import Answer, Command, Departure, MessageOut, Observe, Release, Review, SetRules, Undo
from sebghat.comparison import Grade, Rules
from sebghat.contest import Contest, Snapshot
from sebghat.engine import step
from sebghat.journal import claim_to_log, from_log, to_log
from sebghat.ledger import leave
from sebghat.notes import Item, Note, to_json
from sebghat.observation import Lane, Observation
from sebghat.periods import Calendar
from sebghat.platforms import Platforms
from sebghat.reading import Figure
from sebghat.sources import EDITOR, UNSPECIFIED, Name, Names, bundled_methods, bundled_sources
from sebghat.state import Contestant, Entry, Origin, State, today
from storage.store import Record


@dataclass(frozen=True, slots=True)
class Outlook:
    """What recording these observations would do. `before`: by id, the figures that stood there until now.
    `notes` would be said, `vouched` if the new pairs were reviewed too; `snapshots` are the new comparisons."""

    observations: tuple[Observation, ...]
    duplicates: Mapping[str, str]
    before: Mapping[str, list[Observation]]
    notes: tuple[Note, ...]
    vouched: tuple[Note, ...]
    pairs: tuple[tuple[str, str], ...]
    snapshots: tuple[tuple[Contest, Snapshot, bool], ...]  # with whether the contest had a state before
    names: tuple[tuple[str, Name], ...] = ()  # sources and methods that are new


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded: the new observations' ids, the log entries, the notes that wait, and until when."""

    ids: tuple[str, ...] = ()
    duplicates: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    due: datetime | None = None
    error: str = ""


def contestants(platforms: Platforms) -> dict[str, Contestant]:
    return {p.key: Contestant(Origin(p.origin.value), p.arena) for p in platforms.values()}


# Entering


async def observations(
    figures: Iterable[Figure], record: Record, now: datetime, by: str
) -> tuple[tuple[Observation, ...], tuple[tuple[str, Name], ...]]:
    """Figures as observations with ids, keys of source and method, and one release; and the names that are new."""
    sources = bundled_sources().with_(await record.observations.names("source"))
    methods = bundled_methods().with_(await record.observations.names("method"))
    new: list[tuple[str, Name]] = []
    number = await record.observations.next_id()
    made = []
    for place, figure in enumerate(figures):
        source, sources = _name(figure.source or EDITOR, sources, "source", new)
        if figure.method:
            method, methods = _name(figure.method, methods, "method", new)
            method_key = method.key
        else:
            method_key = await record.observations.last_method(source.key) or UNSPECIFIED
        made.append(
            Observation(
                id=str(number + place),
                root=str(number + place),
                platform=figure.platform,
                metric=figure.metric,
                scope=figure.scope,
                source=source.key,
                method=method_key,
                release=figure.release,
                value=figure.value,
                n=figure.n,
                asof=figure.asof or day_of(today(now), Calendar.JALALI),
                recorded_at=now,
                recorded_by=by,
                quote=figure.written,
            )
        )
    release = await _release(made, record)
    return tuple(replace(o, release=o.release or release) for o in made), tuple(new)


def _name(written: str, names: Names, kind: str, new: list[tuple[str, Name]]) -> tuple[Name, Names]:
    known = names.find(written)
    if known is not None:
        return known, names
    made = names.new(written, kind)
    new.append((kind, made))
    return made, names.with_([(made.key, made.fa)])


async def _release(made: list[Observation], record: Record) -> str:
    """One name for what one command publishes. The same figures get the same name again, so that entering them
    twice is seen to be one thing; figures already on record bring their publication's name with them."""
    twins = set()
    for o in made:
        for other in await record.observations.near(o, 0):
            if replace(other, release=None).content == replace(o, release=None).content and other.release:
                twins.add(other.release)
    if len(twins) == 1:
        return twins.pop()
    said = sorted(repr((o.platform, o.metric, o.scope, o.value, o.n, o.asof.interval)) for o in made)
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()[:8]
    last = max(o.asof.last for o in made)
    return f"{made[0].source}-{last.isoformat()}-{digest}"


async def outlook(
    figures: Iterable[Figure], record: Record, platforms: Platforms, now: datetime, by: str
) -> Outlook | str:
    """What would happen; nothing is kept. A word of the engine's where it would refuse."""
    now = await _at(record, now)
    made, names = await observations(figures, record, now, by)
    before = {o.id: await record.observations.before(o) for o in made}
    state = await load(record, platforms, {o.lane for o in made})
    had = {contest for contest, folds in state.folds.items() if folds and folds[-1].decisive is not None}
    held = _held(state)
    answer = step(state, Observe(observations=made, at=now, by=by), depart=False)
    if answer.error:
        return answer.error.value
    notes = _new_notes(state, held)
    new = [o for o in made if o.id not in answer.duplicates]
    snapshots = tuple(_snapshots(state, answer, new, had))
    pairs = tuple(_pairs(snapshots, new))
    for domestic, foreign in pairs:
        step(state, Review(domestic=domestic, foreign=foreign, at=now, by=by), depart=False)
    return Outlook(made, answer.duplicates, before, notes, _new_notes(state, held), pairs, snapshots, names)


def _snapshots(
    state: State, answer: Answer, new: list[Observation], had: set[Contest]
) -> Iterable[tuple[Contest, Snapshot, bool]]:
    """The present comparison of each contest that a new observation is a side of."""
    ids = {o.id for o in new}
    for contest in sorted(answer.touched):
        last = state.fold(contest).last
        if last is not None and ids.intersection(last.domestic.ids + last.foreign.ids):
            yield contest, last, contest in had


def _pairs(snapshots: Iterable[tuple[Contest, Snapshot, bool]], new: list[Observation]) -> Iterable[tuple[str, str]]:
    """The pairs that a reviewer would have to vouch for, so that the new figures can move a state at once."""
    ids = {o.id for o in new}
    for _, snapshot, _ in snapshots:
        if snapshot.grade is Grade.B and snapshot.verdict.decisive:
            ours = next((i for i in snapshot.domestic.ids if i in ids), snapshot.domestic.ids[0])
            theirs = next((i for i in snapshot.foreign.ids if i in ids), snapshot.foreign.ids[0])
            yield ours, theirs


async def enter(
    figures: Iterable[Figure],
    record: Record,
    platforms: Platforms,
    now: datetime,
    person: int,
    *,
    vouch: bool,
) -> Recorded:
    """Records the figures inside the caller's transaction; with `vouch` their new pairs are reviewed too."""
    now = await _at(record, now)
    await depart_due(record, now)
    by = str(person)
    made, names = await observations(figures, record, now, by)
    state = await load(record, platforms, {o.lane for o in made})
    held, had = _held(state), set(state.folds)
    observe = Observe(observations=made, at=now, by=by)
    answer = step(state, observe, depart=False)
    if answer.error:
        return Recorded(error=answer.error.value)
    new = [o for o in made if o.id not in answer.duplicates]
    for kind, name in names:
        await record.observations.name(kind, name.key, name.fa, letters.key(name.fa))
    await record.observations.use_ids(made[-1].id)
    # What repeats a figure is logged too: should that figure be undone, this one counts (overtaking.md §9).
    act = await record.log.append("observe", now, person, {**to_log(observe), **({} if new else {"repeats": True})})
    for o in new:
        await record.observations.append(act, o)
    touched = set(answer.touched)
    if vouch:
        for domestic, foreign in _pairs(_snapshots(state, answer, new, had), new):
            review = Review(domestic=domestic, foreign=foreign, at=now, by=by)
            said = step(state, review, depart=False)
            if said.ok:
                number = await record.log.append("review", now, person, {**to_log(review), "with": act})
                await record.observations.review(number, domestic, foreign)
                touched |= said.touched
    await _save(record, state, touched, held)
    notes = _new_notes(state, held)
    due = max((note.since for note in notes), default=None)
    rules = await record.ledger.rules()
    await depart_due(record, now)
    return Recorded(
        tuple(o.id for o in new), answer.duplicates, await _numbered(record, notes),
        due + timedelta(seconds=rules.hold_seconds) if due else None,
    )  # fmt: skip


async def enter_history(
    record: Record, platforms: Platforms, publications: Iterable[tuple[Observation, ...]], now: datetime
) -> int:
    """Records publications silently: history that nobody is told; how many figures came in."""
    now = await _at(record, now)
    number, entered = await record.observations.next_id(), 0
    for publication in publications:
        made = tuple(
            replace(o, id=str(number + place), root=str(number + place), recorded_at=now)
            for place, o in enumerate(publication)
        )
        number += len(made)
        state = await load(record, platforms, {o.lane for o in made})
        held = _held(state)
        observe = Observe(observations=made, at=now, silent=True)
        answer = step(state, observe, depart=False)
        if answer.error:
            raise ValueError(f"{publication[0].release}: {answer.error}")
        await record.observations.use_ids(made[-1].id)
        act = await record.log.append("observe", now, None, to_log(observe))
        for o in made:
            if o.id not in answer.duplicates:
                await record.observations.append(act, o)
                entered += 1
        await _save(record, state, answer.touched, held)
    return entered


async def enter_claims(record: Record, claims: Iterable[Claim], now: datetime) -> None:
    """Records claims without figures: shown with their source, never an alert."""
    now = await _at(record, now)
    for claim in claims:
        act = await record.log.append("claim", now, None, claim_to_log(claim))
        await record.observations.add_claim(act, claim, now)


# Leaving


async def depart_due(record: Record, now: datetime) -> bool:
    """Whatever is due leaves its hold, in order, before anything else happens at that moment."""
    left = False
    for parcel in await record.outbox.held():
        if parcel.due is not None and parcel.due <= now:
            await depart(record, parcel.group, await _at(record, parcel.due), released=False)
            left = True
    return left


async def depart(record: Record, group: str, at: datetime, *, released: bool) -> None:
    """The group's message leaves at `at`: its notes are told, and its recipients will become rows."""
    notes: list[Note] = []
    for contest, items in (await record.ledger.waiting(group)).items():
        notes += [i.note for i in items if i.note and i.note.group == group]
        gone = [leave(i) if i.note and i.note.group == group else i for i in items]
        await record.ledger.save(contest, sorted(gone, key=lambda i: i.place.at))
    notes.sort(key=lambda note: note.rank)
    departure = Departure(MessageOut(group, at, tuple(notes)), released)
    await record.log.append("depart", at, None, to_log(departure))
    await record.outbox.leave(group, at)


async def release(record: Record, group: str, now: datetime, person: int) -> None:
    """What waits in this group leaves now."""
    now = await _at(record, now)
    await depart_due(record, now)
    if await record.ledger.waiting(group):
        await record.log.append("release", now, person, to_log(Release(group=group, at=now, by=str(person))))
        await depart(record, group, now, released=True)


# Taking back


async def undo(record: Record, platforms: Platforms, target: int, now: datetime, person: int) -> str:
    """Takes back a command and what was recorded with it; "" or a word of the engine's for why not."""
    now = await _at(record, now)
    await depart_due(record, now)
    acts = [*reversed(await record.log.recorded_with(target)), target]
    lanes = await record.observations.lanes_of(target)
    state = await load(record, platforms, lanes)
    held, live = _held(state), set(state.live.values())
    entries = [from_log(e.kind, e.id, e.at, e.person, e.body) for e in await record.log.touching(lanes)]
    state.journal = [Entry(what) for what in entries]
    state.named = {what.cmd: place for place, what in enumerate(entries) if isinstance(what, Command)}
    touched: set[Contest] = set()
    for act in acts:
        answer = step(state, Undo(target=str(act), at=now, by=str(person)), depart=False)
        if answer.error:
            return answer.error.value
        await record.log.append("undo", now, person, {}, target=act)
        touched |= answer.touched
    after = set(state.live.values())
    await record.observations.bury(live - after)
    await record.observations.revive(after - live)
    for what in entries:
        if isinstance(what, Observe):
            # A figure that had only repeated one of those taken back counts from now on.
            freed = [o for o in what.observations if isinstance(o, Observation) and o.id in after - live]
            for o in freed:
                await record.observations.append(int(what.cmd), o)
    await record.observations.withdraw_reviews(acts)
    await _save(record, state, touched, held)
    await depart_due(record, now)
    return ""


async def set_hold(record: Record, seconds: int, now: datetime) -> None:
    """A hold that the settings changed is a command like any other."""
    rules = await record.ledger.rules()
    if rules.hold_seconds == seconds:
        return
    now = await _at(record, now)
    await depart_due(record, now)
    values = {"hold_seconds": seconds}
    await record.log.append("rules", now, None, to_log(SetRules(values=values, at=now)))
    await record.ledger.set_rules(values)
    for parcel in await record.outbox.held():
        await _hold(record, parcel.group, await record.ledger.rules())
    await depart_due(record, now)


# The part of the state that a command touches


async def load(record: Record, platforms: Platforms, lanes: Iterable[Lane]) -> State:
    """The engine's state of these lanes: their live figures, the reviews among them, their ledger."""
    state = State(contestants(platforms), await record.ledger.rules())
    figures: list[Observation] = []
    items: dict[Contest, list[Item]] = {}
    for lane in lanes:
        figures += await record.observations.of_lane(lane)
        items |= await record.ledger.items(lane)
    reviews = await record.observations.reviews(o.root for o in figures)
    state.load(figures, [o.id for o in figures], reviews, items)
    return state


async def _save(
    record: Record, state: State, touched: Iterable[Contest], held: Mapping[Contest, dict[str, list[Note]]]
) -> None:
    """Saves the ledger of the contests touched, and what of their groups waits now."""
    groups: set[str] = set()
    for contest in sorted(touched):
        items = state.items.get(contest, ())
        groups |= {item.note.group for item in items if item.note} | set(held.get(contest, {}))
        await record.ledger.save(contest, items)
    rules = await record.ledger.rules()
    for group in sorted(groups):
        await _hold(record, group, rules)


async def _hold(record: Record, group: str, rules: Rules) -> None:
    notes = [
        item.note
        for items in (await record.ledger.waiting(group)).values()
        for item in items
        if item.note and item.note.group == group
    ]
    notes.sort(key=lambda note: note.rank)
    due = max((note.since for note in notes), default=None)
    hold = timedelta(seconds=rules.hold_seconds)
    await record.outbox.hold(group, due + hold if due else None, [to_json(note) for note in notes])


def _held(state: State) -> dict[Contest, dict[str, list[Note]]]:
    """The notes that wait, by contest and group."""
    found: dict[Contest, dict[str, list[Note]]] = {}
    for contest, items in state.items.items():
        for item in items:
            if item.note:
                found.setdefault(contest, {}).setdefault(item.note.group, []).append(item.note)
    return found


def _new_notes(state: State, held: Mapping[Contest, dict[str, list[Note]]]) -> tuple[Note, ...]:
    """The notes that wait now and did not say the same before."""
    old = {note.content for groups in held.values() for notes in groups.values() for note in notes}
    now = [note for groups in _held(state).values() for notes in groups.values() for note in notes]
    return tuple(sorted((note for note in now if note.content not in old), key=lambda note: note.rank))


async def _numbered(record: Record, notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes with the numbers that the ledger has given their items."""
    numbered = []
    for note in notes:
        contest = note.contest
        items = (await record.ledger.items(Lane(contest.metric, contest.scope, contest.lane))).get(contest, [])
        number = next((i.number for i in items if i.side is note.facts.side and i.place.at == note.place.at), None)
        numbered.append(replace(note, number=number))
    return tuple(numbered)


async def _at(record: Record, now: datetime) -> datetime:
    """Now in whole seconds, and never before the last entry: a clock that was set back must not refuse people."""
    now = now.replace(microsecond=0)
    last = await record.log.last_time()
    return now if last is None or now >= last else last
