"""What became of deliveries: the admins' questions and reports, and what they decide."""

from __future__ import annotations

from sebghat.conversation import NOTHING, Reply
from sebghat.voice import Voice
from storage.store import Record


async def report(record: Record, voice: Voice, number: int) -> Reply:
    return NOTHING
