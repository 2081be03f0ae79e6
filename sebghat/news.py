"""News texts: the figures in them, each with its platform, metric, date and source, and the claims without figures.

Precision before all: a figure that two platforms could claim is given to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from sebghat import letters
from sebghat.almanac import WEEKDAYS, day_of
from sebghat.dates import read_date
from sebghat.newsmarks import Budget, Mark, What, marks, names_people, sentences
from sebghat.newswords import (
    AHEAD_GLUE,
    BEHIND_OF,
    COMPARED,
    CONDUCTED,
    DATA,
    GLUE,
    GROWTH,
    IN_ORDER,
    IRAN,
    JOINED,
    LIST,
    LONGEST_SOURCE,
    METRICS,
    NEW,
    NEXT,
    NO_SHARES,
    NOT_PEOPLE,
    NOW,
    OVERTAKES,
    PASSES,
    PASSIVE,
    PAST,
    PEOPLE,
    POLLS,
    PRONOUNS,
    SIGNS,
    SOME,
    SOURCE_NAMES,
    SPEAKERS,
    SUBGROUPS,
    TO,
    TOGETHER,
    UNCERTAIN,
    USE,
    USED_BY,
    WAS,
    WORLD,
)
from sebghat.numerals import Reading, read_number
from sebghat.observation import Qualifier, Unit, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Platforms
from sebghat.refusal import Refusal
from sebghat.vocabulary import WORDS, Kind

LONGEST = 8_192  # characters that are read; more is cut off
QUOTE = 300  # characters
MOST = 60  # figures of one text
NEAR = 14  # words between a platform and its figure
LATELY = 45  # days: a day without a year is of no earlier
_NUMBER = f"{letters.ASCII}{letters.PERSIAN}{letters.ARABIC}.,،٫٬/"
_NOTHING = (Kind.UNKNOWN, "")
ALL_IRAN = 90_000_000  # more users than that are not Iran's


@dataclass(frozen=True, slots=True)
class Offered:
    """One figure as the text gives it. `platform`, `metric`, `asof` are None where the text does not say for sure:
    `missing` names those fields. `source` is a key of sources.csv, or None; `written` are the figure's own words."""

    platform: str | None
    metric: str | None
    value: Value
    unit: Unit
    asof: AsOf | None
    source: str | None
    scope: str
    written: str
    quote: str

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in ("platform", "metric", "asof") if getattr(self, name) is None)


