"""A line of a news text: which of its figures count, and what they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sebghat import letters
from sebghat.newsmarks import Mark, What, names_people
from sebghat.newswords import (
    GIVEN,
    GLUE,
    GROWTH,
    IRAN,
    JOINED,
    LINKS,
    LIST,
    LONGEST_SOURCE,
    METRICS,
    MOVES,
    NEW,
    NEXT,
    NO_SHARES,
    NOT_PEOPLE,
    PASSED,
    PASSES,
    SAME,
    SIGNS,
    SOME,
    SOURCE_NAMES,
    SUBGROUPS,
    THIS,
    TO,
    TOGETHER,
    USED_BY,
    USERS,
    WAS,
    WORLD,
)
from sebghat.numerals import Reading, read_number
from sebghat.observation import Qualifier, Unit, Value
from sebghat.vocabulary import WORDS, Kind

ALL_IRAN = 90_000_000  # more users than that are not Iran's
BRACKETS = frozenset("([")
_NUMBER = f"{letters.ASCII}{letters.PERSIAN}{letters.ARABIC}.,،٫٬/"
_NOTHING = (Kind.UNKNOWN, "")


@dataclass(slots=True)
class Line:
    text: str
    marks: list[Mark]

    def of(self, *what: What) -> list[int]:
        return [place for place, mark in enumerate(self.marks) if mark.what in what]

    @property
    def figures(self) -> list[str]:
        return [mark.text for mark in self.marks if mark.what is What.FIGURE]

    def keys(self, start: int, end: int) -> list[str]:
        """The words in that part, without what is marked."""
        return [mark.key for mark in self.marks[max(0, start) : end] if mark.what is What.WORD]

    def has(self, words: frozenset[str]) -> bool:
        return any(mark.key in words for mark in self.marks)


def next_figure(line: Line, at: int) -> int:
    return next((place for place in line.of(What.FIGURE) if place > at), len(line.marks))


def dated_by_next(line: Line, places: list[int], n: int) -> bool:
    """«… ۱۰ میلیون و در سال ۱۴۰۲ ۳۰ میلیون»: the date behind this figure is the next one's."""
    behind, then = places[n + 1], places[n + 2] if n + 2 < len(places) else None
    joint = {mark.key for mark in line.marks[places[n] + 1 : behind]}
    return then is not None and bool(joint & LIST)


def completed(line: Line) -> Line:
    """With the unit that a list names but once: «۳۰، ۲۵ و ۱۷ میلیون», «روبیکا ۴۴ و ایتا ۳۰ میلیون»."""
    found = list(line.marks)
    unit, listed = "", False
    for at in range(len(found) - 1, -1, -1):
        mark = found[at]
        if mark.what is What.FIGURE:
            digits = len(mark.text) - len(mark.text.lstrip(_NUMBER))
            unit, listed = (mark.text[digits:] if digits else ""), False
        elif mark.what is What.BARE and unit and listed:
            reading = read_number(mark.text + unit)
            if isinstance(reading, Reading):
                found[at] = replace(mark, what=What.FIGURE, reading=reading)
                listed = False
        elif mark.key in LIST:
            listed = True
        elif mark.what is not What.PLATFORM and mark.key not in GLUE and mark.text not in SIGNS:
            unit = ""
    return Line(line.text, found)


def level(line: Line, at: int, reading: Reading, *, polled: bool, counting: bool) -> Value | None:
    """The value, if it says how many there are: no growth, no newcomers, no money, no part of a whole."""
    start, end = max([0, *(place + 1 for place in line.of(What.FIGURE) if place < at)]), next_figure(line, at)
    before, after = line.keys(max(start, at - 4), at), line.keys(at + 1, min(end, at + 7))
    after = after[: next((n for n, key in enumerate(after) if key in BRACKETS), None)]
    last = line.marks[at - 1].key if at else ""
    if _says_no_level(line, at, before, after, reached=last in TO):
        return None
    value = reading.value
    if reading.unit is Unit.PERCENT:
        around = set(line.keys(max(start, at - 6), min(end, at + 7)))
        others = around & (SUBGROUPS | (NO_SHARES - MOVES if last in TO else NO_SHARES))
        return value if polled and not others and last not in WAS and not _of_its_users(line, at) else None
    value = reading.value
    if last in WAS:
        passes = any(word in PASSES for word in after) or "مرز" in before
        if not passes or value.q is not Qualifier.EXACT:
            return None
        value = Value(Qualifier.AT_LEAST, value.lo, None, value.res)
    if (last == "مرز" or last in PASSED) and value.q is Qualifier.EXACT:
        value = Value(Qualifier.AT_LEAST, value.lo, None, value.res)
    if not reading.metric and not names_people(line.marks[at].text):
        following = line.marks[at + 1] if at + 1 < len(line.marks) else None
        plain = (
            following is None or following.what is not What.WORD or following.key in NEXT or not following.key.isalnum()
        )
        people = any(names_people(mark.text) for mark in line.marks) or line.has(frozenset(METRICS))
        people = people or (counting and (_is_row(line, at) or is_same(line)))
        if not plain or not people:
            return None
    return value


