"""Claims: somebody said that one platform passed another, and did not give both figures. Never an alert."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sebghat.periods import AsOf


@dataclass(frozen=True, slots=True)
class Said:
    """A claim as it was typed or stands in a text; `source` as written (None: not said), no `asof`: today's."""

    winner: str
    loser: str
    asof: AsOf | None
    source: str | None
    scope: str
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """`quote_fa` and `quote_en`: the words of the claim; `speaker` spoke for the source, `via` carried it."""

    winner: str
    loser: str
    scope: str
    source: str
    method: str
    asof: AsOf
    speaker: str = ""
    via: str = ""
    quote_fa: str = ""
    quote_en: str = ""
    address: str = ""
    recorded_by: str = ""


def by_words(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Claims that one sentence made stand together."""
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        groups.setdefault((claim.winner, claim.quote_fa), []).append(claim)
    return list(groups.values())
