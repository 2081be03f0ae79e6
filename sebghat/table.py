"""Rows with the columns of readings.csv as observations: the bundled readings, and the claims beside them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files

from sebghat import letters
from sebghat.claim import Claim
from sebghat.figures import resolution_in_full
from sebghat.magnitudes import LARGEST
from sebghat.observation import METRICS, Observation, Qualifier, Unit, Value, fingerprint
from sebghat.options import NAME_LENGTH
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Platforms, Unknown
from sebghat.sources import SLUG, UNSPECIFIED

Cells = Mapping[str, str]

MOST_ROWS = 200_000
LONGEST_CELL = 2_000  # characters
DECIMALS = 2  # of a share: hundredths of a point
SHARE = re.compile(r"\d{0,3}\.?\d*")  # no exponent: «1e900000» takes half a minute to be found too large
COLUMNS = (
    "release_id platform metric unit lo hi qualifier scope as_of_calendar as_of_precision as_of_y as_of_m as_of_d"
    " published_on source_key source via method n quote_fa source_title source_url_or_file confidence note"
).split()
EXPORTED = (
    "release_id platform metric unit lo hi qualifier scope as_of_calendar as_of_precision as_of_y as_of_m as_of_d"
    " as_of_first as_of_last published_on source_key source via method n quote_fa source_title source_url_or_file"
    " confidence load note res"
).split()  # those of readings.csv, and what its digits do not always tell
NEEDED = ("platform", "metric")
SAID = ("release_id", "source", "via")  # what answers and announcements say in their lines
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # nobody adds lines of their own to what the bot says
NAMES = {"source_key": "", "source": "", "via": "", "method": UNSPECIFIED, "scope": "ir", "qualifier": "exact"}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be read; `code` names the text that says so, `cell` what stands there."""

    line: int
    code: str
    cell: str = ""


def read_table(
    rows: Iterable[tuple[int, Mapping[str, str | None]]], platforms: Platforms, today: date, recorded_at: datetime
) -> list[tuple[Observation, ...]] | list[Fault]:
    """Publications in the order of their rows, each a line number and its cells; or all that is wrong with them.
    `release_id` says what belongs together; without it rows of one source, method and day of publication are one."""
    faults: list[Fault] = []
    releases: dict[tuple[str, ...], list[Observation]] = {}
    for count, (line, given) in enumerate(rows):
        if count == MOST_ROWS:
            return [Fault(line, "too_many")]
        cells = {name: BREAKS.sub(" ", cell or "").strip() for name, cell in given.items() if name}
        read = _read_row(cells, platforms, today, recorded_at)
        if isinstance(read, Fault):
            faults.append(replace(read, line=line))
            continue
        together = (
            (read.release,) if read.release else (read.source, read.speaker, read.method, cells.get("published_on", ""))
        )
        releases.setdefault(tuple(map(str, together)), []).append(read)
    return faults or [_release(key[-1], figures) for key, figures in releases.items()]


def _release(published: str, figures: list[Observation]) -> tuple[Observation, ...]:
    """What was published on one day is one release; the same rows get the same name for it again."""
    if figures[0].release or not published:
        return tuple(figures)
    name = f"{figures[0].source or figures[0].method}-{published}-{fingerprint(figures)}"
    return tuple(replace(o, release=name) for o in figures)


def _read_row(cells: Cells, platforms: Platforms, today: date, recorded_at: datetime) -> Observation | Fault:
    """One row; what is not said takes its default."""
    for name in NEEDED:
        if not cells.get(name):
            return Fault(0, "missing", name)
    if long := next((name for name, cell in cells.items() if len(cell) > LONGEST_CELL), None):
        return Fault(0, "too_long", long)
    if turned := next((cell for cell in cells.values() if letters.has_override(cell)), None):
        return Fault(0, "override", turned)
    if long := next((name for name in SAID if len(cells.get(name, "")) > NAME_LENGTH), None):
        return Fault(0, "long_name", long)
    full = dict.fromkeys(COLUMNS, "") | NAMES | {name: cell for name, cell in cells.items() if cell}
    platform = platforms.find(full["platform"])
    if isinstance(platform, Unknown):
        return Fault(0, "platform", full["platform"])
    if full["metric"] not in METRICS:
        return Fault(0, "metric", full["metric"])
    if not (full["source_key"] or letters.visible(full["source"], NAME_LENGTH)):
        return Fault(0, "missing", "source_key")
    for name in ("source_key", "method", "scope"):
        if full[name] and not SLUG.fullmatch(full[name]):
            return Fault(0, "key", full[name])
    if not full["as_of_y"] and full["published_on"]:
        # A figure without a period of its own speaks of the day it was published (overtaking.md §2).
        calendar, (y, m, d) = Calendar.GREGORIAN, ([*full["published_on"].split("-"), "", ""])[:3]
        full |= {"as_of_calendar": calendar, "as_of_precision": Precision.DAY, "as_of_y": y, "as_of_m": m, "as_of_d": d}
    try:
        asof = _asof(full)
    except ValueError:
        return Fault(0, "date", "-".join(filter(None, (full["as_of_y"], full["as_of_m"], full["as_of_d"]))))
    if asof.first > today:
        return Fault(0, "future", asof.first.isoformat())
    try:
        return observation(full | {"platform": platform.key}, recorded_at)
    except (ValueError, ArithmeticError):
        return Fault(0, "value", "–".join(dict.fromkeys((full["lo"], full["hi"]))))


