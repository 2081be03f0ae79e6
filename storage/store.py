"""The store: every part of the record behind one door, whatever engine keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from storage.chats import Chats
from storage.checkpoints import Checkpoints
from storage.database import Database, StoreFault, Verbs
from storage.drafts import Draft, Drafts
from storage.ledger import Crossing, Ledger
from storage.log import Entry, Log
from storage.observations import Observations
from storage.outbox import Outbox, OutboxItem, Parcel
from storage.people import People

__all__ = [
    "AlreadyDone",
    "Crossing",
    "Draft",
    "Entry",
    "Once",
    "OutboxItem",
    "Parcel",
    "Record",
    "Store",
    "StoreFault",
    "open_store",
]


class Record:
    """The parts of the record, over the last committed state or inside one transaction."""

    def __init__(self, verbs: Verbs) -> None:
        self.log = Log(verbs)
        self.observations = Observations(verbs)
        self.ledger = Ledger(verbs)
        self.checkpoints = Checkpoints(verbs)
        self.outbox = Outbox(verbs)
        self.drafts = Drafts(verbs)
        self.chats = Chats(verbs)
        self.people = People(verbs)


class AlreadyDone(Exception):
    """What a message asks for was done before: it has been delivered again."""


class Store(Record):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Record]:
        """All that is done with this record is kept together, or nothing is."""
        async with self._database.transaction() as verbs:
            yield Record(verbs)

    def once(self, messenger: str, key: str, now: datetime) -> Once:
        """The same store, in which what one message causes is done once, however often it is delivered."""
        return Once(self._database, messenger, key, now)

    async def close(self) -> None:
        await self._database.close()


class Once(Store):
    """Its first transaction also notes the message as seen, so that effect and note are kept together."""

    def __init__(self, database: Database, messenger: str, key: str, now: datetime) -> None:
        super().__init__(database)
        self._messenger, self._key, self._now = messenger, key, now
        self._noted = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Record]:
        """Raises AlreadyDone where another delivery of the message came first."""
        async with super().transaction() as record:
            if not self._noted and not await record.chats.note(self._messenger, self._key, self._now):
                raise AlreadyDone
            yield record
        self._noted = True

    async def note(self) -> None:
        """Notes a message that caused nothing, so that it is not answered twice."""
        if not self._noted:
            async with self.transaction():
                pass


async def open_store(url: str) -> Store:
    """Opens the store at `sqlite:///file`, and makes it where there is none. Raises StoreFault."""
    if not url.startswith("sqlite:///"):
        raise StoreFault("store.engine", engine=url.partition(":")[0])
    from storage.sqlite import open_sqlite  # noqa: PLC0415 - each engine is imported when it is asked for

    return Store(await open_sqlite(Path(url.removeprefix("sqlite:///"))))
