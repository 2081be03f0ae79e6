"""The way of one messenger's rows: a messenger, a store or a clock that fails, and what is under way at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import carrying, circuit, delivery, patience, post, supervision
from bot.delivery import Delivery
from bot.pacing import REFUSALS, Pacing, Rates
from bot.post import Post
from bot.transports.transport import Kind, Outcome
from sebghat.conversation import ChatKind, Destination
from sebghat.platforms import bundled
from storage.outbox import Outbox
from storage.store import StoreFault
from tests.bot.mailbox import Mailbox
from tests.bot.test_delivery import delivery as delivering
from tests.bot.test_delivery import overtake, row
from tests.handlers.room import Room

SECONDS = 20.0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, but shorter."""
    monkeypatch.setattr(circuit, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(patience, "PAUSE", 0.02)
    monkeypatch.setattr(carrying, "PAUSE", 0.02)
    monkeypatch.setattr(delivery, "GATHER", 0.01)
    monkeypatch.setattr(carrying, "AGAIN", (timedelta(milliseconds=20),) * 4)


@asynccontextmanager
async def running(sending: Delivery) -> AsyncIterator[None]:
    loops = asyncio.create_task(sending.run())
    try:
        yield
    finally:
        loops.cancel()
        await asyncio.wait([loops])


async def holds(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - what a store on disk holds tells nobody that it has changed
            await asyncio.sleep(0.01)


async def several(room: Room, *chats: str, messenger: str = "telegram", kind: ChatKind = ChatKind.PRIVATE) -> None:
    async with room.store.transaction() as record:
        for chat in chats:
            await record.chats.subscribe(Destination(messenger, chat), kind, [], datetime.now(UTC))


def became(room: Room, chat: str = "7") -> tuple[str, int] | None:
    """State and attempts of the row to a chat, once there is one."""
    return row(room, chat) if room.rows(f"SELECT 1 FROM outbox WHERE chat = '{chat}'") else None


def said(caplog: pytest.LogCaptureFixture, text: str) -> int:
    return sum(text in record.getMessage() for record in caplog.records)


# A messenger that fails


async def test_a_messenger_out_of_reach_is_left_alone_and_gets_all_when_it_is_back(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    box = Mailbox()
    chats = [str(number) for number in range(100, 140)]
    reachable = False
    tries = 0

    async def rights(chat: str) -> Outcome:
        nonlocal tries
        tries += 1
        return Outcome(Kind.OK if reachable else Kind.TRANSIENT)

    box.rights = rights  # type: ignore[method-assign]
    await several(room, *chats)
    for chat in chats:
        box.outcomes[chat] = [Outcome(Kind.TRANSIENT, detail="no connection")]
    await overtake(room)
    sending = delivering(room, box)
    async with running(sending):
        await holds(lambda: tries >= 3)
        assert "telegram" in sending.out_of_reach()
        # Once it is known to be out of reach no row is tried any more, and none loses an attempt.
        assert room.rows("SELECT count(*) FROM outbox WHERE attempts > 0")[0][0] <= 2 * carrying.FEWEST
        assert room.rows("SELECT DISTINCT state FROM outbox WHERE messenger = 'telegram'") == [("pending",)]
        reachable = True
        box.outcomes.clear()
        await holds(lambda: len(box.delivered) == len(chats))
    assert sending.out_of_reach() == {}
    assert sorted(chat for chat, _ in box.delivered) == chats
    assert said(caplog, "telegram is out of reach") == said(caplog, "telegram takes messages again") == 1


async def test_a_messenger_that_hangs_puts_few_into_doubt(room: Room) -> None:
    box = Mailbox()
    groups = [f"-{number}" for number in range(100, 160)]

    async def rights(chat: str) -> Outcome:
        return Outcome(Kind.TRANSIENT)

    box.rights = rights  # type: ignore[method-assign]
    await several(room, *groups, kind=ChatKind.GROUP)
    for group in groups:
        box.outcomes[group] = [Outcome(Kind.UNKNOWN)]
    await overtake(room)
    sending = delivering(room, box)
    async with running(sending):
        await holds(lambda: bool(sending.out_of_reach()))
        await holds(lambda: room.rows("SELECT count(*) FROM outbox WHERE state = 'sending'")[0][0] == 0)
    ((doubtful,),) = room.rows("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
    assert 1 <= doubtful <= carrying.MOST


async def test_a_filtered_messenger_delays_no_other(room: Room) -> None:
    filtered, box = Mailbox(), Mailbox("eitaa")
    filtered.doors["7"] = asyncio.Event()  # it hangs
    await several(room, "7")
    await several(room, "9", messenger="eitaa", kind=ChatKind.CHANNEL)
    await overtake(room)
    async with running(delivering(room, filtered, box)):
        await holds(lambda: bool(box.delivered))
        assert filtered.delivered == []
        filtered.doors["7"].set()


async def test_a_token_that_is_not_accepted_stops_one_messenger_until_it_is(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    box = Mailbox()
    answer = Outcome(Kind.AUTH)

    async def rights(chat: str) -> Outcome:
        return answer

    box.rights = rights  # type: ignore[method-assign]
    box.outcomes["7"] = [Outcome(Kind.AUTH)]
    await several(room, "7")
    await overtake(room)
    sending = delivering(room, box)
    async with running(sending):
        await holds(lambda: "telegram" in sending.out_of_reach())
        assert sending.out_of_reach()["telegram"][1] == "auth"
        await holds(lambda: became(room) == ("pending", 1))
        answer = Outcome(Kind.OK)
        await holds(lambda: bool(box.delivered))
    assert said(caplog, "telegram does not accept this bot") == 1


async def test_a_messenger_that_cannot_be_asked_is_tried_with_one_row_at_a_time(room: Room) -> None:
    box = Mailbox()

    async def rights(chat: str) -> Outcome:
        return Outcome(Kind.UNKNOWN, detail="tells only by a post")

    box.rights = rights  # type: ignore[method-assign]
    people = [str(number) for number in range(100, 130)]
    await several(room, *people)
    for person in people:
        box.outcomes[person] = [Outcome(Kind.TRANSIENT)]
    await overtake(room)
    sending = delivering(room, box)
    async with running(sending):
        await holds(lambda: bool(sending.out_of_reach()))
        box.outcomes.clear()
        await holds(lambda: len(box.delivered) == len(people))


async def test_a_messenger_out_of_reach_is_asked_nothing_while_no_row_is_due(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "AGAIN", (timedelta(hours=1),))
    box, asked = Mailbox(), 0

    async def rights(chat: str) -> Outcome:
        nonlocal asked
        asked += 1
        return Outcome(Kind.OK)

    box.rights = rights  # type: ignore[method-assign]
    box.outcomes["7"] = [Outcome(Kind.AUTH)]
    await several(room, "7")
    await overtake(room)
    sending = delivering(room, box)
    await sending.once()
    (way,) = sending._carryings
    assert way.circuit.is_open
    await holds(lambda: way.circuit.wait() == 0)
    await way._turn()
    assert asked == 0
    assert await way._pause() > 1


async def test_a_text_that_cannot_be_made_costs_its_row_alone(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    box = Mailbox()
    await several(room, "7", "8")
    await overtake(room)
    usual = Mailbox.deliver

    async def deliver(self: Mailbox, to: Destination, *content: object) -> Outcome:
        if to.chat == "7":
            raise ZeroDivisionError
        return await usual(self, to, *content)  # type: ignore[arg-type]

    monkeypatch.setattr(Mailbox, "deliver", deliver)
    await delivering(room, box).once()
    assert [chat for chat, _ in box.delivered] == ["8"]
    assert row(room) == ("pending", 1)  # it may have left: once more, since this is one person's chat
    assert said(caplog, "an alert could not be sent") == 1


async def test_nothing_is_under_way_while_the_messenger_wants_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only waits for its turn must not be in doubt if the bot is killed meanwhile."""
    monkeypatch.setattr(post, "PATIENCE", 0.05)
    box, chats = Mailbox(), [str(number) for number in range(100, 140)]

    async def moved(was: Destination, new: str) -> None:
        """No chat moves here."""

    way = Post(box, Pacing(Rates(1000, None, None)), moved)
    sending = Delivery(room.store, bundled(), {"telegram": (box.capability, way)}, "en", ZoneInfo("Asia/Tehran"))
    for chat in chats:
        box.outcomes[chat] = [Outcome(Kind.RETRY_AFTER, retry_after=600)]
    await several(room, *chats)
    await overtake(room)
    async with running(sending):
        await holds(lambda: way.rest > 500 and not room.rows("SELECT 1 FROM outbox WHERE state = 'sending'"))
        tried = box.begun.qsize()
        assert REFUSALS <= tried < len(chats)
        # Only what was refused has lost an attempt.
        assert room.rows("SELECT count(*) FROM outbox WHERE attempts > 0") == [(tried,)]
        assert room.rows("SELECT DISTINCT state FROM outbox WHERE messenger = 'telegram'") == [("pending",)]


# A store that fails


async def test_what_has_ended_is_kept_until_the_store_takes_it(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    box, failures = Mailbox(), 5
    usual = Outbox.claim

    async def claim(self: Outbox, messenger: str, now: datetime, limit: int, finished: object = ()) -> object:
        nonlocal failures
        if finished and failures:
            failures -= 1
            raise StoreFault("store.full", file="sebghat.db")
        return await usual(self, messenger, now, limit, finished)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "claim", claim)
    await several(room, "7")
    await overtake(room)
    async with running(delivering(room, box)):
        await holds(lambda: became(room) == ("sent", 1) and said(caplog, "the store works again") > 0)
    assert failures == 0
    assert len(box.delivered) == 1
    assert said(caplog, "the store failed: store.full") == said(caplog, "the store works again") == 1


async def test_rows_of_a_claim_whose_answer_was_lost_are_sent_all_the_same(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store has kept the claim, and failed to say so."""
    box, lost = Mailbox(), False
    usual = Outbox.claim

    async def claim(self: Outbox, messenger: str, now: datetime, limit: int, finished: object = ()) -> object:
        nonlocal lost
        items = await usual(self, messenger, now, limit, finished)  # type: ignore[arg-type]
        if items and not lost:
            lost = True
            raise StoreFault("store.full", file="sebghat.db")
        return items

    monkeypatch.setattr(Outbox, "claim", claim)
    await several(room, "-7", kind=ChatKind.CHANNEL)
    await overtake(room)
    async with running(delivering(room, box)):
        await holds(lambda: became(room, "-7") == ("sent", 1))
    assert len(box.delivered) == 1


# A fault of the program's


async def test_a_fault_in_carrying_to_one_messenger_delays_no_other_and_loses_and_doubles_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While one message is on its way, the loop breaks, and cannot write down what became of the other."""
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.02)
    box, other, faults = Mailbox(), Mailbox("eitaa"), 2
    box.doors["8"] = asyncio.Event()
    usual = Outbox.claim

    async def claim(self: Outbox, messenger: str, now: datetime, limit: int, finished: object = ()) -> object:
        nonlocal faults
        if messenger == "telegram" and finished and faults:
            faults -= 1
            box.doors["8"].set()
            raise ZeroDivisionError
        return await usual(self, messenger, now, limit, finished)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "claim", claim)
    await several(room, "7", "8")
    await several(room, "9", messenger="eitaa", kind=ChatKind.CHANNEL)
    await overtake(room)
    async with running(delivering(room, box, other)):
        await holds(lambda: became(room) == became(room, "8") == became(room, "9") == ("sent", 1))
    assert sorted(chat for chat, _ in box.delivered) == ["7", "8"]
    assert len(other.delivered) == 1
    assert said(caplog, "a fault ended: carrying to telegram") == 1


# A clock that was set back


@pytest.mark.parametrize("back", [timedelta(minutes=20), timedelta(days=400)])
async def test_a_clock_that_is_set_back_neither_stalls_nor_repeats(back: timedelta, room: Room) -> None:
    box = Mailbox()
    await several(room, "7", "8")
    box.outcomes["7"] = [Outcome(Kind.TRANSIENT)]
    await overtake(room)
    await delivering(room, box).once()
    assert [chat for chat, _ in box.delivered] == ["8"]
    # As if all that is on record had been written by a clock that was so much ahead.
    async with room.store._database.transaction() as verbs:
        for column in ("due", "tried_at", "settled_at"):
            rows = await verbs.all(f"SELECT id, {column} AS at FROM outbox WHERE {column} IS NOT NULL")
            for each in rows:
                await verbs.run(
                    f"UPDATE outbox SET {column} = :at WHERE id = :id",
                    at=datetime.fromisoformat(each["at"]) + back, id=each["id"],
                )  # fmt: skip
    async with running(delivering(room, box)):
        await holds(lambda: len(box.delivered) == 2)
    assert sorted(chat for chat, _ in box.delivered) == ["7", "8"]


async def test_what_is_held_leaves_in_time_though_the_clock_was_set_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record's time goes on where the clock's does not."""
    box = Mailbox()
    await several(room, "7")
    await overtake(room, hold=True)
    (parcel,) = await room.store.parcels.held()
    assert parcel.due is not None
    monkeypatch.setattr(delivery, "_now", lambda: datetime.now(UTC) - timedelta(hours=3))
    sending = delivering(room, box)
    await sending.once()
    assert box.delivered == []
    last = await room.store.log.last_time()
    assert last is not None
    seconds = (parcel.due - last).total_seconds()
    clock = asyncio.get_running_loop().time
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: clock() + seconds)
    await sending.once()
    assert [chat for chat, _ in box.delivered] == ["7"]


# The end


async def test_what_waits_for_its_turn_when_the_bot_stops_goes_back_as_if_nothing_had_been(room: Room) -> None:
    box = Mailbox()
    box.doors["-7"] = asyncio.Event()
    await several(room, "-7", kind=ChatKind.CHANNEL)
    await overtake(room)
    sending = delivering(room, box)
    turn = asyncio.Event()

    async def alert(*_: object, **__: object) -> Outcome:
        await turn.wait()
        return Outcome(Kind.OK)

    sending._carryings[0]._post.alert = alert  # type: ignore[method-assign]
    loops = asyncio.create_task(sending.run())
    await holds(lambda: became(room, "-7") == ("sending", 1))
    loops.cancel()
    await asyncio.wait([loops])
    assert row(room, "-7") == ("pending", 0)


async def test_what_does_not_end_in_time_is_in_doubt(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "FINISH", 0.05)
    box = Mailbox()
    box.doors["-7"] = asyncio.Event()
    await several(room, "-7", kind=ChatKind.CHANNEL)
    await overtake(room)
    loops = asyncio.create_task(delivering(room, box).run())
    assert await box.begun.get() == "-7"
    loops.cancel()
    await asyncio.wait([loops])
    assert row(room, "-7") == ("uncertain", 1)
