"""The outbox loops: what is due leaves, rows are sent, and each outcome means what it means."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.delivery import Delivery
from bot.post import Post
from bot.transports.transport import Kind, Outcome
from sebghat.conversation import ChatKind, Destination
from sebghat.platforms import Platforms, bundled
from tests.bot.mailbox import Mailbox
from tests.handlers.room import Room
from tests.overtaking import BEHIND, OVERTAKES

HEADLINE = "Gap has passed WeChat."


def delivery(room: Room, *mailboxes: Mailbox) -> Delivery:
    async def moved(was: Destination, new: str) -> None:
        async with room.store.transaction() as record:
            await record.chats.migrate(was.messenger, was.chat, new, datetime.now(UTC))

    posts = {box.capability.messenger: (box.capability, Post(box, None, moved)) for box in mailboxes}
    return Delivery(room.store, bundled(), posts, "en", ZoneInfo("Asia/Tehran"))


async def overtake(room: Room, *, hold: bool = False) -> None:
    if not hold:
        await room.without_hold()
    for text in (BEHIND, OVERTAKES):
        await room(text)
        await room("/record")


def row(room: Room, chat: str = "7") -> tuple[str, int]:
    return room.rows(f"SELECT state, attempts FROM outbox WHERE chat = '{chat}'")[0]


async def test_what_is_due_arrives_in_the_language_of_each_chat(room: Room) -> None:
    box = Mailbox()
    await room("/subscribe gap", "7")
    await room("/subscribe", "8")
    await room("/language fa", "8")
    await room("/subscribe eitaa", "9")
    await overtake(room)
    await delivery(room, box).once()
    texts = dict(box.delivered)
    assert texts.keys() == {"7", "8"}
    assert texts["7"].splitlines()[0] == HEADLINE
    assert texts["7"].splitlines()[-1] == "Why? /why 1"
    assert texts["8"].splitlines()[0] == "گپ از وی‌چت پیش افتاد."
    assert len(texts["7"].splitlines()) == len(texts["8"].splitlines())
    assert row(room) == ("sent", 1)


@pytest.mark.parametrize("registered", [True, False], ids=["drawn", "cannot be drawn"])
async def test_a_picture_that_cannot_be_drawn_does_not_cost_the_text(
    registered: bool, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a platform is not registered, nothing says how it is drawn."""
    box = Mailbox()
    box.capability = replace(box.capability, pictures=True)
    await room("/subscribe", "7")
    await overtake(room)
    carried = {"telegram": (box.capability, Post(box, None, nowhere))}
    platforms = bundled() if registered else Platforms([])
    await Delivery(room.store, platforms, carried, "en", ZoneInfo("Asia/Tehran")).once()
    [(_, text)] = box.delivered
    assert text.splitlines()[0] == (HEADLINE if registered else "gap has passed wechat.")
    assert ("could not be drawn" in caplog.text) is not registered


async def nowhere(was: Destination, new: str) -> None:
    """No chat moves here."""


async def test_what_waits_for_its_hold_does_not_arrive(room: Room) -> None:
    box = Mailbox()
    await room("/subscribe", "7")
    await overtake(room, hold=True)
    await delivery(room, box).once()
    assert box.delivered == []


async def test_what_arrived_does_not_arrive_again(room: Room) -> None:
    box = Mailbox()
    await room("/subscribe", "7")
    await overtake(room)
    for _ in range(3):
        await delivery(room, box).once()
    assert len(box.delivered) == 1


async def test_the_attempt_is_on_disk_while_it_is_made(room: Room) -> None:
    box, seen = Mailbox(), []
    box.before = lambda: seen.append(row(room))
    await room("/subscribe", "7")
    await overtake(room)
    await delivery(room, box).once()
    assert seen == [("sending", 1)]


@pytest.mark.parametrize(
    ("kind", "outcome", "state"),
    [
        (ChatKind.PRIVATE, Outcome(Kind.OK, message_id="5"), "sent"),
        (ChatKind.PRIVATE, Outcome(Kind.RETRY_AFTER, retry_after=30), "pending"),
        (ChatKind.PRIVATE, Outcome(Kind.TRANSIENT), "pending"),
        (ChatKind.PRIVATE, Outcome(Kind.AUTH), "pending"),
        (ChatKind.PRIVATE, Outcome(Kind.UNKNOWN), "pending"),
        (ChatKind.GROUP, Outcome(Kind.UNKNOWN), "uncertain"),
        (ChatKind.CHANNEL, Outcome(Kind.UNKNOWN), "uncertain"),
        (ChatKind.PRIVATE, Outcome(Kind.REJECTED), "failed"),
        (ChatKind.PRIVATE, Outcome(Kind.PERMANENT), "failed"),
    ],
)
async def test_an_outcome_means(kind: ChatKind, outcome: Outcome, state: str, room: Room) -> None:
    box = Mailbox()
    box.outcomes["7"] = [outcome]
    async with room.store.transaction() as record:
        await record.chats.subscribe(Destination("telegram", "7"), kind, [], datetime.now(UTC))
    await overtake(room)
    await delivery(room, box).once()
    assert row(room) == (state, 1)
    paused = await room.store.chats.is_paused(Destination("telegram", "7"))
    assert paused == (outcome.kind is Kind.PERMANENT)


