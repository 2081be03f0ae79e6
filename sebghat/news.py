"""News texts: the figures in them, each with its platform, metric, date and source, and the claims without figures.

Precision before all: a figure that two platforms could claim is given to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sebghat import letters
from sebghat.almanac import WEEKDAYS, day_of
from sebghat.claim import Said
from sebghat.dates import read_date
from sebghat.newslines import (
    Line,
    completed,
    dated_by_next,
    is_same,
    level,
    metrics_of,
    next_figure,
    scope_of,
    sources_of,
    worth_asking,
)
from sebghat.newsmarks import Budget, Mark, What, marks, names_people, sentences
from sebghat.newsowners import attached, passing
from sebghat.newswords import (
    COMPARED,
    CONDUCTED,
    DATA,
    METRICS,
    NOW,
    PAST,
    PEOPLE,
    POLLS,
    PRONOUNS,
    THEN,
)
from sebghat.observation import Unit, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Platforms
from sebghat.refusal import Refusal

LONGEST = 8_192  # characters that are read; more is cut off
QUOTE = 300  # characters
MOST = 60  # figures of one text
DATELINE = 3  # words before the day of a dateline
LATELY = 45  # days: a day without a year is of no earlier


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
    claims: tuple[Said, ...] = ()
    unread: tuple[Unread, ...] = ()
    published: AsOf | None = None


def read_news(text: str, platforms: Platforms, today: date) -> News:
    """The figures and claims of a news text; `today`: the day (in Iran) of the message that carried it.

    Only the first LONGEST characters are read, which takes a few milliseconds; a hostile text of that length up to a
    second, so call it off the loop. A text without a platform has no figures.
    """
    text = text[:LONGEST]
    if letters.has_override(text):
        return News()
    budget = Budget()
    lines = [Line(each, marks(each, platforms, today, budget)) for each in sentences(text)]
    published = _published(lines, today)
    if published is not None and published.last < today:
        today = published.last
        lines = [Line(each, marks(each, platforms, today, budget)) for each in sentences(text)]
    dated = published or day_of(today, Calendar.JALALI)
    story = _Story(lines, platforms, today, dated)
    figures = _once([each for line in lines for each in story.figures(line)], dated)
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


def _published(lines: Sequence[Line], today: date) -> AsOf | None:
    """The day that the text itself is of: a line without figures that names one, at its beginning or end."""
    for line in [*lines[:4], *lines[-2:]]:
        days = [line.marks[at].when for at in line.of(What.DATE)]
        bare = all(mark.what is What.DATE or not mark.key.isalnum() for mark in line.marks)
        whole = {Precision.DAY, Precision.MONTH} if bare else {Precision.DAY}
        found = [when for when in days if when and when.asof.precision in whole and when.first == when.asof.first]
        if len(found) == 1 and not line.of(What.FIGURE, What.PLATFORM) and not line.has(CONDUCTED):
            return found[0].asof
    return None


class _Story:
    """What is known of the text as a whole while its lines are read one after the other."""

    def __init__(self, lines: Sequence[Line], platforms: Platforms, today: date, dated: AsOf) -> None:
        self._lines, self._platforms, self._today, self._dated = lines, platforms, today, dated
        self.platforms_named = {line.marks[at].key for line in lines for at in line.of(What.PLATFORM)}
        self._counting = any(line.has(PEOPLE) or any(map(names_people, line.figures)) for line in lines)
        self._polled = any(line.has(POLLS) for line in lines)
        heads = [line for line in lines if not line.figures and line.has(PEOPLE)]
        metrics = {METRICS[mark.key] for line in heads for mark in line.marks if mark.key in METRICS}
        self._metric = next(iter(metrics)) if len(metrics) == 1 else None
        self._known_dates: dict[str, AsOf | None] = {}
        self._stated = self._only_date()
        self._sources = [sources_of(line) for line in lines]
        self._about: str | None = None  # the platform that the line before speaks of
        self._counted = ""  # what the last figure of the line before counts
        self._then: AsOf | None = None  # the last date that the lines before named
        self._goes_on = False  # whether the line before ended with a semicolon
        self._since: AsOf | None = None  # the date that the line before began with

    def _only_date(self) -> AsOf | None:
        """The one date that the text gives to its figures, if it gives them one."""
        found = {
            when
            for line in self._lines
            for at in line.of(What.DATE)
            if not _compared(line, at) and (when := self._when(line.marks[at])) is not None and not self._is_head(line)
        }
        stated = {
            self._when(line.marks[at])
            for line in self._lines
            for at in line.of(What.DATE)[:1]
            if line.has(POLLS | CONDUCTED) or (line.has(DATA) and not any(place < at for place in line.of(What.FIGURE)))
        }
        return next(iter(found)) if len(found) == 1 and found <= stated else None

    def _is_head(self, line: Line) -> bool:
        return not line.of(What.FIGURE, What.PLATFORM) and any(
            self._when(line.marks[at]) == self._dated for at in line.of(What.DATE)
        )

    def figures(self, line: Line) -> list[Offered]:
        whole = completed(line)
        whose = attached(whole, self._before(whole))
        dates = self._dates(whole)
        metrics = metrics_of(whole)
        if not metrics and self._counted and is_same(line):
            metrics = dict.fromkeys(whole.of(What.FIGURE), self._counted)
        self._counted = next(reversed(metrics.values()), "")
        found = []
        for at in whole.of(What.FIGURE):
            reading = whole.marks[at].reading
            assert reading is not None
            value = level(whole, at, reading, polled=self._polled, counting=self._counting)
            platform = whose.get(at)
            if value is None or (platform is None and not worth_asking(whole, at, reading, self.platforms_named)):
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
                    scope_of(whole, value, reading.unit),
                    whole.marks[at].text,
                    letters.visible(line.text, QUOTE),
                )
            )
        named = {line.marks[at].key for at in line.of(What.PLATFORM)}
        if named:
            self._about = next(iter(named)) if len(named) == 1 else None
        return found

    def _before(self, line: Line) -> str | None:
        """The platform that a line without one speaks of."""
        if line.of(What.PLATFORM):
            return None
        spoken = [mark.reading for mark in line.marks if mark.reading]
        if len(self.platforms_named) == 1 and all(reading.metric for reading in spoken):
            return next(iter(self.platforms_named))
        folded = f" {letters.fold(line.text)} "
        return self._about if any(f" {letters.fold(name)} " in folded for name in PRONOUNS) else None

    def _source(self, line: Line) -> str | None:
        """Who says so: whom this line names, else whom the last line before it did, else the first named later."""
        place = next(n for n, each in enumerate(self._lines) if each is line)
        before = [found[-1] for found in self._sources[: place + 1] if found]
        after = [found[0] for found in self._sources[place + 1 :] if found]
        return before[-1] if before else after[0] if after else None

    def _dates(self, line: Line) -> dict[int, AsOf | None]:
        """Each figure's date: the last before it in its line, else the first behind it, else the text's."""
        dates: dict[int, AsOf | None] = {}
        places = line.of(What.FIGURE, What.DATE, What.PLATFORM)
        current: AsOf | None = None
        known = False
        first = next((line.marks[at].what for at in places), None)
        for n, at in enumerate(places):
            mark = line.marks[at]
            if mark.what is What.DATE and (_compared(line, at) or _is_dateline(line, at)):
                continue
            if mark.what is What.DATE:
                current, known = self._when(mark), True
            elif mark.what is What.FIGURE:
                behind = places[n + 1] if n + 1 < len(places) else None
                if behind is not None and line.marks[behind].what is What.DATE and not dated_by_next(line, places, n):
                    dates[at] = self._when(line.marks[behind])
                elif dates and known and set(line.keys(places[n - 1] + 1 if n else 0, at)) & NOW:
                    dates[at] = self._dated
                elif known:
                    dates[at] = current
                elif set(line.keys(places[n - 1] + 1 if n else 0, next_figure(line, at))) & PAST:
                    dates[at] = None
                elif self._then is not None and (line.has(THEN) or self._goes_on):
                    dates[at] = self._then
                elif self._since is not None and not line.has(NOW):
                    dates[at] = self._since
                else:
                    dates[at] = (None if line.has(NOW) else self._stated) or self._dated
        dates |= self._dated_at_the_end(line, places)
        self._then = current or self._then
        self._goes_on = line.text.endswith(("؛", ";"))
        if dates or line.of(What.DATE):
            begins = first is What.DATE and dates and not line.has(NOW) and not is_same(line)
            self._since = current if begins else None
        return dates

    def _dated_at_the_end(self, line: Line, places: Sequence[int]) -> dict[int, AsOf | None]:
        """«… had 39, 21 and 16 million users in March 2023»: the line's one date, behind them all."""
        found = [at for at in places if line.marks[at].what is What.DATE and not _compared(line, at)]
        figures = line.of(What.FIGURE)
        if len(found) != 1 or not figures or found[0] < figures[-1]:
            return {}
        when = self._when(line.marks[found[0]])
        return {} if when is None else dict.fromkeys(figures, when)

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

    def claims(self, figures: Sequence[Offered]) -> tuple[Said, ...]:
        """Who is said to have passed whom, across the border, where a side lacks its figure: no more than a claim."""
        counted = {each.platform for each in figures}
        found: dict[tuple[str, str], Said] = {}
        for line in self._lines:
            for winner, loser in passing(line):
                foreign = self._platforms[winner].origin is not self._platforms[loser].origin
                if foreign and not {winner, loser} <= counted and (winner, loser) not in found:
                    date_ = next((self._when(line.marks[at]) for at in line.of(What.DATE)), None) or self._dated
                    quote = letters.visible(line.text, QUOTE)
                    found[winner, loser] = Said(winner, loser, date_, self._source(line), "ir", quote)
        return tuple(found.values())


