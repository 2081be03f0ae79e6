"""A news text from an editor: its figures and claims are offered, and nothing of it is ever recorded by itself."""

from __future__ import annotations

import pytest

from sebghat.conversation import ChatKind, Reply
from tests.handlers.room import OWNER, STRANGER, Room
from tests.overtaking import TODAY

NEWS = (
    "به گزارش خبرگزاری ایسنا، معاون وزیر ارتباطات روز شنبه ۱۲ خرداد ۱۴۰۳ گفت: پیام‌رسان ایتا ۳۱.۵ میلیون کاربر فعال"
    " ماهانه و ۱۹ میلیون کاربر فعال روزانه دارد. وی افزود که ایتا از تلگرام و واتساپ پیشی گرفته است."
)
KEPT = ("observation", "live", "log", "item", "message", "announcement", "setting", "named", "claim")


async def forwarded(room: Room, text: str = NEWS, sender: str = OWNER) -> Reply:
    ((_, reply),) = await room.replies(text, sender, forwarded=True)
    return reply


def pressed(reply: Reply, label: str) -> str:
    (data,) = [button.data for row in reply.buttons for button in row if button.label == label]
    return data


async def test_figures_are_offered_each_with_its_quote_and_nothing_is_recorded(room: Room) -> None:
    kept = room.dump(*KEPT)
    offered = await forwarded(room)
    lines = offered.plain.splitlines()
    assert lines[0].startswith("In this text I found 2 figures and 2 claims. Nothing is recorded")
    assert lines[1].startswith("1. Eitaa: 31.5 million monthly users, 1 June 2024, ")
    assert "پیام‌رسان ایتا ۳۱.۵ میلیون کاربر فعال ماهانه" in lines[1]
    assert lines[2].startswith("2. Eitaa: 19 million daily users, 1 June 2024, ")
    assert "Eitaa passed Telegram" in lines[3]
    assert room.dump(*KEPT) == kept


async def test_each_figure_is_a_filled_in_command_that_reads_the_same(room: Room) -> None:
    offered = await forwarded(room)
    (command,) = [b.command for row in offered.buttons for b in row if b.label == "Eitaa 31.5 million"]
    assert command.startswith("/set eitaa mau 31.5 million date=1403-03-12 source=")
    by_button, typed = await room(pressed(offered, "Eitaa 31.5 million")), await room(command)
    for answer in (by_button, typed):
        assert "Eitaa: thirty-one million five hundred thousand monthly active users" in answer
        assert "1 June 2024" in answer


async def test_one_after_the_other_they_are_one_publication(room: Room) -> None:
    offered = await forwarded(room)
    for label in ("Eitaa 31.5 million", "Eitaa 19 million"):
        await room(pressed(offered, label))
        assert "Recorded" in await room("/record")
    entered = room.rows("SELECT metric, lo, release_name, quote FROM observation WHERE recorded_by <> '' ORDER BY id")
    assert [row[:2] for row in entered] == [("mau", 31_500_000), ("dau", 19_000_000)]
    assert entered[0][2] == entered[1][2]
    assert "پیام‌رسان ایتا" in entered[0][3]


async def test_all_together_are_one_preview(room: Room) -> None:
    offered = await forwarded(room)
    preview = await room(pressed(offered, "all 2 figures"))
    assert "thirty-one million five hundred thousand" in preview
    assert "nineteen million" in preview
    assert "Recorded (numbers 95 and 96)" in await room("/record")


async def test_a_yes_to_what_was_only_found_shows_it_first(room: Room) -> None:
    await forwarded(room)
    kept = room.dump(*KEPT)
    assert (await room("/record")).startswith("Nothing is recorded yet. What it would do:")
    assert room.dump(*KEPT) == kept
    assert "Recorded" in await room("/record")


async def test_a_claim_is_offered_as_a_claim(room: Room) -> None:
    offered = await forwarded(room)
    preview = await room(pressed(offered, "claim: Eitaa passed Telegram"))
    assert preview.startswith("Claim: Eitaa passed Telegram")
    assert "Claim recorded" in await room("/record")
    assert "ایتا از تلگرام و واتساپ پیشی گرفته است" in await room("/overtakings eitaa")


async def test_pasted_it_is_read_too(room: Room) -> None:
    assert "In this text I found 2 figures" in await room(NEWS)


@pytest.mark.parametrize("how", ["a stranger", "a group", "edited", "a command"])
async def test_for_nobody_else_and_nowhere_else(how: str, room: Room) -> None:
    kept = room.dump(*KEPT, "draft")
    match how:
        case "a stranger":
            answer = await room(NEWS, STRANGER, forwarded=True)
        case "a group":
            answer = await room(NEWS, OWNER, chat="-100", chat_kind=ChatKind.GROUP, forwarded=True)
        case "edited":
            answer = await room(NEWS, OWNER, edited=True)
        case _:
            answer = await room(f"/set gap mau 36m {TODAY} source=X", OWNER, forwarded=True)
            assert "Nothing is recorded from a forwarded" in answer
    assert "In this text" not in answer
    assert room.dump(*KEPT, "draft") == kept


async def test_a_text_without_figures_is_answered_as_ever(room: Room) -> None:
    talk = "سلام. فردا ساعت ده جلسه داریم و خوب است که همه درباره‌ی برنامه‌ی ماه بعد و کارهای مانده حرف بزنیم."
    assert "In this text" not in await room(talk)


async def test_what_is_not_certain_is_not_offered(room: Room) -> None:
    answer = await room("به گزارش ایسنا، این پیام‌رسان داخلی که نامش نیامده ۱۲ میلیون کاربر فعال ماهانه دارد. " * 2)
    assert "In this text" not in answer


async def test_a_claim_that_is_forwarded_is_offered_however_short(room: Room) -> None:
    offered = await forwarded(room, "ایتا از تلگرام گذشت")
    assert offered.plain.startswith("In this text I found 1 claim.")
    assert "Eitaa passed Telegram" in str(offered.buttons)


async def test_of_a_forwarded_text_it_is_said_why_nothing_of_it_is_offered(room: Room) -> None:
    offered = await forwarded(room, "روز سه‌شنبه ایسنا نوشت که ایتا و روبیکا ۳۲ میلیون کاربر ماهانه دارند.")
    assert offered.plain.startswith("No figure in this text is sure enough to be offered.")
    assert "ایتا و روبیکا ۳۲ میلیون" in offered.plain  # the quote, with what is missing
    assert not offered.buttons
