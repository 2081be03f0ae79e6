"""A sentence of a news text as words with marks on them: dates, platforms, figures, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from sebghat import letters, lexer
from sebghat.asking import EVERYDAY_NAMES
from sebghat.dates import DateReading, names_a_date, read_date
from sebghat.newswords import EVERYDAY_COMPANY, IN_ORDER
from sebghat.numerals import Reading, read_number
from sebghat.observation import Qualifier
from sebghat.platforms import LONGEST_NAME, Platforms
from sebghat.refusal import Refusal
from sebghat.vocabulary import PHRASES, WORDS, Kind

LONGEST_FIGURE, LONGEST_DATE = 16, 9  # words
MOST_TRIES = 2_500  # parts of one text that are tried as a figure or a date; news have hundreds
AMBIGUOUS = frozenset({"mirrored_slash", "ambiguous_number"})  # refusals of what is a figure all the same

_WORD = re.compile(
    f"[{letters.DIGIT}]+(?:[.,،٬٫/'’][{letters.DIGIT}]+)*"  # a number
    r"|[^\W\d_](?:[^\W\d_]|[\u200c\u200d\u0640\u064b-\u065f\u0670])*"  # a word, its half-spaces in it
    r"|\S"
)
_END = re.compile(r"(?<![.!?؟؛;…])[.!?؟؛;…]+(?=\s|$)|\n+")  # from its first mark on, else its time grew with the square
IN_FIGURES = frozenset("٪%+-–—~/.,،()")
PARTS = frozenset(part for first, rows in PHRASES.items() for parts, _ in rows for part in parts) | {"a", "an"}
_STARTS = frozenset(
    (Kind.CARDINAL, Kind.SCALE, Kind.HALF, Kind.QUALIFIER, Kind.AFTERTHOUGHT, Kind.PERCENT, Kind.BETWEEN, Kind.FROM,
     Kind.TRAIT, Kind.PEOPLE)
)  # fmt: skip
NO_DAY = frozenset({"year_missing", "no_date", "which_day", "future_date", "short_year"})
BEFORE_MONTHS = frozenset({"در", "ماه", "پایان", "تا", "از", "in", "last", "since"})  # «خبرگزاری مهر» is none
NO_MONTHS = frozenset({"میزان", "جدی", "حمل", "اسد", "سرطان", "عقرب", "قوس", "دلو", "حوت", "ثور"})  # in talk here
YES = frozenset({"بله"})  # begins an answer


class What(StrEnum):
    WORD = "word"
    DATE = "date"
    PLATFORM = "platform"
    FIGURE = "figure"
    BARE = "bare"  # a number that lacks its unit
    UNREAD = "unread"  # a figure with two readings


@dataclass(frozen=True, slots=True)
class Mark:
    """One or more words; `key` as names are matched, for a platform its key. `reading` of a figure, `when` of a date
    (None: it is a time, and not a definite one)."""

    what: What
    text: str
    key: str
    start: int
    end: int
    reading: Reading | None = None
    refusal: Refusal | None = None
    when: DateReading | None = None


class Budget:
    """How often a text may still be tried as a figure or a date: what is hostile ends early."""

    def __init__(self) -> None:
        self.left = MOST_TRIES

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def sentences(text: str) -> list[str]:
    """The sentences and lines, without those that are empty; a full stop ends one only before a space."""
    found, start = list[str](), 0
    for match in _END.finditer(text):
        found.append(text[start : match.end()].strip())
        start = match.end()
    return [each for each in (*found, text[start:].strip()) if each]


def marks(sentence: str, platforms: Platforms, today: date, budget: Budget) -> list[Mark]:
    words = [Mark(What.WORD, m.group(), letters.key(m.group()), m.start(), m.end()) for m in _WORD.finditer(sentence)]
    found: list[Mark] = []
    place = 0
    while place < len(words):
        mark, length = (
            _date(sentence, words, place, today, budget)
            or _platform(sentence, words, place, platforms, found)
            or _figure(sentence, words, place, budget)
            or (words[place], 1)
        )
        found.append(mark)
        place += length
    return found


def _span(sentence: str, words: Sequence[Mark], place: int, length: int) -> str:
    return sentence[words[place].start : words[place + length - 1].end]


def _lengths(words: Sequence[Mark], place: int, most: int) -> Iterator[int]:
    return iter(range(min(most, len(words) - place), 0, -1))


def _date(sentence: str, words: Sequence[Mark], place: int, today: date, budget: Budget) -> tuple[Mark, int] | None:
    """A date, or a time that is none («پارسال», «۱۲ خرداد» without its year)."""
    first = words[place]
    if first.key in NO_MONTHS:
        return None
    if not (first.text[0].isdecimal() or names_a_date(first.text) or _begins_date(first, words, place)):
        return None
    vague: tuple[Mark, int] | None = None
    for length in _lengths(words, place, LONGEST_DATE):
        text = _span(sentence, words, place, length)
        if not text[-1].isalnum():
            continue
        if not budget.spend():
            return None
        if not names_a_date(text) and not _year_alone(first, length, words, place):
            continue
        outcome = read_date(text, today)
        if isinstance(outcome, DateReading):
            return Mark(What.DATE, text, "", first.start, words[place + length - 1].end, when=outcome), length
        alone = outcome.code == "year_missing" and not first.text[0].isdecimal()
        alone = alone and (length == 1 or not text.isascii())
        parted = any(not word.text[0].isalnum() for word in words[place : place + length])
        if (
            outcome.code in NO_DAY
            and not parted
            and not (alone and (place == 0 or words[place - 1].key not in BEFORE_MONTHS))
        ):
            vague = Mark(What.DATE, text, "", first.start, words[place + length - 1].end), length
    return vague


def _begins_date(first: Mark, words: Sequence[Mark], place: int) -> bool:
    if first.key in {"سال", "پایان", "اخر", "year", "end", "last", "this", "سه", "بیست", "سی"}:
        return True
    following = words[place + 1].text if place + 1 < len(words) else ""
    return following.isalpha() and names_a_date(following) and first.text.isalpha() and _is_day(first.text)


def _is_day(word: str) -> bool:
    outcome = read_date(f"{word} فروردین 1400", date(2100, 1, 1))
    return isinstance(outcome, DateReading) and outcome.first == outcome.last


def _year_alone(first: Mark, length: int, words: Sequence[Mark], place: int) -> bool:
    """ "in 2024"."""
    before = words[place - 1].key if place else ""
    return length == 1 and len(first.text) == 4 and first.text.isascii() and before in {"in", "since", "of"}


def _platform(
    sentence: str, words: Sequence[Mark], place: int, platforms: Platforms, before: Sequence[Mark]
) -> tuple[Mark, int] | None:
    for length in _lengths(words, place, LONGEST_NAME):
        text = _span(sentence, words, place, length)
        name = letters.key(text)
        known = platforms.named(name)
        if known is None or (name in EVERYDAY_NAMES and not _is_name(sentence, words, place, length, platforms)):
            continue
        return Mark(What.PLATFORM, text, known.key, words[place].start, words[place + length - 1].end), length
    return None


def _is_name(sentence: str, words: Sequence[Mark], place: int, length: int, platforms: Platforms) -> bool:
    """An everyday word («بله», "line") is a name only in clear company: quoted, behind «پیام‌رسان» or a preposition,
    or in a list with other names; a Latin one has its capital too."""
    text = _span(sentence, words, place, length)
    if text.isascii() and (not text[0].isupper() or len(text) < 3):
        return False
    before = words[place - 1] if place else None
    after = words[place + length] if place + length < len(words) else None
    if any(phrase in sentence for phrase in IN_ORDER):
        return True
    if before is not None and (before.text in '«"“(' or before.key in EVERYDAY_COMPANY):
        return True
    others = any(
        (known := platforms.named(each.key)) is not None and each.key not in EVERYDAY_NAMES and known for each in words
    )
    listed = before is not None and (before.text in "،,:" or before.key in {"و", "and"})
    if place == 0 and after is not None and after.text == ":":
        return True
    number = after is not None and after.text[0].isdecimal()
    counted = number or (after is not None and after.key in {"با", "with", "has"})
    return (others and (listed or counted)) or (number and letters.key(text) not in YES)


def _figure(sentence: str, words: Sequence[Mark], place: int, budget: Budget) -> tuple[Mark, int] | None:
    first = words[place]
    plain = letters.plain(first.text)
    if not isinstance(plain, str) or not _begins_figure(first, plain):
        return None
    unread: tuple[Mark, int] | None = None
    for length in range(_reach(words, place), 0, -1):
        last = words[place + length - 1]
        if not (last.text[0].isalnum() or last.text in "٪%+)"):
            continue
        if not budget.spend():
            return None
        text = _span(sentence, words, place, length)
        outcome = read_number(text)
        if isinstance(outcome, Reading):
            if outcome.value.q is Qualifier.RANGE and place and words[place - 1].key == "by":
                continue  # "grew by 2 million to 36 million"
            what = What.FIGURE if _has_unit(text) else What.BARE
            if unread is not None and what is What.BARE:  # the beginning of «45/ 16 میلیون»
                return unread
            return Mark(what, text, "", first.start, last.end, reading=outcome), length
        if outcome.code in AMBIGUOUS:
            unread = Mark(What.UNREAD, text, "", first.start, last.end, refusal=outcome), length
    if unread is None and first.text[0].isdecimal():
        return Mark(What.BARE, first.text, "", first.start, first.end), 1
    return unread


def _reach(words: Sequence[Mark], place: int) -> int:
    """How many words from here on may belong to one figure."""
    most = min(LONGEST_FIGURE, len(words) - place)
    return next((n for n in range(most) if not _may_belong(words[place + n].text)), most)


@lru_cache(maxsize=4096)
def _may_belong(word: str) -> bool:
    """Whether a word may stand in a figure: digits, a sign, or what the reader of numbers knows."""
    if word[0].isdecimal() or word in IN_FIGURES:
        return True
    plain = letters.plain(word)
    found = lexer.tokens(plain, word) if isinstance(plain, str) else None
    return isinstance(found, list) and all(token.kind is not Kind.UNKNOWN or token.text in PARTS for token in found)


def _begins_figure(first: Mark, plain: str) -> bool:
    if first.text[0].isdecimal() or first.text in "~<>≥≤≈٪%":
        return True
    words = plain.replace("\u200c", " ").split()
    if not words:
        return False
    kind = WORDS.get(words[0], (Kind.UNKNOWN, ""))[0]
    hedges = any(kind in _STARTS for _, (kind, _) in PHRASES.get(words[0], ()))
    return kind in _STARTS or hedges or words[0] in ("a", "an") or len(_attached(words[0])) > 1


def _attached(word: str) -> list[lexer.Token]:
    found = lexer.tokens(word, word)
    return [] if isinstance(found, Refusal) else found


def _has_unit(text: str) -> bool:
    """Whether it is written with a million, a thousand, people or a percent sign, or is as large as no other number."""
    found = lexer.tokens(str(letters.plain(text)), text)
    if isinstance(found, Refusal):
        return False
    kinds = {token.kind for token in found}
    large = any(token.kind is Kind.DIGITS and int(token.value) >= 100_000 and not token.decimals for token in found)
    return large or not kinds.isdisjoint((Kind.SCALE, Kind.PERCENT, Kind.PEOPLE))


@lru_cache(maxsize=1024)
def names_people(text: str) -> bool:
    """Whether the figure says that it counts people."""
    found = lexer.tokens(str(letters.plain(text)), text)
    return not isinstance(found, Refusal) and any(token.kind is Kind.PEOPLE for token in found)
