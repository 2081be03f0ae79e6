"""What a command says by name: `source=`, `date=`, `n=` and so on, behind what it says in order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from sebghat import letters
from sebghat.dates import read_date
from sebghat.refusal import Refusal

LONGEST = 4096  # characters of one command
MOST_RESPONDENTS = 10_000_000
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
FIGURE_WORDS = 60  # words of a figure with its date, at most
DATE_WORDS = 14  # «۲۸ آذر ۱۴۰۲ تا ۲ دی ۱۴۰۲ (۱۹ تا ۲۳ دسامبر ۲۰۲۳)»


def refused_at_sight(text: str) -> Refusal | None:
    """Why a command is not read at all."""
    if len(text) > LONGEST:
        return Refusal("too_long", letters.visible(text, 40), details={"limit": str(LONGEST)})
    return Refusal("override", letters.visible(text, 40)) if letters.has_override(text) else None


def read_options(text: str, today: date) -> dict[str, object] | Refusal:
    """`source=ISNA date=1405-08-20` alone: what changes in figures that were read before, by the fields of Figure."""
    if refusal := refused_at_sight(text):
        return refusal
    main, raw = named(text)
    read: dict[str, object] = {}
    for option, written in raw:
        if main or option is None or option == "quote":
            return Refusal("unknown_option", letters.visible(main or written, 40))
        outcome = read_option(option, written, today, dated=option == "source")
        if isinstance(outcome, Refusal):
            return outcome
        read |= outcome
    return read


def read_only(
    raw: Iterable[tuple[str | None, str]], known: Collection[str], otherwise: str, today: date
) -> dict[str, object] | Refusal:
    """What `named` found, where just these options may stand; `otherwise`: why another is refused."""
    read: dict[str, object] = {}
    for option, written in raw:
        if option is None or option not in known:
            return Refusal(otherwise, letters.visible(option or written, 40))
        outcome = read_option(option, written, today, dated=option == "source")
        if isinstance(outcome, Refusal):
            return outcome
        read |= outcome
    return read


def named(part: str) -> tuple[str, list[tuple[str | None, str]]]:
    """The part before the first `name=`, and each name with what stands after it."""
    found = list(OPTION.finditer(part))
    options = []
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(part)
        option = OPTION_BY_NAME.get(letters.key(match[1]))
        written = part[match.end() : end].strip()
        options.append((option, written if option else match[1]))
    return part[: found[0].start()].strip() if found else part, options


def read_option(option: str, written: str, today: date, *, dated: bool) -> dict[str, object] | Refusal:
    quoted = QUOTED.match(written)
    value = next(filter(None, quoted.groups()), "") if quoted else written
    rest = written[quoted.end() :].strip() if quoted else ""
    read: dict[str, object] = {}
    if dated and not quoted:
        value, rest = _before_date(value, today)
    if rest:
        outcome = read_date(rest, today)
        if isinstance(outcome, Refusal):
            return within(outcome, written.removesuffix(rest).strip(), "")
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
        for place in before_dates(words):
            tail = " ".join(words[place:])
            outcome = read_date(tail, today)
            if (outcome.code if isinstance(outcome, Refusal) else "") in wanted:
                return " ".join(words[:place]), tail
    return value, ""


def before_dates(words: list[str]) -> range:
    """Where a date at the end may begin; nowhere in a text that is much longer than a figure with its date."""
    return range(max(1, len(words) - DATE_WORDS), len(words) if len(words) <= FIGURE_WORDS else 0)


def within(refusal: Refusal, before: str, after: str, between: str = " ") -> Refusal:
    """The same with candidates that can be sent as they are: each with what stood before and after it."""
    lines = [between.join(filter(None, (before, candidate.line, after))) for candidate in refusal.candidates]
    return replace(
        refusal, candidates=tuple(replace(c, line=line) for c, line in zip(refusal.candidates, lines, strict=True))
    )
