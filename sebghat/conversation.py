"""What goes in and out of a conversation, whatever messenger carries it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


class Address(StrEnum):
    """How words in a group are meant for the bot. In a private chat all are."""

    NONE = ""
    REPLY = "reply"  # to what it said
    MENTION = "mention"  # by its name


@dataclass(frozen=True, slots=True)
class Destination:
    messenger: str
    chat: str
    thread: str = ""  # a topic of the chat; empty: the chat itself

    def __str__(self) -> str:
        """As the settings write it: `telegram:-1001600/42`."""
        return f"{self.messenger}:{self.chat}/{self.thread}".removesuffix("/")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message: what its messenger tells of it. The content is fetched only where a handler
    wants it."""

    id: str  # the messenger's
    name: str  # as its sender called it: hostile
    size: int | None  # bytes, where it is told


@dataclass(frozen=True, slots=True)
class Message:
    """One message from a person. `key` is unique in its messenger, so that a redelivery is known."""

    key: str
    messenger: str
    chat: str
    thread: str
    chat_kind: ChatKind
    sender: str
    text: str
    sent_at: datetime
    edited: bool = False
    forwarded: bool = False
    anonymous: bool = False  # the messenger vouches for an administrator, and does not say which
    pressed: str = ""  # the messenger's id of a button that was pressed; `text` is the button's command
    title: str = ""  # of a group or channel
    file: Attachment | None = None  # `text` is its caption
    address: Address = Address.NONE  # a name in it is left out of `text`

    @property
    def destination(self) -> Destination:
        return Destination(self.messenger, self.chat, self.thread)

    @property
    def spoken_to(self) -> bool:
        """Whether the words are meant for the bot."""
        alone = self.chat_kind is ChatKind.PRIVATE
        return alone or (self.chat_kind is ChatKind.GROUP and self.address is not Address.NONE)

    @property
    def trusted(self) -> bool:
        """Whether it may write: what is forwarded, edited, anonymous or a channel's own never does."""
        return not (self.edited or self.forwarded or self.anonymous or self.chat_kind is ChatKind.CHANNEL)


