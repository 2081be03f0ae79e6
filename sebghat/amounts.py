"""One number as a phrase of words and digits, with its parts, halves, tenths and unit; see numerals.py.

number   = part (and? part)* | half scale | percent number | number percent
part     = (digits | words | fraction) (and half)? scale? (and half)?
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sebghat import figures, letters
from sebghat.lexer import Token
from sebghat.vocabulary import Kind

NUMERIC = frozenset((Kind.DIGITS, Kind.CARDINAL, Kind.HUNDRED, Kind.SCALE, Kind.SLASHED))
MANY = 12  # «و» in one figure; more is no figure


@dataclass(frozen=True, slots=True)
class Number:
    """`whole` × `scale` / 10^`decimals`. `scale` 0: no unit is written. `res` 0: it follows from these."""

    whole: int
    decimals: int = 0
    scale: int = 0
    percent: bool = False
    res: int = 0
    token: Token | None = None  # the literal, where it is but one


class Stop(Exception):
    """Ends a reading from deep inside the grammar; never leaves the reader of numbers."""

    def __init__(self, code: str, details: tuple[tuple[str, str], ...] = (), lines: tuple[str, ...] = ()) -> None:
        self.code, self.details, self.lines = code, details, lines


def kind_at(found: Sequence[Token], place: int) -> Kind | None:
    return found[place].kind if 0 <= place < len(found) else None


def refuse_rest(rest: list[Token]) -> None:
    if any(token.kind in NUMERIC for token in rest):
        raise Stop("two_figures")
    for token in rest:
        if token.kind is Kind.THING:
            raise Stop("not_users", (("word", token.text),))
    raise Stop("unknown_word", (("word", letters.visible(rest[0].text, 30)),))


def number_at(found: Sequence[Token], place: int) -> tuple[Number, int]:
    kind = kind_at(found, place)
    if kind is Kind.PERCENT:
        number, place = number_at(found, place + 1) if kind_at(found, place + 1) in NUMERIC else _fail(found, place)
        if number.percent or number.scale:
            raise Stop("two_figures")
        return replace(number, percent=True), place
    if kind is Kind.HALF:
        half = Number(5, 1)
        number, place = with_unit(found, place + 1, half)
        shares = kind_at(found, place) in (Kind.RANGE, Kind.DASH)  # «نیم تا یک میلیون»
        if not number.scale and not number.percent and not shares:
            raise Stop("unit_missing", (("number", found[place - 1].text),))
        return number, place
    number, place = _part(found, place, first=True)
    if number.scale > 1 and not number.percent:
        number, place = _further_parts(found, place, number)
    return number, place


def _fail(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Why no number stands here."""
    if place >= len(found) or found[place].kind in (Kind.SCALE, Kind.HUNDRED):
        raise Stop("no_number")
    if found[place].kind is Kind.DASH:
        raise Stop("negative")
    if found[place].kind is Kind.PLUS:
        raise Stop("growth", (("word", "+"),))
    refuse_rest([token for token in found[place:] if token.kind not in NUMERIC] or [found[place]])
    raise AssertionError("unreachable")


def _part(found: Sequence[Token], place: int, first: bool) -> tuple[Number, int]:
    """One part, and its unit if it has one: «۱۰ و نیم میلیون», «یازده میلیون و نیم», «هشت و هفت دهم»."""
    fraction, after = _fraction(found, place)
    if fraction is not None:
        number = fraction
    else:
        if first and kind_at(found, place) is Kind.SCALE and found[place].text == "هزار":
            number, after = Number(1), place  # «هزار نفر»
        else:
            number, after = _with_point(found, *_group(found, place))
        if _half_follows(found, after):
            number, after = _and_half(number), after + 2
    number, after = with_unit(found, after, number)
    if number.scale > 1 and first and _half_follows(found, after):
        if kind_at(found, after + 2) in NUMERIC:
            raise Stop("not_falling")
        number, after = _and_half(number), after + 2
    if number.percent and first and _half_follows(found, after) and kind_at(found, after + 2) not in NUMERIC:
        number, after = _and_half(number), after + 2  # «یک درصد و نیم»
    return number, after


