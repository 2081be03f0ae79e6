"""Cards: what is known, to be sent to any chat by people who type a question after the bot's name."""

from __future__ import annotations

from handlers import commands
from handlers.desk import Desk
from sebghat import asking, letters
from sebghat.conversation import Card, Cards, ChatKind, Message, Query, Reply, Style
from sebghat.platforms import Unknown
from sebghat.wording import LANGUAGES

LONGEST = 256  # characters of a query (Telegram's documentation)
TITLE, DESCRIPTION = 80, 160  # characters; what clients show of them
SHOWN = frozenset({"stats", "compare", "rank", "history", "overtakings", "why"})  # commands that tell and never write
OVERVIEW = ("/overtakings", "/rank mau")  # beside the standings


def language(query: Query, chosen: str | None, house: str) -> tuple[str, bool]:
    """The language of the cards, and whether it is this person's own: who types Persian letters reads Persian,
    whoever it is; else what the person has chosen, or what the client speaks."""
    if any("آ" <= char <= "ی" for char in letters.fold(query.text)):
        return "fa", False
    return chosen or (query.language if query.language in LANGUAGES else house), True


async def cards(query: Query, desk: Desk, *, personal: bool) -> Cards:
    """The answer to the query, and what lies next to it; the standings for an empty or unknown one."""
    text = asking.bare(letters.visible(query.text, LONGEST))
    lines = _lines(text, query, desk)
    found = [card for line in lines if (card := await _card(line, query, desk)) is not None]
    if not found:
        title = "inline.nothing" if text else "inline.standings"
        standings = await _said("/stats", query, desk)
        said = desk.voice.words(title, written=letters.visible(text, 40))
        found = [Card(said, desk.voice.words("inline.all"), standings)]
        found += [card for line in OVERVIEW if not text and (card := await _card(line, query, desk)) is not None]
    return Cards(tuple(found), personal)


def _lines(text: str, query: Query, desk: Desk) -> list[str]:
    """The commands that answer the text, the nearest first."""
    platforms = desk.voice.platforms
    if platform := platforms.named(letters.key(text)):  # everyday words are names here: nothing else is asked for
        rival = platforms.rival(platform)
        return [f"/stats {platform.key}", *([f"/compare {platform.key} {rival.key}"] if rival else [])]
    command, rest = commands.find(_message(text, query, desk), platforms)
    if command is not None and command.name in SHOWN:
        named = dict.fromkeys(platform.key for platform in asking.read(rest.split(), platforms).platforms)
        beside = [f"/stats {key}" for key in named] if command.name == "compare" else []
        return [f"/{command.name} {rest}".strip(), *beside]
    near = platforms.find(text)
    return [f"/stats {platform.key}" for platform in near.nearest] if isinstance(near, Unknown) else []


async def _card(line: str, query: Query, desk: Desk) -> Card | None:
    """The answer to a command as a card; none where it has nothing to say."""
    reply = await _said(line, query, desk)
    head, *rest = [part for part in reply.plain.split("\n") if part.strip()] or [""]
    if not head or not rest:
        return None
    tongue = desk.voice.language
    title, description = letters.visible(head, TITLE), letters.visible(" · ".join(rest), DESCRIPTION)
    return Card(letters.isolate(title, tongue), letters.isolate(description, tongue), reply)


async def _said(line: str, query: Query, desk: Desk) -> Reply:
    command, rest = commands.find(_message(line, query, desk), desk.voice.platforms)
    assert command is not None
    return _without_offers(await command.handler(_message(line, query, desk), rest, desk))


def _without_offers(reply: Reply) -> Reply:
    """Without the commands that close it, and without buttons: where it is sent, nobody may be there to answer.
    A command that a sentence ends with stays: it is the sentence's."""
    spans = list(reply.spans)
    while spans and spans[-1].style is Style.COMMAND and not (spans[-2].text if spans[1:] else "").strip(" ·\n"):
        del spans[-2:]
    return Reply(tuple(spans))


def _message(text: str, query: Query, desk: Desk) -> Message:
    return Message(
        key=query.key,
        messenger=query.messenger,
        chat=query.sender,
        thread="",
        chat_kind=ChatKind.PRIVATE,
        sender=query.sender,
        text=text,
        sent_at=desk.now,
    )
