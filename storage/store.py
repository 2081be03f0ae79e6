"""The store: every part of the record behind one door, whatever engine keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.chats import Chats
from storage.database import Database, StoreFault, Verbs
from storage.drafts import Draft, Drafts
from storage.ledger import Crossing, Ledger
from storage.log import Log
from storage.observations import Observations
from storage.outbox import Outbox, OutboxItem, Parcel
from storage.people import People

__all__ = ["Crossing", "Draft", "OutboxItem", "Parcel", "Record", "Store", "StoreFault", "open_store"]


class Record:
    """The parts of the record, over the last committed state or inside one transaction."""

    def __init__(self, verbs: Verbs) -> None:
        self.log = Log(verbs)
        self.observations = Observations(verbs)
        self.ledger = Ledger(verbs)
        self.outbox = Outbox(verbs)
        self.drafts = Drafts(verbs)
        self.chats = Chats(verbs)
        self.people = People(verbs)


class Store(Record):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Record]:
        """All that is done with this record is kept together, or nothing is."""
        async with self._database.transaction() as verbs:
            yield Record(verbs)

    async def close(self) -> None:
        await self._database.close()


async def open_store(url: str) -> Store:
    """Opens the store at `sqlite:///file`, and makes it where there is none. Raises StoreFault."""
    from storage.sqlite import open_sqlite  # noqa: PLC0415 - each engine is imported when it is asked for

    return Store(await open_sqlite(Path(url.removeprefix("sqlite:///"))))
