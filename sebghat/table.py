"""Rows with the columns of readings.csv as observations: the bundled readings, and the claims beside them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from importlib.resources import files

from sebghat.claim import Claim
from sebghat.figures import resolution_in_full
from sebghat.observation import METRICS, Observation, Qualifier, Unit, Value
from sebghat.periods import AsOf, Calendar, Precision

Cells = Mapping[str, str]


def observation(cells: Cells, recorded_at: datetime) -> Observation:
    """One row. Raises ValueError or KeyError where a cell is not what the column says; the id is still to come."""
    metric = METRICS[cells["metric"]]
    return Observation(
        id="",
        platform=cells["platform"],
        metric=metric.key,
        scope=cells["scope"],
        source=cells["source_key"],
        method=cells["method"],
        release=cells["release_id"] or None,
        value=_value(cells, metric.unit),
        n=int(cells["n"]) if cells["n"] else None,
        asof=_asof(cells),
        recorded_at=recorded_at,
        recorded_by="",
        speaker=cells["source"],
        via=cells["via"],
        quote=cells["quote_fa"],
        address=cells["source_url_or_file"],
        note=cells["note"],
    )


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
    """`res` is no column: it follows from the digits (overtaking.md §3)."""
    qualifier = Qualifier(cells["qualifier"])
    ends = [cells[name] for name in ("lo", "hi") if cells[name]]
    if unit is Unit.PERCENT:
        res = max(max(1, 100 // 10 ** -min(0, _exponent(end))) for end in ends)
        numbers = {name: int(Decimal(cells[name]) * 100) if cells[name] else None for name in ("lo", "hi")}
    else:
        res = max(resolution_in_full(int(end)) for end in ends)
        numbers = {name: int(cells[name]) if cells[name] else None for name in ("lo", "hi")}
    return Value(qualifier, numbers["lo"] or 0, numbers["hi"], res)


def _exponent(written: str) -> int:
    exponent = Decimal(written).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{written} is no number")
    return exponent


def _asof(cells: Cells) -> AsOf:
    year, month, day = (int(cells[f"as_of_{part}"]) if cells[f"as_of_{part}"] else None for part in "ymd")
    if year is None:
        raise ValueError("a row without a year")
    return AsOf(Calendar(cells["as_of_calendar"]), Precision(cells["as_of_precision"]), year, month, day)
