"""Refusals: what a reader hands back where it would have to guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# Code → the details that its text may name besides `written`.
CODES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # any text
        "too_long": ("limit",),
        "override": (),
        "empty": (),
        # numbers
        "no_number": (),
        "vague": ("word",),
        "unknown_word": ("word",),
        "not_users": ("word",),
        "factor": ("word",),
        "growth": ("word",),
        "negative": (),
        "ill_formed": ("part",),
        "split_digits": (),
        "ambiguous_number": ("first", "second"),
        "mirrored_slash": ("first", "second"),
        "unit_missing": ("number",),
        "fraction_of_person": (),
        "too_fine": (),
        "not_falling": (),
        "missing_and": ("line",),
        "two_figures": (),
        "two_qualifiers": (),
        "change_not_range": (),
        "falling_range": (),
        "above_hundred": (),
        "too_large": (),
        "percent_not_count": (),
        "count_not_percent": (),
        # dates
        "no_date": (),
        "which_day": (),
        "not_a_date": ("word",),
        "year_missing": (),
        "ambiguous_date": ("first", "second"),
        "short_year": ("year",),
        "year_out_of_range": ("year",),
        "impossible_day": ("month_fa", "month_en", "days"),
        "impossible_month": ("month",),
        "calendar_mismatch": ("month", "year"),
        "calendars_disagree": ("first", "second"),
        "weekday_mismatch": ("weekday", "right_fa", "right_en"),
        "lunar_month": ("month",),
        "future_date": ("date_fa", "date_en"),
        "two_dates": (),
        # a line without a field of its own
        "number_or_year": ("first", "second"),
        "no_command": (),
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the things that may have been meant: a line that the reader reads, and its reading in words."""

    line: str
    fa: str
    en: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`code` is one of CODES; `details` are texts for its message, by the names given there."""

    code: str
    written: str
    candidates: tuple[Candidate, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
