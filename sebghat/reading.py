"""What an editor types after /set: figures of one release, or a refusal that says how to write them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from sebghat import letters
from sebghat.dates import AsOf, DateReading, names_a_date, read_date
from sebghat.numerals import Reading, read_count, read_percent
from sebghat.observation import METRICS, Unit, Value
from sebghat.platforms import Platforms, Unknown
from sebghat.refusal import Candidate, Refusal

LONGEST = 4096  # characters of one command
MOST_FIGURES = 50
MOST_RESPONDENTS = 10_000_000

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

OPTIONS = {
    "source": ("source", "منبع"),
    "scope": ("scope", "دامنه"),
    "method": ("method", "روش"),
    "n": ("n", "نمونه"),
    "release": ("release", "انتشار"),
    "date": ("date", "تاریخ"),
    "quote": ("quote", "نقل"),
}
OPTION_BY_NAME = {letters.key(name): option for option, names in OPTIONS.items() for name in names}
OPTION = re.compile(r"(?<!\S)(\w{1,12})\s?=")
QUOTED = re.compile(r"""\s*(?:«([^»]*)»|"([^"]*)"|“([^”]*)”)""")
SCOPES = {letters.key(name): key for name, key in {
    "ir": "ir", "iran": "ir", "ایران": "ir", "world": "world", "جهان": "world", "iq": "iq", "iraq": "iq", "عراق": "iq",
}.items()}  # fmt: skip
SCOPE = re.compile(r"[a-z][a-z0-9._-]{1,15}")
# What is certainly meant as a date, though it cannot be or has two readings.
NO_SUCH_DATE = frozenset({"which_day", "impossible_day", "impossible_month", "ambiguous_date",
                          "future_date", "year_out_of_range", "calendars_disagree",
                          "calendar_mismatch", "weekday_mismatch"})  # fmt: skip
NAME_LENGTH = 80  # of a source, method or release
QUOTE_LENGTH = 300
PART = re.compile(r"[\n;؛]")
AND = frozenset({"و", "and", "+", "/"})
FIGURE_WORDS = 60  # words of a figure with its date, at most
DATE_WORDS = 14  # «۲۸ آذر ۱۴۰۲ تا ۲ دی ۱۴۰۲ (۱۹ تا ۲۳ دسامبر ۲۰۲۳)»
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
    if len(text) > LONGEST:
        return Refusal("too_long", letters.visible(text, 40), details={"limit": str(LONGEST)})
    if letters.has_override(text):
        return Refusal("override", letters.visible(text, 40))
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
            return _within(outcome, "; ".join(parts[:place]), "; ".join(parts[place + 1 :]), "; ")
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


def read_options(text: str, today: date) -> dict[str, object] | Refusal:
    """`source=ISNA date=1405-08-20` alone: what changes in figures that were read before, by the fields of Figure."""
    if len(text) > LONGEST or letters.has_override(text):
        return Refusal("override", letters.visible(text, 40))
    main, raw = _options(text)
    read: dict[str, object] = {}
    for option, written in raw:
        if main or option is None or option == "quote":
            return Refusal("unknown_option", letters.visible(main or written, 40))
        outcome = _read_option(option, written, today, dated=option == "source")
        if isinstance(outcome, Refusal):
            return outcome
        read |= outcome
    return read


def _figures_of(part: str, platforms: Platforms) -> list[str]:
    """«eitaa mau 31m, bale mau 17m», «eitaa mau 30.5m dau 19m»: each figure by itself."""
    main, _ = _options(part)
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


def _within(refusal: Refusal, before: str, after: str, between: str = " ") -> Refusal:
    """The same with candidates that can be sent as they are: each with what stood before and after it."""
    lines = [between.join(filter(None, (before, candidate.line, after))) for candidate in refusal.candidates]
    return replace(
        refusal, candidates=tuple(replace(c, line=line) for c, line in zip(refusal.candidates, lines, strict=True))
    )


def _metric_among(words: list[str]) -> tuple[str | None, list[str]]:
    """The metric where people put it: before the figure, or behind it."""
    for place in range(len(words)):
        metric, rest = take_metric(words[place:])
        if metric is not None:
            return metric, [*words[:place], *rest]
    return None, words


def _nobody(platform: Unknown) -> Refusal:
    """The names that come near are what may have been meant."""
    near = tuple(Candidate(each.key, each.name_fa, each.name_en) for each in platform.nearest)
    return Refusal("unknown_platform", letters.visible(platform.written, 40), near)


