"""Loops that a fault ends begin anew, later each time; what is meant to end the bot ends it."""

from __future__ import annotations

import asyncio

import pytest

from bot import supervision
from bot.supervision import Supervision
from bot.transports.transport import Refused


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST_PAUSE", 0.001)


class Loop:
    """One that breaks as often as it is told to, and then ends."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = [*faults]
        self.began = 0

    async def __call__(self) -> None:
        self.began += 1
        if self.faults:
            raise self.faults.pop(0)


async def test_a_loop_begins_anew_after_each_fault_until_it_ends_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    loop, kept = Loop(ZeroDivisionError(), KeyError("x")), Supervision()
    await kept.keep("leaving", loop)
    assert loop.began == 3
    assert kept.failing == []
    assert [record.levelname for record in caplog.records] == ["CRITICAL"] * 2
    assert "KeyError" in caplog.text


@pytest.mark.parametrize("meant", [Refused(), BrokenPipeError()], ids=["refused", "no terminal"])
async def test_what_is_meant_to_end_the_bot_ends_it(meant: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(type(meant)):
        await Supervision().keep("receiving", Loop(meant))
    assert not caplog.records


async def test_the_pauses_double_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(supervision, "LONGEST_PAUSE", 0.004)
    await Supervision().keep("leaving", Loop(*(ZeroDivisionError() for _ in range(4))))
    assert [record.args for record in caplog.records] == [("leaving", pause) for pause in (0.001, 0.002, 0.004, 0.004)]


async def test_a_loop_that_goes_on_long_enough_is_trusted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "STEADY", 0.02)
    kept, first = Supervision(), True

    async def loop() -> None:
        nonlocal first
        if first:
            first = False
            raise ZeroDivisionError
        await asyncio.Event().wait()

    task = asyncio.create_task(kept.keep("leaving", loop))
    async with asyncio.timeout(10):
        while not kept.failing:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.001)
        while kept.failing:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
