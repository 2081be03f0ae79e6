"""From what comes in to what is said: once, in a sentence, whatever happens."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from handlers import commands
from handlers.commands import Command
from handlers.desk import Desk
from sebghat.conversation import ChatKind, Membership, Message, Migration, Reply
from tests.handlers.room import OWNER, STRANGER, Room
from tests.overtaking import BEHIND, OVERTAKES, RECENT

RECORD = ("log", "observation", "live", "item", "message", "outbox", "setting", "named", "review", "claim",
          "subscription", "chat", "person", "draft")  # fmt: skip


# Once


@pytest.mark.parametrize("text", ["/set gap mau 36m source=X", "/record", "/subscribe", "/stats eitaa", "/nonsense"])
async def test_a_message_that_is_delivered_again_does_nothing_twice(text: str, room: Room) -> None:
    await room(f"/set gap mau 35m {RECENT} source=X")
    message = room.message(text)
    assert len(await room.intake.take(message)) == 1
    after = room.dump()
    assert await room.intake.take(message) == []
    assert room.dump() == after


@pytest.mark.parametrize(
    ("text", "pressed"),
    [("/record", "b1"), ("/set gap mau 36m source=X", ""), ("/undo", "b1"), ("/release 1", "b1"), ("/resend 1", "b1")],
)
async def test_deliveries_of_one_message_that_come_at_once_are_carried_out_once(
    text: str, pressed: str, room: Room
) -> None:
    """As after a restart, when a webhook and a poll bring the same."""
    for line in (BEHIND, "/record", OVERTAKES):
        await room(line)
    if text != "/record":
        await room("/record")
    before = {table: len(found) for table, found in room.dump(*RECORD, "deed").items()}
    message = room.message(text, pressed=pressed)
    answers = await asyncio.gather(*(room.intake.take(message) for _ in range(5)))
    assert sum(len(replies) for replies in answers) == 1
    after = {table: len(found) for table, found in room.dump(*RECORD, "deed").items()}
    assert after["deed"] - before["deed"] <= 1
    assert after["log"] - before["log"] <= 2  # a release is an entry, and so is what leaves
    assert after["draft"] - before["draft"] <= 1


async def test_the_same_words_in_a_new_message_are_answered_anew(room: Room) -> None:
    assert await room("/stats eitaa") == await room("/stats eitaa") != ""


async def test_the_same_key_of_another_messenger_is_another_message(room: Room) -> None:
    for messenger in ("telegram", "bale"):
        assert await room("/stats eitaa", key="k", messenger=messenger)


# What goes wrong


async def broken(message: Message, rest: str, desk: Desk) -> Reply:
    async with desk.store.transaction() as record:
        await record.log.append("observe", desk.now, None, {})
        raise ZeroDivisionError(rest)


async def test_a_handler_that_raises_answers_in_a_sentence_and_the_bot_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(commands.COMMANDS, "broken", Command(("broken",), broken, "/broken"))
    before = room.dump()
    assert await room("/broken", STRANGER) == (
        "I could not answer this message; the fault is the program's and is in its log. Nothing changed."
    )
    assert room.dump() == before
    assert "ZeroDivisionError" in caplog.text
    assert (await room("/stats eitaa", STRANGER)).startswith("Eitaa")


async def test_a_disk_that_is_full_is_told_of_and_leaves_nothing_half_done(room: Room) -> None:
    before = room.dump(*RECORD)
    (pages,) = room.rows("PRAGMA page_count")[0]
    writer = room.store._database._writer  # type: ignore[attr-defined]
    await writer.execute(f"PRAGMA max_page_count = {pages}")
    many = "; ".join(["gap mau 36m"] * 50)
    answers = [await room(f"/set {many} source=X{number}") for number in range(5)]
    assert "There is no room for" in answers[-1]
    await writer.execute("PRAGMA max_page_count = 1073741823")
    assert room.dump("log", "observation", "live", "setting") == {
        name: before[name] for name in ("log", "observation", "live", "setting")
    }
    assert "I read" in await room("/set gap mau 36m source=X")


# Buttons


async def test_a_button_that_is_no_command_is_said_to_work_no_longer(room: Room) -> None:
    assert "no longer works" in await room("what was this", pressed="callback")


async def test_a_button_does_what_its_command_does(room: Room) -> None:
    assert await room("/stats eitaa", pressed="callback") == await room("/stats eitaa")


# The bot's own place


def membership(room: Room, *, by: str = OWNER, kind: ChatKind = ChatKind.CHANNEL, may_post: bool = True) -> Membership:
    return Membership(f"k{next(room.keys)}", "telegram", "-100", kind, by, may_post, "News")


async def test_an_owner_who_makes_the_bot_administrator_is_asked_whether_alerts_shall_go_there(room: Room) -> None:
    ((where, reply),) = await room.intake.take(membership(room))
    assert (where.messenger, where.chat) == ("telegram", OWNER)
    assert '"News"' in reply.plain.translate({0x2066: None, 0x2068: None, 0x2069: None})
    await room(reply.buttons[0][0].data, pressed="callback")
    assert "telegram:-100 — all" in await room("/channels")


@pytest.mark.parametrize(("by", "kind"), [(STRANGER, ChatKind.CHANNEL), (OWNER, ChatKind.GROUP)])
async def test_nobody_else_is_asked_anything(by: str, kind: ChatKind, room: Room) -> None:
    before = room.dump()
    assert await room.intake.take(membership(room, by=by, kind=kind)) == []
    assert room.dump() == before


async def test_where_the_bot_may_not_write_nothing_is_sent_until_it_may_again(room: Room) -> None:
    await room("/channels add telegram:-100")
    await room.intake.take(membership(room, by=STRANGER, may_post=False))
    assert "set aside" in await room("/channels")
    await room.intake.take(membership(room, by=STRANGER))
    assert "set aside" not in await room("/channels")


async def test_a_person_who_had_blocked_the_bot_and_writes_is_there_again(room: Room) -> None:
    await room("/subscribe", STRANGER)
    async with room.store.transaction() as record:
        await record.chats.pause(room.message("", STRANGER).destination, room.message("").sent_at)
    await room("/stats", STRANGER)
    assert room.rows("SELECT paused_at FROM chat WHERE chat = '2'") == [(None,)]


async def test_a_group_that_moved_keeps_its_alerts(room: Room) -> None:
    room.administrators = {"7"}
    await room("/subscribe gap", "7", chat="-5", chat_kind=ChatKind.GROUP)
    for _ in range(2):
        assert await room.intake.take(Migration(f"k{next(room.keys)}", "telegram", "-5", "-100")) == []
    assert "Gap" in await room.in_group("/subscriptions", "8")


# Noise


ODD = strategies.characters(categories=["Cc", "Cf", "Mn", "Zs", "Zl", "Co", "So"])
NOISE = strategies.one_of(
    strategies.text(max_size=4000),
    strategies.text(ODD, max_size=400),
    strategies.text(
        strategies.sampled_from("\u202e\u2066\u2067\u2069\u200f\u200c\u0000\u001b\ufeffابی۱۲/ =;«»\n"), max_size=200
    ),
    strategies.text(strategies.sampled_from("0123456789۰۱۲.,٫/- میلیونk%"), max_size=300),
)
OPENINGS = """/ /set /set_eitaa_mau /set_eitaa_poll /stats /compare_eitaa /why /subscribe /help /start /language
/channels_add /correct_95 /retract_95 /rank /history_eitaa /review آمار""".split()
WRITING = ["/record", "/claim eitaa telegram", "/rules noise_permille", "/undo", "/release", "/hold"]
KEPT = ("log", "observation", "live", "item", "message", "review", "claim", "named")


async def answered(room: Room, text: str, sender: str = OWNER) -> None:
    """In some sentences that no exception has written, without anything that a terminal or a reader is fooled by."""
    answer = await room(text, sender)
    assert "fault is the program's" not in answer
    assert "Traceback" not in answer
    assert not any(char < " " and char != "\n" for char in answer)
    assert "\u202e" not in answer


async def answered_and_not_recorded(room: Room, opening: str, noise: str, sender: str = OWNER) -> None:
    before = room.dump(*KEPT)
    await answered(room, f"{opening.replace('_', ' ')} {noise}", sender)
    assert room.dump(*KEPT) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(strategies.sampled_from(["", *OPENINGS]), NOISE)
async def test_noise_is_answered_in_a_sentence_and_records_nothing(room: Room, opening: str, noise: str) -> None:
    await answered_and_not_recorded(room, opening, noise)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(strategies.lists(strategies.tuples(strategies.sampled_from([*OPENINGS, *WRITING]), NOISE), max_size=6))
async def test_whatever_is_written_the_record_stays_whole(room: Room, texts: list[tuple[str, str]]) -> None:
    await room(f"/set gap mau 36m {RECENT} source=X")
    for opening, noise in texts:
        await answered(room, f"{opening.replace('_', ' ')} {noise}")


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5000)
@given(strategies.sampled_from(["", *OPENINGS]), NOISE, strategies.sampled_from([OWNER, STRANGER]))
async def test_much_noise_is_answered_in_a_sentence_and_records_nothing(
    room: Room, opening: str, noise: str, sender: str
) -> None:
    await answered_and_not_recorded(room, opening, noise, sender)


@pytest.mark.parametrize(
    "text",
    ["x" * 4000, "۹" * 4000, "/set " + "ا" * 4000, "/set eitaa mau " + "9" * 8000, "\u202e" * 4000, "\x1b[2J" * 1000,
     "/stats " + "é" * 4000, "a\u0301" * 2000, "/set " + "source=" * 500, "/compare " + "eitaa " * 800],
    ids=range(10),
)  # fmt: skip
async def test_four_thousand_characters_are_answered_briefly(text: str, room: Room) -> None:
    answer = await room(text)
    assert 0 < len(answer) < 1500
    assert "fault" not in answer
