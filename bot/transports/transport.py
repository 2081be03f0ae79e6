"""What every transport offers, and what became of a delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sebghat.conversation import Attachment, Capability, Cards, Destination, Incoming, Reply


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
    UNSUPPORTED = "unsupported"  # the capability says that this messenger cannot; it was not asked


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: Kind
    message_id: str = ""
    retry_after: int = 0  # seconds
    detail: str = ""  # the messenger's own words, redacted
    new_chat: str = ""  # of `migrated`, and of the rights in a chat that was named


UNSUPPORTED = Outcome(Kind.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class Image:
    """A reply's picture as it is sent."""

    name: str  # the same name is the same picture: it is uploaded once, then named by the id that it got
    png: bytes


class Refused(Exception):
    """The messenger does not let this bot in: the token is wrong or was taken back. No text: it may hold secrets."""


class Unfetchable(Exception):
    """An attachment that did not come. `why` is one of large, gone, unreachable; no address and no token in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


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

    async def deliver(self, to: Destination, reply: Reply, image: Image | None = None) -> Outcome:
        """Sends a reply that already has the messenger's form; never raises for what the messenger answers.

        The text becomes the caption of the image or of the reply's file; one too long for that follows. A picture
        that is refused does not cost the text. `message_id` is that of the first message."""
        ...

    async def edit(self, to: Destination, message_id: str, reply: Reply) -> Outcome:
        """Puts a text with its buttons in the place of one that was sent, of its picture's caption where it has one.
        May be repeated. `unsupported` without a request where nothing can be edited; what is too long for one
        message is `rejected`."""
        ...

    async def delete(self, to: Destination, message_id: str) -> Outcome:
        """Takes a message back; one that is gone already is well. May be repeated. `unsupported` likewise."""
        ...

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        """The content of what came with a message, at most `limit` bytes. Raises Unfetchable."""
        ...

    async def acknowledge(self, pressed: str) -> None:
        """Lets a button that was pressed rest. A courtesy: failing costs nothing."""
        ...

    async def offer(self, query: str, cards: Cards) -> None:
        """Shows the answers to a query, where the messenger has queries. A courtesy like the other."""
        ...

    async def administers(self, chat: str, person: str) -> bool | None:
        """Whether that person administers the chat; None where the messenger cannot say."""
        ...

    async def rights(self, chat: str) -> Outcome:
        """Whether the bot may post there, without posting; `new_chat`: the chat's own id, where it tells."""
        ...

    async def obstacle(self) -> str:
        """What keeps messages from coming in; empty where nothing is known to."""
        ...

    async def close(self) -> None: ...


class Bare:
    """What a transport says where its messenger cannot: for those that can little to begin with."""

    async def edit(self, to: Destination, message_id: str, reply: Reply) -> Outcome:
        return UNSUPPORTED

    async def delete(self, to: Destination, message_id: str) -> Outcome:
        return UNSUPPORTED

    async def fetch(self, attachment: Attachment, limit: int) -> bytes:
        raise Unfetchable("gone")

    async def acknowledge(self, pressed: str) -> None:
        """There are no buttons."""

    async def offer(self, query: str, cards: Cards) -> None:
        """There are no queries."""

    async def administers(self, chat: str, person: str) -> bool | None:
        return None

    async def obstacle(self) -> str:
        return ""
