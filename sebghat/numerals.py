"""Numbers and shares as people write them, read into values; what has two readings is refused, nothing is guessed.

figure   = qualifier* (range | number "+"?) noun*
range    = between number (and | to) number | from? number (to | dash) number
number   = part (and? part)* | half scale | percent number | number percent
part     = (digits | words | fraction) (and half)? scale? (and half)?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sebghat import figures, letters, lexer
from sebghat.lexer import Token
from sebghat.observation import Qualifier, Unit, Value
from sebghat.refusal import Candidate, Refusal
from sebghat.vocabulary import Kind

LARGEST = 10**10  # more people than there are
POINT = 100  # hundredths in a point
MANY = 12  # «و» in one figure; more is no figure

NUMERIC = frozenset((Kind.DIGITS, Kind.CARDINAL, Kind.HUNDRED, Kind.SCALE, Kind.SLASHED))
ENDS = frozenset("؛;،,.:!")


@dataclass(frozen=True, slots=True)
class Reading:
    """`metric` is what the noun says beside the number: mau, dau, registered, installs, or nothing."""

    value: Value
    unit: Unit
    written: str
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """`whole` × `scale` / 10^`decimals`. `scale` 0: the writing names no unit. `res` 0: it follows from these."""

    whole: int
    decimals: int = 0
    scale: int = 0
    percent: bool = False
    res: int = 0
    token: Token | None = None  # the literal, where it is but one


class Stop(Exception):
    """Ends a reading from deep inside the grammar; never leaves this module."""

    def __init__(self, code: str, details: tuple[tuple[str, str], ...] = (), lines: tuple[str, ...] = ()) -> None:
        self.code, self.details, self.lines = code, details, lines


def read_number(text: str) -> Reading | Refusal:
    """A count, or a share where the text says percent."""
    return _read(text, None)


def read_count(text: str) -> Reading | Refusal:
    return _read(text, Unit.USERS)


def read_percent(text: str) -> Reading | Refusal:
    """A share; the percent sign may be missing, since the field says it."""
    return _read(text, Unit.PERCENT)


def _read(text: str, wanted: Unit | None, suggest: bool = True) -> Reading | Refusal:
    clean = lexer.plain(text)
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
        return Refusal(stop.code, letters.visible(text, 60), candidates, dict(stop.details))


def _unquoted(text: str) -> str:
    """Without the quotation marks round it and the full stop after it; a stop after a digit may be a cut decimal."""
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
    if NUMERIC.isdisjoint(kinds) and Kind.VAGUE not in kinds:
        raise Stop("no_number")
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
    kinds = [token.kind for token in found]
    for place, token in enumerate(found):
        becomes = token.kind is Kind.BECOMES or (
            token.text == "to" and any(t.text == "from" for t in found[max(0, place - 8) : place])
        )
        if becomes and not NUMERIC.isdisjoint(kinds[:place]) and not NUMERIC.isdisjoint(kinds[place + 1 :]):
            return True
    return False


def _mirrored(clean: str, part: str, first: str, second: str) -> None:
    readings = (f"{first}.{second}", f"{second}.{first}")
    lines = tuple(" ".join(clean.replace(part, f"{reading} ", 1).split()) for reading in readings)
    raise Stop("mirrored_slash", (("first", readings[0]), ("second", readings[1])), lines)


# The figure ------------------------------------------------------------------------------------------------


def _figure(found: list[Token], wanted: Unit | None, written: str) -> Reading:
    qualifier, place = _qualifier(found, 0)
    if _kind(found, place) is Kind.BETWEEN:
        low, high, place = _between(found, place + 1)
    else:
        low, high, place = _from_to(found, place)
    if high is None and _kind(found, place) is Kind.PLUS:
        qualifier = _one_qualifier(qualifier, Qualifier.AT_LEAST)
        place += 1
        if low.scale == 0 and not low.percent:  # «۳۰+ میلیون»
            low, place = _with_unit(found, place, low)
    metric = _nouns(found, place, low.percent or bool(high and high.percent))
    value, unit = _value(qualifier, low, high, wanted)
    if unit is Unit.PERCENT and metric:
        raise Stop("unknown_word", (("word", found[-1].text),))
    return Reading(value, unit, written, metric)


def _kind(found: Sequence[Token], place: int) -> Kind | None:
    return found[place].kind if 0 <= place < len(found) else None


def _one_qualifier(first: Qualifier, second: Qualifier) -> Qualifier:
    if first not in (Qualifier.EXACT, second):
        raise Stop("two_qualifiers")
    return second


def _qualifier(found: list[Token], place: int) -> tuple[Qualifier, int]:
    qualifier = Qualifier.EXACT
    while _kind(found, place) is Kind.QUALIFIER:
        qualifier = _one_qualifier(qualifier, Qualifier(str(found[place].value)))
        place += 1
    return qualifier, place


def _from_to(found: list[Token], place: int) -> tuple[Number, Number | None, int]:
    opened = _kind(found, place) is Kind.FROM
    low, place = _number(found, place + opened)
    if _kind(found, place) is Kind.DASH and _kind(found, place + 1) in (*NUMERIC, Kind.PERCENT, Kind.HALF):
        if found[place].glued != found[place + 1].glued:  # «۴ -۵»: a minus that came loose?
            raise Stop("ill_formed", (("part", found[place].text + found[place + 1].text),))
    elif _kind(found, place) is not Kind.RANGE:
        if opened:
            raise Stop("unknown_word", (("word", found[0].text),))
        return low, None, place
    high, place = _number(found, place + 1)
    return low, high, place


def _between(found: list[Token], place: int) -> tuple[Number, Number, int]:
    """«بین سی و پنج و چهل میلیون»: of all the places where it may be parted, exactly one must give two numbers."""
    joints = [at for at in range(place, len(found)) if found[at].kind in (Kind.AND, Kind.RANGE)]
    if len(joints) > MANY:
        raise Stop("ill_formed", (("part", found[place - 1].text),))
    ways: list[tuple[Number, Number, int]] = []
    why: Stop | None = None
    for joint in joints:
        try:
            low, end = _number(found[:joint], place)
            if end != joint:
                continue
            high, end = _number(found, joint + 1)
        except Stop as stop:
            if stop.code == "ambiguous_number":
                raise  # a way that is not excluded
            why = stop
            continue
        ways.append((low, high, end))
    if len(ways) != 1:
        raise why if why and not ways else Stop("two_figures")
    return ways[0]


def _nouns(found: list[Token], place: int, share: bool) -> str:
    """Reads the nouns after the number; returns the metric that they name."""
    metrics: dict[str, None] = {}
    while place < len(found):
        token = found[place]
        if token.kind in (Kind.PEOPLE, Kind.TRAIT):
            metrics[str(token.value)] = None
        elif not (share and token.kind in (Kind.OF, Kind.FROM) and _kind(found, place + 1) is Kind.PEOPLE):
            _refuse_rest(found[place:])
        place += 1
    metrics.pop("", None)
    if "installs" in metrics and len(metrics) > 1:  # installs a day are no installs
        raise Stop("not_users", (("word", found[-1].text),))
    if len(metrics) > 1:
        raise Stop("two_figures")
    return next(iter(metrics), "")


def _refuse_rest(rest: list[Token]) -> None:
    if any(token.kind in NUMERIC for token in rest):
        raise Stop("two_figures")
    for token in rest:
        if token.kind is Kind.THING:
            raise Stop("not_users", (("word", token.text),))
    raise Stop("unknown_word", (("word", letters.visible(rest[0].text, 30)),))


# Numbers ---------------------------------------------------------------------------------------------------


def _number(found: Sequence[Token], place: int) -> tuple[Number, int]:
    kind = _kind(found, place)
    if kind is Kind.PERCENT:
        number, place = _number(found, place + 1) if _kind(found, place + 1) in NUMERIC else _fail(found, place)
        if number.percent or number.scale:
            raise Stop("two_figures")
        return replace(number, percent=True), place
    if kind is Kind.HALF:
        half = Number(5, 1)
        number, place = _with_unit(found, place + 1, half)
        if not number.scale and not number.percent:
            raise Stop("unit_missing", (("number", found[place - 1].text),))
        return number, place
    number, place = _part(found, place, first=True)
    if number.scale > 1 and not number.percent:
        number, place = _further_parts(found, place, number)
    return number, place


def _fail(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Why no number stands here."""
    if place >= len(found):
        raise Stop("no_number")
    if found[place].kind is Kind.DASH:
        raise Stop("negative")
    if found[place].kind is Kind.PLUS:
        raise Stop("growth", (("word", "+"),))
    _refuse_rest([token for token in found[place:] if token.kind not in NUMERIC] or [found[place]])
    raise AssertionError("unreachable")


