"""Roles on record, invitations, and the audit beside the log."""

from __future__ import annotations

from datetime import timedelta

from sebghat.conversation import Destination
from storage.audit import MOST_REFUSED, Deed
from storage.store import Store
from tests.storage.samples import NOON, enter, figure

REVIEWER, ADMIN, OWNER = 1, 2, 3
HERE = Destination("telegram", "-100", "42")


async def test_a_role_is_given_changed_and_taken(store: Store) -> None:
    async with store.transaction() as record:
        number = await record.people.number("telegram", "7")
        await record.people.give(number, REVIEWER)
        await record.people.give(number, ADMIN)
    holder = (await store.people.holders())["telegram", "7"]
    assert (holder.number, holder.role, holder.chat) == (number, ADMIN, "7")
    async with store.transaction() as record:
        await record.people.give(number, 0)
    assert await store.people.holders() == {}


async def test_who_is_forgotten_has_no_role(store: Store) -> None:
    async with store.transaction() as record:
        await record.people.give(await record.people.number("telegram", "7"), OWNER)
        await record.audit.refuse("telegram", "7", "rules", "role", NOON)
        await record.people.forget("telegram", "7")
        await record.audit.forget("telegram", "7", NOON)
    assert await store.people.holders() == {}
    assert await store.audit.refused(9) == []


async def test_a_number_that_only_the_audit_knows_is_not_given_again(store: Store) -> None:
    async with store.transaction() as record:
        number = await record.people.number("telegram", "7")
        await record.audit.add(Deed(NOON, number, HERE, "admins"))
        await record.people.forget("telegram", "7")
        assert await record.people.number("telegram", "8") == number + 1


async def test_the_private_chats_of_those_who_may(store: Store) -> None:
    async with store.transaction() as record:
        for sender, role in (("7", REVIEWER), ("8", ADMIN), ("u0b", OWNER)):
            messenger = "rubika" if sender == "u0b" else "telegram"
            await record.people.give(await record.people.number(messenger, sender), role)
        await record.people.wrote("rubika", "u0b", "b0b")
        await record.people.wrote("bale", "55", "c55")
    owners = {("telegram", "1"): "1", ("bale", "55"): "55"}
    assert set(await store.people.desks(ADMIN, owners)) == {
        Destination("telegram", "1"),
        Destination("bale", "c55"),
        Destination("telegram", "8"),
        Destination("rubika", "b0b"),
    }
    assert Destination("telegram", "7") in await store.people.desks(REVIEWER, owners)


async def test_an_invitation_opens_once_and_until_it_expires(store: Store) -> None:
    async with store.transaction() as record:
        for token in ("a", "b"):
            await record.people.invite(token, ADMIN, 1, NOON + timedelta(hours=24), NOON)
    assert await store.people.invited("a", NOON) == ADMIN
    assert await store.people.invited("c", NOON) == 0
    assert await store.people.invited("a", NOON + timedelta(hours=24)) == 0
    assert await store.people.use("a", 7)
    assert not await store.people.use("a", 8)
    assert await store.people.invited("a", NOON) == 0
    async with store.transaction() as record:
        await record.people.invite("d", ADMIN, 1, NOON + timedelta(hours=72), NOON + timedelta(hours=48))
    assert not await store.people.use("b", 7)  # long expired, and forgotten


async def test_the_word_of_an_invitation_is_not_kept(store: Store) -> None:
    async with store.transaction() as record:
        await record.people.invite("very secret", ADMIN, 1, NOON, NOON)
        rows = await record.people._verbs.all("SELECT * FROM invitation")
    assert len(rows) == 1
    assert "secret" not in str([dict(row) for row in rows])


async def test_what_a_person_wrote_into_the_log_is_one_deed(store: Store) -> None:
    async with store.transaction() as record:
        await enter(record, figure(1))  # the program's own
        last = await record.log.last()
        first = await record.log.append("rules", NOON, 7, {"set": {"fresh": 1}})
        await record.log.append("depart", NOON, None, {})
        second = await record.log.append("rules", NOON, 7, {"set": {"fresh": 2}})
        await record.audit.logged(last, HERE, "rules")
        await record.audit.logged(second, HERE, "nothing")
    (deed,) = await store.audit.newest(9)
    assert (deed.at, deed.person, deed.where, deed.word) == (NOON, 7, HERE, "rules")
    assert deed.entries == (first, second)
    entries, many = await store.log.between(first, second, 7, 1)
    assert ([entry.id for entry in entries], many) == ([first], 2)


async def test_refusals_are_counted_and_do_not_grow_without_end(store: Store) -> None:
    async with store.transaction() as record:
        for number in range(3):
            await record.audit.refuse("telegram", "7", "set", "role", NOON + timedelta(seconds=number))
    (line,) = await store.audit.refused(9)
    assert (line.times, line.first, line.at) == (3, NOON, NOON + timedelta(seconds=2))
    async with store.transaction() as record:
        for number in range(MOST_REFUSED + 20):
            await record.audit.refuse("telegram", f"s{number}", "set", "role", NOON + timedelta(minutes=1))
    lines = await store.audit.refused(MOST_REFUSED * 2)
    assert len(lines) == MOST_REFUSED
    assert "7" not in {line.sender for line in lines}


async def test_how_often_somebody_missed_lately(store: Store) -> None:
    async with store.transaction() as record:
        for _ in range(4):
            await record.audit.refuse("telegram", "7", "join", "invitation", NOON)
    assert await store.audit.misses("telegram", "7", "join", NOON - timedelta(hours=1)) == 4
    assert await store.audit.misses("telegram", "7", "join", NOON + timedelta(hours=1)) == 0
    assert await store.audit.misses("telegram", "8", "join", NOON - timedelta(hours=1)) == 0


async def test_who_is_forgotten_has_tried_nothing_but_invitations_count_on_for_an_hour(store: Store) -> None:
    async with store.transaction() as record:
        for _ in range(2):
            for word, why in (("join", "invitation"), ("set", "role")):
                await record.audit.refuse("telegram", "7", word, why, NOON)
            await record.audit.forget("telegram", "7", NOON)
    assert await store.audit.refused(9) == []
    assert await store.audit.misses("telegram", "7", "join", NOON - timedelta(hours=1)) == 2
    async with store.transaction() as record:
        later = NOON + timedelta(hours=1, seconds=1)
        await record.audit.refuse("telegram", "8", "set", "role", later)
        assert [row["sender"] for row in await record.audit._verbs.all("SELECT sender FROM refused")] == ["8"]
