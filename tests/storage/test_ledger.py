"""The ledger: what became loud gets a number, once and for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sebghat.comparison import Rules, Verdict
from sebghat.contest import Contest
from sebghat.notes import Item, Mode, Place
from sebghat.observation import Lane
from storage.store import Store

CONTEST = Contest("gap", "wechat", "mau", "ir", "x/unspecified")
OTHER = Contest("eitaa", "wechat", "mau", "ir", "y/panel")
LANE = Lane("mau", "ir", "x/unspecified")


def item(day: int, mode: Mode | None = Mode.LOUD, side: Verdict = Verdict.AHEAD) -> Item:
    key = (date(2026, 10, day), date(2026, 10, day))
    return Item(side=side, place=Place(key, (date(2026, 9, 1), date(2026, 9, 1)), key), mode=mode)


async def test_loud_items_are_numbered_in_the_order_in_which_they_came(store: Store) -> None:
    async with store.transaction() as record:
        first = await record.ledger.save(CONTEST, [item(1), item(2, Mode.SILENT)])
        second = await record.ledger.save(OTHER, [item(1)])
    assert [one.number for one in (*first, *second)] == [1, None, 2]


async def test_a_number_is_kept_as_long_as_the_item_and_never_given_again(store: Store) -> None:
    async with store.transaction() as record:
        (kept,) = await record.ledger.save(CONTEST, [item(1)])
        again = await record.ledger.save(CONTEST, [kept, item(2)])
        assert [one.number for one in again] == [1, 2]
        await record.ledger.save(CONTEST, [])
        (new,) = await record.ledger.save(CONTEST, [item(3)])
    assert new.number == 3


async def test_saving_puts_the_items_in_the_place_of_those_of_that_contest_alone(store: Store) -> None:
    async with store.transaction() as record:
        await record.ledger.save(OTHER, [item(5)])
        await record.ledger.save(CONTEST, [item(1), item(2)])
        saved = await record.ledger.save(CONTEST, [item(4)])
    assert await store.ledger.items(LANE) == {CONTEST: list(saved)}
    assert len((await store.ledger.items(Lane("mau", "ir", "y/panel")))[OTHER]) == 1


async def test_a_number_names_what_it_named_even_when_that_was_taken_back(store: Store) -> None:
    async with store.transaction() as record:
        (saved,) = await record.ledger.save(CONTEST, [item(1)])
        await record.ledger.save(CONTEST, [])
    found = await store.ledger.announcement(1)
    assert found is not None
    crossing, standing = found
    assert (crossing.contest, crossing.item, standing) == (CONTEST, saved, False)
    assert await store.ledger.announcement(2) is None


async def test_crossings_are_told_newest_first_and_by_platform(store: Store) -> None:
    async with store.transaction() as record:
        await record.ledger.save(CONTEST, [item(1), item(9, Mode.SILENT), item(10, None)])
        await record.ledger.save(OTHER, [item(5)])
    days = [crossing.item.place.at[0].day for crossing in await store.ledger.crossings()]
    assert days == [9, 5, 1]
    assert [crossing.contest for crossing in await store.ledger.crossings("eitaa")] == [OTHER]
    assert len(await store.ledger.crossings(limit=1)) == 1


async def test_rules_are_kept_each_by_itself(store: Store) -> None:
    assert await store.ledger.rules() == Rules()
    async with store.transaction() as record:
        await record.ledger.set_rules({"hold_seconds": 5})
        await record.ledger.set_rules({"fresh": 30})
    assert await store.ledger.rules() == replace(Rules(), hold_seconds=5, fresh=30)
