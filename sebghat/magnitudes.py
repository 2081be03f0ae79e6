"""What numbers come to as values: people or hundredths of a point, bounds, ranges, and what they may not be."""

from __future__ import annotations

from dataclasses import replace

from sebghat import figures, letters
from sebghat.amounts import Number, Stop, resolution
from sebghat.observation import Qualifier, Unit, Value

LARGEST = 10**10  # people; who counts more has miscounted
POINT = 100  # hundredths in a point


def valued(qualifier: Qualifier, low: Number, high: Number | None, wanted: Unit | None) -> tuple[Value, Unit]:
    """The value and its unit; `wanted`: the unit that the field asks for. Raises Stop."""
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
        raise Stop("falling_range")
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
    if other.res and bare.whole:  # «۱ تا ۲ میلیون و ۵۰۰ هزار»: which of its units?
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
    return value, 1 if value == 0 else resolution(number)


def _points(number: Number) -> tuple[int, int]:
    if number.decimals > 2:
        raise Stop("too_fine")
    value = number.whole * POINT // 10**number.decimals
    if value > 100 * POINT:
        raise Stop("above_hundred")
    return value, 1 if value == 0 else POINT // 10**number.decimals