@dataclass(frozen=True, slots=True)
class SaidToLead:
    """«ایتا از تلگرام پیشی گرفت», without the figure of a side: no more than a claim."""

    winner: str
    loser: str
    asof: AsOf | None
    source: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A figure that has two readings; `refusal` says why and which."""

    quote: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class News:
    """What is offered of a text; nothing of it is recorded by itself. `published`: the text's own date, if it has one.

    For the desk: `figures` without anything missing fill in a /set; one with `missing` asks for that field.
    """

    figures: tuple[Offered, ...] = ()
    claims: tuple[SaidToLead, ...] = ()
    unread: tuple[Unread, ...] = ()
    published: AsOf | None = None


def read_news(text: str, platforms: Platforms, today: date) -> News:
    """The figures and claims of a news text; `today`: the day of the message that carried it."""
    text = text[:LONGEST]
    if letters.has_override(text):
        return News()
    budget = Budget()
    lines = [_Line(each, marks(each, platforms, today, budget)) for each in sentences(text)]
    published = _published(lines, today)
    if published is not None and published.first < today:
        today = published.first
        lines = [_Line(each, marks(each, platforms, today, budget)) for each in sentences(text)]
    story = _Story(lines, platforms, today, published or day_of(today, Calendar.JALALI))
    figures = _once([each for line in lines for each in story.figures(line)])
    return News(
        figures[:MOST],
        story.claims(figures),
        tuple(
            Unread(letters.visible(line.text, QUOTE), mark.refusal)
            for line in lines
            for mark in line.marks
            if mark.refusal is not None and story.platforms_named
        )[:MOST],
        published,
    )


@dataclass(slots=True)
class _Line:
    text: str
    marks: list[Mark]

    def of(self, *what: What) -> list[int]:
        return [place for place, mark in enumerate(self.marks) if mark.what in what]

    def keys(self, start: int, end: int) -> list[str]:
        """The words in that part, without what is marked."""
        return [mark.key for mark in self.marks[max(0, start) : end] if mark.what is What.WORD]

    def has(self, words: frozenset[str]) -> bool:
        return any(mark.key in words for mark in self.marks)


def _published(lines: Sequence[_Line], today: date) -> AsOf | None:
    """The day that the text itself is of: a line without figures that names one, at its beginning or end."""
    for line in [*lines[:4], *lines[-2:]]:
        days = [line.marks[at].when for at in line.of(What.DATE)]
        found = [when for when in days if when and when.asof.precision is Precision.DAY and when.first == when.last]
        if len(found) == 1 and not line.of(What.FIGURE, What.PLATFORM) and not line.has(CONDUCTED):
            return found[0].asof
    return None


class _Story:
    """What is known of the text as a whole while its lines are read one after the other."""

    def __init__(self, lines: Sequence[_Line], platforms: Platforms, today: date, dated: AsOf) -> None:
        self._lines, self._platforms, self._today, self._dated = lines, platforms, today, dated
        self.platforms_named = {line.marks[at].key for line in lines for at in line.of(What.PLATFORM)}
        self._counting = any(line.has(PEOPLE) for line in lines)
        self._polled = any(line.has(POLLS) for line in lines)
        metrics = {METRICS[mark.key] for line in lines for mark in line.marks if mark.key in METRICS}
        self._metric = next(iter(metrics)) if len(metrics) == 1 else None
        self._known_dates: dict[str, AsOf | None] = {}
        self._stated = self._only_date()
        self._sources = [_sources(line) for line in lines]
        self._about: str | None = None  # the platform that the line before speaks of
        self._since: AsOf | None = None  # the date that the line before began with

    def _only_date(self) -> AsOf | None:
        """The one date that the text gives to its figures, if it gives them one."""
        found = {
            when
            for line in self._lines
            for at in line.of(What.DATE)
            if (when := self._when(line.marks[at])) is not None and not self._is_head(line)
        }
        stated = {
            self._when(line.marks[at])
            for line in self._lines
            for at in line.of(What.DATE)[:1]
            if line.has(POLLS) or (line.has(DATA) and not any(place < at for place in line.of(What.FIGURE)))
        }
        return next(iter(found)) if len(found) == 1 and found <= stated else None

    def _is_head(self, line: _Line) -> bool:
        return not line.of(What.FIGURE, What.PLATFORM) and any(
            self._when(line.marks[at]) == self._dated for at in line.of(What.DATE)
        )

    def figures(self, line: _Line) -> list[Offered]:
        completed = _completed(line)
        whose = attached(completed, self._before(completed))
        dates = self._dates(completed)
        metrics = _metrics(completed)
        found = []
        for at in completed.of(What.FIGURE):
            reading = completed.marks[at].reading
            assert reading is not None
            value = _level(completed, at, reading, polled=self._polled, counting=self._counting)
            platform = whose.get(at)
            if value is None or (platform is None and not _worth_asking(completed, at, reading, self.platforms_named)):
                continue
            share = reading.unit is Unit.PERCENT
            found.append(
                Offered(
                    platform,
                    "poll" if share else metrics.get(at) or self._metric,
                    value,
                    reading.unit,
                    dates[at],
                    self._source(line),
                    _scope(completed, value, reading.unit),
                    completed.marks[at].text,
                    letters.visible(line.text, QUOTE),
                )
            )
        named = {line.marks[at].key for at in line.of(What.PLATFORM)}
        if named:
            self._about = next(iter(named)) if len(named) == 1 else None
        return found

    def _before(self, line: _Line) -> str | None:
        """The platform that a line without one speaks of."""
        if line.of(What.PLATFORM):
            return None
        spoken = [mark.reading for mark in line.marks if mark.reading]
        if len(self.platforms_named) == 1 and all(reading.metric for reading in spoken):
            return next(iter(self.platforms_named))
        folded = f" {letters.fold(line.text)} "
        return self._about if any(f" {letters.fold(name)} " in folded for name in PRONOUNS) else None

    def _source(self, line: _Line) -> str | None:
        """Who says so: whom this line names, else whom the last line before it did, else the first named later."""
        place = next(n for n, each in enumerate(self._lines) if each is line)
        before = [found[-1] for found in self._sources[: place + 1] if found]
        after = [found[0] for found in self._sources[place + 1 :] if found]
        return before[-1] if before else after[0] if after else None

    def _dates(self, line: _Line) -> dict[int, AsOf | None]:
        """Each figure's date: the last before it in its line, else the first behind it, else the text's."""
        dates: dict[int, AsOf | None] = {}
        places = line.of(What.FIGURE, What.DATE, What.PLATFORM)
        current: AsOf | None = None
        known = False
        first = next((line.marks[at].what for at in places), None)
        for n, at in enumerate(places):
            mark = line.marks[at]
            if mark.what is What.DATE and set(line.keys(at - 3, at)) & COMPARED:
                continue  # «نسبت به سال گذشته»
            if mark.what is What.DATE:
                current, known = self._when(mark), True
            elif mark.what is What.FIGURE:
                behind = places[n + 1] if n + 1 < len(places) else None
                if behind is not None and line.marks[behind].what is What.DATE and not _dated_by_next(line, places, n):
                    dates[at] = self._when(line.marks[behind])
                elif known:
                    dates[at] = current
                elif set(line.keys(places[n - 1] + 1 if n else 0, _next_figure(line, at))) & PAST:
                    dates[at] = None
                elif self._since is not None and not line.has(NOW):
                    dates[at] = self._since
                else:
                    dates[at] = (None if line.has(NOW) else self._stated) or self._dated
        if dates or line.of(What.DATE):
            self._since = current if first is What.DATE and dates and not line.has(NOW) else None
        return dates

    def _when(self, mark: Mark) -> AsOf | None:
        if mark.text not in self._known_dates:
            self._known_dates[mark.text] = self._definite(mark)
        return self._known_dates[mark.text]

    def _definite(self, mark: Mark) -> AsOf | None:
        """A date as the story's day makes it definite: «دوشنبه» is the last one, «۱۲ خرداد» of lately has its year."""
        if mark.when is not None:
            return mark.when.asof
        name = letters.key(mark.text.removeprefix("روز ").strip())
        days = {letters.key(day): n for row in WEEKDAYS.values() for n, day in enumerate(row)}
        if name in days:
            return day_of(self._today - timedelta(days=(self._today.weekday() - days[name]) % 7), Calendar.JALALI)
        for year in (day_of(self._today, Calendar.JALALI).year, self._today.year):
            outcome = read_date(f"{mark.text} {year}", self._today)
            if isinstance(outcome, Refusal):
                continue
            if timedelta(0) <= self._today - outcome.first < timedelta(days=LATELY):
                return outcome.asof
        return None

    def claims(self, figures: Sequence[Offered]) -> tuple[SaidToLead, ...]:
        """Who is said to have passed whom, across the border, where a side lacks its figure."""
        counted = {each.platform for each in figures}
        found: dict[tuple[str, str], SaidToLead] = {}
        for line in self._lines:
            for winner, loser in _passing(line):
                foreign = self._platforms[winner].origin is not self._platforms[loser].origin
                if foreign and not {winner, loser} <= counted and (winner, loser) not in found:
                    date_ = next((self._when(line.marks[at]) for at in line.of(What.DATE)), None) or self._dated
                    quote = letters.visible(line.text, QUOTE)
                    found[winner, loser] = SaidToLead(winner, loser, date_, self._source(line), quote)
        return tuple(found.values())


