"""Drawings become pixels in a process of their own; whatever happens to it, nobody waits long."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.pictures import scenes
from bot.picture import WAITING, Pictures
from sebghat.charts.palette import LIGHT
from sebghat.conversation import Picture

LARGEST = 60_000  # bytes
SHORT = 0.5  # seconds that a picture of these tests may take
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#ffffff"/></svg>'
)
HUNG = "import time\ntime.sleep(600)\n"
ENDS = "raise SystemExit\n"


@pytest.fixture
async def pictures() -> AsyncIterator[Pictures]:
    made = Pictures(limit=20)
    yield made
    await made.close()


def square(name: str) -> Picture:
    return Picture(name, SQUARE)


def program(folder: Path, text: str) -> Path:
    file = folder / "worker.py"
    file.write_text(text)
    return file


def pid(pictures: Pictures) -> int:
    assert pictures._worker is not None
    return pictures._worker.pid


def running(pictures: Pictures) -> bool:
    return pictures._worker is not None


def alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def size(png: bytes) -> tuple[int, int]:
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


@pytest.mark.parametrize("language", ["fa", "en"])
async def test_every_kind_of_picture_is_sharp_and_small(language: str, pictures: Pictures) -> None:
    for kind, picture in scenes.pictures(language, LIGHT):
        image = await pictures.image(picture, alert=True)
        assert image is not None, kind
        assert image.name == picture.name
        assert size(image.png)[0] == 1080
        assert 10_000 < len(image.png) < LARGEST, kind


async def test_persian_is_drawn_with_the_font_that_comes_along(pictures: Pictures) -> None:
    """A text without its font leaves nothing: the picture of it is larger than that of an empty sheet."""
    texts = ["", "پیام‌رسان", "\ufffd"]
    sizes = []
    for number, text in enumerate(texts):
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="99" font-family="Vazirmatn">'
            '<rect width="600" height="99" fill="#ffffff"/>'
            f'<text x="9" y="60" font-size="40" fill="#000000">{text}</text>'
            "</svg>"
        )
        image = await pictures.image(Picture(str(number), svg), alert=True)
        assert image is not None
        sizes.append(len(image.png))
    assert sizes[0] < sizes[2] < sizes[1]


async def test_the_same_picture_comes_again_at_once(pictures: Pictures) -> None:
    first = await pictures.image(square("a"), alert=False)
    worker = pid(pictures)
    os.kill(worker, signal.SIGSTOP)  # whatever it did now, nobody would see
    assert await pictures.image(square("a"), alert=True) == first


async def test_many_who_ask_for_one_picture_cause_one_drawing(pictures: Pictures) -> None:
    every = await asyncio.gather(*(pictures.image(square("a"), alert=True) for _ in range(200)))
    assert len({id(image.png) for image in every if image is not None}) == 1
    assert None not in every


async def test_a_worker_that_was_killed_is_replaced(pictures: Pictures) -> None:
    assert await pictures.image(square("a"), alert=False)
    killed = pid(pictures)
    os.kill(killed, signal.SIGKILL)
    assert await pictures.image(square("b"), alert=False)
    assert pid(pictures) != killed


async def test_a_drawing_that_fails_costs_that_picture_alone_and_is_not_tried_for_everybody(
    pictures: Pictures,
) -> None:
    assert await pictures.image(Picture("bad", "<svg"), alert=True) is None
    worker = pid(pictures)
    os.kill(worker, signal.SIGSTOP)  # who asked again would wait for it
    assert await pictures.image(Picture("bad", "<svg"), alert=True) is None
    assert pid(pictures) == worker  # it was not asked: it would have been ended
    os.kill(worker, signal.SIGCONT)
    assert await pictures.image(square("good"), alert=True)


async def test_what_cannot_even_be_handed_to_the_worker_costs_no_text(
    pictures: Pictures, caplog: pytest.LogCaptureFixture
) -> None:
    half = Picture("half a character", SQUARE + "\ud83d")
    for _ in range(2):
        assert await pictures.image(half, alert=True) is None
    assert sum("could not be drawn" in record.getMessage() for record in caplog.records) == 1
    assert await pictures.image(square("whole"), alert=True) is not None


async def test_a_worker_that_hangs_is_ended_and_nobody_waits_for_it_again(tmp_path: Path) -> None:
    pictures = Pictures(SHORT, program(tmp_path, HUNG))
    async with asyncio.timeout(10 * SHORT):
        every = await asyncio.gather(*(pictures.image(square("a"), alert=True) for _ in range(50)))
    assert every == [None] * 50
    assert await pictures.image(square("a"), alert=True) is None
    assert not running(pictures)  # nor was it started for that
    await pictures.close()


async def test_a_worker_that_ends_at_once_is_given_up(tmp_path: Path) -> None:
    pictures = Pictures(20, program(tmp_path, ENDS))
    assert await pictures.image(square("a"), alert=True) is None
    await pictures.close()


async def test_a_flood_of_questions_is_bounded_and_does_not_hold_up_an_alert(pictures: Pictures) -> None:
    drawn = [picture for _, _, _, picture in scenes.everything()]
    assert len(drawn) > WAITING + 8
    flood = [asyncio.create_task(pictures.image(picture, alert=False)) for picture in drawn[1:]]
    await asyncio.sleep(0)
    alert = await pictures.image(drawn[0], alert=True)
    assert alert is not None
    assert sum(task.done() and task.result() is not None for task in flood) <= 3
    answered = [image for image in await asyncio.gather(*flood) if image is not None]
    assert 1 <= len(answered) <= WAITING


async def test_the_loop_is_not_held_up_while_pictures_are_drawn(pictures: Pictures) -> None:
    """Counted in the time that this thread itself works, which other programs do not lengthen."""
    worked: list[float] = []

    async def watch() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            worked.append(now - last)
            last = now

    drawn = [picture for _, picture in scenes.pictures("fa", LIGHT)]
    watching = asyncio.create_task(watch())
    for picture in drawn:
        assert await pictures.image(picture, alert=True)
    watching.cancel()
    assert len(worked) > len(drawn)
    assert max(worked) < 0.02


async def test_nothing_is_started_before_the_first_picture_and_nothing_is_left_after_the_last(
    pictures: Pictures,
) -> None:
    assert not running(pictures)
    assert await pictures.image(square("a"), alert=True)
    assert running(pictures)
    drawing = pid(pictures)
    assert alive(drawing)
    await pictures.close()
    assert not alive(drawing)


async def test_without_work_the_process_is_let_go_and_comes_back(pictures: Pictures) -> None:
    assert await pictures.image(square("a"), alert=True)
    worker = pictures._worker
    assert worker is not None
    pictures._rest()
    async with asyncio.timeout(10):
        assert await worker.wait() == 0
    assert await pictures.image(square("b"), alert=True)


@pytest.mark.long
@pytest.mark.timeout(3_600)
async def test_ten_thousand_pictures_do_not_grow_the_process(pictures: Pictures) -> None:
    drawn = [picture for _, picture in scenes.pictures("fa", LIGHT)]

    def resident() -> int:
        with open(f"/proc/{pid(pictures)}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    early = 0
    for number in range(10_000):
        picture = drawn[number % len(drawn)]
        assert await pictures.image(Picture(f"{number}", picture.svg), alert=True)
        if number == 500:
            early = resident()
    assert resident() < early * 11 // 10
    assert len(pictures._kept) <= 64
