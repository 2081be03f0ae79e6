"""The record kept command by command is the record that its log gives, whatever comes in which order."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.recording import departure, undoing
from handlers.recording.loading import load
from handlers.recording.transaction import Declined, Recording
from handlers.verification import verify
from sebghat.command import Advance, Claim, Command, Correct, Hold, Observe, Release, Retract, Review, SetRules, Undo
from sebghat.contest import Contest, Fold
from sebghat.engine import held, rebuild
from sebghat.journal import from_log
from sebghat.notes import Item, Note
from sebghat.observation import Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Platforms
from sebghat.state import Entry, State
from storage.store import Record, Store, open_store
from tests.sebghat.histories import ASOFS, MILLION, SIDES, START, examples, observation, written

PLATFORMS = Platforms(SIDES.values())
FAR = datetime(9000, 1, 1, tzinfo=UTC)
VALUE = Value(Qualifier.EXACT, MILLION, MILLION, 1)
NEVER = AsOf(Calendar.GREGORIAN, Precision.DAY, 2099, 1, 1)  # later than all figures


class Living:
    """Carries out the commands of a log as the handlers do, and knows which numbers the store gave."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.store: Store
        self.names: dict[str, str] = {}  # of observations: ours → the store's
        self.acts: dict[str, int] = {}
        self.loads: Counter[str] = Counter()
        self.undone = False

    async def start(self) -> None:
        self.store = await open_store(f"sqlite:///{self.file}")

    async def stop(self) -> None:
        await self.store.close()

    async def carry_out(self, command: Command) -> None:
        try:
            async with self.store.transaction() as record:
                now = await departure.at(record, command.at)
                match command:
                    case Advance() | Claim():
                        await departure.depart_due(record, now)
                    case Undo():
                        if command.target in self.acts:
                            await undoing.undo(record, PLATFORMS, self.acts[command.target], now, 1)
                            self.undone = True
                    case Hold():
                        await departure.keep_back(record, command.group, now, 1)
                    case Release():
                        await departure.release(record, command.group, now, 1)
                    case _:
                        await self._record(record, command, now)
        except Declined:
            pass

    async def _record(self, record: Record, command: Command, now: datetime) -> None:
        command = await self._in_its_numbers(record, replace(command, at=now, by="1"))
        entry = await Recording.begin(record, PLATFORMS, [command], now, 1)
        if isinstance(command, Observe):
            self.loads["the end" if entry.state.bases else "all"] += 1
        await entry.carry_out(command)
        self.acts[command.cmd] = (await entry.end()).act
        if isinstance(command, SetRules):
            await departure.hold_anew(record, now)

    async def _in_its_numbers(self, record: Record, command: Command) -> Command:
        number = await record.observations.next_id()
        match command:
            case Observe():
                given = command.figures
                self.names |= {o.id: str(number + n) for n, o in enumerate(given)}
                made = (
                    replace(o, id=self.names[o.id], root=self.names[o.id], recorded_at=command.at, recorded_by="1")
                    for o in given
                )
                return replace(command, observations=tuple(made))
            case Correct():
                self.names[command.new_id] = str(number)
                return replace(command, id=self._name(command.id), new_id=str(number))
            case Retract():
                return replace(command, id=self._name(command.id))
            case Review():
                return replace(command, domestic=self._name(command.domestic), foreign=self._name(command.foreign))
        return command

    def _name(self, ours: str) -> str:
        return self.names.get(ours, "999999")


@asynccontextmanager
async def living(empty: Path, folder: Path) -> AsyncIterator[Living]:
    with TemporaryDirectory(dir=folder) as own:
        file = Path(own) / "living.db"
        shutil.copy(empty, file)
        found = Living(file)
        await found.start()
        try:
            yield found
        finally:
            await found.stop()


async def replayed(record: Record) -> State:
    """What the log gives by itself."""
    standing = await record.log.standing()
    journal = [Entry(from_log(e.kind, e.id, e.at, e.person, e.body)) for e in standing]
    last = await record.log.last_time()
    state = rebuild(journal, PLATFORMS, None, last or FAR)
    assert isinstance(state, State)
    return state


