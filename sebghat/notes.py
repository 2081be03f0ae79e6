"""The facts of a flip, the note that tells them, and the ledger's item (overtaking.md §6 to §8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sebghat.comparison import Grade, Rules, Slot, Verdict
from sebghat.contest import Contest, Flip, Fold, Snapshot, Style
from sebghat.observation import LATEST, Key, Qualifier


class Kind(StrEnum):
    EVENT = "EVENT"
    UPDATE = "UPDATE"
    CORRECTION = "CORRECTION"


class Mode(StrEnum):
    LOUD = "loud"
    SILENT = "silent"  # backfill: history shows it, nobody is told, ever


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a flip. `ids` are the versions in the slot; the first is the one to quote."""

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
    def source(self) -> str:
        return self.lane.partition("/")[0]

    @property
    def said(self) -> tuple[object, ...]:
        """Value and as-of, the ids left out (§8.3)."""
        return self.lo, self.hi, self.q, self.first, self.last


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a flip (§6). `side` is the verdict it went to; periods are (first day, last day).

    `again`: the contest has an earlier flip with the same winner. `mute`: last day without news, if trading.
    """

    contest: Contest
    side: Verdict
    style: Style
    grade: Grade
    domestic: Side
    foreign: Side
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
    """One thing to say. `facts` are the flip's (of a CORRECTION the told ones), `told` what readers have.

    `place` is where the item lies once this has left, `at` the key where it lay before: whose note it is.
    `now`: the displayed state, in a CORRECTION only. `number`: the item's, for /why, given by the store.
    """

    kind: Kind
    facts: Facts
    place: Place
    at: Key
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
    def said(self) -> tuple[object, ...]:
        """Two notes with the same say the same of the same two."""
        return self.contest, self.content

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

    @property
    def reach(self) -> Key:
        """The last key at which it or its flip lies: what comes in later than that leaves the item as it is."""
        if self.flip is None:
            return self.place.at if self.withdrawn else LATEST  # any flip may still be its own (§8.1)
        return max(self.place.at, self.flip.at)


def place(flip: Flip) -> Place:
    return Place(flip.at.key, flip.before, flip.start)


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
    if margin is None or band is None:
        raise ValueError("a flip shows a decisive snapshot")
    number = fold.earlier + next(n for n, other in enumerate(fold.flips) if other is flip)
    spoken_style = flip.style or style
    return Facts(
        contest=contest,
        side=flip.side,
        style=spoken_style,
        grade=shown.grade,
        domestic=_side(shown.domestic),
        foreign=_side(shown.foreign),
        margin=margin,
        band=band,
        before=(flip.before[1], flip.before[0]),
        between=(flip.before[1], flip.start[0]),
        group=group(shown),
        again=number > 1,  # flips change sides by turns
        mute=shown.key[0] + timedelta(days=rules.cooldown) if spoken_style is Style.TRADING else None,
    )


def _side(slot: Slot) -> Side:
    return Side(slot.platform, slot.lane.name, slot.lo, slot.hi, slot.q, slot.n, slot.first, slot.last,
                  slot.ids, tuple(sorted(slot.releases)))  # fmt: skip