def _with_point(found: Sequence[Token], number: Number, place: int) -> tuple[Number, int]:
    """«۸۲ ممیز ۲», «هشت ممیز دو»: the digits behind the point one by one."""
    if kind_at(found, place) is not Kind.POINT or found[place].text != "ممیز":
        return number, place
    after, follows = kind_at(found, place + 1), found[place + 1 : place + 2]
    text = letters.digits(follows[0].text, "en") if after is Kind.DIGITS else str(follows[0].value) if follows else ""
    if number.decimals or after not in (Kind.DIGITS, Kind.CARDINAL) or not text.isdecimal():
        raise Stop("ill_formed", (("part", found[place].text),))
    if len(text) > (MANY if after is Kind.DIGITS else 1):
        raise Stop("ill_formed", (("part", f"{found[place].text} {follows[0].text}"),))
    whole = number.whole * int(10 ** len(text)) + int(text)
    return replace(number, whole=whole, decimals=len(text), token=None), place + 2


def _half_follows(found: Sequence[Token], place: int) -> bool:
    return kind_at(found, place) is Kind.AND and kind_at(found, place + 1) is Kind.HALF


def _and_half(number: Number) -> Number:
    if number.decimals:
        raise Stop("not_falling")
    return replace(number, whole=number.whole * 10 + 5, decimals=1, token=None)


def with_unit(found: Sequence[Token], place: int, number: Number) -> tuple[Number, int]:
    if kind_at(found, place) is Kind.SCALE:
        _refuse_thousand_thousands(number, found[place])
        number, place = replace(number, scale=int(found[place].value)), place + 1
        if kind_at(found, place) in (Kind.SCALE, Kind.PERCENT):  # «هزار میلیون»
            raise Stop("not_falling")
    elif kind_at(found, place) is Kind.PERCENT:
        number, place = replace(number, percent=True), place + 1
    return number, place


def _refuse_thousand_thousands(number: Number, unit: Token) -> None:
    """«۱۲.۵۰۰ هزار»: twelve and a half thousand with three decimals, or 12,500 thousand?"""
    if number.token and number.token.thousands_or_decimal and unit.text in ("هزار", "k"):
        digits = letters.digits(number.token.text, "en")
        plain = digits.replace(".", "")
        lines = (f"{plain} {unit.text}", plain)
        raise Stop("ambiguous_number", (("first", lines[0]), ("second", lines[1])), lines)


def _further_parts(found: Sequence[Token], place: int, number: Number) -> tuple[Number, int]:
    """«… میلیون و ۹۷۲ هزار و ۶۹۰»: parts fall in size; 300 right after the millions may be 300 thousand."""
    total, last = number.whole * number.scale, number
    unjoined = False
    start = place
    while True:
        joined = kind_at(found, place) is Kind.AND
        begins = kind_at(found, place + joined)
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
        if not part.scale and last.scale > 1000 and not (part.token and size >= 1000):
            _bare_part(found, place, joined, after)
        if not part.scale and unjoined:
            line = _joined(found)
            raise Stop("missing_and", (("line", line),), (line,))
        total, last, place = total + size, part, after
        if part.scale <= 1:
            break
    if place == start:
        return number, place
    return Number(total, scale=1, res=resolution(last)), place


def _joined(found: Sequence[Token]) -> str:
    """The same with «و» wherever a part follows another's unit."""
    words = [found[0].text]
    for before, token in pairwise(found):
        follows = before.kind is Kind.SCALE and token.kind in (Kind.DIGITS, Kind.CARDINAL)
        words += ["و", token.text] if follows else [token.text]
    return " ".join(words)


def _bare_part(found: Sequence[Token], place: int, joined: bool, after: int) -> None:
    """«۲۰ میلیون و ۳۰۰»: 300, or 300 thousand?"""
    before, part, nouns = (
        " ".join(token.text for token in part) for part in (found[:place], found[place + joined : after], found[after:])
    )
    english = part.isascii() and before.isascii()
    thousand, zero = ("thousand", "zero thousand") if english else ("هزار", "و صفر هزار و")
    joint = "" if english else "و "
    lines = (f"{before} {joint}{part} {thousand} {nouns}".strip(), f"{before} {zero} {part} {nouns}".strip())
    raise Stop("ambiguous_number", (("first", f"{part} {thousand}"), ("second", part)), lines)


