"""Figures on record: which of them hold, which is the latest, which came before."""

from __future__ import annotations

from datetime import date

import pytest

from sebghat.observation import Lane
from storage.observations import OF_EACH
from storage.store import Store
from tests.storage.samples import enter, figure, ids

LANE = Lane("mau", "ir", "x/unspecified")
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


async def test_a_figure_comes_back_as_it_was_entered(store: Store) -> None:
    entered = figure(7)
    async with store.transaction() as record:
        await enter(record, entered)
    assert await store.observations.find(["7"]) == [entered]


async def test_the_latest_of_each_metric_and_scope_is_told(store: Store) -> None:
    async with store.transaction() as record:
        await enter(
            record,
            figure(1, day=MAY),
            figure(2, day=JUNE),
            figure(3, day=MAY, metric="dau"),
            figure(4, day=MAY, scope="world"),
            figure(5, "wechat", JULY),
        )
    assert ids(await store.observations.latest("gap", None)) == ["2", "3", "4"]
    assert ids(await store.observations.latest(None, None)) == ["2", "3", "4", "5"]


async def test_the_latest_until_a_day_leaves_out_what_came_later(store: Store) -> None:
    async with store.transaction() as record:
        await enter(record, figure(1, day=MAY), figure(2, day=JUNE))
    assert ids(await store.observations.latest("gap", MAY)) == ["1"]
    assert await store.observations.latest("gap", date(2026, 4, 30)) == []


async def test_sources_that_share_the_latest_period_stand_together(store: Store) -> None:
    async with store.transaction() as record:
        await enter(record, figure(1, day=MAY), figure(2, day=JUNE), figure(3, day=JUNE, source="y"))
    assert ids(await store.observations.latest("gap", None)) == ["2", "3"]


async def test_the_figure_before_is_the_one_of_the_same_lane(store: Store) -> None:
    async with store.transaction() as record:
        await enter(
            record,
            figure(1, day=MAY),
            figure(2, day=JUNE, source="y"),
            figure(3, day=JUNE, metric="dau"),
            figure(4, "wechat", JUNE),
            figure(5, day=JULY),
        )
    assert ids(await store.observations.before(figure(5, day=JULY))) == ["1"]
    assert await store.observations.before(figure(1, day=MAY)) == []


async def test_the_newest_are_of_any_source_and_those_beside_of_one(store: Store) -> None:
    async with store.transaction() as record:
        await enter(
            record,
            figure(1, day=MAY),
            figure(2, day=JUNE),
            figure(3, day=JUNE, source="y"),
            figure(4, "wechat", JULY),
            figure(5, day=JULY, metric="dau"),
            figure(6, day=JUNE),
        )
    assert ids(await store.observations.newest("gap", "mau", "ir")) == ["2", "3", "6"]
    assert await store.observations.newest("gap", "poll", "ir") == []
    assert ids(await store.observations.beside(figure(9, day=JUNE))) == ["2", "6"]
    assert await store.observations.beside(figure(9, day=JULY)) == []


@pytest.mark.parametrize(("days", "found"), [(0, ["2"]), (30, ["2", "3"]), (31, ["1", "2", "3"])])
async def test_near_is_counted_in_days_and_within_the_lane(days: int, found: list[str], store: Store) -> None:
    async with store.transaction() as record:
        await enter(
            record, figure(1, day=MAY), figure(2, day=JUNE), figure(3, day=JULY), figure(4, day=JUNE, source="y")
        )
    assert ids(await store.observations.near(figure(2, day=JUNE), days)) == found


async def test_what_is_buried_holds_no_longer_until_it_is_revived(store: Store) -> None:
    async with store.transaction() as record:
        await enter(record, figure(1, day=MAY), figure(2, day=JUNE), figure(3, "wechat", JUNE))
        await record.observations.bury(["2"])
    assert ids(await store.observations.of_lane(LANE)) == ["1", "3"]
    assert ids(await store.observations.latest("gap", None)) == ["1"]
    assert ids(await store.observations.find(["2"])) == ["2"]
    assert await store.observations.count() == 2
    async with store.transaction() as record:
        await record.observations.revive(["2"])
        await record.observations.revive(["2"])
    assert ids(await store.observations.of_lane(LANE)) == ["1", "2", "3"]


async def test_the_figures_of_two_platforms_come_newest_first(store: Store) -> None:
    async with store.transaction() as record:
        await enter(record, figure(1, day=MAY), figure(2, "wechat", JULY), figure(3, day=JUNE), figure(4, "eitaa"))
    assert ids(await store.observations.of_platforms(["gap", "wechat"])) == ["2", "3", "1"]


async def test_of_a_platform_with_very_many_figures_the_newest_are_looked_at(store: Store) -> None:
    many = [figure(number, day=JUNE) for number in range(2, OF_EACH + 2)]
    async with store.transaction() as record:
        await enter(record, figure(1, day=MAY), *many, figure(OF_EACH + 2, "wechat", MAY))
    found = ids(await store.observations.of_platforms(["gap", "wechat"]))
    assert len(found) == OF_EACH + 1
    assert "1" not in found
    assert found[-1] == str(OF_EACH + 2)


async def test_ids_are_given_once(store: Store) -> None:
    assert await store.observations.next_id() == 1
    async with store.transaction() as record:
        await record.observations.use_ids("9")
        await record.observations.use_ids("10")
    assert await store.observations.next_id() == 11


async def test_the_method_last_used_with_a_source_is_remembered(store: Store) -> None:
    assert await store.observations.last_method("x") is None
    async with store.transaction() as record:
        await enter(record, figure(1, method="panel"), figure(2, "wechat", method="poll"), figure(3, source="y"))
    assert await store.observations.last_method("x") == "poll"
