"""How the bot says things: figures, dates, sources and states in one language, for every text that needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sebghat import almanac, figures, letters, wording
from sebghat.claim import Claim
from sebghat.conversation import Reply, Span
from sebghat.observation import METRICS, Observation, Qualifier, Unit, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Platforms
from sebghat.sources import Names, speakers

NAMED = 4  # figures that an answer names; of more it gives the count
OLD_DAYS = 180  # a figure older than that is marked as old (overtaking.md §11)


@dataclass(frozen=True, slots=True)
class Voice:
    language: str
    platforms: Platforms
    sources: Names
    methods: Names
    today: dt.date
    zone: dt.tzinfo

    def say(self, text: str, /, **values: object) -> Reply:
        return wording.say(self.language, text, **values)

    def words(self, text: str, /, **values: object) -> str:
        return wording.words(self.language, text, **values)

    def commands(self, *commands: str) -> Reply:
        """What one could ask next, on one line."""
        spans: list[Span] = []
        for command in commands:
            spans += [Span(" · ")] if spans else []
            spans.append(wording.command(command, self.language))
        return Reply(tuple(spans))

    def platform(self, key: str) -> str:
        known = self.platforms.get(key)
        return known.name(self.language) if known else key

    def metric(self, key: str) -> str:
        return self.words(f"metric.{key}")

    def metric_inside(self, key: str) -> str:
        """The same inside a sentence: "share in polls"."""
        name = self.metric(key)
        return name[:1].lower() + name[1:]

    def counted(self, key: str) -> str:
        """The metric after a figure: «کاربر ماهانه»."""
        return self.words(f"counted.{key}")

    def scope(self, key: str) -> str:
        texts = wording.catalogue(self.language)
        return texts.get(f"scope.{key}", key)

    def where(self, key: str) -> str:
        """The scope after a figure: «در ایران»."""
        return self.words(f"where.{key}") if f"where.{key}" in wording.catalogue(self.language) else key

    def figure(self, o: Observation) -> dict[str, str]:
        """What texts about one figure on record say of it: its number, whose it is, how much, of what."""
        return {
            "id": self.number(int(o.id)),
            "platform": self.platform(o.platform),
            "value": self.value(o.value, o.metric),
            "counted": self.counted(o.metric),
        }

    def entered(self, figures: Sequence[Observation]) -> str:
        """«گپ ۳۶ میلیون و وی‌چت ۳۳ میلیون»: the first of what was entered; of several metrics each by its name."""
        text = "record.figure" if len({o.metric for o in figures}) > 1 else "record.figure_alone"
        return self.first(figures, lambda o: self.words(text, **self.figure(o)))

    def first(self, figures: Sequence[Observation], said: Callable[[Observation], str]) -> str:
        """A few of them by what is said of each, of the rest how many."""
        more = [self.words("record.more", count=self.number(len(figures) - NAMED))] if len(figures) > NAMED else []
        return self.list([*map(said, figures[:NAMED]), *more])

    def value(self, value: Value, metric: str) -> str:
        return figures.write_value(value, METRICS[metric].unit, self.language)

    def amount(self, amount: int, metric: str) -> str:
        """A margin or a band."""
        return figures.write_amount(amount, METRICS[metric].unit, self.language)

    def date(self, asof: AsOf) -> str:
        """In both calendars."""
        return almanac.write_date(asof, self.language)

    def short_date(self, asof: AsOf) -> str:
        """In the language's own calendar, for lines with several dates; they mostly stand in brackets."""
        return almanac.short_date(asof, self.language).replace(" (", " / ").rstrip(")")

    def day(self, day: dt.date) -> str:
        return almanac.write_day(day, self.language)

    def short_day(self, day: dt.date) -> str:
        return almanac.short_date(almanac.day_of(day, Calendar.GREGORIAN), self.language)

    def span(self, first: dt.date, last: dt.date) -> str:
        """A period by its ends, under its own name where it has one."""
        named = _named(first, last)
        return self.date(named) if named else almanac.write_span(first, last, self.language)

    def age(self, asof: AsOf) -> str:
        return almanac.age(asof.last, self.today, self.language)

    def is_old(self, last: dt.date) -> bool:
        return (self.today - last).days > OLD_DAYS

    def number(self, number: int) -> str:
        grouped = f"{number:,}"
        return letters.digits(grouped.replace(",", "٬"), "fa") if self.language == "fa" else grouped

    def clock(self, moment: dt.datetime) -> str:
        """The time of day where the people are, with the day if it is not today."""
        local = moment.astimezone(self.zone)
        time = letters.digits(local.strftime("%H:%M"), self.language)
        if local.date() == self.today:
            return time
        return self.words("clock.other_day", time=time, day=self.day(local.date()))

    def duration(self, seconds: int) -> str:
        """In the unit that people would use; seconds only where there are few."""
        for unit, length, few in (("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 10)):
            if seconds >= few * length or (seconds and seconds % length == 0):
                return self.so_many(unit, seconds // length)
        return self.so_many("second", seconds)

    def so_many(self, what: str, count: int) -> str:
        """«۳ کانال», "1 channel"."""
        return self.words(f"so_many.{what}_{'one' if count == 1 else 'many'}", count=self.number(count))

    def source(self, observation: Observation) -> str:
        """Who says so, with the person who said it where one is named."""
        name = self.sources.name(observation.source, self.language)
        speaker = self.speaker(observation)
        return self.words("source.spoken", source=name, speaker=speaker) if speaker else name

    def speaker(self, observation: Observation) -> str:
        spoken = observation.speaker
        if letters.key(spoken) == letters.key(self.sources.name(observation.source, "en")):
            return ""
        said = speakers().get(spoken, spoken) if self.language == "fa" else spoken
        for own in (", ", " poll, "):  # "Telegram, own blog" beside that name is "own blog"
            said = said.removeprefix(f"{self.sources.name(observation.source, self.language)}{own}")
        # «مظفری، سازمان فناوری اطلاعات» beside that organization's name is «مظفری».
        person, _, office = said.replace("، ", ", ").rpartition(", ")
        is_said = person and self.sources.name(observation.source, self.language).startswith(office)
        return said[: len(person)] if is_said else said

    def via(self, observation: Observation) -> str:
        return speakers().get(observation.via, observation.via) if self.language == "fa" else observation.via

    def method(self, key: str) -> str:
        return self.methods.name(key, self.language)

    def claimed(self, claims: Sequence[Claim]) -> str:
        """The words of claims that one sentence made, as a quotation; without a quotation what they say."""
        first = claims[0]
        quote = (first.quote_fa if self.language == "fa" else first.quote_en) or first.quote_fa
        if quote:
            return self.words("claim.quoted", quote=quote)
        losers = self.list([self.platform(claim.loser) for claim in claims])
        return self.words("claim.said", winner=self.platform(first.winner), losers=losers)

    def list(self, names: Iterable[str]) -> str:
        """«الف، ب و پ», "a, b and c"."""
        *first, last = names
        if not first:
            return last
        return self.words("list.and", first=self.words("list.comma").join(first), last=last)


def _named(first: dt.date, last: dt.date) -> AsOf | None:
    """The month, season or year that runs from the first to the last day."""
    for calendar in Calendar:
        day = almanac.day_of(first, calendar)
        months = {
            Precision.MONTH: day.month,
            Precision.SEASON: ((day.month or 1) + 2) // 3,
            Precision.YEAR: None,
        }
        for precision, month in months.items():
            asof = AsOf(calendar, precision, day.year, month)
            if asof.interval == (first, last):
                return asof
    return None


def hull(observations: list[Observation]) -> Value:
    """The value to show for one slot: where its texts differ, all from the least to the greatest."""
    values = [o.value for o in observations]
    if len({(v.q, v.lo, v.hi) for v in values}) == 1:
        return values[0]
    tops = [v.hi for v in values if v.hi is not None]
    low, res = min(v.lo for v in values), max(v.res for v in values)
    if len(tops) < len(values):
        return Value(Qualifier.AT_LEAST, low, None, res)
    return Value(Qualifier.RANGE, low, max(tops), min(v.res for v in values))


def is_share(metric: str) -> bool:
    return METRICS[metric].unit is Unit.PERCENT
