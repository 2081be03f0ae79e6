"""Numbers and shares as people write them, read into values; what has two readings is refused.

figure   = (noun+ ":"?)? qualifier* (range | number "+"?) (noun | afterthought)*
range    = between number (and | to) number | from? number (to | dash) number
A number is read by amounts.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from sebghat import figures, letters, lexer
from sebghat.amounts import (
    MANY,
    NUMERIC,
    Number,
    Stop,
    kind_at,
    number_at,
    refuse_rest,
    with_unit,
)
from sebghat.lexer import Token
from sebghat.magnitudes import valued
from sebghat.observation import Qualifier, Unit, Value
from sebghat.refusal import Candidate, Refusal
from sebghat.vocabulary import Kind

ENDS = frozenset("؛;،,.:!")
COMMAS = frozenset("،,")
ANYBODY = frozenset("نفر کاربر کاربران کاربرها مردم user users people persons".split())
_BEHIND = (Kind.PEOPLE, Kind.TRAIT, Kind.AFTERTHOUGHT)


@dataclass(frozen=True, slots=True)
class Reading:
    """`metric` is what the noun says beside the number: mau, dau, registered, installs, or nothing."""

    value: Value
    unit: Unit
    written: str
    metric: str = ""


def read_number(text: str) -> Reading | Refusal:
    """A count, or a share where the text says percent."""
    return _read(text, None)


def read_count(text: str) -> Reading | Refusal:
    return _read(text, Unit.USERS)


def read_percent(text: str) -> Reading | Refusal:
    """A share; the percent sign may be missing, since the field says it."""
    return _read(text, Unit.PERCENT)


def _read(text: str, wanted: Unit | None, suggest: bool = True) -> Reading | Refusal:
    clean = letters.plain(text)
    if isinstance(clean, Refusal):
        return clean
    clean = _unquoted(clean)
    found = lexer.tokens(clean, text)
    if isinstance(found, Refusal):
        return found
    try:
        _refuse_at_sight(found, clean)
        return _figure(found, wanted, text)
    except Stop as stop:
        candidates = tuple(c for line in stop.lines if (c := _candidate(line, wanted))) if suggest else ()
        details = {name: letters.visible(detail, 60) for name, detail in stop.details}
        return Refusal(stop.code, letters.visible(text, 60), candidates, details)


def _unquoted(text: str) -> str:
    """Without the quotation marks round it and the stop after it; behind a digit it may be a cut decimal."""
    text = text.strip("«»“”\"' ")
    return text[:-1].rstrip() if text[-1:] in ENDS and text[-2:-1].isalpha() else text


def _candidate(line: str, wanted: Unit | None) -> Candidate | None:
    reading = _read(line, wanted, suggest=False)
    if isinstance(reading, Refusal):
        return None
    words = (figures.in_words(reading.value, reading.unit, language) for language in ("fa", "en"))
    return Candidate(line, *words)


# What no grammar is needed for ------------------------------------------------------------------------------

_AT_SIGHT = {Kind.VAGUE: "vague", Kind.FACTOR: "factor", Kind.GROWTH: "growth"}


def _refuse_at_sight(found: list[Token], clean: str) -> None:
    if not found:
        raise Stop("empty")
    kinds = [token.kind for token in found]
    if NUMERIC.isdisjoint(kinds) and Kind.HALF not in kinds:
        word = next((token.text for token in found if token.kind is Kind.VAGUE), "")
        raise Stop("vague", (("word", word),)) if word else Stop("no_number")
    if Kind.ARROW in kinds or _is_change(found):
        raise Stop("change_not_range")
    for token in found:
        if token.kind in _AT_SIGHT:
            raise Stop(_AT_SIGHT[token.kind], (("word", token.text),))
        if token.kind is Kind.MINUS:
            raise Stop("negative")
    for place, token in enumerate(found):
        if token.kind is Kind.SLASHED:
            _mirrored(clean, token.text, *token.text.split("/"))
        around = found[place - 1 : place + 2]
        if token.text == "/" and len(around) == 3 and around[0].kind is around[2].kind is Kind.DIGITS:
            first, second = around[0].text, around[2].text
            start = clean.find(first)
            end = clean.find(second, clean.find("/", start)) + len(second)
            _mirrored(clean, clean[start:end], first, second)


def _is_change(found: list[Token]) -> bool:
    """«از ۱۱ به ۴۱», «۱۱ به ۴۱», "from 11 to 41"."""
    numeric = [place for place, token in enumerate(found) if token.kind in NUMERIC]
    started = False  # after "from"
    for place, token in enumerate(found):
        started = started or token.text == "from"
        becomes = token.kind is Kind.BECOMES or (started and token.text == "to")
        if becomes and numeric and numeric[0] < place < numeric[-1]:
            return True
    return False


def _mirrored(clean: str, part: str, first: str, second: str) -> None:
    readings = (f"{first}.{second}", f"{second}.{first}")
    lines = tuple(" ".join(clean.replace(part, f"{reading} ", 1).split()) for reading in readings)
    raise Stop("mirrored_slash", (("first", readings[0]), ("second", readings[1])), lines)


# The figure ------------------------------------------------------------------------------------------------


def _figure(found: list[Token], wanted: Unit | None, written: str) -> Reading:
    metrics: dict[str, None] = {}
    start = _label(found, metrics)
    said, place = _qualifiers(found, start)
    low: Number
    high: Number | None
    if kind_at(found, place) is Kind.BETWEEN:
        low, high, place = _between(found, place + 1)
    else:
        low, high, place = _from_to(found, place)
    if high is None and kind_at(found, place) is Kind.PLUS:
        said[Qualifier.AT_LEAST] = None
        place += 1
        if low.scale == 0 and not low.percent:  # «۳۰+ میلیون»
            low, place = with_unit(found, place, low)
    share = low.percent or bool(high and high.percent)
    counted = _nouns(found, place, share, metrics, said)
    metric = _metric(metrics, found)
    if len(said) > 1:
        raise Stop("two_qualifiers")
    value, unit = valued(next(iter(said), Qualifier.EXACT), low, high, wanted)
    if unit is Unit.PERCENT and (metric or ((counted or start) and not share)):  # «۱۵ نفر»
        raise Stop("count_not_percent")
    return Reading(value, unit, written, metric)


def _label(found: list[Token], metrics: dict[str, None]) -> int:
    """«کاربر ماهانه: ۳۰ میلیون», «روزانه ۱۷ میلیون نفر»: the nouns in front."""
    place = 0
    while kind_at(found, place) in (Kind.PEOPLE, Kind.TRAIT):
        metrics[str(found[place].value)] = None
        place += 1
    return place + (place > 0 and found[place : place + 1] != [] and found[place].text == ":")


def _qualifiers(found: list[Token], place: int) -> tuple[dict[Qualifier, None], int]:
    """«حدود», «تقریباً نزدیک به»; words that only judge («تنها») say nothing."""
    said: dict[Qualifier, None] = {}
    while (kind := kind_at(found, place)) in (Kind.QUALIFIER, Kind.AFTERTHOUGHT):
        word = str(found[place].value)
        if kind is Kind.AFTERTHOUGHT and word != Qualifier.ABOUT:
            raise Stop("unknown_word", (("word", found[place].text),))
        if word:
            said[Qualifier(word)] = None
        place += 1
    return said, place


def _from_to(found: list[Token], place: int) -> tuple[Number, Number | None, int]:
    opened = kind_at(found, place) is Kind.FROM
    low, place = number_at(found, place + opened)
    if kind_at(found, place) is Kind.DASH and kind_at(found, place + 1) in (
        *NUMERIC,
        Kind.PERCENT,
        Kind.HALF,
    ):
        if found[place].glued != found[place + 1].glued:  # «۴ -۵»: a minus that came loose?
            raise Stop("ill_formed", (("part", found[place].text + found[place + 1].text),))
    elif kind_at(found, place) is not Kind.RANGE:
        if opened:
            raise Stop("unknown_word", (("word", found[0].text),))
        return low, None, place
    high, place = number_at(found, place + 1)
    return low, high, place


def _between(found: list[Token], place: int) -> tuple[Number, Number, int]:
    """«بین سی و پنج و چهل میلیون»: of the places where it may be parted, just one must give two numbers."""
    joints = [at for at in range(place, len(found)) if found[at].kind in (Kind.AND, Kind.RANGE)]
    if len(joints) > MANY:
        raise Stop("ill_formed", (("part", found[place - 1].text),))
    ways: list[tuple[Number, Number, int]] = []
    why: Stop | None = None
    for joint in joints:
        try:
            low, end = number_at(found[:joint], place)
            if end != joint:
                continue
            high, end = number_at(found, joint + 1)
        except Stop as stop:
            if stop.code == "ambiguous_number":
                raise  # a way that is not excluded
            why = stop
            continue
        if kind_at(found, end) not in (*NUMERIC, Kind.AND, Kind.RANGE):
            ways.append((low, high, end))
    if len(ways) != 1:
        raise why if why and not ways else Stop("two_figures")
    return ways[0]


def _nouns(found: list[Token], place: int, share: bool, metrics: dict[str, None], said: dict[Qualifier, None]) -> bool:
    """Reads the nouns and afterthoughts behind the number; whether there are nouns."""
    counted = False
    while place < len(found):
        token, follows = found[place], kind_at(found, place + 1)
        if token.kind in (Kind.PEOPLE, Kind.TRAIT) or (share and token.kind is Kind.ASKED):
            metrics[str(token.value)] = None
            counted = True
        elif token.text in COMMAS and follows in (*_BEHIND, Kind.QUALIFIER):
            pass  # «سی میلیون، دقیقاً، کاربر ماهانه»
        elif token.kind is Kind.AFTERTHOUGHT or (token.kind is Kind.QUALIFIER and token.value == Qualifier.EXACT):
            said[Qualifier(str(token.value))] = None
        elif share and token.kind in (Kind.OF, Kind.FROM):
            if follows not in (Kind.PEOPLE, Kind.ASKED):
                refuse_rest(found[place:])
        elif not (token.kind is Kind.AND and counted and _plain_people(found, place)):
            refuse_rest(found[place:])
        place += 1
    return counted


def _plain_people(found: list[Token], place: int) -> bool:
    """«دانش‌آموز و معلم»: on both sides people of no metric of their own."""
    return all(
        kind_at(found, at) is Kind.PEOPLE and not found[at].value and found[at].text not in ANYBODY
        for at in (place - 1, place + 1)
    )


def _metric(metrics: dict[str, None], found: list[Token]) -> str:
    metrics.pop("", None)
    if "installs" in metrics and len(metrics) > 1:  # installs a day are no installs
        raise Stop("not_users", (("word", found[-1].text),))
    if len(metrics) > 1:
        raise Stop("two_figures")
    return next(iter(metrics), "")