def observation(cells: Cells, recorded_at: datetime) -> Observation:
    """One row with all its columns. Raises ValueError where a cell is not what the column says; the id is still to
    come."""
    metric = METRICS[cells["metric"]]
    value, n = _value(cells, metric.unit), int(cells["n"]) if cells["n"] else None
    if n is not None and (metric.unit is not Unit.PERCENT or not 1 <= n <= LARGEST):
        raise ValueError("no sample size")
    return Observation(
        id="",
        platform=cells["platform"],
        metric=metric.key,
        scope=cells["scope"],
        source=cells["source_key"],
        method=cells["method"],
        release=cells["release_id"] or None,
        value=value,
        n=n,
        asof=_asof(cells),
        recorded_at=recorded_at,
        recorded_by="",
        speaker=cells["source"],
        via=cells["via"],
        quote=cells["quote_fa"],
        address=cells["source_url_or_file"],
        note=cells["note"],
    )


def written(o: Observation) -> dict[str, str]:
    """A figure as a row of the exported columns; reading it gives the same figure."""
    unit = METRICS[o.metric].unit
    lo = "" if o.value.q is Qualifier.AT_MOST else _digits(o.value.lo, o.value.res, unit)
    hi = "" if o.value.hi is None else _digits(o.value.hi, o.value.res, unit)
    said = {
        "release_id": o.release or "", "platform": o.platform, "metric": o.metric, "unit": unit.value, "lo": lo,
        "hi": hi, "qualifier": o.value.q.value, "scope": o.scope, "as_of_calendar": o.asof.calendar.value,
        "as_of_precision": o.asof.precision.value, "as_of_y": str(o.asof.year), "as_of_m": str(o.asof.month or ""),
        "as_of_d": str(o.asof.day or ""), "as_of_first": o.asof.first.isoformat(),
        "as_of_last": o.asof.last.isoformat(), "source_key": o.source, "source": o.speaker, "via": o.via,
        "method": o.method, "n": str(o.n or ""), "quote_fa": o.quote, "source_url_or_file": o.address,
        "note": o.note, "res": str(o.value.res),
    }  # fmt: skip
    return dict.fromkeys(EXPORTED, "") | said


def _digits(number: int, res: int, unit: Unit) -> str:
    """Whole people, or points with as many decimals as are known."""
    if unit is not Unit.PERCENT:
        return str(number)
    decimals = {100: 0, 10: 1}.get(res, DECIMALS)
    whole, rest = divmod(number, 10 ** (DECIMALS - decimals))
    return str(Decimal(number).scaleb(-DECIMALS) if rest else Decimal(whole).scaleb(-decimals))


# A spreadsheet takes a cell that begins so for a formula, some even with full-width signs; one more apostrophe makes it
# text, and is taken away again.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guarded(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell


def bundled_readings(recorded_at: datetime) -> list[tuple[Observation, ...]]:
    """The readings that the package ships, by publication, the oldest first."""
    releases: dict[str, list[Observation]] = {}
    for cells in _rows("readings.csv"):
        releases.setdefault(cells["release_id"], []).append(observation(cells, recorded_at))
    ordered = sorted(releases.values(), key=lambda figures: max(o.key for o in figures))
    return [tuple(figures) for figures in ordered]


def bundled_claims() -> list[Claim]:
    """The claims without figures that the package ships."""
    return [
        Claim(
            winner=cells["winner"],
            loser=cells["loser"],
            scope=cells["scope"],
            source=cells["source_key"],
            method=cells["method"],
            asof=_asof(cells),
            speaker=cells["source"],
            via=cells["via"],
            quote_fa=cells["quote_fa"],
            quote_en=cells["quote_en"],
            address=cells["source_url_or_file"],
        )
        for cells in _rows("claims.csv")
    ]


def _rows(name: str) -> list[Cells]:
    with files("sebghat.data").joinpath(name).open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def _value(cells: Cells, unit: Unit) -> Value:
    """`res` follows from the digits (overtaking.md §3), where no column says it."""
    qualifier = Qualifier(cells["qualifier"])
    ends = {name: _end(cells[name], unit) for name in ("lo", "hi") if cells[name]}
    if not ends:
        raise ValueError("a row without a figure")
    numbers = {name: number for name, (number, _) in ends.items()}
    most = 10_000 if unit is Unit.PERCENT else LARGEST
    if any(number > most for number in numbers.values()):
        raise ValueError("more than there can be")
    res = int(cells["res"]) if cells.get("res") else max(res for _, res in ends.values())
    if res > LARGEST:
        raise ValueError("coarser than anybody counts")
    return Value(qualifier, numbers.get("lo", 0), numbers.get("hi"), res)


def _end(written: str, unit: Unit) -> tuple[int, int]:
    """People or hundredths of a point, and the unit of the last digit."""
    if unit is not Unit.PERCENT:
        return int(written), resolution_in_full(int(written))
    if not SHARE.fullmatch(written):
        raise ValueError("no share")
    exponent = Decimal(written).as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS:
        raise ValueError(f"{written} is no share")
    return int(Decimal(written) * 100), 10 ** (DECIMALS + min(0, exponent))


def _asof(cells: Cells) -> AsOf:
    year, month, day = (int(cells[f"as_of_{part}"]) if cells[f"as_of_{part}"] else None for part in "ymd")
    if year is None:
        raise ValueError("a row without a year")
    return AsOf(Calendar(cells["as_of_calendar"]), Precision(cells["as_of_precision"]), year, month, day)
