"""Questions as people type them, with the command that each comes to; and talk that comes to none.

In questions.csv, `held` are those that were written after the rules, to see what these make of new ones: of the last 44
of them 36 were understood at once, and none wrongly. `not` says something else: only what was understood is offered.
"""

from __future__ import annotations

import csv
from pathlib import Path

with Path(__file__).with_name("questions.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def _table(name: str) -> list[tuple[str, str]]:
    return [(row["text"], row["command"]) for row in ROWS if row["table"] == name]


ASKED, HELD = _table("asked"), _table("held")
NOT_ASKED = [text for text, _ in _table("not")]
