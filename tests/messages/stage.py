"""Plays the scenes through the real handlers, and hears which texts of the catalogues are said."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from handlers import retelling
from handlers.desk import Machine, voice
from handlers.recording import batch, departure, transaction
from handlers.recording.batch import Batch
from sebghat import wording
from sebghat.announcement import announce
from sebghat.codec import from_json
from sebghat.conversation import NOTHING, Query, Reply
from sebghat.notes import Note
from sebghat.platforms import bundled
from sebghat.table import bundled_claims, bundled_readings
from storage.store import Store, open_store
from tests.handlers.room import Room
from tests.messages.scenes import NOW, OTHER, OWNER, STRANGER, Line, Scene, Typed, Wait

ZONE = ZoneInfo("Asia/Tehran")
HOLD = 600  # seconds


@dataclass(frozen=True)
class Said:
    """One message and what it answers. `unasked` is its form where nothing can be received, if that is another."""

    to: str
    reply: Reply
    unasked: Reply = NOTHING


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Heard(Mapping[str, str]):
    """A catalogue that notes which of its texts are asked for."""

    def __init__(self, texts: Mapping[str, str], names: set[str]) -> None:
        self._texts, self._names = texts, names

    def __getitem__(self, name: str) -> str:
        text = self._texts[name]
        self._names.add(name)
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@contextmanager
def hearing() -> Iterator[set[str]]:
    """The names of all texts that are said meanwhile, in whichever language."""
    names: set[str] = set()
    whole = wording.catalogue
    heard = {language: Heard(whole(language), names) for language in wording.LANGUAGES}
    wording.catalogue = heard.__getitem__  # type: ignore[assignment]
    try:
        yield names
    finally:
        wording.catalogue = whole


@dataclass
class Stage:
    """Plays each scene on a copy of one loaded store."""

    folder: Path
    loaded: Path = field(init=False)

    def __post_init__(self) -> None:
        self.loaded = self.folder / "loaded.db"

    async def load(self) -> None:
        """The store as the first start leaves it, at the fixed time."""
        store = await open_store(f"sqlite:///{self.loaded}")
        async with store.transaction() as record:
            await departure.set_hold(record, HOLD, NOW)
            await batch.enter(Batch(bundled_readings(NOW), bundled(), NOW, None, silent=True), record)
            for claim in bundled_claims():
                await transaction.enter_claim(record, claim, NOW, None)
        await store.close()

    async def play(self, scene: Scene, language: str) -> list[Said]:
        """All that is said in it."""
        name, steps = scene
        file = self.folder / f"{language}-{name.replace(' ', '-')}.db"
        shutil.copy(self.loaded, file)
        store, clock = await open_store(f"sqlite:///{file}"), Clock()
        machine = Machine(
            link=lambda messenger, word: f"https://t.me/our_bot?start={word}" if messenger == "telegram" else "",
            token=lambda: "0123456789abcdef",
        )
        room = Room(store, file, language, clock=clock, machine=machine)
        room.owners.add(("telegram", OTHER))
        said: list[Said] = []
        told = 0
        for step in steps:
            clock.now += timedelta(minutes=1)
            match step:
                case Wait(time):
                    clock.now += time
                    async with store.transaction() as record:
                        await departure.depart_due(record, clock.now)
                    alerts = await _alerts(store, language, clock.now)
                    said += alerts[told:]
                    told = len(alerts)
                case Typed(text):
                    query = Query("q", "telegram", STRANGER, "9", text, language)
                    for card in (await room.intake.cards(query)).cards:
                        head = Reply(wording.say(language, "list.comma").spans[:0])
                        said.append(Said(f"@our_bot {text}".strip(), head.above(card.reply)))
                case Line(text, sender, more):
                    asked = text if sender == OWNER else f"{_who(sender, more)}: {text}"
                    replies = await room.replies(text, sender, **more)
                    said += [Said(asked, reply) for _, reply in replies] or [Said(asked, NOTHING)]
        if beside := asyncio.all_tasks() - {asyncio.current_task()}:  # what goes on beside the conversation
            await asyncio.wait(beside, timeout=5)
        await store.close()
        return said


def _who(sender: str, more: Mapping[str, object]) -> str:
    return "in a group" if "chat" in more else {OTHER: "another owner", STRANGER: "somebody"}.get(sender, "an editor")


async def _alerts(store: Store, language: str, now: datetime) -> list[Said]:
    """What has left, as it reaches those who can ask and those who cannot."""
    spoken = await voice(store, bundled(), language, now, ZONE)
    said = []
    for number in range(1, 100):
        parcel = await store.parcels.message(number)
        if parcel is None:
            break
        notes = [from_json(Note, note) for note in parcel.notes]
        forms = [announce(notes, spoken, await retelling.basis(store, notes, asked=asked)) for asked in (True, False)]
        said.append(Said("(alert)", *forms))
    return said


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        built = Stage(Path(folder))
        await built.load()
        yield built
