"""What every transport offers, and what became of a delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sebghat.conversation import Capability, Destination, Incoming, Reply


class Kind(StrEnum):
    """The classes of an outcome; each delivery ends in exactly one."""

    OK = "ok"
    RETRY_AFTER = "retry-after"  # refused for load, known not sent
    TRANSIENT = "transient"  # known not sent
    UNKNOWN = "unknown-outcome"  # may have arrived
    PERMANENT = "permanent-for-this-chat"  # removed, blocked, gone
    MIGRATED = "migrated"
    AUTH = "auth"
    REJECTED = "rejected"  # wrong for this message; the chat is well


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: Kind
    message_id: str = ""
    retry_after: int = 0  # seconds
    detail: str = ""  # the messenger's own words, redacted
    new_chat: str = ""  # of `migrated`


class Refused(Exception):
    """The messenger does not let this bot in: the token is wrong or was taken back. No text: it may hold secrets."""


Handle = Callable[[Sequence[Incoming]], Awaitable[None]]


class Transport(Protocol):
    @property
    def capability(self) -> Capability: ...

    async def start(self) -> str:
        """Opens what it needs and asks who it is: the bot's own name there. Raises Refused."""
        ...

    async def receive(self, handle: Handle) -> None:
        """Hands on what comes in, in batches, until cancelled; a batch is confirmed to the messenger only after
        `handle` has returned, when all that it caused is on disk. Raises Refused. Returns at once where the
        messenger delivers nothing to bots."""
        ...

    async def deliver(self, to: Destination, reply: Reply) -> Outcome:
        """Sends a reply that already has the messenger's form; never raises for what the messenger answers."""
        ...

    async def acknowledge(self, pressed: str) -> None:
        """Lets a button that was pressed rest. A courtesy: failing costs nothing."""
        ...

    async def administers(self, chat: str, person: str) -> bool | None:
        """Whether that person administers the chat; None where the messenger cannot say."""
        ...

    async def rights(self, chat: str) -> Outcome:
        """Whether the bot may post there, without posting."""
        ...

    async def obstacle(self) -> str:
        """What keeps messages from coming in; empty where nothing is known to."""
        ...

    async def close(self) -> None: ...
