"""Help that teaches: every example works as it stands, and every refusal ends with a line that does."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from handlers.commands import TABLE
from handlers.examples import AT_ONCE, EXAMPLES
from sebghat import letters, readout
from sebghat.conversation import ChatKind
from sebghat.refusal import Refusal
from tests.handlers.room import ISOLATES, OTHER_OWNER, OWNER, STRANGER, Room
from tests.messages.everything import refused
from tests.messages.refused import COUNT, DATE, LINES, PERCENT, REFUSED
from tests.overtaking import OVERTAKES, OVERTAKING

TODAY = datetime.now(UTC).date()
REFUSALS = (
    "did not understand", "do not know", "Nothing changed", "There is no", "is no ", "Write the", "could not be read",
    "I could not answer", "Whose figures", "cannot be compared", "No preview", "There is nothing", "Which two",
    "was not read", "does not exist",
)  # fmt: skip
# What must have happened first; the figures are those of the bundle, then 95 and on.
BEFORE: dict[str, tuple[str, ...]] = {
    "record": (OVERTAKES,),
    "cancel": (OVERTAKES,),
    "undo": ("/set gap mau 36m source=X", "/record"),
    **dict.fromkeys(
        ("why", "release", "hold", "pending"),
        OVERTAKING,
    ),
    "unsubscribe": ("/subscribe eitaa", "/subscribe eitaa telegram"),
}


@pytest.mark.parametrize("command", TABLE, ids=lambda command: command.name)
async def test_every_example_works(command: object, room: Room) -> None:
    name = command.name  # type: ignore[attr-defined]
    if name in {"arrived", "resend", "import", "export"}:
        pytest.skip("it answers a question of the bot's own, or a file goes with it")
    room.owners.add(("telegram", OTHER_OWNER))
    for line in EXAMPLES[name]:
        for text in BEFORE.get(name, ()):
            await room(text)
        answer = await room(line, OTHER_OWNER if name == "review" else OWNER)
        assert answer, line
        assert not any(word in answer.splitlines()[0] for word in REFUSALS), (line, answer)


def test_every_command_has_its_examples_and_the_hard_ones_three() -> None:
    assert {command.name for command in TABLE} - {"arrived", "resend", "import"} <= EXAMPLES.keys()
    assert all(
        len(EXAMPLES[name]) == 3 for name in ("set", "stats", "compare", "history", "rank", "correct", "channels")
    )
    assert all(len(line.encode()) <= 64 for lines in EXAMPLES.values() for line in lines)


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - AT_ONCE))
async def test_examples_are_buttons_that_say_what_they_send(name: str, room: Room) -> None:
    ((_, reply),) = await room.replies(f"/help {name}")
    assert [button.data for row in reply.buttons for button in row] == list(EXAMPLES[name])


@pytest.mark.parametrize("name", sorted(AT_ONCE & EXAMPLES.keys()))
async def test_what_is_done_at_once_is_no_button(name: str, room: Room) -> None:
    ((_, reply),) = await room.replies(f"/help {name}")
    assert reply.buttons == ()
    assert all(line in reply.plain for line in EXAMPLES[name])


async def test_help_names_the_commands_of_editors_and_says_of_all_what_they_do_when_asked(room: Room) -> None:
    short, long = await room("/help"), await room("/help all")
    assert len(short.splitlines()) < 20 < len(long.splitlines())
    for command in TABLE:
        assert f"/{command.name}" in short
        assert f"/{command.name} — " in long
    assert await room("/help همه") == long
    for asked in ("/help", "/help all"):
        answer = await room(asked, STRANGER)
        assert "/forget — " in answer
        assert "/set" not in answer
        assert "/help all" not in answer


# Refusals


def last_lines(text: str) -> list[str]:
    """What a refusal ends with: the lines after its last colon, parted by "or"."""
    end = re.split(r": ", text.translate(ISOLATES).strip())[-1]
    return [part.strip() for part in re.split(r" یا | or ", end)]


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("code", sorted(REFUSED.keys() - {"no_command", "missing_and"}))
def test_every_refusal_of_a_reader_ends_with_a_line_that_it_reads(code: str, language: str) -> None:
    wanted, _ = REFUSED[code]
    said = readout.said(refused(code), language)
    lines = last_lines(said.plain)
    assert lines
    for line in lines:
        readings = [readout.read(line, each, TODAY) for each in ((wanted,) if wanted else (COUNT, DATE))]
        readings += [readout.read(line, each, TODAY) for each in (COUNT, PERCENT, DATE)]
        assert any(not isinstance(reading, Refusal) for reading in readings), (code, line)
    for button in (button for row in said.buttons for button in row):
        assert not isinstance(readout.read(button.command, wanted, TODAY), Refusal)


@pytest.mark.parametrize("text", [line for line in LINES if not line.startswith("/set eitaa mau 30.5m")])
async def test_every_line_that_is_refused_is_answered_with_one_that_works(text: str, room: Room) -> None:
    answer = await room(text)
    offered = re.findall(r"/[a-z]+(?: [^\s/،;]+)*", answer.replace(". ", "\n"))
    if not offered:  # a number or a date to write
        offered = [f"/set eitaa mau 30m date={last_lines(answer)[0]}"]
    assert offered, answer
    for line in offered[-1:]:
        said = await room(letters.shape(line).rstrip(".:"))
        assert not any(word in said.splitlines()[0] for word in REFUSALS), (line, said)


async def test_a_refusal_in_a_group_ends_with_a_line_too(room: Room) -> None:
    answer = await room("/sats eitaa", "2", chat="-100", chat_kind=ChatKind.GROUP)
    assert answer.splitlines()[-1] == "/stats eitaa"
