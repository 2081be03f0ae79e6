"""People, drafts and what is done once: by numbers of our own, never used again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from sebghat.conversation import Destination
from storage.store import AlreadyDone, Draft, Store, open_store
from tests.storage.samples import NOON, rows

HERE = Destination("telegram", "7")


async def number(store: Store, sender: str) -> int:
    async with store.transaction() as record:
        return await record.people.number("telegram", sender)


async def test_a_person_keeps_their_number_and_a_name_elsewhere_is_somebody_else(store: Store) -> None:
    assert [await number(store, sender) for sender in ("7", "8", "7")] == [1, 2, 1]
    async with store.transaction() as record:
        assert await record.people.number("bale", "7") == 3


async def test_a_number_that_the_log_has_used_is_never_given_to_somebody_else(store: Store) -> None:
    mine = await number(store, "7")
    async with store.transaction() as record:
        await record.log.append("observe", NOON, mine, {})
        await record.people.forget("telegram", "7")
    assert await store.people.known("telegram", "7") is None
    assert await number(store, "8") != mine
    assert await number(store, "7") not in {mine, await number(store, "8")}


async def test_forgetting_somebody_takes_their_drafts_along_and_nobody_elses(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        for sender in ("7", "8"):
            person = await record.people.number("telegram", sender)
            await record.drafts.keep(person, HERE, {}, NOON)
        await record.people.forget("telegram", "7")
    assert rows(tmp_path / "sebghat.db", "SELECT person FROM draft") == [(2,)]
    assert rows(tmp_path / "sebghat.db", "SELECT sender FROM person") == [("8",)]


# Drafts


async def test_the_number_of_a_forgotten_draft_is_nobodys_again(store: Store) -> None:
    """A button of the preview that was forgotten is still there to be pressed."""
    async with store.transaction() as record:
        person = await record.people.number("telegram", "7")
        old = await record.drafts.keep(person, HERE, {"body": "old"}, NOON)
        await record.people.forget("telegram", "7")
        again = await record.people.number("telegram", "7")
        new = await record.drafts.keep(again, HERE, {"body": "new"}, NOON)
    assert new != old
    assert await store.drafts.find(old) is None


async def test_a_draft_is_the_newest_of_its_person_in_its_chat(store: Store) -> None:
    elsewhere = Destination("telegram", "7", "42")
    async with store.transaction() as record:
        for person, where, body in [(1, HERE, "old"), (1, HERE, "new"), (1, elsewhere, "topic"), (2, HERE, "other")]:
            await record.drafts.keep(person, where, {"body": body}, NOON)
    newest = await store.drafts.newest(1, HERE)
    assert newest is not None
    assert newest.body == {"body": "new"}
    mine = await store.drafts.find(1)
    assert mine is not None
    assert (mine.person, mine.body, mine.waits) == (1, {"body": "old"}, True)


async def test_a_draft_is_taken_once_even_by_two_at_a_time(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await record.drafts.keep(1, HERE, {}, NOON)
    draft = await store.drafts.newest(1, HERE)
    assert draft is not None
    other = await open_store(f"sqlite:///{tmp_path}/sebghat.db")

    async def take(mine: Store, wanted: Draft) -> bool:
        async with mine.transaction() as record:
            return await record.drafts.take(wanted, "recorded", NOON)

    taken = await asyncio.gather(*(take(each, draft) for each in (store, other, store, other)))
    await other.close()
    assert sorted(taken) == [False, False, False, True]
    taken_draft = await store.drafts.newest(1, HERE)
    assert taken_draft is not None
    assert taken_draft.became == "recorded"


# Once


async def test_what_one_message_causes_is_done_once(store: Store) -> None:
    for expected in (1, 1):
        once = store.once("telegram", "m1", NOON)
        try:
            async with once.transaction() as record:
                await record.log.append("observe", NOON, 1, {})
        except AlreadyDone:
            pass
        assert len(await logged(store)) == expected


async def logged(store: Store) -> list[object]:
    return [entry for number in range(1, 9) if (entry := await store.log.entry(number))]


async def test_a_message_whose_effect_failed_is_not_noted(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.once("telegram", "m1", NOON).transaction():
            raise LookupError
    assert not await store.chats.seen("telegram", "m1")


async def test_two_deliveries_at_the_same_time_have_one_effect(store: Store) -> None:
    async def handle() -> bool:
        once = store.once("telegram", "m1", NOON)
        try:
            async with once.transaction() as record:
                await asyncio.sleep(0)
                await record.log.append("observe", NOON, 1, {})
        except AlreadyDone:
            return False
        return True

    assert sorted(await asyncio.gather(handle(), handle(), handle())) == [False, False, True]
    assert len(await logged(store)) == 1


async def test_one_message_may_write_several_times(store: Store) -> None:
    once = store.once("telegram", "m1", NOON)
    for _ in range(2):
        async with once.transaction() as record:
            await record.log.append("observe", NOON, 1, {})
    await once.note()
    assert len(await logged(store)) == 2


async def test_messages_are_remembered_as_long_as_a_messenger_may_repeat_them(store: Store) -> None:
    async with store.transaction() as record:
        assert await record.chats.note("telegram", "m1", NOON)
        assert await record.chats.note("bale", "m1", NOON)
        assert not await record.chats.note("telegram", "m1", NOON + timedelta(days=2))
        await record.chats.note("telegram", "m2", NOON + timedelta(days=4))
    assert not await store.chats.seen("telegram", "m1")
    assert await store.chats.seen("telegram", "m2")