def plain(items: Iterable[Item], undone: bool) -> list[Item]:
    """Without what is the store's own; an undo gives its own time to the notes that it brings forth."""

    def bare(note: Note | None) -> Note | None:
        return note and replace(note, number=None, since=FAR if undone else note.since)

    return sorted((replace(i, number=None, note=bare(i.note)) for i in items), key=lambda i: (i.place.at, repr(i)))


def end(fold: Fold) -> tuple[Any, ...]:
    """A fold but for its flips, and how many there are."""
    return replace(fold, flips=(), earlier=0), fold.earlier + len(fold.flips)


async def agrees(bot: Living) -> None:
    record = bot.store
    state = await replayed(record)
    assert await record.observations.live_ids() == set(state.live.values())
    assert await record.ledger.rules() == state.rules
    kept = {c: plain(items, bot.undone) for c, items in (await record.ledger.all_items()).items()}
    assert kept == {c: plain(items, bot.undone) for c, items in state.items.items()}
    waiting = {group: (due, [note["facts"] for note in notes]) for group, due, notes in await messages(record)}
    for group, due, notes in held(state):
        found, facts = waiting.pop(group)
        assert bot.undone or found == due
        assert len(facts) == len(notes)
    assert not waiting
    await ends_agree(record, state, kept)


async def messages(record: Record) -> list[tuple[str, datetime | None, list[dict[str, Any]]]]:
    return [(parcel.group, parcel.due, parcel.notes) for parcel in await record.parcels.held()]


async def ends_agree(record: Record, state: State, kept: dict[Contest, list[Item]]) -> None:
    """What is loaded for the next figures stands where the whole stands."""
    for lane in {lane for lane, _ in state.series}:
        source, _, method = lane.name.partition("/")
        said = {"metric": lane.metric, "scope": lane.scope, "source": source, "method": method}
        here = sorted({platform for other, platform in state.series if other == lane})
        next_ones = [observation(str(10**6), name, NEVER, VALUE, None, **said) for name in here]
        for some in ([one] for one in next_ones):
            part = await load(record, PLATFORMS, [Observe(at=FAR, observations=tuple(some))])
            for contest, base in part.bases.items():
                assert end(part.fold(contest)) == end(state.fold(contest))
                assert part.fold(contest).flips == state.fold(contest).flips[part.fold(contest).earlier :]
                loud = plain(part.items.get(contest, ()), undone=True)
                assert loud == [i for i in plain(state.items.get(contest, ()), undone=True) if i.reach > base.closed]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("empty") / "sebghat.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{file}")).close()

    asyncio.run(make())
    return file


@examples(0.2)
@given(st.integers(0, 2**32), st.integers(8, 40))
def test_the_record_kept_is_the_record_replayed(empty: Path, seed: int, length: int) -> None:
    async def live() -> None:
        restarts = Random(seed)
        async with living(empty, empty.parent) as bot:
            for command in written(seed, length):
                await bot.carry_out(command)
                await agrees(bot)
                if restarts.random() < 0.1:
                    await bot.stop()
                    await bot.start()
            assert (await verify(bot.store, PLATFORMS))[0] == "verify.whole"

    asyncio.run(live())


