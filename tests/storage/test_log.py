"""The log: each entry is sealed with all before it, and tells what a person did last."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from storage.store import Store
from tests.storage.samples import NOON, enter, figure, rows


def chain(file: Path) -> list[str]:
    """The hashes as anybody can work them out from the file alone."""
    sealed, found = "0" * 64, []
    for number, kind, at, person, target, body in rows(
        file, "SELECT id, kind, at, person, target, body FROM log ORDER BY id"
    ):
        line = json.dumps([sealed, number, kind, at, person, target, body], ensure_ascii=False, separators=(",", ":"))
        sealed = hashlib.sha256(line.encode()).hexdigest()
        found.append(sealed)
    return found


async def write(store: Store, *kinds: str, person: int | None = 1) -> list[int]:
    async with store.transaction() as record:
        return [await record.log.append(kind, NOON, person, {"متن": kind, "b": [1, None]}) for kind in kinds]


async def test_each_hash_covers_all_before_it(store: Store, tmp_path: Path) -> None:
    await write(store, "observe", "review", "observe")
    await write(store, "rules", person=None)
    assert [row[0] for row in rows(tmp_path / "sebghat.db", "SELECT hash FROM log ORDER BY id")] == chain(
        tmp_path / "sebghat.db"
    )


@pytest.mark.parametrize(
    "forgery",
    [
        "kind = 'claim'",
        "at = '2020-01-01T00:00:00.000000Z'",
        "person = 2",
        "target = 1",
        "body = '{}'",
        "person = NULL",
    ],
)
async def test_whatever_is_changed_in_an_entry_breaks_the_chain_from_there(
    forgery: str, store: Store, tmp_path: Path
) -> None:
    await write(store, *["observe"] * 5)
    file = tmp_path / "sebghat.db"
    kept = chain(file)
    async with store._database.transaction() as verbs:
        await verbs.run(f"UPDATE log SET {forgery} WHERE id = 3")
    now = chain(file)
    assert now[:2] == kept[:2]
    assert all(one != other for one, other in zip(now[2:], kept[2:], strict=True))


async def test_an_entry_that_is_rolled_back_leaves_no_gap(store: Store, tmp_path: Path) -> None:
    async def fail() -> None:
        async with store.transaction() as record:
            await record.log.append("observe", NOON, 1, {})
            raise LookupError

    await write(store, "observe")
    with pytest.raises(LookupError):
        await fail()
    assert await write(store, "observe") == [2]
    assert [row[0] for row in rows(tmp_path / "sebghat.db", "SELECT hash FROM log ORDER BY id")] == chain(
        tmp_path / "sebghat.db"
    )


async def test_the_same_content_is_sealed_alike_whatever_the_order_of_its_keys(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as record:
        await record.log.append("rules", NOON, None, {"a": 1, "b": 2})
        await record.log.append("rules", NOON, None, {"b": 2, "a": 1})
    assert rows(tmp_path / "sebghat.db", "SELECT count(DISTINCT body) FROM log") == [(1,)]


async def test_the_newest_act_of_a_person_is_their_own_and_not_taken_back(store: Store) -> None:
    first, second = await write(store, "observe", "observe")
    await write(store, "observe", person=2)
    await write(store, "release")
    async with store.transaction() as record:
        newest = await record.log.newest_of(1, ("observe",))
        assert newest is not None
        assert newest.id == second
        await record.log.append("undo", NOON, 1, {}, target=second)
        newest = await record.log.newest_of(1, ("observe",))
        assert newest is not None
        assert newest.id == first
        await record.log.append("undo", NOON, 1, {}, target=first)
        assert await record.log.newest_of(1, ("observe",)) is None


async def test_what_only_repeated_is_not_what_a_person_did_last(store: Store) -> None:
    (first,) = await write(store, "observe")
    async with store.transaction() as record:
        await record.log.append("observe", NOON, 1, {"repeats": True})
    newest = await store.log.newest_of(1, ("observe",))
    assert newest is not None
    assert newest.id == first


async def test_reviews_belong_to_the_act_that_they_were_recorded_with(store: Store) -> None:
    async with store.transaction() as record:
        act = await record.log.append("observe", NOON, 1, {})
        one = await record.log.append("review", NOON, 1, {"with": act})
        other = await record.log.append("review", NOON, 1, {"with": act})
        await record.log.append("review", NOON, 1, {})
        assert await record.log.recorded_with(act) == [one, other]
        await record.log.append("undo", NOON, 1, {}, target=other)
        assert await record.log.recorded_with(act) == [one]


async def test_the_time_of_the_last_entry_is_known(store: Store) -> None:
    assert await store.log.last_time() is None
    async with store.transaction() as record:
        await enter(record, figure(1))
    assert await store.log.last_time() == NOON
