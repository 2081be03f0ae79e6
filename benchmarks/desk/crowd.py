"""Subscribers of a given number, entered through the bot's own storage."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from random import Random

from benchmarks.engine.load import PLATFORMS
from benchmarks.engine.stores import Straight
from sebghat.conversation import ChatKind, Destination
from storage.store import Record

CHUNK = 20_000  # subscribers in one transaction
CHANNELS = 300
CHOOSY = 0.3  # of the chats name their platforms


async def subscribe(file: Path, subscribers: int, now: datetime) -> float:
    """Adds so many chats, a few channels among them; the seconds it took."""
    began, verbs, random = time.perf_counter(), Straight(file), Random(11)
    record = Record(verbs)
    for number in range(subscribers):
        channel = number % max(1, subscribers // CHANNELS) == 0
        where = Destination("telegram", f"-100{number}" if channel else str(number))
        wished = random.sample(PLATFORMS, random.randrange(1, 4)) if random.random() < CHOOSY else []
        await record.chats.subscribe(where, ChatKind.CHANNEL if channel else ChatKind.PRIVATE, wished, now)
        if number % CHUNK == 0:
            verbs.keep()
    verbs.close()
    return time.perf_counter() - began
