"""The store: every part of the record behind one door, whatever engine keeps it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sebghat.conversation import Destination
from storage import bulk
from storage.audit import COUNTS_ON, Audit, Deed, Refused
from storage.catalogue import Catalogue
from storage.chats import Chats
from storage.checkpoints import Checkpoints
from storage.claims import Claims
from storage.database import Database, StoreFault, Verbs
from storage.drafts import Draft, Drafts
from storage.ledger import Crossing, Ledger
from storage.log import Entry, Log
from storage.marks import Mark, Marks
from storage.observations import Observations
from storage.outbox import Outbox, OutboxItem, Settled
from storage.parcels import Parcel, Parcels
from storage.people import Holder, People
from storage.reports import Decision, Report, Reports, Tally

__all__ = [
    "COUNTS_ON",
    "AlreadyDone",
    "Crossing",
    "Decision",
    "Deed",
    "Draft",
    "Entry",
    "Holder",
    "Mark",
    "NotAllowed",
    "Once",
    "OutboxItem",
    "Parcel",
    "Record",
    "Refused",
    "Report",
    "Settled",
    "Store",
    "StoreFault",
    "Tally",
    "open_store",
]


May = Callable[["Record"], Awaitable[bool]]


class Record:
    """The parts of the record, over the last committed state or inside one transaction."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self.log = Log(verbs)
        self.observations = Observations(verbs)
        self.claims = Claims(verbs)
        self.ledger = Ledger(verbs)
        self.checkpoints = Checkpoints(verbs)
        self.outbox = Outbox(verbs)
        self.marks = Marks(verbs)
        self.parcels = Parcels(verbs)
        self.reports = Reports(verbs)
        self.drafts = Drafts(verbs)
        self.chats = Chats(verbs)
        self.people = People(verbs)
        self.audit = Audit(verbs)
        self.catalogue = Catalogue(verbs)

    async def publish(self) -> None:
        """What was laid ready belongs to the record now: inside the caller's transaction."""
        await self._verbs.batch(*bulk.published())


class AlreadyDone(Exception):
    """What a message asks for was done before: it has been delivered again."""


class NotAllowed(Exception):
    """Who asks for it may no longer do so: somebody took their role away since the question was read."""


class Store(Record):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Record]:
        """All that is done with this record is kept together, or nothing is."""
        async with self._database.transaction() as verbs:
            yield Record(verbs)

    async def lease(self) -> bool:
        """Makes this process the one that delivers, until it ends, however it ends; False: another one is."""
        return await self._database.lease()

    def once(self, messenger: str, key: str, now: datetime) -> Once:
        """The same store, in which what one message causes is done once, however often it is delivered."""
        return Once(self._database, messenger, key, now)

    async def clear(self) -> None:
        """Makes room for many rows to be laid ready."""
        await self._database.lay(*bulk.places())

    async def lay(self, table: str, rows: bulk.Rows) -> None:
        """Lays rows ready beside the record: `publish` puts them into it."""
        for chunk in bulk.chunks(rows):
            await self._database.lay(bulk.laid(table, chunk))

    async def close(self) -> None:
        await self._database.close()


class Once(Store):
    """Its first transaction also notes the message as seen, so that effect and note are kept together. What an editor
    does with it is a deed of the audit, and done only while the editor may."""

    def __init__(self, database: Database, messenger: str, key: str, now: datetime) -> None:
        super().__init__(database)
        self._messenger, self._key, self._now = messenger, key, now
        self._noted = False
        self._word, self._where = "", Destination(messenger, "")
        self._may: May | None = None

    def for_editor(self, word: str, where: Destination, may: May) -> None:
        """From now on: the command, where it was given (of a private chat only the messenger), and who may."""
        self._word, self._where, self._may = word, where, may

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Record]:
        """Raises AlreadyDone where another delivery of the message came first, NotAllowed where a role was lost."""
        async with super().transaction() as record:
            await self._note(record)
            if self._may is None:
                yield record
            else:
                if not await self._may(record):
                    raise NotAllowed
                last = await record.log.last()
                yield record
                await record.audit.logged(last, self._where, self._word)
        self._noted = True

    async def note(self) -> None:
        """Notes a message that caused nothing, so that it is not answered twice."""
        if not self._noted:
            async with super().transaction() as record:
                await self._note(record)
            self._noted = True

    async def _note(self, record: Record) -> None:
        if not self._noted and not await record.chats.note(self._messenger, self._key, self._now):
            raise AlreadyDone


async def open_store(url: str) -> Store:
    """Opens the store at `sqlite:///file`, and makes it where there is none. Raises StoreFault."""
    if not url.startswith("sqlite:///"):
        raise StoreFault("store.engine", engine=url.partition(":")[0])
    from storage.sqlite import open_sqlite  # noqa: PLC0415 - each engine is imported when it is asked for

    return Store(await open_sqlite(Path(url.removeprefix("sqlite:///"))))
