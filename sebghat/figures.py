"""Numbers and shares written: in digits with as many places as are known, and in words."""

from __future__ import annotations

from sebghat import letters
from sebghat.observation import Qualifier, Unit, Value
from sebghat.spelling import NAMES, SCALES, attach, spell
from sebghat.vocabulary import ENGLISH_CARDINALS

PATTERNS = {
    "fa": {
        Qualifier.EXACT: "{lo}",
        Qualifier.ABOUT: "حدود {lo}",
        Qualifier.AT_LEAST: "بیش از {lo}",
        Qualifier.AT_MOST: "کمتر از {hi}",
        Qualifier.RANGE: "{lo} تا {hi}",
    },
    "en": {
        Qualifier.EXACT: "{lo}",
        Qualifier.ABOUT: "about {lo}",
        Qualifier.AT_LEAST: "more than {lo}",
        Qualifier.AT_MOST: "less than {hi}",
        Qualifier.RANGE: "{lo} to {hi}",
    },
}
ROUNDINGS: dict[tuple[str, Unit], dict[int, str]] = {
    ("fa", Unit.USERS): {1: "تا یک نفر", 10: "گردشده به ده", 100: "گردشده به صد"}
    | {
        10**power: "گردشده به " + ("", "ده‌", "صد")[power % 3] + NAMES["fa"][10 ** (power - power % 3)]
        for power in range(3, 12)
    },
    ("fa", Unit.PERCENT): {1: "گردشده به صدم درصد", 10: "گردشده به دهم درصد", 100: "گردشده به درصد"},
    ("en", Unit.USERS): {1: "to the person", 10: "rounded to the ten", 100: "rounded to the hundred"}
    | {
        10**power: "rounded to the " + ("", "ten ", "hundred ")[power % 3] + NAMES["en"][10 ** (power - power % 3)]
        for power in range(3, 12)
    },
    ("en", Unit.PERCENT): {
        1: "rounded to the hundredth of a percent",
        10: "rounded to the tenth of a percent",
        100: "rounded to the percent",
    },
}


def resolution_in_full(number: int) -> int:
    """The unit of the last written digit of a number in full digits (overtaking.md §3)."""
    unit = next((scale for scale in SCALES if scale <= number), 1)
    res = 1
    while res < unit and number % (res * 10) == 0:
        res *= 10
    return res


# Digits ----------------------------------------------------------------------------------------------------


def write_value(value: Value, unit: Unit, language: str) -> str:
    """«بیش از ۴۲ میلیون», «۵۸ تا ۶۱ میلیون», "34.6%": no digit more or less than `res` says is known."""
    ends = [end for end in (value.lo, value.hi) if end is not None]
    if value.q is not Qualifier.RANGE:
        lo = hi = _end(ends[-1] if value.q is Qualifier.AT_MOST else ends[0], value.res, unit, language)
    else:
        lo, hi = _range(value.lo, ends[-1], value.res, unit, language)
    return PATTERNS[language][value.q].format(lo=lo, hi=hi)


