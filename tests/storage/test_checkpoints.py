from __future__ import annotations

from datetime import date

from sebghat.comparison import Verdict
from sebghat.contest import Base, Contest, Fold
from storage.store import Store

CONTEST = Contest("eitaa", "telegram", "mau", "ir", "x/panel")
OTHER = CONTEST._replace(domestic="bale")
DAYS = [(date(2026, 10, n), date(2026, 10, n)) for n in (1, 2)]


def base(count: int, *history: Verdict) -> Base:
    return Base(Fold(count=count, history=history), DAYS[1], DAYS[0], DAYS[1])


async def test_a_fold_is_kept_until_another_takes_its_place(store: Store) -> None:
    async with store.transaction() as record:
        await record.checkpoints.save({CONTEST: base(1), OTHER: base(2)})
        await record.checkpoints.save({CONTEST: base(3, Verdict.AHEAD)})
    assert await store.checkpoints.of([CONTEST]) == {CONTEST: base(3, Verdict.AHEAD)}
    assert set(await store.checkpoints.all()) == {CONTEST, OTHER}


async def test_none_takes_it_away(store: Store) -> None:
    async with store.transaction() as record:
        await record.checkpoints.save({CONTEST: base(1), OTHER: base(2)})
        await record.checkpoints.save({CONTEST: None})
    assert set(await store.checkpoints.of([CONTEST, OTHER])) == {OTHER}
    assert await store.checkpoints.of([]) == {}
