"""The desk: what a handler has at hand while it answers one message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import IntEnum

from sebghat import letters, readout
from sebghat.conversation import Button, Message, Reply
from sebghat.platforms import Platforms, Unknown
from sebghat.refusal import Refusal
from sebghat.sources import bundled_methods, bundled_sources
from sebghat.voice import Voice
from storage.store import Record, Store

IRAN = timedelta(hours=3, minutes=30)  # today is the date in Iran (overtaking.md §2)


class Role(IntEnum):
    EVERYBODY = 0
    REVIEWER = 1
    ADMIN = 2
    OWNER = 3


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store
    voice: Voice
    now: datetime  # aware, UTC, whole seconds: what the engine counts in
    role: Role
    uptime: Callable[[], int]  # seconds since the bot was started
    several_may_review: bool  # then nobody reviews figures of their own
    administers: Callable[[str, str, str], Awaitable[bool | None]]  # messenger, chat, person; None: not known

    def say(self, text: str, /, **values: object) -> Reply:
        return self.voice.say(text, **values)

    def in_language(self, language: str) -> Desk:
        return replace(self, voice=replace(self.voice, language=language))

    def unknown(self, written: str, command: str) -> Reply:
        """«…» is nobody I know, with the names that come near as choices."""
        found = self.voice.platforms.find(written)
        nearest = found.nearest if isinstance(found, Unknown) else ()
        text = "platform.unknown" if nearest else "platform.none_near"
        return self.say(text, name=letters.visible(written, 40)).with_choices(
            Button(f"{command} {platform.key}", platform.name(self.voice.language)) for platform in nearest
        )

    def refuse(self, refusal: Refusal, command: str) -> Reply:
        """A refusal in words: what could not be read, why, and lines that work."""
        language = self.voice.language
        return readout.said(refusal, language).with_choices(
            Button(f"{command} {candidate.line}".strip(), candidate.fa if language == "fa" else candidate.en)
            for candidate in refusal.candidates
        )


async def set_aside(message: Message, desk: Desk) -> None:
    """A command was refused: the preview before it no longer waits for a bare /record."""
    person = await desk.store.people.known(message.messenger, message.sender)
    newest = None if person is None else await desk.store.drafts.newest(person, message.destination)
    if person is not None and newest is not None and newest.waits:
        async with desk.store.transaction() as record:
            await record.drafts.set_aside(person, message.destination, desk.now)


Handler = Callable[[Message, str, Desk], Awaitable[Reply]]


async def voice(record: Record, platforms: Platforms, language: str, now: datetime, zone: tzinfo) -> Voice:
    """The bot's voice in a language, with the names that editors have given to sources."""
    return Voice(
        language=language,
        platforms=platforms,
        sources=bundled_sources().with_(await record.observations.names("source")),
        methods=bundled_methods().with_(await record.observations.names("method")),
        today=(now + IRAN).date(),
        zone=zone,
    )
