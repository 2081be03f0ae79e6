"""The loops that run as long as the bot does: one that a fault ends begins anew, while the others go on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.transports.transport import Refused

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds until a loop begins anew; doubled with each fault in a row
STEADY = 120.0  # seconds without a fault after which nothing is held against a loop
# These are no faults: the messenger does not let the bot in, the terminal is gone.
MEANT = (Refused, BrokenPipeError)


class Supervision:
    """Shared by all loops of one bot. It owns no task: who starts one awaits or cancels it."""

    def __init__(self) -> None:
        self._faults: dict[str, int] = {}  # in a row, of loops that are not steady

    @property
    def failing(self) -> Sequence[str]:
        """The loops that a fault ended of late."""
        return sorted(self._faults)

    async def keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Runs it until it ends by itself, again after each fault. Raises what is meant to end the bot."""
        while True:
            steady = asyncio.get_running_loop().call_later(STEADY, self._faults.pop, name, None)
            try:
                await loop()
            except MEANT:
                raise
            except Exception:
                faults = self._faults[name] = self._faults.get(name, 0) + 1
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(faults - 1, 16))
                log.critical("a fault ended: %s; it begins anew in %.0f s", name, pause, exc_info=True)
            else:
                self._faults.pop(name, None)
                return
            finally:
                steady.cancel()
            await asyncio.sleep(pause)
