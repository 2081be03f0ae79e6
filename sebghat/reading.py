"""What an editor types after /set: figures of one release, or a refusal that says how to write them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from sebghat import letters
from sebghat.dates import DateReading, read_date
from sebghat.numerals import Reading, read_count, read_percent
from sebghat.observation import METRICS, Unit, Value
from sebghat.options import LONGEST, before_dates, named, read_option, refused_at_sight, within
from sebghat.periods import AsOf
from sebghat.platforms import Platforms, Unknown
from sebghat.refusal import Candidate, Refusal

MOST_FIGURES = 50

# How people write the metrics; a name may be several words, the longest is taken.
METRIC_NAMES = {
    "mau": ("mau", "monthly", "monthly active", "monthly active users", "ماهانه", "فعال ماهانه",
            "کاربر فعال ماهانه", "کاربران فعال ماهانه", "کاربر ماهانه", "کاربران ماهانه"),
    "dau": ("dau", "daily", "daily active", "daily active users", "روزانه", "فعال روزانه",
            "کاربر فعال روزانه", "کاربران فعال روزانه", "کاربر روزانه", "کاربران روزانه"),
    "registered": ("registered", "members", "ثبت نامی", "ثبت نام", "ثبت نام شده", "عضو", "اعضا"),
    "installs": ("installs", "install", "installations", "نصب", "نصب فعال"),
    "poll": ("poll", "share", "سهم", "نظرسنجی", "سهم در نظرسنجی"),
}  # fmt: skip
METRIC_BY_NAME = {letters.key(name): metric for metric, names in METRIC_NAMES.items() for name in names}
LONGEST_METRIC = max(len(name.split()) for names in METRIC_NAMES.values() for name in names)

PART = re.compile(r"[\n;؛]")
AND = frozenset({"و", "and", "+", "/"})
SHORTEST = 2  # words before a figure: platform and metric


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it was understood. `source` and `method` as written (None: not said)."""

    platform: str
    metric: str
    value: Value
    asof: AsOf | None
    written: str
    scope: str = "ir"
    source: str | None = None
    method: str | None = None
    n: int | None = None
    release: str | None = None
    quote: str = ""  # the sentence that it stands in, where there is one


def take_metric(words: list[str]) -> tuple[str | None, list[str]]:
    """The metric that the words begin with, and the words after it."""
    for length in range(min(LONGEST_METRIC, len(words)), 0, -1):
        if metric := METRIC_BY_NAME.get(letters.key(" ".join(words[:length]))):
            return metric, words[length:]
    return None, words


def read_figures(text: str, platforms: Platforms, today: date) -> tuple[Figure, ...] | Refusal:
    """The figures of one command; what is said once (date, source, …) holds for all of them."""
    if refusal := refused_at_sight(text):
        return refusal
    parts = _parts(text, platforms)
    if not parts:
        return Refusal("set_empty", "")
    if len(parts) > MOST_FIGURES:
        return Refusal("too_many_figures", "", details={"most": str(MOST_FIGURES)})
    figures: list[Figure] = []
    said: list[dict[str, object]] = []
    for place, part in enumerate(parts):
        outcome = _read_part(part, platforms, today)
        if isinstance(outcome, Refusal):
            return within(outcome, "; ".join(parts[:place]), "; ".join(parts[place + 1 :]), "; ")
        figure, options = outcome
        said.append(options)
        if figure is not None:
            figures.append(figure)
    if not figures:
        return Refusal("set_empty", "")
    return _shared(figures, said)


def _parts(text: str, platforms: Platforms) -> list[str]:
    """What each figure says by itself."""
    parts = [one for part in PART.split(text) if part.strip() for one in _figures_of(part.strip(), platforms)]
    return _named(parts, platforms)


def faults(text: str, platforms: Platforms, today: date) -> list[tuple[int, str, Refusal]]:
    """Every part of a command that could not be read, with its place from 1: of many figures all errors at once."""
    parts = _parts(text[:LONGEST], platforms)[:MOST_FIGURES]
    found = [(place, part, _read_part(part, platforms, today)) for place, part in enumerate(parts, 1)]
    return [(place, part, outcome) for place, part, outcome in found if isinstance(outcome, Refusal)]


def _figures_of(part: str, platforms: Platforms) -> list[str]:
    """«eitaa mau 31m, bale mau 17m», «eitaa mau 30.5m dau 19m»: each figure by itself."""
    main, _ = named(part)
    words, found, current = main.split(), [], list[str]()
    for place, word in enumerate(words):
        parted = current and (word in AND or current[-1].endswith((",", "،")))
        rest = words[place + (word in AND) :]
        if parted and rest and not isinstance(platforms.take(rest)[0], Unknown):
            found.append(current)
            current = [] if word in AND else [word]
        elif word in METRICS and len(current) > SHORTEST and _figure_follows(words[place + 1 :]):
            found.append(current)
            current = [word]
        else:
            current.append(word)
    parts = [" ".join(each).strip(" ,،") for each in (*found, current)]
    parts[-1] += part[len(main) :]
    return parts