def write_amount(amount: int, unit: Unit, language: str) -> str:
    """A margin or a band: «۳ میلیون», «۶۸۰ هزار», "1.2 points"; as short as it is exact."""
    if amount < 0:
        return ("منفی " if language == "fa" else "minus ") + write_amount(-amount, unit, language)
    if unit is Unit.PERCENT:
        number = _decimal(amount, 2, language).rstrip("0۰").rstrip(".٫")
        return f"{number or _decimal(0, 0, language)} " + ("واحد درصد" if language == "fa" else "points")
    for scale in SCALES:
        hundredths, rest = divmod(amount * 100, scale)
        if amount >= scale and rest == 0:
            decimals = next(d for d in range(3) if hundredths % 10 ** (2 - d) == 0)
            return _scaled(hundredths // 10 ** (2 - decimals), decimals, scale, language)
    return _grouped(amount, language)


def write_rounding(res: int, unit: Unit, language: str) -> str:
    """«گردشده به میلیون», "rounded to the hundred thousand"."""
    known = ROUNDINGS[language, unit].get(res)
    if known:
        return known
    return ("گردشده به " if language == "fa" else "rounded to ") + _grouped(res, language)


def write_decimal(whole: int, decimals: int, language: str) -> str:
    """«۱۹٫۵», for 195 with one decimal."""
    return _decimal(whole, decimals, language)


def _end(number: int, res: int, unit: Unit, language: str) -> str:
    res = _fitting(number, res)
    if unit is Unit.PERCENT:
        return _percent(number, res, language) + (" درصد" if language == "fa" else "%")
    return _short(number, res, language) or _parts(number, res, language) or _long(number, res, language)


def _fitting(number: int, res: int) -> int:
    """The coarsest power of ten up to `res` that the number is a multiple of: nothing of it is dropped."""
    power = 1
    while power * 10 <= min(res, SCALES[0]) and number % (power * 10) == 0:
        power *= 10
    return power


def _percent(number: int, res: int, language: str) -> str:
    decimals = 0 if res >= 100 or number == 0 else 1 if res == 10 else 2
    return _decimal(number // 10 ** (2 - decimals), decimals, language)


def _short(number: int, res: int, language: str) -> str:
    """«۳۰٫۵ میلیون», «۳۰۰ هزار», «۳۹٬۰۴۳٬۶۳۶»; empty where neither shows just what is known."""
    scale = _scale(number, res)
    decimals = len(str(scale // res)) - 1 if scale else 0
    in_full = number == 0 or res == resolution_in_full(number)
    plain = scale == 1000 and in_full and (language == "en" or decimals > 0 or number == 1000)
    if scale and decimals <= 2 and not plain:
        return _scaled(number // res, decimals, scale, language)
    return _grouped(number, language) if in_full else ""


def _scale(number: int, res: int) -> int:
    """The largest unit not above the number, or the next above where the rounding is coarser than that."""
    fitting = [scale for scale in SCALES if scale >= res]
    below = [scale for scale in fitting if scale <= number]
    return below[0] if below else fitting[-1] if fitting and res > 1 and number >= res else 0


def _parts(number: int, res: int, language: str) -> str:
    """«۱۲ میلیون و ۳۴۵ هزار و ۶۳۰»: where digits in full would look rounded though they are not."""
    if res not in (1, 10**3, 10**6) or number < 1000 * res:
        return ""
    groups = [(number // scale % 1000, scale) for scale in (*SCALES, 1) if scale >= res]
    if groups[-1][0] == 0 or (res == 1 and groups[-2][0] == 0):
        return ""
    words = [f"{group} {NAMES[language].get(scale, '')}".strip() for group, scale in groups if group]
    if language == "fa":
        return letters.digits(" و ".join(words), "fa")
    return " ".join(words[:-1]) + (" and " if res == 1 else " ") + words[-1]


def _long(number: int, res: int, language: str, scale: int = 0) -> str:
    """«۱۲٫۰۰۰ میلیون»: the one form in which every rounding can be written."""
    scale = scale or _scale(number, res) or 1000
    return _scaled(number // min(res, scale), max(0, len(str(scale // res)) - 1), scale, language)


def _range(lo: int, hi: int, res: int, unit: Unit, language: str) -> tuple[str, str]:
    """Both ends, a unit that they share only once."""
    ends = [_end(end, res, unit, language) for end in (lo, hi)]
    if unit is Unit.PERCENT:
        return ends[0].removesuffix(" درصد").removesuffix("%"), ends[1]
    zero = _decimal(0, 0, language)
    parts = [end.count(" ") > 1 for end in ends]
    names = ["" if end == zero else end.rpartition(" ")[2] if " " in end else "in full" for end in ends]
    mixed = "in full" in names and names != ["in full"] * 2
    if mixed or (any(parts) and "" in names):
        # An end without a unit beside one with a unit would be read with that unit.
        scale = max(_scale(hi, _fitting(hi, res)), 10**3)
        ends = [_long(end, _fitting(end, res), language, scale) for end in (lo, hi)]
        parts, names = [False, False], [NAMES[language][scale]] * 2
    if names[0] == names[1] != "in full" and not any(parts):
        return ends[0].rpartition(" ")[0], ends[1]
    return ends[0], ends[1]


def _scaled(digits: int, decimals: int, scale: int, language: str) -> str:
    return f"{_decimal(digits, decimals, language)} {NAMES[language][scale]}"


def _decimal(digits: int, decimals: int, language: str) -> str:
    whole, rest = divmod(digits, 10**decimals)
    text = _grouped(whole, language)
    if decimals:
        text += ("٫" if language == "fa" else ".") + letters.digits(f"{rest:0{decimals}}", language)
    return text


def _grouped(number: int, language: str) -> str:
    text = f"{number:,}"
    return letters.digits(text.replace(",", "٬"), "fa") if language == "fa" else text


# Words -----------------------------------------------------------------------------------------------------


def in_words(value: Value, unit: Unit, language: str) -> str:
    """«بیش از سی میلیون و پانصد هزار», "thirty-four point six percent"; words do not say the rounding."""
    if value.q is Qualifier.RANGE and value.hi is not None:
        lo, hi = (_words(end, unit, language) for end in (value.lo, value.hi))
        if unit is Unit.USERS and 0 < value.lo < 1000 <= value.hi:
            # «یک تا دو میلیون» would be one million to two.
            lo = ("صفر هزار و " if language == "fa" else "zero thousand ") + lo
        if unit is Unit.PERCENT and value.lo % 100 == 0:
            lo = lo.removesuffix(" درصد").removesuffix(" percent")
        scale = next((s for s in SCALES if value.lo % s == value.hi % s == 0 and value.hi < 1000 * s), 0)
        suffix = f" {NAMES[language][scale]}" if scale and unit is Unit.USERS else ""
        if suffix and lo.endswith(suffix) and hi.endswith(suffix):
            lo = lo.removesuffix(suffix)
        return PATTERNS[language][value.q].format(lo=lo, hi=hi)
    end = _words(value.hi or 0 if value.q is Qualifier.AT_MOST else value.lo, unit, language)
    return PATTERNS[language][value.q].format(lo=end, hi=end)


def _words(number: int, unit: Unit, language: str) -> str:
    return _percent_words(number, language) if unit is Unit.PERCENT else spell(number, language)


def _percent_words(number: int, language: str) -> str:
    whole, hundredths = divmod(number, 100)
    if language == "en":
        digits = f"{hundredths:02}".rstrip("0")
        point = " point " + " ".join(ENGLISH_CARDINALS[int(digit)] for digit in digits) if digits else ""
        return f"{spell(whole, 'en')}{point} percent"
    part, denominator = (hundredths // 10, "دهم") if hundredths % 10 == 0 else (hundredths, "صدم")
    if part == 0:
        return f"{spell(whole, 'fa')} درصد"
    fraction = attach(spell(part, "fa"), denominator) if denominator == "دهم" else f"{spell(part, 'fa')} {denominator}"
    joint = " و " if denominator == "دهم" else " ممیز "
    return (f"{spell(whole, 'fa')}{joint}" if whole else "") + f"{fraction} درصد"
