"""The texts of what the outbox holds: rendered once for each language, messenger and choice of notes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from handlers import deliveries, retelling
from handlers.desk import voice
from handlers.marks import marked
from sebghat.announcement import announce
from sebghat.codec import from_json
from sebghat.conversation import NOTHING, Capability, Picture, Reply, fit
from sebghat.notes import Note
from sebghat.platforms import Platforms
from sebghat.voice import Voice
from storage.store import Mark, OutboxItem, Store, StoreFault

log = logging.getLogger(__name__)

MOST = 256  # texts that are kept


class Texts:
    def __init__(self, store: Store, platforms: Platforms, language: str, zone: tzinfo, pages: str = "") -> None:
        """`pages`: the address below which each announcement has a page, for those who cannot ask."""
        self._pages = pages
        self._store = store
        self._platforms = platforms
        self._language = language
        self._zone = zone
        self._kept: dict[tuple[int, int, str, str, int], Reply] = {}

    async def of(self, item: OutboxItem, capability: Capability) -> Reply:
        """In the form that the messenger can show. Raises StoreFault."""
        language = item.language or self._language
        name = (item.message, item.parts, language, capability.messenger, item.missed)
        if name not in self._kept:
            text = await self._render(item, capability, language)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[name] = fit(text, capability)
        kept = self._kept[name]
        return replace(kept, reply_to=item.reply_to) if item.reply_to else kept

    async def marked(self, mark: Mark, capability: Capability) -> Reply:
        """An announcement as it stands in a chat, below what became of it since. Raises StoreFault."""
        language = mark.told.language or self._language
        spoken = await voice(self._store, self._platforms, language, datetime.now(UTC), self._zone)
        corrections: list[Note] = []
        for message, parts in mark.corrections:
            parcel = await self._store.parcels.message(message)
            corrections += _concerned(parcel.notes, parts) if parcel else []
        return fit(marked(await self._render(mark.told, capability, language), corrections, spoken), capability)

    async def _render(self, item: OutboxItem, capability: Capability, language: str) -> Reply:
        parcel = await self._store.parcels.message(item.message)
        if parcel is None:
            return NOTHING
        spoken = await voice(self._store, self._platforms, language, datetime.now(UTC), self._zone)
        if parcel.report is not None:
            return await deliveries.report(self._store, spoken, parcel.report)
        concerned = _concerned(parcel.notes, item.parts)
        basis = await retelling.basis(self._store, concerned, asked=capability.receives)
        text = announce(concerned, spoken, replace(basis, pages=self._pages))
        if capability.pictures:
            text = replace(text, picture=await self._picture(concerned, spoken))
        if item.missed:
            return text.above(spoken.say("announcement.missed", count=spoken.number(item.missed)))
        return text

    async def _picture(self, notes: Sequence[Note], spoken: Voice) -> Picture | None:
        """The card of an announcement. One that cannot be drawn must not cost the text."""
        from handlers import portraits  # noqa: PLC0415 - what draws is loaded with the first picture

        try:
            return await portraits.announced(notes, self._store, spoken)
        except StoreFault:
            raise
        except Exception:
            log.exception("a picture could not be drawn; its text goes alone")
            return None


def _concerned(notes: Sequence[dict[str, Any]], parts: int) -> list[Note]:
    """The notes of a message that concern a destination, one bit each."""
    return [from_json(Note, note) for place, note in enumerate(notes) if parts >> place & 1]
