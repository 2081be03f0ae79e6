"""Commands of the log, and the answers to them (overtaking.md §4 and §15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum

from sebghat.contest import Contest
from sebghat.notes import Note
from sebghat.observation import Observation, Value
from sebghat.periods import AsOf


class Refusal(StrEnum):
    """Why a command was refused, in the order of the checks."""

    BAD_COMMAND = "bad_command"
    CLOCK = "clock"
    UNKNOWN_ID = "unknown_id"
    NOT_LIVE = "not_live"
    BAD_ASOF = "bad_asof"
    UNKNOWN_PLATFORM = "unknown_platform"
    UNKNOWN_METRIC = "unknown_metric"
    BAD_VALUE = "bad_value"
    FUTURE = "future"
    DUP_ID = "dup_id"
    INCOMPARABLE = "incomparable"
    WINDOW = "window"
    UNDONE = "undone"
    TOO_LATE = "too_late"
    DEPENDENT = "dependent"


class Result(StrEnum):
    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    CLAIM = "claim"
    KEPT = "kept"
    RELEASED = "released"
    UNDONE = "undone"
    ADVANCED = "advanced"


class Same(Enum):
    """A field that a correction leaves alone; None would mean: take it away."""

    SAME = "same"


SAME = Same.SAME


@dataclass(frozen=True, slots=True)
class Faulty:
    """An observation whose as-of or value cannot be; it takes its turn among the checks like any other."""

    platform: str
    metric: str
    why: Refusal  # BAD_ASOF or BAD_VALUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`at`: aware UTC, whole seconds. `cmd` names the command for undo. `by`: our number for the person."""

    at: datetime
    cmd: str = ""
    by: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """The ids of the versions on record that it is about."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observe(Command):
    observations: tuple[Observation | Faulty, ...]
    silent: bool = False

    @property
    def figures(self) -> tuple[Observation, ...]:
        """Those of its observations that can be recorded."""
        return tuple(o for o in self.observations if isinstance(o, Observation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Command):
    """`why`: set if the new as-of or value cannot be. `quote`, `address`, `note`: None keeps the text."""

    id: str
    new_id: str
    value: Value | Same = SAME
    n: int | Same | None = SAME
    asof: AsOf | Same = SAME
    release: str | Same | None = SAME
    silent: bool = False
    why: Refusal | None = None
    quote: str | None = None
    address: str | None = None
    note: str | None = None

    @property
    def about(self) -> tuple[str, ...]:
        return (self.id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract(Command):
    id: str

    @property
    def about(self) -> tuple[str, ...]:
        return (self.id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Command):
    """By the ids of any version of the two chains."""

    domestic: str
    foreign: str

    @property
    def about(self) -> tuple[str, ...]:
        return self.domestic, self.foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Command):
    """`details` is shown, never compared: who is said to have passed whom, says who."""

    id: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRules(Command):
    """`values` by the names of the fields of Rules."""

    values: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Command):
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command):
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance(Command):
    """Nothing but that time has passed."""


@dataclass(frozen=True, slots=True)
class MessageOut:
    """All notes of one group that left the hold at one moment, in order (§7)."""

    group: str
    at: datetime
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`duplicates`: the id given → the id it repeats. `touched`: contests that may differ now."""

    result: Result | None = None
    error: Refusal | None = None
    sent: tuple[MessageOut, ...] = ()
    duplicates: Mapping[str, str] = field(default_factory=dict)
    touched: frozenset[Contest] = frozenset()

    @property
    def ok(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class Departure:
    """A message that has left, as the log keeps it; `released` if an admin's release sent it."""

    message: MessageOut
    released: bool = False

    @property
    def at(self) -> datetime:
        return self.message.at
