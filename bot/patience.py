"""A store that fails now may work again: one line when it begins to fail, one when it works."""

from __future__ import annotations

import logging

from storage.store import StoreFault

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds until the store is tried again


class Patience:
    """Shared by all loops on one store."""

    def __init__(self) -> None:
        self._failing = False

    def failed(self, fault: StoreFault) -> None:
        if not self._failing:
            log.error("the store failed: %s; what is to be kept waits, and nothing is lost; trying again", fault.code)
        self._failing = True

    def worked(self) -> None:
        if self._failing:
            log.info("the store works again")
        self._failing = False
