"""The messages that one reply needs: its text, pictures and files in the sizes that a messenger takes."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.transports.parting import parted, units
from bot.transports.transport import Image, Kind, Outcome
from bot.transports.wire import Timing, in_parts
from sebghat.conversation import Button, Capability, Reply, Span, Style

PICTURE_LIMIT = 10_000_000  # bytes; what Telegram, Bale, Soroush Plus and Rubika take as a photo
KEPT = 256  # pictures whose ids are known


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture or a file on its way out. Only pictures have a key: the same key is the same content."""

    name: str
    content: bytes
    key: str = ""

    @property
    def media_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Portion:
    """One message: a text, perhaps below a picture or file."""

    spans: tuple[Span, ...]
    upload: Upload | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    reply_to: str = ""
    first: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


class Known:
    """The messenger's ids of pictures that were uploaded there, the latest of them."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def id(self, upload: Upload | None) -> str:
        return self._ids.get(upload.key, "") if upload else ""

    def learn(self, upload: Upload | None, given: object) -> None:
        if upload and upload.key and isinstance(given, str) and given:
            self._ids[upload.key] = given
            if len(self._ids) > KEPT:
                del self._ids[next(iter(self._ids))]

    def forget(self, upload: Upload | None) -> None:
        if upload:
            self._ids.pop(upload.key, None)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is bold or a link: a place in the text, in UTF-16 units."""

    start: int
    length: int
    style: Style
    href: str


def portions(reply: Reply, image: Image | None, capability: Capability) -> list[Portion]:
    """A picture or file carries the text where that is short enough; the text follows in parts where it is not. The
    buttons go below the last text, and the first message answers. Empty: there is nothing that can be sent."""
    texts = _texts(reply.spans, capability.text_limit)
    found: list[tuple[tuple[Span, ...], Upload | None]] = [((), each) for each in _uploads(reply, image, capability)]
    if found and len(texts) == 1 and units("".join(span.text for span in texts[0])) <= capability.caption_limit:
        found[0] = texts[0], found[0][1]
    else:
        found += [(text, None) for text in texts]
    lowest = max((place for place, (text, _) in enumerate(found) if text), default=len(found) - 1)
    return [
        Portion(text, upload, reply.buttons if place == lowest else (), "" if place else reply.reply_to, not place)
        for place, (text, upload) in enumerate(found)
    ]


@lru_cache(maxsize=KEPT)
def _texts(spans: tuple[Span, ...], limit: int) -> Sequence[tuple[Span, ...]]:
    """An alert goes to many: it is parted once."""
    return parted(spans, limit)


async def carry(several: Sequence[Portion], send: Callable[[Portion], Awaitable[Outcome]], timing: Timing) -> Outcome:
    """Sends one after the other, as `in_parts` does; a picture that is not wanted is left out."""
    if any(portion.upload and not portion.upload.content for portion in several):
        return Outcome(Kind.REJECTED, detail="the file is empty or too large")

    async def sent(portion: Portion) -> Outcome:
        outcome = await send(portion)
        upload = portion.upload
        # A chat may take texts and no pictures; what says so closes it no more than a picture of the wrong form.
        unwanted = outcome.kind is Kind.REJECTED or (outcome.kind is Kind.PERMANENT and "right" in outcome.detail)
        if not (upload and upload.key and unwanted):
            return outcome
        if portion.spans:
            return await send(replace(portion, upload=None))
        return Outcome(Kind.OK, detail=outcome.detail) if len(several) > 1 else outcome

    return await in_parts(several, sent, timing)


def marks(spans: Sequence[Span]) -> Iterator[Mark]:
    """What is bold or a link, without the spaces around it. Commands stay plain: clients link them by themselves."""
    offset = 0
    for span in spans:
        shown = span.text.strip()
        start = offset + units(span.text[: len(span.text) - len(span.text.lstrip())])
        offset += units(span.text)
        if shown and (span.style is Style.BOLD or span.href):
            yield Mark(start, units(shown), span.style, span.href)


def _uploads(reply: Reply, image: Image | None, capability: Capability) -> Iterator[Upload]:
    if image is not None and capability.pictures and 0 < len(image.png) <= PICTURE_LIMIT:
        yield Upload(f"{image.name}.png", image.png, key=image.name)
    if reply.file is not None and capability.files:
        content = reply.file.content
        # Without its content it is refused below, before anything of the reply goes out.
        yield Upload(reply.file.name, content if len(content) <= capability.file_limit else b"")