def _read_part(part: str, platforms: Platforms, today: date) -> tuple[Figure | None, dict[str, object]] | Refusal:
    main, raw = _options(part)
    options: dict[str, object] = {}
    for option, written in raw:
        if option is None or option == "quote":
            return Refusal("unknown_option", letters.visible(written, 40))
        if option in options:
            return Refusal("option_twice", letters.visible(f"{option}={written}", 40))
        outcome = _read_option(option, written, today, dated=bool(main) and option == "source")
        if isinstance(outcome, Refusal):
            before, _, after = part.rpartition(written) if written else (part, "", "")
            return _within(outcome, before, after, "")
        options.update(outcome)
    words, said = main.split(), part[len(main) :].strip()
    if not words:
        return None, options
    platform, words = platforms.take(words)
    if isinstance(platform, Unknown):
        return _within(_nobody(platform), "", " ".join([*words, said]).strip())
    metric, words = _metric_among(words)
    if metric is None and len(words) > 1 and not any(char.isdigit() for char in words[0]):
        return Refusal("metric_unknown", letters.visible(words[0], 40), details={"platform": platform.key})
    if metric is None:
        return Refusal("metric_missing", letters.visible(" ".join(words), 40), details={"platform": platform.key})
    found = _read_value(words, METRICS[metric].unit, today)
    if isinstance(found, Refusal):
        details = {**found.details, "platform": platform.key, "metric": metric}
        return _within(replace(found, details=details), f"{platform.key} {metric}", said)
    reading, dated = found
    if dated is not None:
        if "asof" in options:
            return Refusal("option_twice", letters.visible(part, 40))
        options["asof"] = dated.asof
    if "n" in options and metric != "poll":
        return Refusal("n_on_count", letters.visible(part, 40))
    options[""] = True  # this part holds a figure
    return Figure(platform.key, metric, reading.value, None, reading.written), options


def _options(part: str) -> tuple[str, list[tuple[str | None, str]]]:
    """The part before the first `name=`, and each name with what stands after it."""
    found = list(OPTION.finditer(part))
    options = []
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(part)
        option = OPTION_BY_NAME.get(letters.key(match[1]))
        written = part[match.end() : end].strip()
        options.append((option, written if option else match[1]))
    return part[: found[0].start()].strip() if found else part, options


def _read_option(option: str, written: str, today: date, *, dated: bool) -> dict[str, object] | Refusal:
    quoted = QUOTED.match(written)
    value = next(filter(None, quoted.groups()), "") if quoted else written
    rest = written[quoted.end() :].strip() if quoted else ""
    read: dict[str, object] = {}
    if dated and not quoted:
        value, rest = _before_date(value, today)
    if rest:
        outcome = read_date(rest, today)
        if isinstance(outcome, Refusal):
            return _within(outcome, written.removesuffix(rest).strip(), "")
        read["asof"] = outcome.asof
    value = " ".join(letters.visible(value, LONGEST).split())
    most = QUOTE_LENGTH if option == "quote" else NAME_LENGTH
    if not value or len(value) > most:
        return Refusal("option_length", letters.visible(f"{option}={written}", 40), details={"most": str(most)})
    match option:
        case "date":
            outcome = read_date(value, today)
            return outcome if isinstance(outcome, Refusal) else {"asof": outcome.asof}
        case "n":
            number = letters.fold(value).replace(",", "").replace("٬", "")
            if not number.isdecimal() or not 1 <= int(number[:12]) <= MOST_RESPONDENTS:
                return Refusal("bad_sample", letters.visible(value, 40))
            read["n"] = int(number)
        case "scope":
            scope = SCOPES.get(letters.key(value), letters.fold(value))
            if not SCOPE.fullmatch(scope):
                return Refusal("bad_scope", letters.visible(value, 40))
            read["scope"] = scope
        case _:
            read[option] = value
    return read


def _before_date(value: str, today: date) -> tuple[str, str]:
    """«source=ایرنا 1405-08-20»: a date that ends an unquoted name is no part of it, nor is one that cannot be."""
    words = value.split()
    for wanted in (frozenset({""}), NO_SUCH_DATE):
        for place in _before_dates(words):
            tail = " ".join(words[place:])
            outcome = read_date(tail, today)
            if (outcome.code if isinstance(outcome, Refusal) else "") in wanted:
                return " ".join(words[:place]), tail
    return value, ""


