"""The terminal as a messenger: lines come in as messages, replies go out as plain text."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies

from bot.transports.console import CHAT, LONGEST_LINE, OWNER, Console
from bot.transports.transport import UNSUPPORTED, Kind, Unfetchable
from sebghat.conversation import Attachment, ChatKind, Destination, File, Incoming, Message, Reply, Span, Style


async def read(given_bytes: bytes, folder: Path) -> list[Message]:
    """The messages that these bytes come to."""
    file = folder / "input"
    file.write_bytes(given_bytes)
    descriptor = os.open(file, os.O_RDONLY)
    found: list[Message] = []

    async def handle(batch: Sequence[Incoming]) -> None:
        found.extend(message for message in batch if isinstance(message, Message))

    await Console(descriptor, StringIO()).receive(handle)
    os.close(descriptor)
    return found


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        (b"", []),
        (b"\n\n \n", []),
        (b"/stats\n/help", ["/stats", "/help"]),
        (b"/set a\\\nb\n/help\n", ["/set a\nb", "/help"]),
        (b"a\\\nb\\\nc\n", ["a\nb\nc"]),
        (b"a\\", ["a"]),
        (b"/stats\r\n", ["/stats"]),
        (b"  /stats  \n", ["/stats"]),
        ("آمار ایتا\n".encode(), ["آمار ایتا"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
    ],
)
async def test_lines_are_messages(lines: bytes, texts: list[str], tmp_path: Path) -> None:
    assert [message.text for message in await read(lines, tmp_path)] == texts


async def test_a_message_is_a_private_one_of_the_owners_with_a_key_of_its_own(tmp_path: Path) -> None:
    messages = await read(b"a\nb\n", tmp_path) + await read(b"a\nb\n", tmp_path)
    assert len({message.key for message in messages}) == 4
    first = messages[0]
    assert (first.destination, first.sender, first.chat_kind) == (CHAT, OWNER, ChatKind.PRIVATE)
    assert first.trusted


async def test_what_no_command_needs_of_an_endless_line_is_dropped(tmp_path: Path) -> None:
    first, second = await read(b"x" * (3 * LONGEST_LINE) + b"\n/help\n", tmp_path)
    assert first.text == "x" * LONGEST_LINE
    assert second.text == "/help"


async def test_the_next_line_is_read_when_the_one_before_was_answered(tmp_path: Path) -> None:
    file = tmp_path / "input"
    file.write_bytes(b"a\nb\n")
    descriptor = os.open(file, os.O_RDONLY)
    under_way, most = 0, 0

    async def handle(batch: Sequence[Incoming]) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    await Console(descriptor, StringIO()).receive(handle)
    os.close(descriptor)
    assert most == 1


async def shown(*spans: Span) -> str:
    output = StringIO()
    descriptor = os.open(os.devnull, os.O_RDONLY)
    assert (await Console(descriptor, output).deliver(CHAT, Reply(spans))).kind is Kind.OK
    os.close(descriptor)
    return output.getvalue()


async def test_a_reply_is_followed_by_an_empty_line() -> None:
    assert await shown(Span("a\n"), Span("b", Style.BOLD)) == "a\nb\n\n"


@settings(max_examples=50)
@given(
    strategies.text(strategies.one_of(strategies.characters(codec="utf-8"), strategies.characters(categories=["Cc"])))
)
async def test_a_terminal_is_told_nothing_but_text(text: str) -> None:
    printed = await shown(Span(text))
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in printed)


async def test_there_is_one_terminal() -> None:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    outcome = await Console(descriptor, StringIO()).deliver(Destination("console", "elsewhere"), Reply())
    os.close(descriptor)
    assert outcome.kind is Kind.PERMANENT


@pytest.mark.parametrize("name", ["ارقام.csv", "../ارقام.csv", "/tmp/ارقام.csv", "\x1bارقام.csv"])
async def test_a_file_is_put_down_beside_what_lies_there(name: str, tmp_path: Path) -> None:
    output = StringIO()
    console = Console(0, output, tmp_path)
    for _ in range(2):
        await console.deliver(CHAT, Reply((Span("آماده"),), file=File(name, b"a,b\n")))
    assert output.getvalue() == "".join(f"آماده\n{tmp_path / put} (4 B)\n\n" for put in ("ارقام.csv", "ارقام-2.csv"))
    assert sorted(os.listdir(tmp_path)) == ["ارقام-2.csv", "ارقام.csv"]
    assert (tmp_path / "ارقام-2.csv").read_bytes() == b"a,b\n"


@pytest.mark.parametrize("folder", [None, Path("/nowhere")])
async def test_a_file_that_cannot_be_put_down_is_named(folder: Path | None) -> None:
    output = StringIO()
    await Console(0, output, folder).deliver(CHAT, Reply(file=File("x.csv", b"a,b\n")))
    assert output.getvalue() == "x.csv (4 B)\n\n"


async def test_what_a_terminal_cannot_it_says() -> None:
    console = Console(0, StringIO())
    assert await console.edit(CHAT, "1", Reply()) == await console.delete(CHAT, "1") == UNSUPPORTED
    with pytest.raises(Unfetchable):
        await console.fetch(Attachment("1", "x", 1), 9)
