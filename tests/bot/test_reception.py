"""Between transports and intake: chats side by side, each chat in order, and a slow one delays nobody."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot import progress
from bot import reception as reception_module
from bot.delivery import Delivery
from bot.post import Post
from bot.reception import Reception
from bot.transports.transport import Kind, Outcome
from handlers.desk import Progress
from sebghat.conversation import Destination, Query, Reply
from sebghat.platforms import bundled
from tests.bot.mailbox import Mailbox
from tests.handlers.room import Room
from tests.overtaking import OVERTAKING


def reception(room: Room, box: Mailbox) -> Reception:
    async def moved(was: Destination, new: str) -> None:
        """No chat moves here."""

    post = Post(box, None, moved)
    posts = {"telegram": (box.capability, post)}
    delivery = Delivery(room.store, bundled(), posts, "en", ZoneInfo("Asia/Tehran"))
    return Reception(room.intake, delivery, {"telegram": post})


async def test_the_messages_of_a_chat_are_answered_in_their_order(room: Room) -> None:
    box = Mailbox()
    door = reception(room, box)
    names = ["eitaa", "bale", "rubika", "soroush"] * 3
    await door.handle([room.message(f"/stats {name}") for name in names])
    await door.finish()
    heads = [text.splitlines()[0].split()[0].lower() for _, text in box.delivered]
    assert heads == names


async def test_a_slow_chat_delays_no_other(room: Room) -> None:
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    door = reception(room, box)
    await door.handle([room.message("/stats eitaa", "7"), room.message("/stats eitaa", "8")])
    assert await box.arrived.get() == "8"
    await door.handle([room.message("/stats bale", "8")])
    assert await box.arrived.get() == "8"
    box.doors["7"].set()
    await door.finish()
    assert [chat for chat, _ in box.delivered] == ["8", "8", "7"]


async def test_of_a_flood_the_first_are_answered_and_no_more_is_kept(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reception_module, "MOST_ANSWERS", 3)
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    door = reception(room, box)
    await door.handle([room.message("/help", "7") for _ in range(10)])
    await door.handle([room.message("/help", "8"), room.message("/subscribe gap", "7")])
    assert await box.arrived.get() == "8"
    box.doors["7"].set()
    await door.finish()
    assert [chat for chat, _ in box.delivered] == ["8", "7", "7", "7"]
    assert caplog.text.count("faster than it can be answered") == 1
    assert room.rows("SELECT platform FROM subscription WHERE platform <> ''") == [("gap",)]
    await door.handle([room.message("/help", "7")])
    await door.finish()
    assert len(box.delivered) == 5


async def test_few_pieces_of_work_are_done_at_a_time(room: Room) -> None:
    door, under_way, most = reception(room, Mailbox()), 0, 0

    async def work(tell: Progress) -> Reply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return Reply()

    for _ in range(10):
        door.aside(room.message("/export", "7"), work)
    await door.finish()
    assert most == reception_module.MOST_ASIDE


async def test_a_batch_is_taken_when_its_effects_are_on_disk(room: Room) -> None:
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    door = reception(room, box)
    await door.handle([room.message("/subscribe gap", "7")])
    assert room.rows("SELECT platform FROM subscription WHERE platform <> ''") == [("gap",)]
    box.doors["7"].set()
    await door.finish()


async def test_a_batch_that_comes_again_is_answered_once(room: Room) -> None:
    box = Mailbox()
    door = reception(room, box)
    batch = [room.message("/stats eitaa", "7"), room.message("/subscribe", "7")]
    for _ in range(3):
        await door.handle(batch)
    await door.finish()
    assert len(box.delivered) == 2


async def test_the_answer_comes_before_the_alert_that_it_causes(room: Room) -> None:
    box = Mailbox()
    door = reception(room, box)
    await room.without_hold()
    await room("/subscribe")
    for text in OVERTAKING:
        await door.handle_and_answer([room.message(text)])
    said = [text.splitlines()[0] for _, text in box.delivered]
    assert said[-2].endswith("The announcement has left.")
    assert said[-1] == "Gap has passed WeChat."


@pytest.mark.parametrize("inline", [True, False])
async def test_a_query_gets_its_cards_where_the_messenger_has_queries(inline: bool, room: Room) -> None:
    box = Mailbox()
    box.capability = replace(box.capability, inline=inline)
    door = reception(room, box)
    before = room.dump("seen")
    await door.handle([Query("q1", "telegram", "7", "91", "eitaa"), Query("q1", "telegram", "7", "91", "eitaa")])
    await door.finish()
    assert [(query, cards.cards[0].title) for query, cards in box.offered] == [("91", "Eitaa")] * (2 * inline)
    assert box.delivered == []
    assert room.dump("seen") == before


async def test_a_pressed_button_comes_to_rest(room: Room) -> None:
    box = Mailbox()
    door = reception(room, box)
    await door.handle([room.message("/stats eitaa", pressed="callback-1")])
    await door.finish()
    assert box.acknowledged == ["callback-1"]
    assert len(box.delivered) == 1


async def test_an_answer_that_was_put_off_is_sent_again_and_one_that_was_refused_is_not(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    box = Mailbox()
    box.outcomes["7"] = [Outcome(Kind.RETRY_AFTER, retry_after=0), Outcome(Kind.PERMANENT, detail="blocked")]
    door = reception(room, box)
    with caplog.at_level(logging.WARNING):
        await door.handle([room.message("/stats eitaa", "7")])
        await door.finish()
    assert box.delivered == []
    assert "permanent-for-this-chat: blocked" in caplog.text
    await door.handle([room.message("/stats eitaa", "7")])
    await door.finish()
    assert len(box.delivered) == 1


async def test_word_of_how_far_it_is_that_does_not_get_through_holds_up_neither_answer_nor_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "FIRST", 0.0)
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    door = reception(room, box)
    begun = asyncio.Event()

    async def work(tell: Progress) -> Reply:
        await tell(Reply())
        begun.set()
        await asyncio.Event().wait()
        return Reply()

    door.aside(room.message("/import", "7"), work)
    await begun.wait()
    assert await box.begun.get() == "7"
    async with asyncio.timeout(10):
        await door.drop()


async def test_what_is_given_up_has_ended(room: Room) -> None:
    """So that nothing of it touches the store once that is closed."""
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    door = reception(room, box)

    async def work(progress: Progress) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    door.aside(room.message("/export", "7"), work)
    await door.handle([room.message("/help", "7"), room.message("/help", "7")])
    assert await box.begun.get() == "7"
    before = asyncio.all_tasks()
    await door.drop()
    assert {task.get_name() for task in before - asyncio.all_tasks()} == {"answer to telegram", "work for telegram"}
    async with asyncio.timeout(1):
        await door.finish()  # nothing is left to be waited for
    assert box.delivered == []
