"""/chart: what is drawn, what is said beside it, and refusals that name a line that works."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sebghat.conversation import ChatKind, Reply
from tests.handlers.room import Room

COMMAND = re.compile(r"/[a-z]+(?: [a-z0-9]+)*")


async def reply(room: Room, text: str, **said: Any) -> Reply:
    (_, answer), *others = await room.replies(text, **said)
    assert not others
    return answer


async def test_a_platform_is_drawn_and_the_same_facts_stand_beside_it(room: Room) -> None:
    answer = await reply(room, "/chart eitaa mau")
    assert answer.picture is not None
    assert answer.picture.name.startswith("series-")
    for fact in ("30.5 million", "1 June 2024", "Ministry of ICT"):
        assert fact in answer.plain
        assert fact in answer.picture.svg


async def test_who_has_no_such_figure_is_named_as_not_comparable(room: Room) -> None:
    answer = await reply(room, "/chart rubika eitaa telegram mau")
    assert answer.picture is not None
    assert "Telegram: no such figure, so not comparable." in answer.plain
    assert "Telegram: no such figure" in answer.picture.svg


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        ("نمودار ایتا تلگرام", "series-"),
        ("نمودار ایتا", "series-"),
        ("/نمودار ایتا", "series-"),
        ("chart eitaa telegram", "series-"),
        ("/chart@sebghat_bot eitaa", "series-"),
        ("/chart whatsapp telegram poll difference", "gap-"),
        ("نمودار فاصله واتساپ و تلگرام", "gap-"),
        ("/stats eitaa", "series-"),
        ("/rank mau", "rank-"),
    ],
)
async def test_it_is_understood_in_both_languages(room: Room, asked: str, start: str) -> None:
    answer = await reply(room, asked)
    assert answer.picture is not None
    assert answer.picture.name.startswith(start)


async def test_dark_and_light_are_two_pictures_of_the_same_words(room: Room) -> None:
    light, dark = [await reply(room, f"/chart eitaa{theme}") for theme in ("", " dark")]
    assert light.plain == dark.plain
    assert light.picture != dark.picture


async def test_a_chart_in_persian_is_persian(room: Room) -> None:
    await room("/language fa")
    answer = await reply(room, "نمودار ایتا")
    assert answer.picture is not None
    assert "۳۰٫۵ میلیون" in answer.picture.svg
    assert "نوروز ۱۴۰۳" in answer.picture.svg
    assert not re.search(r">[^<]*[0-9][^<]*</text>", answer.picture.svg)


async def test_where_there_are_no_pictures_nothing_is_drawn_beside_figures(room: Room) -> None:
    for text in ("/stats eitaa", "/rank mau"):
        assert (await reply(room, text, messenger="console")).picture is None
    assert "30.5 million" in (await reply(room, "/chart eitaa", messenger="console")).plain


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("/chart", "whose figures"),
        ("/chart foo", "do not know"),
        ("/chart eitaa flurb", "do not know"),
        ("/chart eitaaaa", "Perhaps"),
        ("/chart virasti", "no figure to draw"),
        ("/chart eitaa telegram mau 1y", "no figure; the newest is of 1 June 2024"),
        ("/chart telegram dau", 'no figure of Telegram for "daily active users"'),
        ("/chart eitaa bale rubika soroush igap", "At most 4"),
        ("/chart eitaa aparat difference", "no figures of Eitaa and Aparat"),
        ("/chart eitaa difference", "needs two"),
        ("/chart eitaa telegram mau difference", "no figures of Eitaa and Telegram"),
    ],
)
async def test_a_refusal_says_why_and_names_a_line_that_works(room: Room, asked: str, says: str) -> None:
    said = await room(asked)
    assert says in said
    offered = COMMAND.findall(said)
    assert offered
    for line in offered:
        answer = await room(line)
        assert "do not know" not in answer
        assert "no figure to draw" not in answer


async def test_the_lines_of_the_help_are_drawn(room: Room) -> None:
    for line in COMMAND.findall(await room("/help chart")):
        if line.startswith("/chart"):
            assert (await reply(room, line)).picture is not None, line


async def test_in_a_group_a_chart_is_drawn_where_it_is_asked_for(room: Room) -> None:
    answer = await reply(room, "/chart eitaa", chat="-100", chat_kind=ChatKind.GROUP)
    assert answer.picture is not None
    assert await room.replies("نمودار را ببین", chat="-100", chat_kind=ChatKind.GROUP) == []


async def test_gap_is_a_messenger_and_no_difference(room: Room) -> None:
    answer = await reply(room, "/chart gap telegram poll")
    assert answer.picture is not None
    assert "Gap: 0.5%" in answer.plain
    assert answer.picture.name.startswith("series-")


async def test_a_line_of_many_words_is_answered(room: Room) -> None:
    assert (await reply(room, "/chart " + "eitaa " * 500)).picture is not None
