"""What the engine knows: observations by slot, folds and ledger by contest, the journal for undo.

A state may be partial (`load`): all live observations, reviews and items of some lanes, nothing else; or of some
contests only what lies after a fold that was kept, which is enough for figures that come in after it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar

from sebghat.command import Claim, Command, Departure, MessageOut
from sebghat.comparison import Rules, Slot, compare, slot
from sebghat.contest import EMPTY, Base, Contest, Fold, Pair, Snapshot, base, before, crossed, extend, fold, snapshots
from sebghat.ledger import Occasion, leave, ranked, settle, settled, told_by
from sebghat.notes import Item, Note
from sebghat.observation import LATEST, Key, Lane, Observation
from sebghat.platforms import Origin, Platform

K = TypeVar("K")
V = TypeVar("V")
_TABLES = ("constants", "versions", "live", "claims", "series",
           "reviews", "crossings", "folds", "items", "groups", "kept")  # fmt: skip
_TRAILS = 5_000  # an undo further back plays all from the start
Trail = list[tuple[dict[Any, Any], Any, Any]]  # table, key, value before (None: absent), in order of change


@dataclass(slots=True)
class Entry:
    """A line of the journal. `trail` leads back to before it; None once it lies too far back to be undone."""

    what: Command | Departure
    undone: bool = False
    trail: Trail | None = None


class State:
    """Mutable. The tables are plain dicts, changed only through `put`, so that undo can go back."""

    def __init__(self, platforms: Mapping[str, Platform], rules: Rules | None = None) -> None:
        self.platforms = dict(platforms)
        self.constants = {"rules": rules or Rules()}
        self.first_rules = self.rules
        self.clock: datetime | None = None
        self.versions: dict[str, Observation] = {}
        self.live: dict[str, str] = {}  # root → its live version
        self.ids: set[str] = set()  # further ids in use, of which a partial state holds no more
        self.standing: set[str] = set()  # likewise further ids of live versions
        self.claims: dict[str, Claim] = {}
        self.series: dict[tuple[Lane, str], tuple[Slot, ...]] = {}  # ascending by key
        self.reviews: dict[Contest, tuple[Pair, ...]] = {}
        self.crossings: dict[str, tuple[Contest, ...]] = {}  # root → its contests of two lanes
        self.folds: dict[Contest, tuple[Fold, ...]] = {}  # the present one last (contest.extend)
        self.items: dict[Contest, tuple[Item, ...]] = {}
        self.groups: dict[str, dict[Contest, bool]] = {}  # group → contests with a held note in it
        self.kept: dict[str, bool] = {}
        self.journal: list[Entry] = []
        self.named: dict[str, int] = {}  # cmd → its line of the journal
        self.trail: Trail | None = None
        self.bases: dict[Contest, Base] = {}  # where a partial state begins, if not at the start
        self.dirty: dict[Contest, Key | None] = {}  # contest → first key to fold anew (None: all)
        self._stirred: set[str] = set()
        self._waiting: list[tuple[datetime, str]] = []  # (since, group); what no longer holds is skipped
        self._forgotten = 0
        self._opponents: dict[str, list[str]] = {}

    @property
    def rules(self) -> Rules:
        return self.constants["rules"]

    @property
    def hold(self) -> timedelta:
        return timedelta(seconds=self.rules.hold_seconds)

    def put(self, table: dict[K, V], key: K, value: V | None) -> None:
        """The only way to change a table; None takes the key away."""
        if self.trail is not None:
            self.trail.append((table, key, table.get(key)))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    # Observations

    def used(self, name: str) -> bool:
        return name in self.versions or name in self.claims or name in self.ids

    def is_live(self, name: str) -> bool:
        version = self.versions.get(name)
        return name in self.standing if version is None else self.live.get(version.root) == name

    def twin(self, observation: Observation) -> Observation | None:
        """The live observation with the same content; of several the one to quote."""
        series, key = self.series.get((observation.lane, observation.platform), ()), observation.key
        at = _spot(series, key)
        if at == len(series) or series[at].key != key:
            return None
        inside = (self.versions[name] for name in series[at].ids)
        return next((o for o in inside if o.content == observation.content), None)

    def enter(self, version: Observation) -> None:
        self.put(self.versions, version.id, version)
        self.put(self.live, version.root, version.id)
        self._regroup(version, 1)

    def remove(self, version: Observation) -> None:
        """The version is no longer live; it stays known."""
        self.put(self.live, version.root, None)
        self._regroup(version, 0)

    def _regroup(self, version: Observation, holds: int) -> None:
        """Makes the version's slot anew, with it or without."""
        lane, platform, key = version.lane, version.platform, version.key
        series = self.series.get((lane, platform), ())
        at = _spot(series, key)
        there = at < len(series) and series[at].key == key
        inside = [self.versions[name] for name in series[at].ids if name != version.id] if there else []
        made = [slot([*inside, *[version] * holds])] if inside or holds else []
        self.put(self.series, (lane, platform), (*series[:at], *made, *series[at + there :]) or None)
        for opponent in self.opponents(platform):
            if (lane, opponent) in self.series:
                self.stir(self.contest(lane, platform, opponent), key)
        for contest in self.crossings.get(version.root, ()):
            self.stir(contest, None)

    def opponents(self, platform: str) -> list[str]:
        found = self._opponents.get(platform)
        if found is None:
            own = self.platforms[platform]
            found = [name for name, other in self.platforms.items() if own.may_meet(other)]
            self._opponents[platform] = found
        return found

    def contest(self, lane: Lane, platform: str, opponent: str) -> Contest:
        if self.platforms[platform].origin is Origin.DOMESTIC:
            return Contest(platform, opponent, *lane)
        return Contest(opponent, platform, *lane)

    def review(self, domestic: Observation, foreign: Observation) -> bool:
        """Whether the pair of chains is new."""
        crosses = domestic.lane != foreign.lane
        contest = Contest(domestic.platform, foreign.platform, *domestic.lane.across(foreign.lane))
        pairs = self.reviews.get(contest, ())
        pair = (domestic.root, foreign.root)
        if pair in pairs:
            return False
        self.put(self.reviews, contest, (*pairs, pair))
        for root in pair if crosses else ():
            contests = self.crossings.get(root, ())
            if contest not in contests:
                self.put(self.crossings, root, (*contests, contest))
        # In one lane no snapshot before the later of the two holds both.
        self.stir(contest, None if crosses else max(domestic.key, foreign.key))
        return True

    # Contests

    def stir(self, contest: Contest, key: Key | None) -> None:
        """What lies at `key` or later (None: anywhere) has changed."""
        earliest = self.dirty.get(contest, key)
        self.dirty[contest] = None if key is None or earliest is None else min(key, earliest)

    def _slot(self, contest: Contest, platform: str, key: Key) -> Slot:
        series = self.series[Lane(contest.metric, contest.scope, contest.lane), platform]
        return series[_spot(series, key)]

    def upto(self, contest: Contest, key: Key) -> Fold:
        """The fold of the snapshots up to a key, made anew from all of them."""
        lane = Lane(contest.metric, contest.scope, contest.lane)
        domestic, foreign = (
            [one for one in self.series.get((lane, platform), ()) if one.key <= key] for platform in contest[:2]
        )
        return fold(snapshots(domestic, foreign, self.rules, frozenset(self.reviews.get(contest, ()))), self.rules)

    def base(self, contest: Contest) -> Base | None:
        """What the contest's next snapshots, and a changed newest one, go on from; None if they need all."""
        folds = self.folds.get(contest, ())
        return None if contest.crosses or len(folds) < 2 else base(folds[-2])

    def fold(self, contest: Contest) -> Fold:
        folds = self.folds.get(contest)
        return folds[-1] if folds else EMPTY

    def _refold(self, contest: Contest, key: Key | None) -> None:
        kept = () if key is None else before(self.folds.get(contest, ()), key)
        after = kept[-1].last.key if kept and kept[-1].last else None
        if contest.crosses:
            folds = extend((), crossed(self._pairs(contest), self.rules), self.rules)
        else:
            lane = Lane(contest.metric, contest.scope, contest.lane)
            domestic = self.series.get((lane, contest.domestic), ())
            foreign = self.series.get((lane, contest.foreign), ())
            reviewed = frozenset(self.reviews.get(contest, ()))
            if contest in self.bases and not kept:
                # Of several figures entered at once an early one may come last, when the first fold is thinned out.
                if key is None or key <= self.bases[contest].at:
                    raise LookupError("what changed lies before the part that was loaded")
                kept = (self._beginning(contest),)
                after = self.bases[contest].at
            folds = extend(kept, snapshots(domestic, foreign, self.rules, reviewed, after), self.rules)
        self.put(self.folds, contest, folds or None)

    def _beginning(self, contest: Contest) -> Fold:
        """The fold that a partial state goes on from."""
        kept = self.bases[contest]
        ours = self._slot(contest, contest.domestic, kept.domestic)
        theirs = self._slot(contest, contest.foreign, kept.foreign)
        return replace(kept.fold, last=Snapshot(ours, theirs, kept.at, compare(ours, theirs, self.rules)))

    def _pairs(self, contest: Contest) -> Iterator[tuple[Slot, Slot]]:
        for domestic, foreign in self.reviews.get(contest, ()):
            if domestic in self.live and foreign in self.live:
                yield slot([self.versions[self.live[domestic]]]), slot([self.versions[self.live[foreign]]])

    def settle(
        self, at: datetime, *, silent: bool = False, rules_changed: bool = False, only_added: bool = False
    ) -> frozenset[Contest]:
        """Folds what is dirty and settles its ledger; the contests touched. `only_added`: no version died."""
        touched = frozenset(self.dirty)
        for contest, key in self.dirty.items():
            old = self.fold(contest)
            self._refold(contest, key)
            new, items = self.fold(contest), self.items.get(contest, ())
            done = settled(items, old, new) if only_added else 0
            if done < max(len(items), len(new.flips)):
                occasion = self._occasion(contest, old, at, silent, rules_changed)
                self.set_items(contest, settle(items, occasion, done))
        self.dirty.clear()
        self._push()
        return touched

    def _occasion(
        self, contest: Contest, old: Fold, at: datetime, silent: bool = False, rules_changed: bool = False
    ) -> Occasion:
        new, rules = self.fold(contest), self.rules
        return Occasion(contest, new, old.spoken, rules, self.is_live, at, today(at), silent, rules_changed)

    def set_items(self, contest: Contest, items: tuple[Item, ...]) -> None:
        then = {item.note.group for item in self.items.get(contest, ()) if item.note}
        now = {item.note.group for item in items if item.note}
        for group in then - now:
            self.put(self.groups[group], contest, None)
        for group in now - then:
            self.put(self.groups.setdefault(group, {}), contest, True)
        self._stirred |= then | now
        self.put(self.items, contest, items or None)

    # The hold

    def notes(self, group: str) -> list[Note]:
        """The held notes of a group, in the order of its message (§7)."""
        held = [
            item.note
            for contest in self.groups.get(group, ())
            for item in self.items[contest]
            if item.note is not None and item.note.group == group
        ]
        return sorted(held, key=lambda note: note.rank)

    def since(self, group: str) -> datetime | None:
        return max((note.since for note in self.notes(group)), default=None)

    def _push(self) -> None:
        for group in self._stirred:
            since = self.since(group)
            if since is not None:
                heappush(self._waiting, (since, group))
        self._stirred.clear()

    def wait_anew(self) -> None:
        """After tables went back to what they were: who waits is read off them."""
        self._stirred.clear()
        self._waiting = [(since, group) for group in self.groups if (since := self.since(group)) is not None]
        heapify(self._waiting)

    def overdue(self, now: datetime) -> list[tuple[datetime, str]]:
        """(due, group) of what must leave by now, in order. Each is named once: let it leave."""
        found = set()
        while self._waiting and self._waiting[0][0] + self.hold <= now:
            since, group = heappop(self._waiting)
            if group not in self.kept and self.since(group) == since:
                found.add((since + self.hold, group))
        return sorted(found)

    def depart(self, group: str, at: datetime) -> MessageOut:
        """The message leaves: what it says is told."""
        message = MessageOut(group, at, tuple(self.notes(group)))
        for contest in list(self.groups[group]):
            items = (leave(i) if i.note and i.note.group == group else i for i in self.items[contest])
            self.set_items(contest, ranked(items))
        self._push()
        return message

    def depart_again(self, departure: Departure, at: datetime) -> None:
        """A departure stays one, whatever the history now says: what readers got is told (§9).

        A note that this brings forth, and no command, is dated `at`, the time of the undo.
        """
        for note in departure.message.notes:
            contest = note.contest
            items = list(self.items.get(contest, ()))
            spot = (note.facts.side, note.at)
            same = [n for n, item in enumerate(items) if (item.side, item.place.at) == spot]
            # Of several at one key (reviewed pairs only) the one that was about to say it.
            same.sort(key=lambda n: items[n].note is None)
            told = told_by(note, items.pop(same[0]) if same else None)
            self.set_items(contest, settle([*items, told], self._occasion(contest, self.fold(contest), at)))
        self._push()

    # The journal

    def write_down(self, what: Command | Departure, trail: Trail | None) -> None:
        if isinstance(what, Command):
            self.named[what.cmd] = len(self.journal)
        self.journal.append(Entry(what, trail=trail))

    def forget(self, now: datetime) -> None:
        """Trails are kept for as long as something can be undone, but not of thousands of commands at one moment."""
        old, end = now - self.hold, len(self.journal)
        while self._forgotten < end and (
            end - self._forgotten > _TRAILS or self.journal[self._forgotten].what.at <= old
        ):
            self.journal[self._forgotten].trail = None
            self._forgotten += 1

    def back(self, trail: Trail) -> Trail:
        """Goes back along a trail; the answer leads forward again."""
        forward: Trail = []
        for table, key, old in reversed(trail):
            forward.append((table, key, table.get(key)))
            if old is None:
                table.pop(key, None)
            else:
                table[key] = old
        return forward

    def adopt(self, other: State) -> None:
        """Takes over the other's tables. No trail leads back from here."""
        for name in _TABLES:
            setattr(self, name, getattr(other, name))
        for entry in self.journal:
            entry.trail = None

    # Loading

    def load(
        self,
        versions: Iterable[Observation],
        live: Iterable[str],
        reviews: Iterable[tuple[str, str]] = (),
        items: Mapping[Contest, Iterable[Item]] | None = None,
        bases: Mapping[Contest, Base] | None = None,
    ) -> None:
        """Fills a partial state: all versions, the ids of the live ones, reviews by root, items.

        With `bases` only of these contests, and only what came after: the slots of both sides from those of the
        base on, and the items that can still change (`Base.closed`, `Item.reach`).
        """
        living = set(live)
        newest = {}
        for given in versions:
            version = given if given.root else replace(given, root=given.id)
            self.versions[version.id] = newest[version.root] = version
            if version.id in living:
                self.enter(version)
        for domestic, foreign in reviews:
            if domestic in newest and foreign in newest:
                self.review(newest[domestic], newest[foreign])
        for contest, kept in (bases or {}).items():
            self.bases[contest] = kept
            self.folds[contest] = (self._beginning(contest),)
        for contest in self.dirty:
            if bases is None or contest in bases:
                self._refold(contest, None if bases is None else LATEST)
        self.dirty.clear()
        for contest, rows in (items or {}).items():
            self.set_items(contest, ranked(rows))
        self._push()


def today(at: datetime) -> date:
    """The date in Iran (UTC+03:30, §2)."""
    return (at + timedelta(hours=3, minutes=30)).date()


def _spot(series: Sequence[Slot], key: Key) -> int:
    """Where a slot of this key stands in the series, or would; what is new is mostly at the end."""
    return len(series) if not series or series[-1].key < key else bisect_left(series, key, key=_key)


def _key(slot: Slot) -> Key:
    return slot.key
