"""Phrasings as people type and papers print them, each judged by hand before it was read.

`reading` in phrasings.csv: 30.5M exact, ~ about, > at least, < at most, A..B a range, % a share; `day j1403-3-12` in
the Jalali or (g) the Gregorian calendar; a command with its platforms, metric, figure, @date and =source; `refused`
where a careful editor would ask back.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.read import answer
from sebghat.periods import AsOf, Calendar, Precision

TODAY = date(2026, 11, 25)  # a Wednesday, 4 Azar 1405
HERE = Path(__file__)
SCALES = {"K": 10**3, "M": 10**6, "G": 10**9}
QUALIFIERS = {"~": "about", ">": "at_least", "<": "at_most"}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(HERE.with_name(name).read_text(encoding="utf-8").splitlines()))


def amount(text: str) -> Decimal:
    text = text.rstrip("%")
    return Decimal(text.rstrip("KMG")) * SCALES.get(text[-1], 1)


def value(text: str) -> dict[str, object]:
    """The fields of a figure."""
    unit = "percent" if "%" in text else "users"
    if ".." in text:
        lo, hi = map(amount, text.split(".."))
        return {"qualifier": "range", "lo": lo, "hi": hi, "unit": unit}
    qualifier, number = QUALIFIERS.get(text[0], "exact"), amount(text.lstrip("~<>"))
    lo, high = (Decimal(0) if text[0] == "<" else number), (None if text[0] == ">" else number)
    return {"qualifier": qualifier, "lo": lo, "hi": high, "unit": unit}


def period(text: str) -> dict[str, object]:
    """The fields of a date."""
    kind, *named = text.split(" ")
    precision = Precision.DAY if kind == "days" else Precision(kind)
    asofs = [
        AsOf(Calendar.JALALI if name[0] == "j" else Calendar.GREGORIAN, precision, *map(int, name[1:].split("-")))
        for name in named
    ]
    return {"from": asofs[0].first.isoformat(), "to": asofs[-1].last.isoformat(), "precision": precision.value}


def figure(text: str) -> dict[str, object]:
    """`eitaa mau 30.5M @day j1403-3-12 =ISNA`."""
    said, _, source = text.partition(" =")
    said, _, when = said.partition(" @")
    platform, metric, number = said.split(" ")
    today = {"from": TODAY.isoformat(), "to": TODAY.isoformat(), "precision": "day"}
    return {
        "platform": platform,
        "metric": metric,
        **value(number),
        **(period(when) if when else today),
        "source": source or "editor",
    }


def asked(text: str) -> dict[str, object]:
    """`stats eitaa mau @month j1403-3`, `correct 30.4M`."""
    said, _, source = text.partition(" =")
    said, _, when = said.partition(" @")
    command, *words = said.split(" ")
    expected: dict[str, object] = {"command": command}
    if command == "correct":
        expected |= value(words[0])
    else:
        metrics = [word for word in words if word in {"mau", "dau", "registered", "installs", "poll"}]
        platforms = [word for word in words if word not in metrics]
        expected |= {"platforms": platforms, "metric": metrics[0] if metrics else None}
    return expected | (period(when) if when else {}) | ({"source": source} if source else {})


def expected(field: str, reading: str) -> list[dict[str, object]]:
    """The fields that the reading must have; of several figures those of each."""
    if field == "date":
        return [{"kind": "date", **period(reading)}]
    if field != "command":
        return [value(reading)]
    if reading.startswith("set "):
        return [figure(part) for part in reading.removeprefix("set ").split("; ")]
    return [asked(reading)]


def said(fields: Mapping[str, Any], wanted: Mapping[str, object]) -> dict[str, object]:
    """The fields that are wanted, numbers as numbers."""
    numbers = {name: Decimal(fields[name]) for name in ("lo", "hi") if fields.get(name) is not None}
    return {name: numbers.get(name, fields[name]) for name in wanted}


PHRASINGS = rows("phrasings.csv") + rows("phrasings_unseen.csv")


@pytest.mark.parametrize("row", PHRASINGS, ids=[f"{row['field']} {row['written']}" for row in PHRASINGS])
def test_each_phrasing_is_read_as_a_careful_editor_reads_it(row: dict[str, str]) -> None:
    fields: Mapping[str, Any] = answer(row["written"], None if row["field"] == "any" else row["field"], TODAY)
    if row["reading"] == "refused":
        assert "refused" in fields, fields
        return
    assert "refused" not in fields, fields
    wanted = expected(row["field"], row["reading"])
    found = fields.get("figures", [fields])
    assert [said(each, one) for each, one in zip(found, wanted, strict=True)] == wanted
