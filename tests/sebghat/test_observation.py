"""What makes figures one publication."""

from __future__ import annotations

from datetime import date

from sebghat.observation import Qualifier, Value, fingerprint
from tests.sebghat.histories import ASOFS, observation

FIGURES = [
    observation("1", "eitaa", ASOFS[0], Value(Qualifier.EXACT, 30_500_000, 30_500_000, 100_000), None),
    observation("2", "telegram", ASOFS[0], Value(Qualifier.AT_LEAST, 33_000_000, None, 1_000_000), None),
]


def test_the_same_figures_have_the_same_fingerprint_in_every_version_of_the_program() -> None:
    """It stands in the names of releases on record: were it another, what is entered again would be no duplicate."""
    assert ASOFS[0].first == date(2026, 6, 3)
    assert fingerprint(FIGURES) == fingerprint(reversed(FIGURES)) == "c3976a5a"
