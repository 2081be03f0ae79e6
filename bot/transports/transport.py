"""What every transport offers, and what became of a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sebghat.conversation import Capability, Destination, Reply


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
    detail: str = ""


class Transport(Protocol):
    @property
    def capability(self) -> Capability: ...

    async def deliver(self, to: Destination, reply: Reply) -> Outcome:
        """Sends a reply that already has the messenger's form; never raises for what the messenger answers."""
        ...