def _next_figure(line: _Line, at: int) -> int:
    return next((place for place in line.of(What.FIGURE) if place > at), len(line.marks))


def _dated_by_next(line: _Line, places: list[int], n: int) -> bool:
    """«… ۱۰ میلیون و در سال ۱۴۰۲ ۳۰ میلیون»: the date behind this figure is the next one's."""
    behind, then = places[n + 1], places[n + 2] if n + 2 < len(places) else None
    joint = {mark.key for mark in line.marks[places[n] + 1 : behind]}
    return then is not None and bool(joint & LIST)


# Which figures count, and of what ----------------------------------------------------------------------------


def _completed(line: _Line) -> _Line:
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
    return _Line(line.text, found)


def _level(line: _Line, at: int, reading: Reading, *, polled: bool, counting: bool) -> Value | None:
    """The value, if it says how many there are: no growth, no newcomers, no money, no part of a whole."""
    before, after = line.keys(at - 4, at), line.keys(at + 1, at + 7)
    following = line.marks[at + 1] if at + 1 < len(line.marks) else None
    last = line.marks[at - 1].key if at else ""
    if following and following.what is What.WORD and (set(after[:2]) & (NEW | NOT_PEOPLE) or _is_thing(after)):
        return None
    if any(word in JOINED for word in after[:5]) or set(before) & NOT_PEOPLE or _names_some(line.marks[at].text):
        return None
    if last not in TO and any(word in GROWTH for word in before[-3:]) and not set(before) & USED_BY:
        return None
    if reading.unit is Unit.PERCENT:
        around = set(line.keys(at - 6, at + 7))
        return reading.value if polled and not around & (SUBGROUPS | NO_SHARES) else None
    value = reading.value
    if last in WAS:
        passes = any(word in PASSES for word in after) or "مرز" in before
        if not passes or value.q is not Qualifier.EXACT:
            return None
        value = Value(Qualifier.AT_LEAST, value.lo, None, value.res)
    if last == "مرز" and value.q is Qualifier.EXACT:
        value = Value(Qualifier.AT_LEAST, value.lo, None, value.res)
    if not reading.metric and not names_people(line.marks[at].text):
        plain = (
            following is None or following.what is not What.WORD or following.key in NEXT or not following.key.isalnum()
        )
        people = any(names_people(mark.text) for mark in line.marks) or line.has(frozenset(METRICS))
        people = people or (counting and len(line.of(What.FIGURE)) == 1 and _is_row(line))  # «ایتا: ۳۴ میلیون»
        if not plain or not people:
            return None
    return value


