from __future__ import annotations

from sebghat.comparison import Verdict
from sebghat.contest import Contest, Fold
from storage.store import Store

CONTEST = Contest("eitaa", "telegram", "mau", "ir", "x/panel")
OTHER = CONTEST._replace(domestic="bale")


async def test_a_fold_is_kept_until_another_takes_its_place(store: Store) -> None:
    async with store.transaction() as record:
        await record.checkpoints.save({CONTEST: Fold(count=1), OTHER: Fold(count=2)})
        await record.checkpoints.save({CONTEST: Fold(count=3, decisive=Verdict.AHEAD, history=(Verdict.AHEAD,))})
    assert await store.checkpoints.of([CONTEST]) == {
        CONTEST: Fold(count=3, decisive=Verdict.AHEAD, history=(Verdict.AHEAD,))
    }
    assert set(await store.checkpoints.all()) == {CONTEST, OTHER}


async def test_none_takes_it_away(store: Store) -> None:
    async with store.transaction() as record:
        await record.checkpoints.save({CONTEST: Fold(count=1), OTHER: Fold(count=2)})
        await record.checkpoints.save({CONTEST: None})
    assert set(await store.checkpoints.of([CONTEST, OTHER])) == {OTHER}
    assert await store.checkpoints.of([]) == {}