@dataclass(frozen=True, slots=True)
class Membership:
    """The bot's own place in a chat has changed; `by` is the person who changed it."""

    key: str
    messenger: str
    chat: str
    chat_kind: ChatKind
    by: str
    may_post: bool  # False: removed, or left without the right to write
    title: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """A chat goes on under another id (a group became a supergroup)."""

    key: str
    messenger: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types after the bot's name in a chat where it need not be. `id` is the messenger's, to answer."""

    key: str
    messenger: str
    sender: str
    id: str
    text: str
    language: str = ""  # of the person's client, where it tells


Happening = Message | Membership | Migration  # answered once, however often it is delivered
Incoming = Happening | Query


class Style(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    COMMAND = "command"  # something to tap or copy


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    style: Style = Style.PLAIN
    href: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """`command` is what one could type instead; without a label it is its own label. `pressed`: what a press says,
    where that must name more than one would type (whose draft it is)."""

    command: str
    label: str = ""
    pressed: str = ""

    @property
    def data(self) -> str:
        return self.pressed or self.command


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing beside a text that says the same. It is turned into pixels where a messenger takes pictures."""

    name: str  # one for each content: the same name is the same picture
    svg: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes out with a text."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """Text as spans, rows of buttons below it; a picture or a file that goes with it where the messenger takes one."""

    spans: tuple[Span, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: str = ""  # the messenger's id of the message that this answers
    picture: Picture | None = None
    file: File | None = None

    @property
    def plain(self) -> str:
        return "".join(span.text for span in self.spans)

    def above(self, *below: Reply) -> Reply:
        """This reply with others under it, each on a line of its own; empty ones leave no line."""
        parts = [part for part in (self, *below) if part.spans]
        spans: list[Span] = []
        for part in parts:
            spans += [Span("\n"), *part.spans] if spans else part.spans
        return replace(self, spans=tuple(spans), buttons=tuple(row for part in (self, *below) for row in part.buttons))

    def and_(self, after: Reply) -> Reply:
        """This reply with another on the same line."""
        return replace(self, spans=self.spans + after.spans, buttons=self.buttons + after.buttons)

    def with_row(self, *buttons: Button) -> Reply:
        """The same with one more row of buttons."""
        return replace(self, buttons=(*self.buttons, buttons)) if buttons else self

    def with_choices(self, buttons: Iterable[Button]) -> Reply:
        """The same with each button on a row of its own."""
        return replace(self, buttons=(*self.buttons, *((button,) for button in buttons)))


NOTHING = Reply()


@dataclass(frozen=True, slots=True)
class Card:
    """One of the answers to a query: what is shown to choose from, and the message that is then sent."""

    title: str
    description: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Cards:
    """All answers to a query. `personal`: not to be shown to others who ask the same."""

    cards: tuple[Card, ...]
    personal: bool


class Markup(StrEnum):
    """How a messenger is told what is bold or a link."""

    NONE = "none"
    ANSI = "ansi"  # bold alone
    ENTITIES = "entities"
    MARKDOWN = "markdown"
    PARTS = "parts"
    JSON = "json"  # the spans as they are

    @property
    def links(self) -> bool:
        return self not in {Markup.NONE, Markup.ANSI}


class Buttons(StrEnum):
    NONE = ""
    INLINE = "inline"  # below the message
    KEYPAD = "keypad"  # in the place of the keyboard, until the next


@dataclass(frozen=True, slots=True)
class Capability:
    """What a messenger can show and do. The records of all are in `capabilities`."""

    messenger: str
    receives: bool
    markup: Markup
    text_limit: int  # UTF-16 units in one message
    caption_limit: int  # UTF-16 units beside a picture or file
    buttons: Buttons
    data_limit: int = 0  # bytes that a button can carry
    pictures: bool = False
    files: bool = False
    file_limit: int = 0  # bytes of one that is sent
    edits: bool = False  # a text that was sent
    deletes: bool = False
    pins: bool = False  # what was sent before
    silent: bool = False  # without a sound
    inline: bool = False  # answers in chats where the bot is not
    menu: bool = False  # of commands


def fit(reply: Reply, capability: Capability) -> Reply:
    """The reply in the form that the messenger can show, with nothing lost: buttons that it cannot carry become lines
    to copy, links that it cannot hide are written out. Fitting twice is fitting once."""
    as_it_is = (
        (capability.markup.links or not any(span.href for span in reply.spans))
        and all(row and all(_fits(button, capability) for button in row) for row in reply.buttons)
        and (capability.pictures or reply.picture is None)
    )
    if as_it_is:
        return reply  # one alert goes to many
    kept = replace(
        reply,
        spans=reply.spans if capability.markup.links else tuple(map(_with_address, reply.spans)),
        buttons=tuple(row for row in (_carried(row, capability) for row in reply.buttons) if row),
        picture=reply.picture if capability.pictures else None,
    )
    lines = [tuple(button for button in row if not _fits(button, capability)) for row in reply.buttons]
    return replace(kept, spans=Reply(kept.spans).above(*map(_row, filter(None, lines))).spans)


def _with_address(span: Span) -> Span:
    if not span.href:
        return span
    return replace(span, text=span.text if span.href in span.text else f"{span.text} ({span.href})", href="")


def _carried(row: tuple[Button, ...], capability: Capability) -> tuple[Button, ...]:
    return tuple(button for button in row if _fits(button, capability))


def _fits(button: Button, capability: Capability) -> bool:
    size = len(button.data.encode("utf-8", "replace"))
    return bool(capability.buttons) and 0 < size <= capability.data_limit


def _row(buttons: tuple[Button, ...]) -> Reply:
    """One choice reads «ایتا — /stats eitaa», several «/record ثبت · /cancel انصراف»."""
    spans: list[Span] = []
    for button in buttons:
        # An isolate is needed only where letters of the other direction stand on the same line.
        alone = all(char < "\u0590" for other in buttons for char in other.label)
        command = Span(button.command if alone else f"\u2066{button.command}\u2069", Style.COMMAND)
        if spans:
            spans.append(Span(" · "))
        if not button.label:
            spans.append(command)
        elif len(buttons) == 1:
            spans += [Span(f"{button.label} — "), command]
        else:
            spans += [command, Span(f" {button.label}")]
    return Reply(tuple(spans))