def _is_thing(after: Sequence[str]) -> bool:
    """Messages, visits, dollars; «پیام رسان» is none of them."""
    return WORDS.get(after[0], _NOTHING)[0] is Kind.THING and after[1:2] != ["رسان"]


def _names_some(text: str) -> bool:
    """Teachers and students of universities are users among others."""
    return any(letters.key(word) in SOME for word in text.split())


def _is_row(line: _Line) -> bool:
    return all(mark.what is not What.WORD or not mark.key.isalnum() or mark.key in GLUE for mark in line.marks)


def _worth_asking(line: _Line, at: int, reading: Reading, named: set[str]) -> bool:
    """Whether a figure without a platform is offered all the same, for somebody to say whose it is."""
    return bool(named) and reading.unit is Unit.USERS and bool(reading.metric) and not line.has(TOGETHER)


def _metrics(line: _Line) -> dict[int, str]:
    """What each figure counts: by its own noun, by a word since the figure before, by the only metric of the line."""
    metrics: dict[int, str] = {}
    places = line.of(What.FIGURE)
    said = {METRICS[mark.key] for mark in line.marks if mark.key in METRICS}
    said |= {mark.reading.metric for at in places if (mark := line.marks[at]).reading and mark.reading.metric}
    last = ""
    for n, at in enumerate(places):
        start = places[n - 1] + 1 if n else 0
        reading = line.marks[at].reading
        words = [METRICS[key] for key in line.keys(start, at) if key in METRICS]
        ahead = line.keys(at + 1, min(at + 4, places[n + 1] if n + 1 < len(places) else at + 4))
        behind = [METRICS[key] for key in ahead if key in METRICS]
        own = (
            (reading.metric if reading else "")
            or _own_metric(line.marks[at].text)
            or (words[-1] if words else "")
            or (behind[0] if behind else "")
        )
        last = own or last or (next(iter(said)) if len(said) == 1 else "")
        if last:
            metrics[at] = last
    return metrics


def _own_metric(text: str) -> str:
    """«۱۲ میلیون نفر عضو»."""
    return next((METRICS[key] for word in text.split() if (key := letters.key(word)) in METRICS), "")


def _scope(line: _Line, value: Value, unit: Unit) -> str:
    if unit is Unit.USERS and ((line.has(WORLD) and not line.has(IRAN)) or (value.lo or value.hi or 0) > ALL_IRAN):
        return "world"
    return "ir"


def _sources(line: _Line) -> list[str]:
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


def _once(figures: Sequence[Offered]) -> tuple[Offered, ...]:
    """A figure that the headline and the text give is one; what lacks less is kept."""
    kept: list[Offered] = []
    for each in figures:
        twin = next((n for n, other in enumerate(kept) if _same(each, other)), None)
        if twin is None:
            kept.append(each)
        elif len(each.missing) < len(kept[twin].missing):
            kept[twin] = each
    return tuple(kept)