def _part(found: Sequence[Token], place: int, first: bool) -> tuple[Number, int]:
    """One part with its unit, if it has one: «۱۰ و نیم میلیون», «یازده میلیون و نیم», «هشت و هفت دهم درصد»."""
    number, after = _fraction(found, place)
    if number is None:
        if first and _kind(found, place) is Kind.SCALE and found[place].text == "هزار":
            number, after = Number(1), place  # «هزار نفر»
        else:
            number, after = _group(found, place)
        if _half_follows(found, after):
            number, after = _and_half(number), after + 2
    number, after = _with_unit(found, after, number)
    if number.scale > 1 and first and _half_follows(found, after):
        if _kind(found, after + 2) in NUMERIC:
            raise Stop("not_falling")
        number, after = _and_half(number), after + 2
    return number, after


def _half_follows(found: Sequence[Token], place: int) -> bool:
    return _kind(found, place) is Kind.AND and _kind(found, place + 1) is Kind.HALF


def _and_half(number: Number) -> Number:
    if number.decimals:
        raise Stop("not_falling")
    return replace(number, whole=number.whole * 10 + 5, decimals=1, token=None)


def _with_unit(found: Sequence[Token], place: int, number: Number) -> tuple[Number, int]:
    if _kind(found, place) is Kind.SCALE:
        number, place = replace(number, scale=int(found[place].value)), place + 1
        if _kind(found, place) in (Kind.SCALE, Kind.PERCENT):  # «هزار میلیون»
            raise Stop("not_falling")
    elif _kind(found, place) is Kind.PERCENT:
        number, place = replace(number, percent=True), place + 1
    return number, place


