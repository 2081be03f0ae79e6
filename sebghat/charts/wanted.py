"""What a line asks to be drawn: whose figures, of which metric and period, as a series or as a gap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sebghat import asking, letters
from sebghat.charts.palette import DARK, LIGHT, Theme
from sebghat.platforms import Platform, Platforms
from sebghat.spelling import spell

MOST_MONTHS = 1_200
UNITS = {
    letters.key(word): months
    for months, words in (
        (1, "m mo month months ماه ماهه"),
        (12, "y yr year years سال ساله"),
    )
    for word in words.split()
}
NUMBERS = {letters.key(spell(number, language)): number for number in range(1, 61) for language in ("fa", "en")}
ALL = frozenset(map(letters.key, "all همه کل".split()))
# Not "gap": that is a messenger.
GAP = frozenset(map(letters.key, "difference diff margin فاصله فاصله‌ی اختلاف".split()))
THEMES = {
    letters.key(word): theme for word, theme in (("dark", DARK), ("تیره", DARK), ("light", LIGHT), ("روشن", LIGHT))
}
# Words that belong to a period and say no more: «یک سال گذشته», "last year".
ROUND = frozenset(map(letters.key, "گذشته اخیر پیش نمودار last past chart".split()))
PERIOD = re.compile(r"(\d{1,4})([^\W\d]+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`months` None: all there is. `unknown` are the words that nobody knows."""

    platforms: tuple[Platform, ...]
    metric: str | None
    scope: str | None
    months: int | None
    gap: bool
    theme: Theme
    unknown: tuple[str, ...]

    def since(self, today: date) -> date | None:
        """The first day of the period."""
        return None if self.months is None else today - timedelta(days=self.months * 30_437 // 1_000)


def read(line: str, platforms: Platforms) -> Wanted:
    """The words may stand in any order; of several periods or themes the last counts."""
    words = letters.fold(line.replace("،", " ").replace(",", " ")).split()
    months, gap, theme, rest = None, False, LIGHT, list[str]()
    place = 0
    while place < len(words):
        word = letters.key(words[place])
        after = letters.key(words[place + 1]) if place + 1 < len(words) else ""
        joined = PERIOD.fullmatch(word)
        number = NUMBERS.get(word) or (int(word) if word.isdecimal() and len(word) < 5 else 0)
        if joined and joined[2] in UNITS:
            months = int(joined[1]) * UNITS[joined[2]]
        elif number and after in UNITS:
            months, place = number * UNITS[after], place + 1
        elif word in UNITS and len(word) > 2:
            months = UNITS[word]  # «سال گذشته»
        elif word in ALL:
            months = None
        elif word in GAP:
            gap = True
        elif word in THEMES:
            theme = THEMES[word]
        elif word not in ROUND:
            rest.append(words[place])
        place += 1
    asked = asking.read(rest, platforms)
    named = tuple({platform.key: platform for platform in asked.platforms}.values())
    months = None if months is None else min(max(months, 1), MOST_MONTHS)
    return Wanted(named, asked.metric, asked.scope, months, gap, theme, tuple(asked.unknown))