async def test_an_overloaded_messenger_is_left_alone_as_long_as_it_says(room: Room) -> None:
    box = Mailbox()
    box.outcomes["7"] = [Outcome(Kind.RETRY_AFTER, retry_after=30)]
    await room("/subscribe", "7")
    await overtake(room)
    before = datetime.now(UTC)
    await delivery(room, box).once()
    due = await room.store.outbox.next_row("telegram")
    assert due is not None
    assert timedelta(seconds=30) <= due - before < timedelta(seconds=40)


async def test_what_may_have_arrived_at_one_person_goes_once_more_and_never_again(room: Room) -> None:
    box = Mailbox()
    box.outcomes["7"] = [Outcome(Kind.UNKNOWN)] * 5
    await room("/subscribe", "7")
    await overtake(room)
    sending = delivery(room, box)
    await sending.once()
    assert row(room) == ("pending", 1)
    async with room.store._database.transaction() as verbs:
        await verbs.run("UPDATE outbox SET due = tried_at WHERE chat = '7'")
    await sending.once()
    assert row(room) == ("uncertain", 2)
    await sending.once()
    assert row(room) == ("uncertain", 2)


async def test_a_chat_that_moved_gets_it_where_it_is_now(room: Room) -> None:
    box = Mailbox()
    box.outcomes["-5"] = [Outcome(Kind.MIGRATED, new_chat="-100")]
    async with room.store.transaction() as record:
        await record.chats.subscribe(Destination("telegram", "-5"), ChatKind.GROUP, [], datetime.now(UTC))
    await overtake(room)
    await delivery(room, box).once()
    assert [chat for chat, _ in box.delivered] == ["-100"]
    assert row(room, "-100") == ("sent", 2)
    assert await room.store.chats.subscriptions(Destination("telegram", "-100")) == [""]


async def test_channels_are_served_first(room: Room) -> None:
    box = Mailbox()
    for number in range(40):
        await room("/subscribe", f"{number + 100}")
    await room("/channels add telegram:@news")
    await overtake(room)
    await delivery(room, box).once()
    assert box.begun.get_nowait() == "@news"
    assert len(box.delivered) == 41


async def test_a_correction_goes_to_those_who_were_told(room: Room) -> None:
    box = Mailbox()
    await room("/subscribe gap", "7")
    await overtake(room)
    sending = delivery(room, box)
    await sending.once()
    await room("/unsubscribe", "7")
    await room("/subscribe gap", "8")
    await room("/retract 97 a slip")
    await room("/record")
    await sending.once()
    assert [chat for chat, _ in box.delivered] == ["7", "7"]
    assert box.delivered[1][1].startswith('Taken back: "Gap has passed WeChat"')


# The loops


async def test_the_loops_send_as_soon_as_they_are_woken(room: Room) -> None:
    box = Mailbox()
    await room("/subscribe", "7")
    sending = delivery(room, box)
    loops = asyncio.create_task(sending.run())
    await overtake(room)
    sending.wake()
    assert await box.arrived.get() == "7"
    loops.cancel()
    await asyncio.wait([loops])
    assert loops.cancelled()
    assert row(room) == ("sent", 1)


async def test_a_messenger_out_of_reach_delays_no_other(room: Room) -> None:
    stuck, box = Mailbox("bale"), Mailbox()
    stuck.doors["7"] = asyncio.Event()
    await room("/subscribe", "7")
    await room("/subscribe", "7", messenger="bale")
    await overtake(room)
    loops = asyncio.create_task(delivery(room, stuck, box).run())
    assert await box.arrived.get() == "7"
    assert stuck.delivered == []
    stuck.doors["7"].set()
    assert await stuck.arrived.get() == "7"
    loops.cancel()
    await asyncio.wait([loops])


async def test_what_is_under_way_when_the_bot_stops_may_end(room: Room) -> None:
    box = Mailbox()
    box.doors["7"] = asyncio.Event()
    await room("/subscribe", "7")
    await overtake(room)
    loops = asyncio.create_task(delivery(room, box).run())
    assert await box.begun.get() == "7"
    loops.cancel()
    box.doors["7"].set()
    await asyncio.wait([loops])
    assert row(room) == ("sent", 1)
