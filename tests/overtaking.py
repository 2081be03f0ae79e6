"""What tests enter: Gap, behind WeChat long ago, is ahead of it lately."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

TODAY = (datetime.now(UTC) + timedelta(hours=3, minutes=30)).date()  # in Iran
RECENT, LONG_AGO = TODAY - timedelta(days=40), TODAY - timedelta(days=130)


def release(gap: str, wechat: str, day: date, source: str = "X", **options: str) -> str:
    """Two figures of one publication."""
    said = "".join(f" {name}={value}" for name, value in options.items())
    return f"/set gap mau {gap}; wechat mau {wechat} {day} source={source}{said}"


BEHIND, OVERTAKES = release("27m", "33m", LONG_AGO), release("36m", "33m", RECENT)
OVERTAKING = (BEHIND, "/record", OVERTAKES, "/record")