def figures(n: int, *platforms: str) -> Observe:
    """The figures of the n-th day, with the sides changing places every other day."""
    day = ASOFS[n]
    lo = {"eitaa": 30 if n // 2 % 2 else 20, "telegram": 25}
    some = (
        observation(f"{name}{n}", name, day, Value(Qualifier.EXACT, lo[name] * MILLION, lo[name] * MILLION, 1), f"r{n}")
        for name in platforms
    )
    return Observe(at=START + timedelta(minutes=n), cmd=f"c{n}", observations=tuple(some))


async def loaded_for(bot: Living, command: Observe) -> State:
    return await load(bot.store, PLATFORMS, [command])


async def test_what_is_newest_needs_no_more_than_the_end(empty: Path, tmp_path: Path) -> None:
    async with living(empty, tmp_path) as bot:
        for n in range(15):
            await bot.carry_out(figures(n, "eitaa", "telegram"))
        for n in (14, 15):
            part = await loaded_for(bot, figures(n, "eitaa"))
            assert len(part.bases) == 1
            assert len(part.versions) == 4, "the newest of both sides and those before"
            (kept,) = (await bot.store.ledger.all_items()).values()
            assert len([item for items in part.items.values() for item in items]) <= 2 < len(kept)
        late = await loaded_for(bot, figures(13, "eitaa"))
        assert not late.bases
        assert len(late.versions) == 30


async def test_a_side_that_is_new_in_a_lane_needs_all_of_the_other(empty: Path, tmp_path: Path) -> None:
    async with living(empty, tmp_path) as bot:
        for n in range(5):
            await bot.carry_out(figures(n, "telegram"))
        assert len((await loaded_for(bot, figures(5, "eitaa"))).versions) == 5
        await bot.carry_out(figures(5, "eitaa"))
        assert not (await loaded_for(bot, figures(6, "eitaa"))).bases, "one comparison leaves nothing to go on from"
        await bot.carry_out(figures(6, "eitaa"))
        assert (await loaded_for(bot, figures(7, "eitaa"))).bases
        await agrees(bot)


async def test_verify_finds_a_fold_that_the_log_does_not_give(empty: Path, tmp_path: Path) -> None:
    async with living(empty, tmp_path) as bot:
        for n in range(4):
            await bot.carry_out(figures(n, "eitaa", "telegram"))
        assert (await verify(bot.store, PLATFORMS))[0] == "verify.whole"
        async with bot.store.transaction() as record:
            bases = await record.checkpoints.all()
            await record.checkpoints.save(
                {c: replace(base, fold=replace(base.fold, spoken=None)) for c, base in bases.items()}
            )
        assert (await verify(bot.store, PLATFORMS))[0] == "verify.ledger_differs"


async def test_an_undo_leaves_what_the_same_message_told_of_another_lane(empty: Path, tmp_path: Path) -> None:
    """One release of two sources leaves as one message; taking back a figure of one of them plays that lane again."""

    def pair(n: int, lo: int, source: str, at: datetime) -> Observe:
        said = {"eitaa": lo, "telegram": 25}
        some = (
            observation(f"{source}{name}{n}", name, ASOFS[n], Value(Qualifier.EXACT, x * MILLION, x * MILLION, 1), "r",
                        source=source)
            for name, x in said.items()
        )  # fmt: skip
        return Observe(at=at, cmd=f"{source}{n}", observations=tuple(some))

    hour = timedelta(hours=1)
    async with living(empty, tmp_path) as bot:
        for n, lo in enumerate((20, 30)):
            for source in ("ditaak", "mcit"):
                await bot.carry_out(pair(n, lo, source, START + n * hour))
        await bot.carry_out(pair(2, 31, "ditaak", START + 2 * hour))
        before = await bot.store.ledger.all_items()
        assert len(before) == 2
        await bot.carry_out(Undo(at=START + 2 * hour, target="ditaak2"))
        assert await bot.store.ledger.all_items() == before
        await agrees(bot)
        assert (await verify(bot.store, PLATFORMS))[0] == "verify.whole"


async def test_a_version_that_was_taken_back_is_no_name_of_its_chain(empty: Path, tmp_path: Path) -> None:
    async with living(empty, tmp_path) as bot:
        await bot.carry_out(figures(0, "eitaa", "telegram"))
        at = START + timedelta(minutes=1)
        value = Value(Qualifier.EXACT, 26 * MILLION, 26 * MILLION, 1)
        await bot.carry_out(Correct(at=at, cmd="wrong", id="eitaa0", new_id="new", value=value))
        await bot.carry_out(Undo(at=at, target="wrong"))
        await bot.carry_out(Review(at=at, cmd="review", domestic="new", foreign="telegram0"))
        assert [entry.kind for entry in await bot.store.log.standing()] == ["observe"]
        await agrees(bot)