def _same(one: Offered, other: Offered) -> bool:
    return (one.value.q, one.value.lo, one.value.hi, one.unit) == (
        other.value.q, other.value.lo, other.value.hi, other.unit,
    ) and all(
        a == b or a is None or b is None for a, b in ((one.platform, other.platform), (one.metric, other.metric))
    )  # fmt: skip


# Whose figure ------------------------------------------------------------------------------------------------


def attached(line: _Line, about: str | None) -> dict[int, str | None]:
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
    whose: dict[int, str | None] = {}
    taken: set[int] = set()
    for n, at in enumerate(places):
        if at in named:
            continue
        before = _run(places[:n][::-1], named)
        after = _run(places[n + 1 :], named)
        ahead = after[0] if after and _ahead(line, at, after, prepositions=not alternate) else None
        back = _back(line, at, [p for p in before if p not in taken], before, whose, places[:n])
        if ahead is not None:
            taken.add(ahead)
        keys = {line.marks[ahead].key} if ahead is not None else set()
        keys |= {back} if back else set()
        whose[at] = next(iter(keys)) if len(keys) == 1 else None
    return whose


def _names(line: _Line) -> list[int]:
    """The places of the platforms; who only speaks («مدیرعامل ایتا») counts where nobody else is named."""
    places = line.of(What.PLATFORM)
    speaking = [at for at in places if at and line.marks[at - 1].key in SPEAKERS]
    others = [at for at in places if at not in speaking]
    return others or places


def _run(places: Sequence[int], named: Sequence[int]) -> list[int]:
    """The names up to the next figure."""
    found = []
    for at in places:
        if at not in named:
            break
        found.append(at)
    return found


def _between(line: _Line, start: int, end: int) -> list[Mark]:
    return [mark for mark in line.marks[start + 1 : end] if mark.text not in SIGNS and mark.what is not What.DATE]


def _ahead(line: _Line, at: int, after: Sequence[int], *, prepositions: bool) -> bool:
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
    line: _Line,
    at: int,
    free: Sequence[int],
    before: Sequence[int],
    whose: dict[int, str | None],
    earlier: Sequence[int],
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
    if len(keys) == 1 and len(between) <= NEAR:
        return next(iter(keys))
    if not before and earlier:
        return whose.get(earlier[-1])
    only = {line.marks[place].key for place in line.of(What.PLATFORM)}
    return next(iter(only)) if before and not free and len(only) == 1 else None


def _in_order(line: _Line, places: Sequence[int]) -> dict[int, str | None]:
    """«روبیکا، ایتا و بله به ترتیب ۴۴، ۳۰ و ۱۷ میلیون»: as many figures as names, or twice as many."""
    kinds = [line.marks[at].what is What.PLATFORM for at in places]
    names = [line.marks[at].key for at, name in zip(places, kinds, strict=True) if name]
    figures = [at for at, name in zip(places, kinds, strict=True) if not name]
    split = sum(a != b for a, b in pairwise(kinds)) == 1
    if not split or not names or len(figures) % len(names) or len(set(names)) < len(names):
        return dict.fromkeys(figures)
    return {at: names[n % len(names)] for n, at in enumerate(figures)}


def _passing(line: _Line) -> list[tuple[str, str]]:
    """Winner and loser of each pair that a line speaks of as done."""
    named = _names(line)
    verb = next((at for at, mark in enumerate(line.marks) if mark.key in OVERTAKES), None)
    if verb is None or len(named) < 2 or line.has(UNCERTAIN) or line.has(PASSIVE) or line.text.rstrip()[-1:] in "؟?":
        return []
    winner, *losers = named
    direct = line.marks[verb].key in BEHIND_OF or "پشت سر" in line.text
    from_ = any(mark.key in WAS for mark in line.marks[winner : losers[0]])
    if not (direct or from_ or line.marks[verb].key in {"ahead", "overtaken"}) or line.marks[winner - 1].key in WAS:
        return []
    pairs = [(line.marks[winner].key, line.marks[loser].key) for loser in losers]
    return [pair for pair in pairs if pair[0] != pair[1]]
