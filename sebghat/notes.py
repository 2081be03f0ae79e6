"""What a fold says against what was told: items of the ledger, and their notes (overtaking.md §7 and §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sebghat.comparison import Grade, Rules, Slot, Verdict
from sebghat.contest import Contest, Flip, Fold, Snapshot, Style
from sebghat.observation import METRICS, Key, Qualifier


class Kind(StrEnum):
    EVENT = "EVENT"
    UPDATE = "UPDATE"
    CORRECTION = "CORRECTION"


class Mode(StrEnum):
    LOUD = "loud"
    SILENT = "silent"  # backfill: history shows it, nobody is told, ever


@dataclass(frozen=True, slots=True)
class Figure:
    """One side of a flip as told. `ids` are the versions in the slot; the first is the one to quote."""

    platform: str
    lane: str
    lo: int
    hi: int | None
    q: Qualifier
    n: int | None
    first: date
    last: date
    ids: tuple[str, ...]
    releases: tuple[str, ...]

    @property
    def said(self) -> tuple[object, ...]:
        """Value and as-of, the ids left out (§8.3)."""
        return self.lo, self.hi, self.q, self.first, self.last


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a flip (§6). `side` is the verdict it went to; periods are (first day, last day).

    `again`: the contest has an earlier flip with the same winner. `mute`: last day without further news, if trading.
    """

    contest: Contest
    side: Verdict
    style: Style
    grade: Grade
    domestic: Figure
    foreign: Figure
    margin: int
    band: int
    before: tuple[date, date]  # the as-of of the previous, opposite state
    between: tuple[date, date]  # the days in which the crossing lies
    group: str
    again: bool
    mute: date | None

    @property
    def winner(self) -> str:
        return self.contest.platform(self.side)

    @property
    def loser(self) -> str:
        return self.contest.platform(self.side.opposite)

    @property
    def previous(self) -> Verdict:
        return self.side.opposite

    @property
    def ids(self) -> tuple[str, ...]:
        return self.domestic.ids + self.foreign.ids

    @property
    def said(self) -> tuple[object, ...]:
        return self.domestic.said + self.foreign.said

    @property
    def content(self) -> tuple[object, ...]:
        """What must change for the hold to begin anew (§9)."""
        return self.style, self.grade, self.said, self.margin, self.band, self.side, self.before, self.between


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies: the key of `at`, and the half-open span (lower, upper] of keys."""

    at: Key
    lower: Key
    upper: Key

    def overlaps(self, other: Place) -> bool:
        # Half-open, because the next crossing begins exactly where the last ended.
        return max(self.lower, other.lower) < min(self.upper, other.upper)


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say. `facts` are the flip's (for a CORRECTION the told ones), `told` what readers have so far.

    `now` is the displayed state, of a CORRECTION only. `number` is the item's number for /why, given by the store.
    """

    kind: Kind
    facts: Facts
    place: Place
    group: str
    since: datetime
    reinstated: bool = False
    now: Verdict | None = None
    told: Facts | None = None
    number: int | None = None

    @property
    def contest(self) -> Contest:
        return self.facts.contest

    @property
    def winner(self) -> str:
        return self.facts.winner

    @property
    def loser(self) -> str:
        return self.facts.loser

    @property
    def content(self) -> tuple[object, ...]:
        if self.kind is Kind.CORRECTION:
            return self.kind, self.facts.side, self.now
        return self.kind, self.reinstated, self.facts.content

    @property
    def rank(self) -> tuple[object, ...]:
        """The order inside a message (§7)."""
        c = self.contest
        return list(Kind).index(self.kind), c.metric, c.scope, c.lane, self.winner, self.loser, self.place.at


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a contest's ledger. `flip` is the place of the flip it matches now, None if there is none."""

    side: Verdict
    place: Place
    told: Facts | None = None
    withdrawn: bool = False
    mode: Mode | None = None
    flip: Place | None = None
    note: Note | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """The command that moved a contest, as far as the ledger asks. `spoken` is T before it."""

    at: datetime
    today: date
    spoken: Verdict | None
    silent: bool = False
    rules_changed: bool = False


def place(flip: Flip) -> Place:
    return Place(flip.at.key, flip.before.key, flip.start.key)


def group(shown: Snapshot) -> str:
    """The group of a flip that shows this snapshot (§7)."""
    if shown.grade is Grade.A:
        return min(shown.domestic.releases & shown.foreign.releases)
    newer = [side for side in (shown.domestic, shown.foreign) if side.key == shown.key]
    releases = {release for side in newer for release in side.releases}
    return min(releases) if releases else "obs:" + min(root for side in newer for root in side.roots)


def facts(contest: Contest, fold: Fold, flip: Flip, rules: Rules, style: Style = Style.PASS) -> Facts:
    """The facts of one of the fold's flips; `style` stands in while the flip is unspoken and has none."""
    shown = flip.shown
    margin, band = shown.comparison.margin, shown.comparison.band
    assert margin is not None and band is not None  # a flip shows a decisive snapshot
    earlier = takewhile(lambda other: other is not flip, fold.flips)
    spoken_style = flip.style or style
    return Facts(
        contest=contest,
        side=flip.side,
        style=spoken_style,
        grade=shown.grade,
        domestic=_figure(shown.domestic),
        foreign=_figure(shown.foreign),
        margin=margin,
        band=band,
        before=(flip.before.key[1], flip.before.key[0]),
        between=(flip.before.key[1], flip.start.key[0]),
        group=group(shown),
        again=any(other.side is flip.side for other in earlier),
        mute=shown.key[0] + timedelta(days=rules.cooldown) if spoken_style is Style.TRADING else None,
    )


