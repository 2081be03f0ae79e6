"""A contest's fold against what was told: what is new, what changed, what is taken back (overtaking.md §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sebghat.comparison import Rules, Verdict
from sebghat.contest import Contest, Flip, Fold
from sebghat.notes import Facts, Item, Kind, Mode, Note, facts, place
from sebghat.observation import METRICS, Key


@dataclass(frozen=True, slots=True)
class Occasion:
    """A contest after the command that moved it: its `fold`, and `spoken`, the T of the fold before.

    `live` tells of a version's id whether it is live; `today` is the date in Iran.
    """

    contest: Contest
    fold: Fold
    spoken: Verdict | None
    rules: Rules
    live: Callable[[str], bool]
    at: datetime
    today: date
    silent: bool = False
    rules_changed: bool = False


def match(items: Iterable[Item], flips: Iterable[Flip]) -> tuple[list[tuple[Item, Flip | None]], list[Flip]]:
    """Items with their flips, ascending by place, and the flips that no item has (§8.1)."""
    ascending = ranked(items)
    free = list(flips)  # ascending, as the fold made them
    found: dict[int, Flip] = {}
    for spans in (False, True):
        for i, item in enumerate(ascending):
            if i in found or (spans and item.withdrawn):
                continue
            for n, flip in enumerate(free):
                near = item.place.overlaps(place(flip)) if spans else item.place.at == flip.at.key
                if near and flip.side is item.side:
                    found[i] = free.pop(n)
                    break
    return [(item, found.get(i)) for i, item in enumerate(ascending)], free


def settle(items: Sequence[Item], occasion: Occasion, settled_before: int = 0) -> tuple[Item, ...]:
    """The contest's items after a command, by place (§8). The first `settled_before` stay as they are."""
    done, rest = tuple(items[:settled_before]), items[settled_before:]
    pairs, fresh = match(rest, occasion.fold.flips[settled_before:])
    after = [_told(item, item.told, flip, occasion) if item.told else _untold(item, flip, occasion)
             for item, flip in pairs]  # fmt: skip
    after += [_untold(Item(flip.side, place(flip)), flip, occasion) for flip in fresh]
    return ranked((*done, *(item for item in after if item is not None)))


def ranked(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=_at))


def _at(item: Item) -> Key:
    return item.place.at


def settled(items: Sequence[Item], old: Fold, new: Fold) -> int:
    """How many of the first items need no look when a command only added figures: their flips are the same.

    That spares a long ledger when a newest figure comes in. Every item must have its flip and lie at it, so that
    a new flip is nearer to none.
    """
    if len(items) != len(old.flips):
        return 0
    same = min(len(old.flips), len(new.flips))
    # A flip is made once, upon those before it: the same object has the same forerunners.
    while same and old.flips[same - 1] is not new.flips[same - 1]:
        same -= 1
    at_home = all(i.flip and i.flip.at == i.place.at == f.at.key for i, f in zip(items, old.flips, strict=True))
    return same if at_home else 0


def _untold(item: Item, flip: Flip | None, occasion: Occasion) -> Item | None:
    """An item that nobody has read of, with the mode of §8.2; without a flip it is dropped, note and all."""
    if flip is None:
        return None
    mode = item.mode
    if flip.spoken is None:
        mode = None
    elif mode is None:
        mode = Mode.LOUD if _news(flip, occasion) else Mode.SILENT
    here = place(flip)
    note = None
    if mode is Mode.LOUD:
        said = facts(occasion.contest, occasion.fold, flip, occasion.rules)
        note = Note(Kind.EVENT, said, here, here.at, said.group, occasion.at)
    return _holding(replace(item, mode=mode, flip=here, place=here), note)


def _news(flip: Flip, occasion: Occasion) -> bool:
    """Whether a spoken flip is told: the command changed the present, and the figures are fresh."""
    if occasion.silent or occasion.rules_changed or flip.spoken is None:
        return False
    last = next(other for other in reversed(occasion.fold.flips) if other.spoken)
    if flip is not last or occasion.fold.spoken is occasion.spoken:
        return False
    days = max(occasion.rules.fresh, METRICS[occasion.contest.metric].window)
    return flip.spoken.key[0] >= occasion.today - timedelta(days=days)


def _told(item: Item, told: Facts, flip: Flip | None, occasion: Occasion) -> Item | None:
    """An item that readers have (§8.3). None: a changed constant took its ground away, in silence (§8.5)."""
    quietly = occasion.rules_changed and item.note is None
    if flip is None:
        note = None
        if not item.withdrawn:
            if quietly:
                return None
            now, at = occasion.fold.displayed, occasion.at
            note = Note(Kind.CORRECTION, told, item.place, item.place.at, told.group, at, now=now, told=told)
        return _holding(replace(item, flip=None), note)
    here = place(flip)
    item = replace(item, flip=here)
    # What follows up a told flip stays in the group it was told in (§7).
    present = facts(occasion.contest, occasion.fold, flip, occasion.rules, told.style)
    present = replace(present, group=told.group)
    if not item.withdrawn:
        if present.said == told.said:
            return _holding(replace(item, told=_renewed(told, present)), None)
        if all(map(occasion.live, told.ids)):
            return _holding(item, None)  # the told figures still stand
    if quietly:
        return replace(item, told=present, place=here, withdrawn=False)
    again = item.withdrawn
    update = Note(Kind.UPDATE, present, here, item.place.at, told.group, occasion.at, reinstated=again, told=told)
    return _holding(item, update)


def _renewed(told: Facts, present: Facts) -> Facts:
    """The told facts with the versions that bear them now."""
    domestic = replace(told.domestic, ids=present.domestic.ids)
    return replace(told, domestic=domestic, foreign=replace(told.foreign, ids=present.foreign.ids))


def _holding(item: Item, note: Note | None) -> Item:
    """The item with its note, which keeps its `since` while it says the same (§9)."""
    if note is not None:
        old = item.note
        since = old.since if old is not None and old.content == note.content else note.since
        note = replace(note, since=since, number=item.number)
    return replace(item, note=note)


def leave(item: Item) -> Item:
    """The item after its note has left the hold: readers have it."""
    note = item.note
    if note is None:
        return item
    if note.kind is Kind.CORRECTION:
        return replace(item, withdrawn=True, note=None)
    return replace(item, told=note.facts, withdrawn=False, place=note.place, note=None)


def told_by(note: Note, item: Item | None) -> Item:
    """The item that a note's departure leaves in a history where the item may never have been (§9)."""
    if item is None:
        item = Item(note.facts.side, note.place, told=note.facts)
    number = item.number if note.number is None else note.number
    return leave(replace(item, note=note, mode=Mode.LOUD, number=number))