def _says_no_level(line: Line, at: int, before: Sequence[str], after: Sequence[str], *, reached: bool) -> bool:
    """Whether the words round a figure make it growth, newcomers, or something else than people; «به … رسید» does
    not, whatever grew."""
    following = line.marks[at + 1].what if at + 1 < len(line.marks) else None
    if following is What.WORD and after and (set(after[:2]) & (NEW | NOT_PEOPLE) or _is_thing(after)):
        return True
    if not reached and set(after[:2]) & MOVES and following is What.WORD:
        return True
    lost = "دست" in after[:5] and bool(set(after[:6]) & GIVEN)
    if lost or set(after[:5]) & JOINED or set(before) & NOT_PEOPLE or _names_some(line.marks[at].text):
        return True
    return not reached and bool(set(before[-3:]) & GROWTH) and not set(before) & USED_BY


def _of_its_users(line: Line, at: int) -> bool:
    """«۷۰ درصد کاربران ایتا مرد هستند»: a share of the users of one, not of the people."""
    following = line.marks[at + 1 : at + 3]
    users = {letters.key(line.marks[at].text.split()[-1]), *(mark.key for mark in following[:1])} & USERS
    return bool(users) and any(mark.what is What.PLATFORM for mark in following)


def _is_thing(after: Sequence[str]) -> bool:
    """Messages, visits, dollars; «پیام رسان» is none of them."""
    return WORDS.get(after[0], _NOTHING)[0] is Kind.THING and after[1:2] != ["رسان"]


def _names_some(text: str) -> bool:
    """Teachers and students of universities are users among others."""
    return any(letters.key(word) in SOME for word in text.split())


def _is_row(line: Line, at: int) -> bool:
    """«ایتا: ۳۴ میلیون», on a line of its own, whatever stands behind it."""
    before = [mark for mark in line.marks[:at] if mark.what is What.PLATFORM or mark.key.isalnum()]
    return len(before) == 1 and before[0].what is What.PLATFORM


def is_same(line: Line) -> bool:
    """«این رقم برای ایتا ۱۹ میلیون است»: of what the line before counted."""
    keys = [mark.key for mark in line.marks]
    return any(a in THIS and b in SAME for a, b in pairwise(keys))


def worth_asking(line: Line, at: int, reading: Reading, named: set[str]) -> bool:
    """Whether a figure without a platform is offered all the same, for somebody to say whose it is."""
    return bool(named) and reading.unit is Unit.USERS and bool(reading.metric) and not line.has(TOGETHER)


def metrics_of(line: Line) -> dict[int, str]:
    """What each figure counts: by its own noun, by a word since the figure before or close behind, as the figure
    before it, or as the next one of a list."""
    metrics: dict[int, str] = {}
    places = line.of(What.FIGURE)
    last = ""
    for n, at in enumerate(places):
        start, end = places[n - 1] + 1 if n else 0, places[n + 1] if n + 1 < len(places) else len(line.marks)
        reading = line.marks[at].reading
        before = [METRICS[key] for key in line.keys(start, at) if key in METRICS]
        behind = [METRICS[key] for key in line.keys(at + 1, min(at + 6, end)) if key in METRICS]
        own = (reading.metric if reading else "") or _own_metric(line.marks[at].text)
        last = own or next(reversed(before), "") or next(iter(behind), "") or last
        if last:
            metrics[at] = last
    for first, second in pairwise(reversed(places)):  # backwards: `first` stands behind `second`
        if second not in metrics and first in metrics and _listed(line, second, first):
            metrics[second] = metrics[first]
    return metrics


def _listed(line: Line, first: int, second: int) -> bool:
    between = line.marks[first + 1 : second]
    return all(
        mark.what is What.PLATFORM or mark.key in LINKS | LIST or mark.text in SIGNS or not mark.key.isalnum()
        for mark in between
    )


def _own_metric(text: str) -> str:
    """«۱۲ میلیون نفر عضو»."""
    return next((METRICS[key] for word in text.split() if (key := letters.key(word)) in METRICS), "")


def scope_of(line: Line, value: Value, unit: Unit) -> str:
    if unit is Unit.USERS and ((line.has(WORLD) and not line.has(IRAN)) or (value.lo or value.hi or 0) > ALL_IRAN):
        return "world"
    return "ir"


def sources_of(line: Line) -> list[str]:
    """The sources that a line names, in order; the longest name counts."""
    found, place = list[str](), 0
    words = [letters.key(mark.text) for mark in line.marks]
    while place < len(words):
        for length in range(min(LONGEST_SOURCE, len(words) - place), 0, -1):
            if key := SOURCE_NAMES.get("".join(words[place : place + length]) if words[place] else ""):
                found.append(key)
                break
        else:
            length = 1
        place += length
    return found
