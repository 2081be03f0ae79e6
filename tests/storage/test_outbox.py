"""Messages on their way: whom they go to, in which order, and what becomes of each row."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sebghat.conversation import ChatKind
from storage import parcels
from storage.store import OutboxItem, Settled, Store, open_store
from tests.storage.samples import MINUTE, NOON, rows, subscribe

LATER = NOON + 10 * MINUTE


def note(number: int = 1, kind: str = "EVENT", domestic: str = "gap", foreign: str = "wechat") -> dict[str, Any]:
    return {"kind": kind, "number": number, "facts": {"contest": [domestic, foreign, "mau", "ir", "x/unspecified"]}}


async def leave(store: Store, *notes: dict[str, Any], group: str = "r", at: datetime = LATER) -> None:
    async with store.transaction() as record:
        await record.parcels.hold(group, at, list(notes) or [note()])
        await record.parcels.leave(group, at)


async def spread(store: Store) -> None:
    while waiting := await store.parcels.spreading():
        async with store.transaction() as record:
            await record.parcels.spread(waiting[0])


async def sent_to(store: Store, now: datetime = LATER, limit: int = 99) -> list[str]:
    return [item.to.chat for item in await store.outbox.claim("telegram", now, limit)]


def states(tmp_path: Path) -> dict[object, object]:
    return dict(rows(tmp_path / "sebghat.db", "SELECT chat, state FROM outbox"))  # type: ignore[arg-type]


async def settle(store: Store, item: OutboxItem, state: str, **said: Any) -> None:
    await store.outbox.settle(Settled(item, state, LATER, **said))


# The hold


async def test_what_waits_is_one_message_for_each_group(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await record.parcels.hold("r", LATER, [note(1)])
        await record.parcels.hold("r", LATER + MINUTE, [note(1), note(2)])
        await record.parcels.hold("q", None, [note(3)])
    held = await store.parcels.held()
    assert sorted((parcel.group, parcel.due, len(parcel.notes)) for parcel in held if parcel.due) == [
        ("r", LATER + MINUTE, 2)
    ]
    assert [parcel.group for parcel in held if parcel.due is None] == ["q"]
    assert await store.parcels.next_departure() == LATER + MINUTE
    async with store.transaction() as record:
        await record.parcels.hold("r", None, [])
    assert rows(tmp_path / "sebghat.db", "SELECT release_group, state FROM message ORDER BY id") == [
        ("r", "cancelled"),
        ("q", "held"),
    ]


async def test_what_has_left_leaves_no_second_time(store: Store) -> None:
    await leave(store)
    async with store.transaction() as record:
        assert await record.parcels.leave("r", LATER) is None
    assert len(await store.parcels.spreading()) == 1


# Whom it goes to


async def test_it_goes_to_all_who_hear_of_one_of_its_platforms_and_to_each_once(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await subscribe(record, "all")
        await subscribe(record, "gap", "gap")
        await subscribe(record, "both", "gap", "wechat")
        await subscribe(record, "other", "eitaa")
        gone = await subscribe(record, "gone")
        await record.chats.pause(gone, NOON)
    await leave(store)
    async with store.transaction() as record:
        await subscribe(record, "late")
    await spread(store)
    assert states(tmp_path).keys() == {"all", "gap", "both"}


async def test_of_several_notes_each_chat_gets_those_that_concern_it(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await subscribe(record, "all")
        await subscribe(record, "gap", "gap")
        await subscribe(record, "eitaa", "eitaa")
        await subscribe(record, "wechat", "wechat")
    await leave(store, note(1), note(2, domestic="eitaa"), note(3, domestic="bale", foreign="telegram"))
    await spread(store)
    assert dict(rows(tmp_path / "sebghat.db", "SELECT chat, parts FROM outbox")) == {  # type: ignore[arg-type]
        "all": 0b111,
        "gap": 0b001,
        "eitaa": 0b010,
        "wechat": 0b011,
    }


@pytest.mark.parametrize("crash_after", range(6))
async def test_spreading_goes_on_after_a_crash_where_it_was_and_makes_no_doubles(
    crash_after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "CHUNK", 2)
    url = f"sqlite:///{tmp_path}/sebghat.db"
    store = await open_store(url)
    async with store.transaction() as record:
        for number in range(7):
            await subscribe(record, f"c{number}")
    await leave(store)
    for _ in range(crash_after):
        if waiting := await store.parcels.spreading():
            async with store.transaction() as record:
                await record.parcels.spread(waiting[0])
    before = rows(tmp_path / "sebghat.db", "SELECT count(*) FROM outbox")
    await store.close()
    store = await open_store(url)
    await spread(store)
    assert before == [(min(7, 2 * crash_after),)]
    assert sorted(await sent_to(store)) == [f"c{number}" for number in range(7)]
    assert await store.parcels.spreading() == []
    await store.close()


async def test_a_chunk_that_is_spread_twice_at_once_makes_no_doubles(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        for number in range(3):
            await subscribe(record, f"c{number}")
    await leave(store)
    (parcel,) = await store.parcels.spreading()
    for _ in range(2):
        async with store.transaction() as record:
            await record.parcels.spread(parcel)
    await spread(store)
    assert rows(tmp_path / "sebghat.db", "SELECT count(*) FROM outbox") == [(3,)]


# In which order


async def test_channels_go_first_then_who_asked_for_the_platform_then_the_rest(store: Store) -> None:
    async with store.transaction() as record:
        for name in ("all1", "all2"):
            await subscribe(record, name)
        for name in ("gap1", "gap2"):
            await subscribe(record, name, "gap")
        for name in ("-101", "-102"):
            await subscribe(record, name, kind=ChatKind.CHANNEL)
    await leave(store)
    await spread(store)
    assert await sent_to(store, limit=3) == ["-101", "-102", "gap1"]
    assert await sent_to(store, limit=3) == ["gap2", "all1", "all2"]


async def test_what_left_earlier_goes_first(store: Store) -> None:
    async with store.transaction() as record:
        await subscribe(record, "a", "gap")
        await subscribe(record, "-101", "eitaa", kind=ChatKind.CHANNEL)
    await leave(store, group="q")
    await spread(store)
    await leave(store, note(2, domestic="eitaa"), group="r", at=LATER + MINUTE)
    await spread(store)
    assert await sent_to(store, LATER + MINUTE) == ["a", "-101"]


# Claiming


async def one_row(store: Store, *, kind: ChatKind = ChatKind.PRIVATE) -> OutboxItem:
    async with store.transaction() as record:
        await subscribe(record, "a", kind=kind)
    await leave(store)
    await spread(store)
    (item,) = await store.outbox.claim("telegram", LATER, 9)
    return item


async def test_an_attempt_is_on_disk_before_it_is_made(store: Store, tmp_path: Path) -> None:
    item = await one_row(store)
    assert rows(tmp_path / "sebghat.db", "SELECT state, attempts FROM outbox") == [("sending", 1)]
    assert (item.to.chat, item.private, item.attempts) == ("a", True, 1)
    assert await sent_to(store) == []


async def test_only_what_is_due_and_of_that_messenger_is_claimed(store: Store) -> None:
    async with store.transaction() as record:
        await subscribe(record, "a")
    await leave(store)
    await spread(store)
    assert await sent_to(store, LATER - MINUTE) == []
    assert await store.outbox.claim("bale", LATER, 9) == []
    assert await store.outbox.next_row("bale") is None
    assert await store.outbox.next_row("telegram") == LATER
    assert await sent_to(store) == ["a"]
    assert await store.outbox.next_row("telegram") is None


async def test_two_who_claim_at_once_never_get_the_same(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        for number in range(20):
            await subscribe(record, f"c{number}")
    await leave(store)
    await spread(store)
    other = await open_store(f"sqlite:///{tmp_path}/sebghat.db")
    shares = await asyncio.gather(*(sent_to(each, limit=3) for each in (store, other) * 5))
    await other.close()
    claimed = [chat for share in shares for chat in share]
    assert len(claimed) == len(set(claimed)) == 20


# What becomes of it


@pytest.mark.parametrize("state", ["sent", "failed", "uncertain"])
async def test_what_is_settled_is_final(state: str, store: Store, tmp_path: Path) -> None:
    item = await one_row(store)
    await settle(store, item, state, sent_id="77", detail="as the messenger said")
    await settle(store, item, "pending")
    assert rows(tmp_path / "sebghat.db", "SELECT state, sent_id, detail FROM outbox") == [
        (state, "77", "as the messenger said")
    ]
    assert await sent_to(store, LATER + timedelta(hours=1)) == []
    (tally,) = await store.reports.tallies()
    assert getattr(tally, state) == 1


async def test_what_is_to_be_tried_again_waits_until_then(store: Store) -> None:
    item = await one_row(store)
    await settle(store, item, "pending", due=LATER + MINUTE)
    assert await sent_to(store) == []
    (again,) = await store.outbox.claim("telegram", LATER + MINUTE, 9)
    assert again == replace(item, attempts=2)


@pytest.mark.parametrize("unmade", [False, True])
async def test_what_waits_to_be_tried_again_is_not_taken_for_what_a_clock_set_back_holds_up(
    unmade: bool, store: Store
) -> None:
    item = await one_row(store)
    await settle(store, item, "pending", due=LATER + MINUTE, unmade=unmade)
    assert await store.outbox.hasten("telegram", LATER) == 0
    assert await store.outbox.hasten("telegram", LATER - MINUTE) == 1
    assert await store.outbox.next_row("telegram") == LATER - MINUTE


@pytest.mark.parametrize(
    ("kind", "after"),
    [(ChatKind.PRIVATE, "pending"), (ChatKind.GROUP, "uncertain"), (ChatKind.CHANNEL, "uncertain")],
)
async def test_what_a_crash_interrupts_goes_once_more_to_one_person_and_to_nobody_else(
    kind: ChatKind, after: str, store: Store, tmp_path: Path
) -> None:
    await one_row(store, kind=kind)
    assert await store.outbox.after_crash(LATER) == 1
    assert states(tmp_path) == {"a": after}
    assert await store.outbox.after_crash(LATER) == 0
    await sent_to(store)
    await store.outbox.after_crash(LATER)
    assert states(tmp_path) == {"a": "uncertain"}


async def test_what_could_not_leave_within_a_day_is_not_sent_any_more(store: Store, tmp_path: Path) -> None:
    item = await one_row(store)
    await settle(store, item, "pending", due=LATER + timedelta(hours=30))
    await store.outbox.expire(LATER + timedelta(hours=24))
    assert states(tmp_path) == {"a": "pending"}
    await store.outbox.expire(LATER + timedelta(hours=24, seconds=1))
    assert states(tmp_path) == {"a": "expired"}


async def test_what_waits_for_a_chat_moves_with_it_and_goes_when_it_is_forgotten(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await subscribe(record, "-5", kind=ChatKind.GROUP)
        await subscribe(record, "70071")
    await leave(store)
    await spread(store)
    async with store.transaction() as record:
        await record.chats.migrate("telegram", "-5", "-100", NOON)
        await record.chats.forget("telegram", "70071")
    assert states(tmp_path) == {"-100": "pending"}


# Corrections


async def told(store: Store, *outcomes: tuple[str, str]) -> list[OutboxItem]:
    """An announcement went to these chats, with these outcomes; those still under way."""
    async with store.transaction() as record:
        for name, _ in outcomes:
            await subscribe(record, name)
    await leave(store)
    await spread(store)
    under_way = []
    for item in await store.outbox.claim("telegram", LATER, 99):
        outcome = dict(outcomes)[item.to.chat]
        if outcome == "sending":
            under_way.append(item)
        else:
            await settle(store, item, outcome, sent_id=f"id of {item.to.chat}")
    return under_way


async def test_a_correction_goes_exactly_to_where_the_announcement_arrived_or_may_have(store: Store) -> None:
    await told(store, ("a", "sent"), ("b", "uncertain"), ("c", "failed"))
    async with store.transaction() as record:
        await subscribe(record, "new")
        await subscribe(record, "a", "eitaa")  # no longer hears of the platform, but was told
    await leave(store, note(1, "CORRECTION"), group="s", at=LATER + MINUTE)
    await spread(store)
    items = await store.outbox.claim("telegram", LATER + MINUTE, 99)
    assert {item.to.chat: item.reply_to for item in items} == {"a": "id of a", "b": "id of b"}


@pytest.mark.parametrize(("outcome", "after"), [("sent", "sending"), ("failed", "cancelled")])
async def test_a_correction_waits_until_it_is_known_what_became_of_the_announcement(
    outcome: str, after: str, store: Store, tmp_path: Path
) -> None:
    (item,) = await told(store, ("a", "sending"))
    await leave(store, note(1, "CORRECTION"), group="s", at=LATER + MINUTE)
    await spread(store)
    assert await sent_to(store, LATER + MINUTE) == []
    await settle(store, item, outcome)
    await sent_to(store, LATER + MINUTE)
    assert rows(tmp_path / "sebghat.db", "SELECT state FROM outbox ORDER BY id") == [(outcome,), (after,)]
