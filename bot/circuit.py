"""Whether a messenger is worth trying: after several failures in a row sending to it pauses, longer each time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from bot.transports.transport import Kind

log = logging.getLogger(__name__)

FAILURES = 5  # in a row, until sending pauses
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds

# No connection, no answer, or none that can be read; an answer that refuses a message shows a messenger that works.
TROUBLE = frozenset({Kind.TRANSIENT, Kind.UNKNOWN, Kind.AUTH})


class Circuit:
    """Closed, open, or half open, when one row at a time is tried; it says in one line when it opens and when it
    closes."""

    def __init__(self, messenger: str, clock: Callable[[], float]) -> None:
        self._messenger = messenger
        self._clock = clock  # seconds
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._again_at = 0.0
        self.open_since: datetime | None = None
        self.why = ""

    @property
    def is_open(self) -> bool:
        return self.open_since is not None

    def wait(self) -> float:
        """Seconds until it may be tried again."""
        return max(0.0, self._again_at - self._clock()) if self.is_open else 0.0

    def allows(self, most: int) -> int:
        """How many rows may be under way: the more fail in a row, the fewer, since each may end in doubt."""
        if self.is_open:
            return 0 if self.wait() else 1
        return max(1, most >> self._failures)

    def heard(self, kind: Kind, detail: str = "") -> None:
        """What became of an attempt."""
        if kind not in TROUBLE:
            self._failures = 0
            self._close()
            return
        self._failures += 1
        if self.is_open:
            if not self.wait():
                self._pause = min(LONGEST_PAUSE, 2 * self._pause)
                self._again_at = self._clock() + self._pause
        elif self._failures >= FAILURES or kind is Kind.AUTH:
            self._open(kind, detail)

    def _open(self, kind: Kind, detail: str) -> None:
        self.open_since, self.why = datetime.now(UTC), kind.value
        self._pause = FIRST_PAUSE
        self._again_at = self._clock() + self._pause
        if kind is Kind.AUTH:
            log.error(
                "%s does not accept this bot: its token was taken back. What waits for it goes out, or expires after"
                " a day, once SEBGHAT_%s_TOKEN is right", self._messenger, self._messenger.upper(),
            )  # fmt: skip
        else:
            log.warning(
                "%s is out of reach (%s): alerts to it wait, and are tried again at longer and longer intervals",
                self._messenger, detail or kind.value,
            )  # fmt: skip

    def _close(self) -> None:
        if self.is_open:
            log.info("%s takes messages again: alerts to it go on", self._messenger)
        self.open_since, self.why = None, ""