def _is_dateline(line: Line, at: int) -> bool:
    """ "TEHRAN, Feb. 28 (MNA) -- …": where a line was written, not of when its figures are."""
    return (
        line.marks[at].when is None
        and at <= DATELINE
        and [m.text for m in line.marks[at + 1 : at + 2]] in (["("], ["-"])
    )


def _compared(line: Line, at: int) -> bool:
    """«نسبت به سال گذشته»: the date of another figure."""
    return bool(set(line.keys(at - 3, at)) & COMPARED)


def _once(figures: Sequence[Offered], published: AsOf) -> tuple[Offered, ...]:
    """A figure that the headline and the text give is one; what lacks less is kept."""
    kept: list[Offered] = []
    for each in figures:
        twin = next((n for n, other in enumerate(kept) if _same(each, other)), None)
        if twin is None:
            kept.append(each)
        elif _worth(each, published) > _worth(kept[twin], published):
            kept[twin] = each
    return tuple(kept)


def _worth(figure: Offered, published: AsOf) -> tuple[int, bool]:
    """How little it lacks, and whether its date is its own."""
    return -len(figure.missing), figure.asof != published


def _same(one: Offered, other: Offered) -> bool:
    return (one.value.q, one.value.lo, one.value.hi, one.unit) == (
        other.value.q, other.value.lo, other.value.hi, other.unit,
    ) and all(
        a == b or a is None or b is None for a, b in ((one.platform, other.platform), (one.metric, other.metric))
    )  # fmt: skip