def _read_value(words: list[str], unit: Unit, today: date) -> tuple[Reading, DateReading | None] | Refusal:
    """The value, and the date after it if there is one; what can be parted in two ways is refused."""
    read = read_percent if unit is Unit.PERCENT else read_count
    if not words:
        return Refusal("value_missing", "")
    whole = read(" ".join(words))
    if not isinstance(whole, Refusal):
        return whole, None
    fits: list[tuple[Reading, DateReading]] = []
    because = whole
    for place in _before_dates(words):
        first, last = " ".join(words[:place]), " ".join(words[place:])
        when = read_date(last, today)
        if isinstance(when, Refusal) and when.code == "no_date":
            continue
        value = read(first)
        if not isinstance(value, Refusal) and not isinstance(when, Refusal):
            fits.append((value, when))
        elif not isinstance(value, Refusal) and isinstance(when, Refusal):
            because = _within(when, first, "")
        elif isinstance(value, Refusal) and not isinstance(when, Refusal) and because is whole:
            because = _within(value, "", last)
    if len(fits) > 1:
        return Refusal("value_or_date", letters.visible(" ".join(words), 60))
    return fits[0] if fits else because


def _before_dates(words: list[str]) -> range:
    """Where a date at the end may begin; nowhere in a text that is much longer than a figure with its date."""
    return range(max(1, len(words) - DATE_WORDS), len(words) if len(words) <= FIGURE_WORDS else 0)


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changes; None leaves as it is."""

    value: Value | None = None
    asof: AsOf | None = None
    n: int | None = None
    release: str | None = None


def read_change(text: str, metric: str, today: date) -> Change | Refusal:
    """What follows the number in /correct: a new value, a date, n or release, in any company."""
    if len(text) > LONGEST or letters.has_override(text):
        return Refusal(
            "too_long" if len(text) > LONGEST else "override",
            letters.visible(text, 40),
            details={"limit": str(LONGEST)},
        )
    main, raw = _options(text)
    read: dict[str, object] = {}
    for option, written in raw:
        if option not in {"date", "n", "release"}:
            return Refusal("not_to_correct", letters.visible(written if option is None else option, 40))
        outcome = _read_option(option, written, today, dated=False)
        if isinstance(outcome, Refusal):
            return outcome
        read |= outcome
    if main:
        found = _read_value(main.split(), METRICS[metric].unit, today)
        if isinstance(found, Refusal):
            alone = read_date(main, today)
            if isinstance(alone, Refusal):
                return alone if names_a_date(main) else _within(found, "", text[len(main) :].strip())
            read["asof"] = alone.asof
        else:
            reading, dated = found
            read["value"] = reading.value
            if dated is not None:
                read["asof"] = dated.asof
    if "n" in read and metric != "poll":
        return Refusal("n_on_count", letters.visible(text, 40))
    if not read:
        return Refusal("change_missing", "")
    return Change(**read)  # type: ignore[arg-type]  # each option was checked where it was read


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as typed: who is said to have passed whom; `source` as written."""

    winner: str
    loser: str
    asof: AsOf | None
    source: str | None
    scope: str
    quote: str


def read_claim(text: str, platforms: Platforms, today: date) -> Said | Refusal:
    """`/claim eitaa telegram [date] source=… quote=«…»`."""
    if len(text) > LONGEST or letters.has_override(text):
        return Refusal(
            "override" if letters.has_override(text) else "too_long",
            letters.visible(text, 40),
            details={"limit": str(LONGEST)},
        )
    main, raw = _options(text)
    read: dict[str, object] = {}
    for option, written in raw:
        if option not in {"date", "source", "scope", "quote"}:
            return Refusal("unknown_option", letters.visible(written if option is None else option, 40))
        outcome = _read_option(option, written, today, dated=option == "source")
        if isinstance(outcome, Refusal):
            return outcome
        read |= outcome
    words, said = main.split(), text[len(main) :].strip()
    sides: list[str] = []
    for _ in range(2):
        platform, words = platforms.take(words)
        if isinstance(platform, Unknown):
            if not platform.written:
                return Refusal("claim_sides", "")
            return _within(_nobody(platform), " ".join(sides), " ".join([*words, said]).strip())
        sides.append(platform.key)
    if words:
        dated = read_date(" ".join(words), today)
        if isinstance(dated, Refusal):
            return _within(dated, " ".join(sides), said)
        read["asof"] = dated.asof
    if sides[0] == sides[1]:
        return Refusal("claim_sides", letters.visible(main, 40))
    asof, source = read.get("asof"), read.get("source")
    return Said(
        sides[0],
        sides[1],
        asof if isinstance(asof, AsOf) else None,
        str(source) if source else None,
        str(read.get("scope", "ir")),
        str(read.get("quote", "")),
    )
