"""Many publications at once come to the same as one after the other, and leave nothing half done."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from handlers.recording import batch, departure
from handlers.recording.batch import Also, Batch, Tell, Trial
from handlers.verification import verify
from sebghat.almanac import day_of
from sebghat.observation import Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar
from sebghat.platforms import bundled
from storage.store import Record, Store, open_store
from tests.handlers.room import Room

NOW = datetime.now(UTC).replace(microsecond=0)
PLATFORMS = ("gap", "eitaa", "bale", "wechat", "telegram", "line")
MILLION = 1_000_000
ITEM = "domestic_platform, foreign_platform, metric, scope, lane, body, last_day, first_day, release_group, since"
NUMBER = re.compile(r'"number":(\d+|null)')


def publications(seed: int, many: int, *, weeks: int = 60) -> list[tuple[Observation, ...]]:
    """Figures of two sources that wander, so that platforms pass each other; some repeat others, in any order."""
    random = Random(seed)
    made: list[tuple[Observation, ...]] = []
    for number in range(many):
        if made and random.random() < 0.1:
            made.append(random.choice(made))
            continue
        day = NOW.date() - timedelta(weeks=random.randrange(weeks))
        source, release = random.choice(("one", "two")), f"r{number}"
        chosen = random.sample(PLATFORMS, random.randrange(1, 5))
        asof = day_of(day, Calendar.GREGORIAN)
        made.append(tuple(figure(p, random.randrange(20, 40) * MILLION, asof, source, release) for p in chosen))
    return made


def figure(platform: str, lo: int, asof: AsOf, source: str, release: str) -> Observation:
    value = Value(Qualifier.EXACT, lo, lo, MILLION)
    return Observation(
        "",
        platform,
        "mau",
        "ir",
        source,
        "panel",
        release,
        value,
        None,
        asof,
        NOW,
        "",
        quote="36",
    )


async def quietly(stage: str, done: int, of: int) -> None:
    """Nobody listens."""


async def nothing_more(record: Record, before: int) -> None:
    """Nothing else belongs to it."""


def of(figures: list[tuple[Observation, ...]], *, silent: bool = False) -> Batch:
    return Batch(figures, bundled(), NOW, 1, silent)


async def all_at_once(
    store: Store,
    figures: list[tuple[Observation, ...]],
    *,
    silent: bool = False,
    tell: Tell = quietly,
    also: Also = nothing_more,
    expected: str | None = None,
) -> Trial:
    return await batch.enter_all(of(figures, silent=silent), store, tell=tell, also=also, expected=expected)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("silent", [False, True], ids=["told", "silent"])
async def test_it_comes_to_the_same_as_one_after_the_other(seed: int, silent: bool, room: Room, tmp_path: Path) -> None:
    file = tmp_path / "twin.db"
    before = publications(seed + 100, 15)
    async with room.store.transaction() as record:
        await batch.enter(of(before), record)
        if seed % 2:
            await departure.depart_due(record, NOW + timedelta(days=1))
        held = await record.parcels.held()
        if held:
            await departure.keep_back(record, held[0].group, NOW, 1)
    with closing(sqlite3.connect(room.file)) as connection:
        connection.execute(f"VACUUM INTO '{file}'")
    twin = Room(await open_store(f"sqlite:///{file}"), file)
    figures = publications(seed, 40, weeks=12 if seed % 2 else 60)
    async with twin.store.transaction() as record:
        one_by_one = await batch.enter(of(figures, silent=silent), record)
    trial = await all_at_once(room.store, figures, silent=silent)
    assert trial.outcome.figures == one_by_one.figures
    assert trial.outcome.repeated == one_by_one.repeated
    assert contents(room) == contents(twin)
    await twin.store.close()


def contents(room: Room) -> dict[str, list[Any]]:
    """All that is on record but the numbers of announcements, which are given as they come and never again."""
    found: dict[str, list[Any]] = {name: sorted(rows, key=repr) for name, rows in room.dump().items()}
    del found["announcement"]
    found["item"] = sorted(map(repr, room.rows(f"SELECT {ITEM} FROM item")))
    held = room.rows("SELECT release_group, due, body FROM message WHERE state = 'held'")
    found["message"] = sorted(NUMBER.sub("", repr(row)) for row in held)
    found["item"] = [NUMBER.sub("", str(row)) for row in found["item"]]
    return found


async def test_an_entry_in_between_is_not_lost(room: Room) -> None:
    """Somebody enters a figure while the table is tried; it is tried again on what then holds."""
    entered = 0

    async def tell(stage: str, done: int, of: int) -> None:
        nonlocal entered
        if stage == "writing" and entered < 2:
            entered += 1
            await room(f"/set gap mau {35 + entered}m source=X")
            await room("/record")

    trial = await all_at_once(room.store, publications(1, 10), tell=tell)
    assert entered == 2
    ids = [o.id for command in trial.commands for o in command.figures]
    assert room.rows(f"SELECT count(*) FROM observation WHERE id IN ({', '.join(ids)}) AND source = 'x'") == [(0,)]


async def test_whoever_is_interrupted_all_the_time_waits_once_and_gets_through(room: Room) -> None:
    entered = 0

    async def tell(stage: str, done: int, of: int) -> None:
        nonlocal entered
        if stage == "writing":
            entered += 1
            await room(f"/rules fresh {entered}")

    figures = publications(2, 5)
    await all_at_once(room.store, figures, silent=True, tell=tell)
    assert entered == batch.TRIES
    silent = "kind = 'observe' AND person = 1 AND body LIKE '%\"silent\":true%'"
    assert room.rows(f"SELECT count(*) FROM log WHERE {silent}") == [(5,)]


async def test_what_was_shown_still_holds_for_whoever_waits_once(room: Room) -> None:
    figures, entered = publications(4, 20, weeks=10), 0
    shown = await batch.rehearse(of(figures), room.store, quietly)

    async def tell(stage: str, done: int, of: int) -> None:
        nonlocal entered
        if stage == "writing":
            entered += 1
            last = entered == batch.TRIES
            await room("/rules noise_permille 200" if last else f"/set gap dau {entered}m source=Elsewhere")
            await room("/record")

    done = await all_at_once(room.store, figures, expected=shown.effect, tell=tell)
    assert entered == batch.TRIES
    assert done.effect != shown.effect
    assert room.rows("SELECT count(*) FROM observation WHERE source IN ('one', 'two')") == [(0,)]


async def test_what_goes_wrong_at_the_end_leaves_nothing(room: Room) -> None:
    async def fails(record: Record, before: int) -> None:
        raise OSError

    before = room.dump()
    with pytest.raises(OSError):  # noqa: PT011 - ours
        await all_at_once(room.store, publications(3, 10), also=fails)
    assert room.dump() == before
    await all_at_once(room.store, publications(3, 10))


async def test_with_another_effect_than_was_shown_nothing_is_recorded(room: Room) -> None:
    figures = publications(4, 20, weeks=10)
    shown = await batch.rehearse(of(figures), room.store, quietly)
    assert shown.notes
    before = room.dump()
    await all_at_once(room.store, figures, expected="other")
    assert room.dump() == before
    done = await all_at_once(room.store, figures, expected=shown.effect)
    assert done.effect == shown.effect
    assert room.dump() != before
    assert (await verify(room.store, bundled()))[0] == "verify.whole"


async def test_without_a_hold_it_leaves_at_once(room: Room) -> None:
    await room.without_hold()
    trial = await all_at_once(room.store, publications(5, 30, weeks=10))
    assert trial.notes
    states = {state for (state,) in room.rows("SELECT state FROM message")}
    assert states == {"left"}


async def test_no_publication_is_nothing(room: Room) -> None:
    before = room.dump()
    await all_at_once(room.store, [])
    assert room.dump() == before
