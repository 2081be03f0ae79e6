"""The desk: what a handler has at hand while it answers one message."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from enum import IntEnum
from functools import lru_cache

from handlers.recording.batch import Tell
from handlers.recording.importing import Done, Order
from sebghat import letters, readout
from sebghat.conversation import Button, ChatKind, Destination, Message, Reply
from sebghat.platforms import Platform, Platforms, Unknown
from sebghat.refusal import Refusal
from sebghat.sources import bundled_methods, bundled_sources
from sebghat.voice import Voice
from storage.store import Deed, Draft, Record, Store

LONGEST_NUMBER = 12  # digits; no store has so many of anything
FRESH = timedelta(minutes=15)  # a preview that is older is shown anew
IRAN = timedelta(hours=3, minutes=30)  # today is the date in Iran (overtaking.md §2)


class Role(IntEnum):
    EVERYBODY = 0
    REVIEWER = 1
    ADMIN = 2
    OWNER = 3


def _no_link(messenger: str, word: str) -> str:
    return ""


def _token() -> str:
    return secrets.token_hex(16)  # 128 bits


Progress = Callable[[Reply], Awaitable[None]]  # how far it is: one message, edited where the messenger can
Work = Callable[[Progress], Awaitable[Reply]]  # what takes its time, with its answer
Page = Iterable[Mapping[str, str]]  # rows of a table


async def _no_fetch(message: Message, limit: int) -> bytes | str:
    return "gone"


async def _no_workshop(order: Order, content: bytes, tell: Tell) -> Done:
    raise NotImplementedError


def _no_aside(message: Message, work: Work) -> None:
    raise NotImplementedError


async def _no_table(name: str, pages: AsyncIterator[Page], limit: int) -> bytes | None:
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the bot may post in a chat (None: nobody can say), why not, and the chat's own id if it was named;
    `on`: whether its messenger is switched on here."""

    may: bool | None = None
    detail: str = ""
    chat: str = ""
    on: bool = True


async def _no_rights(where: Destination) -> Rights:
    return Rights()


async def _no_post(where: Destination, reply: Reply) -> tuple[str, str]:
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Machine:
    """What a handler may ask of the machine round it."""

    fetch: Callable[[Message, int], Awaitable[bytes | str]] = _no_fetch  # the attachment; or why not: large, gone …
    rights: Callable[[Destination], Awaitable[Rights]] = _no_rights
    post: Callable[[Destination, Reply], Awaitable[tuple[str, str]]] = _no_post  # the outcome's kind, and its words
    workshop: Callable[[Order, bytes, Tell], Awaitable[Done]] = _no_workshop  # tries or records a table
    aside: Callable[[Message, Work], None] = _no_aside  # does what takes its time, and answers when it is done
    table: Callable[[str, AsyncIterator[Page], int], Awaitable[bytes | None]] = _no_table  # a file; None: too large

    link: Callable[[str, str], str] = _no_link  # what opens the bot in that messenger with /start and that word
    token: Callable[[], str] = _token  # a word that nobody guesses
    # Messengers to which sending has stopped: since when, and why ("auth": the token is not accepted).
    out_of_reach: Callable[[], Mapping[str, tuple[datetime, str]]] = dict


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store
    voice: Voice
    now: datetime  # aware, UTC, whole seconds: what the engine counts in
    role: Role
    uptime: Callable[[], int]  # seconds since the bot was started
    several_may_review: bool  # then nobody reviews figures of their own
    administers: Callable[[str, str, str], Awaitable[bool | None]]  # messenger, chat, person; None: not known
    owners: Collection[tuple[str, str]] = ()  # those of the settings: messenger, and the id there
    machine: Machine = field(default_factory=Machine)

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


async def draft_of(kinds: Collection[str], message: Message, rest: str, desk: Desk) -> Draft | None:
    """The own preview of one of these kinds that a yes means: the newest of the chat, or the one of that number."""
    number, person = numbered(rest), await desk.store.people.known(message.messenger, message.sender)
    if person is None or (number is None and rest.strip()):
        return None
    drafts = desk.store.drafts
    draft = await (drafts.newest(person, message.destination) if number is None else drafts.find(number))
    mine = draft is not None and draft.person == person and draft.waits
    return draft if mine and draft and not draft.body.keys().isdisjoint(kinds) else None


def numbered(written: str) -> int | None:
    """The number by which somebody means a figure, an announcement, a preview; None for anything else."""
    digits = letters.fold(written)
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_NUMBER else None


def yes_or_no(number: int, voice: Voice) -> tuple[Button, Button]:
    """Below a preview. What a press says names it; whoever types means the newest."""
    return (
        Button("/record", voice.words("set.record"), f"/record {number}"),
        Button("/cancel", voice.words("set.cancel"), f"/cancel {number}"),
    )


async def noted(word: str, body: Mapping[str, object], record: Record, message: Message, desk: Desk) -> None:
    """A deed that the log does not have, for the audit: inside the caller's transaction."""
    person = await record.people.number(message.messenger, message.sender)
    await record.audit.add(Deed(desk.now, person, whence(message), word, body))


async def is_last_owner(person: tuple[str, str], record: Record, desk: Desk) -> bool:
    """Whether that person owns the bot, and nobody would without them."""
    owners = {other for other, holder in (await record.people.holders()).items() if holder.role == Role.OWNER}
    return person in owners and not ({*owners, *desk.owners} - {person})


def whence(message: Message) -> Destination:
    """Where a message came from, for the audit: of a private chat, whose id is a person's, only the messenger."""
    private = message.chat_kind is ChatKind.PRIVATE
    return Destination(message.messenger, "") if private else message.destination


Handler = Callable[[Message, str, Desk], Awaitable[Reply]]


async def registered(record: Record, platforms: Platforms) -> Platforms:
    """The platforms with those, and the names, that editors added."""
    added, aliases = await record.catalogue.platforms(), await record.catalogue.aliases()
    return _with(tuple(platforms.values()), added, aliases) if added or aliases else platforms


@lru_cache(maxsize=8)
def _with(known: tuple[Platform, ...], added: tuple[Platform, ...], aliases: tuple[tuple[str, str], ...]) -> Platforms:
    return Platforms(known).with_(added, aliases)


async def voice(record: Record, platforms: Platforms, language: str, now: datetime, zone: tzinfo) -> Voice:
    """The bot's voice in a language, with the names that editors have given to sources."""
    return Voice(
        language=language,
        platforms=await registered(record, platforms),
        sources=bundled_sources().with_(await record.catalogue.names("source")),
        methods=bundled_methods().with_(await record.catalogue.names("method")),
        today=(now + IRAN).date(),
        zone=zone,
    )
