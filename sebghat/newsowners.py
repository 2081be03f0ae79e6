"""Whose a figure of a news text is, and who is said to have passed whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sebghat import letters
from sebghat.newslines import Line, metrics_of
from sebghat.newsmarks import Mark, What
from sebghat.newswords import (
    AFTER,
    AHEAD,
    AHEAD_GLUE,
    ASIDE,
    BEHIND_OF,
    FELL,
    GROWTH,
    IN_ORDER,
    IRAN,
    LIST,
    NOW,
    OVERTAKES,
    PASSES,
    PASSIVE,
    SIGNS,
    SPEAKERS,
    TALKS,
    TO,
    TOGETHER,
    UNCERTAIN,
    USE,
    WAS,
    WORLD,
    WRITES,
)
from sebghat.observation import Unit

CLOSE = 5  # words between a figure and the platform behind it, where they go by turns
FAR = 30  # where the figure says what it counts, and nobody else is named
NEAR = 14  # words between a platform and its figure


def attached(line: Line, about: str | None) -> dict[int, str | None]:
    """The platform of each figure of a line, None where two could claim it; `about`: whom a line that names none
    speaks of."""
    named = _names(line)
    places = sorted([*named, *line.of(What.FIGURE)])
    figures = line.of(What.FIGURE)
    if not named:
        return dict.fromkeys(figures, about if about and not line.has(TOGETHER) else None)
    if any(letters.key(words) in letters.key(line.text) for words in IN_ORDER):
        return _in_order(line, places)
    alternate = len(named) == len(figures) and places[0] in named and all(
        (a in named) != (b in named) for a, b in pairwise(places)
    )  # fmt: skip
    if len(named) == len(figures) and places[0] not in named and _forward(line, places, named):
        return {at: line.marks[places[n + 1]].key for n, at in enumerate(places) if at not in named}
    whose: dict[int, str | None] = {}
    taken: set[int] = set()
    metrics = metrics_of(line)
    for n, at in enumerate(places):
        if at in named:
            continue
        before = _run(places[:n][::-1], named)
        after = _run(places[n + 1 :], named)
        ahead = after[0] if after and _ahead(line, at, after, prepositions=not alternate) else None
        back = _back(line, at, [p for p in before if p not in taken], before, whose, places[:n], metrics)
        if ahead is not None:
            taken.add(ahead)
        keys = {line.marks[ahead].key} if ahead is not None else set()
        keys |= {back} if back else set()
        whose[at] = next(iter(keys)) if len(keys) == 1 else None
    return whose


def _forward(line: Line, places: Sequence[int], named: Sequence[int]) -> bool:
    """«۸۸ درصد افراد در واتس‌اپ، ۶۸ درصد در اینستاگرام و …»: figure and name by turns, each name close behind."""
    turns = all((a in named) != (b in named) for a, b in pairwise(places))
    pairs = list(zip(places[::2], places[1::2], strict=True)) if turns else []
    return len(pairs) > 1 and all(
        _ahead(line, at, [name], prepositions=True) or len(_between(line, at, name)) <= CLOSE for at, name in pairs
    ) and all(_ahead(line, at, [name], prepositions=True) for at, name in pairs[1:])  # fmt: skip


def _names(line: Line) -> list[int]:
    """The places of the platforms that the line may be about; who only speaks («مدیرعامل ایتا») or stands aside
    («برخلاف تلگرام», «در ایتا نوشت») counts where nobody else is named, to whom somebody spoke never."""
    places = [at for at in line.of(What.PLATFORM) if not set(line.keys(at - 2, at)) & TALKS]
    aside = [at for at in places if (at and line.marks[at - 1].key in SPEAKERS | ASIDE) or _writes(line, at)]
    others = [at for at in places if at not in aside]
    return others or places


def _writes(line: Line, at: int) -> bool:
    return bool(set(line.keys(at + 1, at + 2)) & WRITES)


def _run(places: Sequence[int], named: Sequence[int]) -> list[int]:
    """The names up to the next figure."""
    found = []
    for at in places:
        if at not in named:
            break
        found.append(at)
    return found


def _between(line: Line, start: int, end: int) -> list[Mark]:
    return [mark for mark in line.marks[start + 1 : end] if mark.text not in SIGNS and mark.what is not What.DATE]


def _ahead(line: Line, at: int, after: Sequence[int], *, prepositions: bool) -> bool:
    """«۳۰ میلیون کاربر ایتا», «۲۵ درصد از ایتا»: nothing else stands between, and the name is not one of several."""
    between = _between(line, at, after[0])
    if any(mark.key not in AHEAD_GLUE for mark in between):
        return False
    reading = line.marks[at].reading
    of = any(mark.key in WAS for mark in between)
    if of and reading and reading.unit is Unit.USERS and not set(line.keys(after[0] + 1, after[0] + 6)) & USE:
        return False  # «۴۲ میلیون کاربر از تلگرام پیشی گرفت»
    if not prepositions and any(mark.key in WAS for mark in between):
        return False
    if len(after) > 1:
        joint = _between(line, after[0], after[1])
        return not all(mark.key in LIST for mark in joint)
    return True


def _back(
    line: Line,
    at: int,
    free: Sequence[int],
    before: Sequence[int],
    whose: dict[int, str | None],
    earlier: Sequence[int],
    metrics: Mapping[int, str],
) -> str | None:
    """The one name before the figure and behind the figure before it; else whose that figure was."""
    keys = {line.marks[place].key for place in free}
    last = before[0] if before else (earlier[-1] if earlier else 0)
    between = _between(line, last, at)
    if any(mark.key in TOGETHER for mark in between) or (
        before and line.keys(before[-1] - 3, before[-1]) and set(line.keys(before[-1] - 3, before[-1])) & TOGETHER
    ):
        return None
    if len(keys) == 2 and BEHIND_OF & {mark.key for mark in between} | ({"پشت"} & set(line.keys(before[-1], at))):
        return line.marks[before[-1]].key  # «ایتا با پشت سر گذاشتن تلگرام به ۳۴ میلیون رسید»
    reading = line.marks[at].reading
    far = bool(reading and reading.metric) and len({line.marks[place].key for place in line.of(What.PLATFORM)}) == 1
    if len(keys) == 1 and len(between) <= (FAR if far else NEAR):
        return next(iter(keys))
    if not before and earlier:
        return whose.get(earlier[-1]) if _another_count(line, earlier[-1], at, metrics) else None
    only = {line.marks[place].key for place in line.of(What.PLATFORM)}
    return next(iter(only)) if before and not free and len(only) == 1 else None


def _another_count(line: Line, first: int, second: int, metrics: Mapping[int, str]) -> bool:
    """Whether two figures in a row are two counts of one platform: of two metrics, dates or regions, or from one to
    the other; «۳۰ میلیون در برابر ۱۵ میلیون» are of two platforms."""
    one, other = metrics.get(first), metrics.get(second)
    between = line.marks[first + 1 : second]
    dated = any(mark.what is What.DATE or mark.key in NOW | WORLD | IRAN for mark in between)
    moved = line.marks[second - 1].key in TO and first > 0 and line.marks[first - 1].key in WAS | GROWTH | {"با"}
    return moved or dated or (one is not None and other is not None and one != other)


def _in_order(line: Line, places: Sequence[int]) -> dict[int, str | None]:
    """«روبیکا، ایتا و بله به ترتیب ۴۴، ۳۰ و ۱۷ میلیون»: as many figures as names, or twice as many."""
    kinds = [line.marks[at].what is What.PLATFORM for at in places]
    names = [line.marks[at].key for at, name in zip(places, kinds, strict=True) if name]
    figures = [at for at, name in zip(places, kinds, strict=True) if not name]
    split = sum(a != b for a, b in pairwise(kinds)) == 1
    if not split or not names or len(figures) % len(names) or len(set(names)) < len(names):
        return dict.fromkeys(figures)
    return {at: names[n % len(names)] for n, at in enumerate(figures)}


def _passes(line: Line, at: int) -> bool:
    """«پیشی گرفت», «پیش افتاد», «از تلگرام گذشت»; not «از ۳۰ میلیون گذشت», not «پس از تلگرام گذشت»."""
    key = line.marks[at].key
    if key in OVERTAKES or (key in FELL and at > 0 and line.marks[at - 1].text == AHEAD):
        return True
    if key not in PASSES or at < 2 or line.marks[at - 1].what is not What.PLATFORM:
        return False
    return line.marks[at - 2].key in WAS and (at < 3 or line.marks[at - 3].key not in AFTER)


def passing(line: Line) -> list[tuple[str, str]]:
    """Winner and loser of each pair that a line speaks of as done."""
    named = _names(line)
    verb = next((at for at in range(len(line.marks)) if _passes(line, at)), None)
    if verb is None or len(named) < 2 or line.has(UNCERTAIN) or line.has(PASSIVE) or line.text.rstrip()[-1:] in "؟?":
        return []
    winner, *losers = named
    direct = line.marks[verb].key in BEHIND_OF or "پشت سر" in line.text
    from_ = any(mark.key in WAS for mark in line.marks[winner : losers[0]])
    if not (direct or from_ or line.marks[verb].key in {"ahead", "overtaken"}) or line.marks[winner - 1].key in WAS:
        return []
    pairs = [(line.marks[winner].key, line.marks[loser].key) for loser in losers]
    return [pair for pair in pairs if pair[0] != pair[1]]