def _further_parts(found: Sequence[Token], place: int, number: Number) -> tuple[Number, int]:
    """«… میلیون و ۹۷۲ هزار و ۶۹۰»: parts fall in size; 300 right after the millions may be 300 thousand."""
    total, last = number.whole * number.scale, number
    unjoined = False
    start = place
    while True:
        joined = _kind(found, place) is Kind.AND
        begins = _kind(found, place + joined)
        if begins not in (Kind.DIGITS, Kind.CARDINAL):
            if begins is Kind.SCALE:
                raise Stop("not_falling")
            break
        part, after = _part(found, place + joined, first=False)
        if part.percent:
            raise Stop("two_figures")
        english = found[after - 1].text.isascii() and (part.scale > 0 or part.token is None)
        unjoined = unjoined or not (joined or english)
        size = part.whole * (part.scale or 1)
        if last.decimals or part.decimals or size >= last.scale:
            raise Stop("not_falling")
        if not part.scale and (unjoined or (last.scale > 1000 and not (part.token and size >= 1000))):
            _bare_part(found, place + joined, after)
        total, last, place = total + size, part, after
        if part.scale <= 1:
            break
    if place == start:
        return number, place
    return Number(total, scale=1, res=_resolution(last)), place


def _bare_part(found: Sequence[Token], place: int, after: int) -> None:
    """«۲۰ میلیون و ۳۰۰»."""
    before = " ".join(token.text for token in found[:place])
    part = " ".join(token.text for token in found[place:after])
    nouns = " ".join(token.text for token in found[after:])
    thousand, zero = ("thousand", "zero thousand") if part.isascii() and before.isascii() else ("هزار", "صفر هزار و")
    lines = (f"{before} {part} {thousand} {nouns}".strip(), f"{before} {zero} {part} {nouns}".strip())
    raise Stop("ambiguous_number", (("first", f"{part} {thousand}"), ("second", part)), lines)


