"""/status: how the bot is doing, in numbers."""

from __future__ import annotations

from handlers.desk import Desk
from sebghat.conversation import Message, Reply


async def status(message: Message, rest: str, desk: Desk) -> Reply:
    """The record, what waits, and what became of what was sent."""
    voice, store = desk.voice, desk.store
    rows = await store.outbox.counts()
    held = await store.outbox.held()
    process = await desk.status()
    lines = [
        voice.say(
            "status.record",
            figures=voice.number(await store.observations.count()),
            subscribers=voice.number(await store.chats.subscribers()),
        ),
        voice.say("status.held", count=voice.number(len(held))),
        voice.say(
            "status.outbox",
            pending=voice.number(rows.get("pending", 0) + rows.get("sending", 0)),
            sent=voice.number(rows.get("sent", 0)),
            uncertain=voice.number(rows.get("uncertain", 0)),
            failed=voice.number(rows.get("failed", 0) + rows.get("expired", 0)),
        ),
        *(voice.say(f"status.{name}", value=value) for name, value in process.items()),
    ]
    return voice.say("status.head").above(*lines, voice.commands("/pending", "/overtakings"))