def _figure(slot: Slot) -> Figure:
    return Figure(slot.platform, slot.lane.name, slot.lo, slot.hi, slot.q, slot.n, slot.first, slot.last,
                  slot.ids, tuple(sorted(slot.releases)))  # fmt: skip


def match(items: Iterable[Item], flips: Iterable[Flip]) -> tuple[list[tuple[Item, Flip | None]], list[Flip]]:
    """Items with their flips, ascending by place, and the flips that no item has (§8.1)."""
    ranked = sorted(items, key=lambda item: item.place.at)
    free = list(flips)  # ascending, as the fold made them
    found: dict[int, Flip] = {}
    for spans in (False, True):
        for i, item in enumerate(ranked):
            if i in found or (spans and item.withdrawn):
                continue
            for n, flip in enumerate(free):
                near = item.place.overlaps(place(flip)) if spans else item.place.at == flip.at.key
                if near and flip.side is item.side:
                    found[i] = free.pop(n)
                    break
    return [(item, found.get(i)) for i, item in enumerate(ranked)], free


def settle(
    contest: Contest,
    items: Iterable[Item],
    fold: Fold,
    rules: Rules,
    live: Callable[[str], bool],
    occasion: Occasion,
) -> tuple[Item, ...]:
    """The contest's items after a command, ascending by place (§8). `live` tells whether a version is live."""
    pairs, fresh = match(items, fold.flips)
    pairs += [(Item(flip.side, place(flip)), flip) for flip in fresh]
    last_spoken = next((flip for flip in reversed(fold.flips) if flip.spoken), None)
    settled = []
    for item, flip in pairs:
        if item.told is None:
            if flip is None:
                continue  # nothing was told: the item is dropped, its held note cancelled
            mode = item.mode
            if flip.spoken is None:
                mode = None
            elif mode is None:
                news = flip is last_spoken and _news(contest, fold, flip.spoken, rules, occasion)
                mode = Mode.LOUD if news else Mode.SILENT
            item = replace(item, mode=mode, flip=place(flip), place=place(flip))
            said = facts(contest, fold, flip, rules) if mode is Mode.LOUD else None
            new = None if said is None else Note(Kind.EVENT, said, item.place, said.group, occasion.at)
        else:
            renewed, new = _again(contest, item, item.told, fold, flip, rules, live, occasion.at)
            if renewed is None:
                if occasion.rules_changed and item.note is None and new is not None:
                    # A changed constant is no news of the world: the ledger follows without a word (§8.5).
                    if flip is None:
                        continue
                    item, new = replace(item, told=new.facts, place=place(flip), withdrawn=False), None
            else:
                item = replace(item, told=renewed)
            item = replace(item, flip=None if flip is None else place(flip))
        settled.append(_held(item, new))
    return tuple(sorted(settled, key=lambda item: item.place.at))


def _news(contest: Contest, fold: Fold, spoken: Snapshot, rules: Rules, occasion: Occasion) -> bool:
    """Whether a flip spoken last is told, not only kept (§8.2): the command changed the present, and lately."""
    if occasion.silent or occasion.rules_changed or fold.spoken is occasion.spoken:
        return False
    return spoken.key[0] >= occasion.today - timedelta(days=max(rules.fresh, METRICS[contest.metric].window))


def _again(
    contest: Contest,
    item: Item,
    told: Facts,
    fold: Fold,
    flip: Flip | None,
    rules: Rules,
    live: Callable[[str], bool],
    at: datetime,
) -> tuple[Facts | None, Note | None]:
    """The told facts with their versions renewed (None: as they were), and the note of a told item (§8.3)."""
    if flip is None:
        if item.withdrawn:
            return None, None
        return None, Note(Kind.CORRECTION, told, item.place, told.group, at, now=fold.displayed, told=told)
    present = facts(contest, fold, flip, rules, told.style)
    # What follows up a told flip stays in the group it was told in (§7).
    present = replace(present, group=told.group)
    if item.withdrawn:
        return None, Note(Kind.UPDATE, present, place(flip), told.group, at, reinstated=True, told=told)
    if present.said == told.said:
        domestic = replace(told.domestic, ids=present.domestic.ids)
        return replace(told, domestic=domestic, foreign=replace(told.foreign, ids=present.foreign.ids)), None
    if all(map(live, told.ids)):
        return None, None  # the told figures still stand
    return None, Note(Kind.UPDATE, present, place(flip), told.group, at, told=told)


def _held(item: Item, new: Note | None) -> Item:
    """The item with its new note, which keeps its `since` while it says the same (§9)."""
    if new is not None:
        old = item.note
        since = old.since if old is not None and old.content == new.content else new.since
        new = replace(new, since=since, number=item.number)
    return replace(item, note=new)


def leave(item: Item) -> Item:
    """The item after its note has left the hold: readers have it."""
    note = item.note
    assert note is not None
    if note.kind is Kind.CORRECTION:
        return replace(item, withdrawn=True, note=None)
    return replace(item, told=note.facts, withdrawn=False, place=note.place, note=None)


def told_by(note: Note, item: Item | None) -> Item:
    """The item that a note's departure leaves behind in a history where the item may never have been (§9)."""
    if item is None:
        item = Item(note.facts.side, note.place, told=note.told or note.facts, mode=Mode.LOUD)
    number = item.number if note.number is None else note.number
    return leave(replace(item, note=note, mode=Mode.LOUD, number=number))
