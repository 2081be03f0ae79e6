"""A store that fails now may work again, a clock that is wrong may be set right: one line when it begins, one when it
is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from storage.store import StoreFault

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds until the store is tried again
SLOW = 2.0  # seconds after which it is told that the store is waited for


async def wait(event: asyncio.Event, seconds: float) -> None:
    """Until it is set, or so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


class Patience:
    """Shared by all loops on one store: it works again when it works for each of those that it failed."""

    def __init__(self) -> None:
        self._failing: set[str] = set()
        self._behind = False

    def failed(self, who: str, fault: StoreFault) -> None:
        if not self._failing:
            log.error("the store failed: %s; what is to be kept waits, and nothing is lost; trying again", fault.code)
        self._failing.add(who)

    def worked(self, who: str) -> None:
        if self._failing == {who}:
            log.info("the store works again")
        self._failing.discard(who)

    @contextmanager
    def watching(self, who: str) -> Iterator[None]:
        """Around what the store does: another program may have locked it, and is waited for."""
        timer = asyncio.get_running_loop().call_later(SLOW, self._waits, who)
        try:
            yield
        finally:
            timer.cancel()

    def _waits(self, who: str) -> None:
        if not self._failing:
            log.warning("the store is busy, perhaps locked by another program; what is to be kept waits for it")
        self._failing.add(who)

    def behind(self) -> None:
        """The clock was set back behind the record."""
        if not self._behind:
            log.warning("the clock is behind the record, so it was set back: what was due by the record is due now")
        self._behind = True

    def on_time(self) -> None:
        if self._behind:
            log.info("the clock has caught up with the record")
        self._behind = False