def _group(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Digits, or the words of a number below a thousand."""
    if _kind(found, place) is Kind.DIGITS:
        token = found[place]
        return Number(int(token.value), token.decimals, token=token), place + 1
    if _kind(found, place) is not Kind.CARDINAL:
        return _fail(found, place)
    read = _english if found[place].text.isascii() else _persian
    return read(found, place)


def _persian(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Hundreds «و» tens «و» ones, as far as they fall."""
    total = last = int(found[place].value)
    place += 1
    while _kind(found, place) is Kind.AND and _kind(found, place + 1) is Kind.CARDINAL:
        value = int(found[place + 1].value)
        if found[place + 1].text.isascii() or not _falls(last, value):
            break
        total, last, place = total + value, value, place + 2
    return Number(total), place


def _falls(last: int, value: int) -> bool:
    return 0 < value < (100 if last >= 100 else 10 if last >= 20 else 0)


def _english(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """«three hundred and five», «thirty-four point six»."""
    total = last = int(found[place].value)
    place += 1
    if _kind(found, place) is Kind.HUNDRED:
        if not 0 < total < 10:
            raise Stop("not_falling")
        total, last, place = total * 100, 100, place + 1
    while True:
        joined = last == 100 and _kind(found, place) is Kind.AND
        if _kind(found, place + joined) is not Kind.CARDINAL or not found[place + joined].text.isascii():
            break
        value = int(found[place + joined].value)
        if not _falls(last, value):
            break
        total, last, place = total + value, value, place + joined + 1
    decimals = 0
    if _kind(found, place) is Kind.POINT and found[place].text == "point":
        place += 1
        while _kind(found, place) is Kind.CARDINAL and int(found[place].value) < 10:
            total, decimals, place = total * 10 + int(found[place].value), decimals + 1, place + 1
        if not 0 < decimals <= MANY:
            raise Stop("ill_formed", (("part", "point"),))
    return Number(total, decimals), place


def _fraction(found: Sequence[Token], place: int) -> tuple[Number | None, int]:
    """«هشت و هفت دهم»: 8.7. «بیست و یک صدم» is refused: 20.01 or 0.21. Compounds written as one stay one."""
    atoms: list[list[Token]] = []
    point = 0  # atoms before «ممیز»
    at = place
    while len(atoms) <= MANY and _kind(found, at) in (Kind.DIGITS, Kind.CARDINAL):
        atom = [found[at]]
        at += 1
        while _kind(found, at) is Kind.AND and found[at].glued and at + 1 < len(found) and found[at + 1].glued:
            if found[at + 1].kind is not Kind.CARDINAL or len(atom) > MANY:
                return None, place
            atom += found[at : at + 2]
            at += 2
        atoms.append(atom)
        if _kind(found, at) is Kind.TENTHS:
            break
        if _kind(found, at) is Kind.POINT:
            if point:
                return None, place
            point = len(atoms)
        elif _kind(found, at) is not Kind.AND:
            return None, place
        at += 1
    if _kind(found, at) is not Kind.TENTHS:
        return None, place
    decimals = int(found[at].value)
    ways = [
        Number(whole * 10**decimals + numerator, decimals)
        for cut in ([point] if point else range(len(atoms)))
        if (whole := _sum(atoms[:cut])) is not None
        and (numerator := _sum(atoms[cut:])) is not None
        and 0 < numerator < 10**decimals
    ]
    if len(ways) != 1:
        part = " ".join(token.text for token in found[place : at + 1])
        raise Stop("ill_formed", (("part", part),))
    return ways[0], at + 1


def _sum(atoms: list[list[Token]]) -> int | None:
    """The number below a thousand that these words make together; 0 for none."""
    values = [token for atom in atoms for token in atom if token.kind is not Kind.AND]
    if any(token.decimals for token in values):
        return None
    numbers = [int(token.value) for token in values]
    if len(numbers) > 1 and (
        any(token.kind is Kind.DIGITS for token in values)
        or not all(_falls(a, b) for a, b in zip(numbers, numbers[1:], strict=False))
    ):
        return None
    return sum(numbers)


# Values ----------------------------------------------------------------------------------------------------


def _value(qualifier: Qualifier, low: Number, high: Number | None, wanted: Unit | None) -> tuple[Value, Unit]:
    if high is not None:
        low, high = _shared(low, high)
        if qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST):
            raise Stop("two_qualifiers")
    percent = low.percent or (wanted is Unit.PERCENT and not low.scale)
    if wanted is Unit.USERS and percent:
        raise Stop("percent_not_count")
    if wanted is Unit.PERCENT and not percent:
        raise Stop("count_not_percent")
    settle, unit = (_points, Unit.PERCENT) if percent else (_people, Unit.USERS)
    lo, res = settle(low)
    if high is None:
        ends = {Qualifier.AT_LEAST: (lo, None), Qualifier.AT_MOST: (0, lo)}.get(qualifier, (lo, lo))
        return Value(qualifier, *ends, res), unit
    hi, other = settle(high)
    if lo >= hi:
        first, second = (figures.write_amount(end, unit, "fa") for end in (lo, hi))
        raise Stop("falling_range", (("first", first), ("second", second)))
    return Value(Qualifier.RANGE, lo, hi, max(res, other)), unit


def _shared(low: Number, high: Number) -> tuple[Number, Number]:
    """A unit written once belongs to both ends."""

    def has_unit(number: Number) -> bool:
        return number.percent or number.scale > 0

    if has_unit(low) == has_unit(high):
        if low.percent != high.percent:
            raise Stop("two_figures")
        return low, high
    bare, other = (high, low) if has_unit(low) else (low, high)
    if other.res:  # «۱ تا ۲ میلیون و ۵۰۰ هزار»: which of its units?
        raise Stop("unit_missing", (("number", str(bare.whole)),))
    bare = replace(bare, scale=other.scale, percent=other.percent)
    return (other, bare) if has_unit(low) else (bare, other)


def _people(number: Number) -> tuple[int, int]:
    scale = number.scale or 1
    value, rest = divmod(number.whole * scale, 10**number.decimals)
    if not number.scale and number.decimals:
        if number.token and number.token.thousands_or_decimal:
            digits = letters.digits(number.token.text, "en")
            whole, decimals = digits.split(".")
            lines = (whole + decimals, f"{digits}m")
            raise Stop("ambiguous_number", (("first", lines[0]), ("second", digits)), lines)
        text = number.token.text if number.token else figures.write_decimal(number.whole, number.decimals, "fa")
        raise Stop("unit_missing", (("number", text),))
    if value > LARGEST:
        raise Stop("too_large")
    if rest:
        raise Stop("fraction_of_person")
    return value, 1 if value == 0 else _resolution(number)


def _resolution(number: Number) -> int:
    """Unit of the last written digit (overtaking.md §3)."""
    if number.res:
        return number.res
    if number.scale:
        return max(1, number.scale // 10**number.decimals)
    return figures.resolution_in_full(number.whole)


def _points(number: Number) -> tuple[int, int]:
    if number.decimals > 2:
        raise Stop("too_fine")
    value = number.whole * POINT // 10**number.decimals
    if value > 100 * POINT:
        raise Stop("above_hundred")
    return value, 1 if value == 0 else POINT // 10**number.decimals