def _group(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Digits, or the words of a number below a thousand."""
    if kind_at(found, place) is Kind.DIGITS:
        token = found[place]
        return Number(int(token.value), token.decimals, token=token), place + 1
    if kind_at(found, place) is not Kind.CARDINAL:
        return _fail(found, place)
    read = _english if found[place].text.isascii() else _persian
    return read(found, place)


def _persian(found: Sequence[Token], place: int) -> tuple[Number, int]:
    """Hundreds «و» tens «و» ones, as far as they fall."""
    total = last = int(found[place].value)
    place += 1
    while kind_at(found, place) is Kind.AND and kind_at(found, place + 1) is Kind.CARDINAL:
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
    if kind_at(found, place) is Kind.HUNDRED:
        if not 0 < total < 10:
            raise Stop("not_falling")
        total, last, place = total * 100, 100, place + 1
    while True:
        joined = last == 100 and kind_at(found, place) is Kind.AND
        if kind_at(found, place + joined) is not Kind.CARDINAL or not found[place + joined].text.isascii():
            break
        value = int(found[place + joined].value)
        if not _falls(last, value):
            break
        total, last, place = total + value, value, place + joined + 1
    decimals = 0
    if kind_at(found, place) is Kind.POINT and found[place].text == "point":
        place += 1
        while kind_at(found, place) is Kind.CARDINAL and int(found[place].value) < 10:
            total, decimals, place = total * 10 + int(found[place].value), decimals + 1, place + 1
        if not 0 < decimals <= MANY:
            raise Stop("ill_formed", (("part", "point"),))
    return Number(total, decimals), place


def _fraction(found: Sequence[Token], place: int) -> tuple[Number | None, int]:
    """«هشت و هفت دهم»: 8.7. «بیست و یک صدم» is refused: 20.01 or 0.21. Compounds written as one stay one."""
    atoms: list[list[Token]] = []
    point = 0  # atoms before «ممیز»
    at = place
    while len(atoms) <= MANY and kind_at(found, at) in (Kind.DIGITS, Kind.CARDINAL):
        atom = [found[at]]
        at += 1
        while kind_at(found, at) is Kind.AND and found[at].glued and at + 1 < len(found) and found[at + 1].glued:
            if found[at + 1].kind is not Kind.CARDINAL or len(atom) > MANY:
                return None, place
            atom += found[at : at + 2]
            at += 2
        atoms.append(atom)
        if kind_at(found, at) is Kind.TENTHS:
            break
        if kind_at(found, at) is Kind.POINT:
            if point:
                return None, place
            point = len(atoms)
        elif kind_at(found, at) is not Kind.AND:
            return None, place
        at += 1
    if kind_at(found, at) is not Kind.TENTHS:
        return None, place
    decimals = int(found[at].value)
    ways = [
        Number(whole * 10**decimals + numerator, decimals)
        for cut in ([point] if point else range(len(atoms)))
        if (whole := _sum(atoms[:cut])) is not None
        and (numerator := _sum(atoms[cut:])) is not None
        and 0 < numerator < 10**decimals
    ]
    if len(ways) > 1:
        first, second = (figures.write_decimal(way.whole, decimals, "en") for way in ways[:2])
        unit = " ".join(token.text for token in found[at + 1 :])
        raise Stop(
            "ambiguous_number",
            (("first", first), ("second", second)),
            (f"{first} {unit}", f"{second} {unit}"),
        )
    if not ways:
        raise Stop("ill_formed", (("part", " ".join(token.text for token in found[place : at + 1])),))
    return ways[0], at + 1


def _sum(atoms: list[list[Token]]) -> int | None:
    """The number below a thousand that these words make together; 0 for none."""
    values = [token for atom in atoms for token in atom if token.kind is not Kind.AND]
    if any(token.decimals for token in values):
        return None
    numbers = [int(token.value) for token in values]
    if len(numbers) > 1 and (
        any(token.kind is Kind.DIGITS for token in values) or not all(_falls(a, b) for a, b in pairwise(numbers))
    ):
        return None
    return sum(numbers)


def resolution(number: Number) -> int:
    """Unit of the last written digit (overtaking.md §3)."""
    if number.res:
        return number.res
    if number.scale:
        return max(1, number.scale // int(10**number.decimals))
    return figures.resolution_in_full(number.whole)