def _named(parts: list[str], platforms: Platforms) -> list[str]:
    """A part that begins with its metric goes on about the platform before it."""
    named: list[str] = []
    about: list[str] = []
    for part in parts:
        words = part.split()
        platform, rest = platforms.take(words)
        if not isinstance(platform, Unknown):
            about = words[: len(words) - len(rest)]
        elif about and take_metric(words)[0]:
            words = [*about, *words]
        named.append(" ".join(words))
    return named


def _figure_follows(words: list[str]) -> bool:
    return bool(words) and any(char.isdigit() for char in words[0])


def _shared(figures: list[Figure], said: list[dict[str, object]]) -> tuple[Figure, ...]:
    """What one part alone says holds for all; what several say, each says for itself."""
    times = Counter(option for options in said for option in options)
    common = {option: value for options in said for option, value in options.items() if times[option] == 1}
    lines = iter(options for options in said if "" in options)
    shared = []
    for figure, own in zip(figures, lines, strict=True):
        fields = {option: value for option, value in {**common, **own}.items() if option}
        shared.append(replace(figure, **fields))  # type: ignore[arg-type]  # each option was checked where it was read
    return tuple(shared)


def _metric_among(words: list[str]) -> tuple[str | None, list[str]]:
    """The metric where people put it: before the figure, or behind it."""
    for place in range(len(words)):
        metric, rest = take_metric(words[place:])
        if metric is not None:
            return metric, [*words[:place], *rest]
    return None, words


def nobody(platform: Unknown) -> Refusal:
    """The names that come near are what may have been meant."""
    near = tuple(Candidate(each.key, each.name_fa, each.name_en) for each in platform.nearest)
    return Refusal("unknown_platform", letters.visible(platform.written, 40), near)


def _read_part(part: str, platforms: Platforms, today: date) -> tuple[Figure | None, dict[str, object]] | Refusal:
    main, raw = named(part)
    options: dict[str, object] = {}
    for option, written in raw:
        if option is None or option == "quote":
            return Refusal("unknown_option", letters.visible(written, 40))
        if option in options:
            return Refusal("option_twice", letters.visible(f"{option}={written}", 40))
        outcome = read_option(option, written, today, dated=bool(main) and option == "source")
        if isinstance(outcome, Refusal):
            before, _, after = part.rpartition(written) if written else (part, "", "")
            return within(outcome, before, after, "")
        options.update(outcome)
    words, said = main.split(), part[len(main) :].strip()
    if not words:
        return None, options
    platform, words = platforms.take(words)
    if isinstance(platform, Unknown):
        return within(nobody(platform), "", " ".join([*words, said]).strip())
    metric, words = _metric_among(words)
    if metric is None and len(words) > 1 and not any(char.isdigit() for char in words[0]):
        return Refusal("metric_unknown", letters.visible(words[0], 40), details={"platform": platform.key})
    if metric is None:
        return Refusal("metric_missing", letters.visible(" ".join(words), 40), details={"platform": platform.key})
    found = read_value(words, METRICS[metric].unit, today)
    if isinstance(found, Refusal):
        details = {**found.details, "platform": platform.key, "metric": metric}
        return within(replace(found, details=details), f"{platform.key} {metric}", said)
    reading, dated = found
    if dated is not None:
        if "asof" in options:
            return Refusal("option_twice", letters.visible(part, 40))
        options["asof"] = dated.asof
    if "n" in options and metric != "poll":
        return Refusal("n_on_count", letters.visible(part, 40))
    options[""] = True  # this part holds a figure
    return Figure(platform.key, metric, reading.value, None, reading.written), options


def read_value(words: list[str], unit: Unit, today: date) -> tuple[Reading, DateReading | None] | Refusal:
    """The value, and the date after it if there is one; what can be parted in two ways is refused."""
    read = read_percent if unit is Unit.PERCENT else read_count
    if not words:
        return Refusal("value_missing", "")
    whole = read(" ".join(words))
    if not isinstance(whole, Refusal):
        return whole, None
    fits: list[tuple[Reading, DateReading]] = []
    because = whole
    for place in before_dates(words):
        first, last = " ".join(words[:place]), " ".join(words[place:])
        when = read_date(last, today)
        if isinstance(when, Refusal) and when.code == "no_date":
            continue
        value = read(first)
        if not isinstance(value, Refusal) and not isinstance(when, Refusal):
            fits.append((value, when))
        elif not isinstance(value, Refusal) and isinstance(when, Refusal):
            because = within(when, first, "")
        elif isinstance(value, Refusal) and not isinstance(when, Refusal) and because is whole:
            because = within(value, "", last)
    if len(fits) > 1:
        return Refusal("value_or_date", letters.visible(" ".join(words), 60))
    return fits[0] if fits else because
