"""Cards for what people type after the bot's name: the same answers as the commands give, to be sent anywhere."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from sebghat.conversation import Cards, Query
from tests.handlers.room import ISOLATES, STRANGER, Room


async def ask(room: Room, text: str, language: str = "en", sender: str = STRANGER) -> Cards:
    return await room.intake.cards(Query("q1", "telegram", sender, "91", text, language))


def titles(cards: Cards) -> list[str]:
    return [card.title.translate(ISOLATES) for card in cards.cards]


def texts(cards: Cards) -> list[str]:
    return [card.reply.plain.translate(ISOLATES) for card in cards.cards]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("eitaa", ["/stats eitaa", "/compare eitaa telegram"]),
        ("Eitaa?", ["/stats eitaa", "/compare eitaa telegram"]),
        ("eitaa telegram", ["/compare eitaa telegram", "/stats eitaa", "/stats telegram"]),
        ("eitaa dau", ["/stats eitaa dau"]),
        ("how many users has bale", ["/stats bale"]),
        ("rank poll", ["/rank poll"]),
        ("overtakings", ["/overtakings"]),
        ("eitaab", ["/stats eitaa"]),
        ("gap", ["/stats gap"]),
    ],
)
async def test_a_query_is_answered_as_the_commands_answer(text: str, commands: list[str], room: Room) -> None:
    said = texts(await ask(room, text))
    assert len(said) >= len(commands)
    for command, card in zip(commands, said, strict=False):
        answer = await room(command, STRANGER)
        assert answer.startswith(card), command
        left = answer.removeprefix(card).strip(" ·\n")
        assert all(part.startswith("/") for part in left.split(" · ") if part), "only commands are left out"


@pytest.mark.parametrize("text", ["", "   ", "؟"])
async def test_an_empty_query_shows_the_standings(text: str, room: Room) -> None:
    cards = await ask(room, text)
    assert titles(cards)[0] == "All messengers"
    assert texts(cards)[0] == await room("/stats", STRANGER)


@pytest.mark.parametrize(
    "text", ["zzzzzz", "hello", "/set eitaa mau 30m", "/forget", "forget", "/subscribe", "بله قربان"]
)
async def test_what_is_not_known_is_said_and_what_is_known_offered(text: str, room: Room) -> None:
    before = room.dump()
    cards = await ask(room, text)
    assert len(cards.cards) == 1
    assert text in titles(cards)[0]
    assert room.dump() == before


async def test_an_everyday_word_is_a_name_here(room: Room) -> None:
    assert titles(await ask(room, "بله"))[0] == "بله"
    assert titles(await ask(room, "گپ"))[0] == "گپ"


@pytest.mark.parametrize(
    ("text", "client", "chosen", "first", "personal"),
    [
        ("ایتا", "en", "", "ایتا", False),
        ("eitaa", "en", "", "Eitaa", True),
        ("eitaa", "fa", "", "ایتا", True),
        ("eitaa", "de", "", "Eitaa", True),
        ("eitaa", "", "", "Eitaa", True),
        ("eitaa", "en", "fa", "ایتا", True),
        ("", "fa", "", "آمار همه‌ی پیام‌رسان‌ها", True),
    ],
)
async def test_the_language_follows_the_letters_or_the_person(
    text: str, client: str, chosen: str, first: str, personal: bool, room: Room
) -> None:
    """What holds for everybody who types the same may be kept for everybody; the rest is that person's."""
    if chosen:
        await room(f"/language {chosen}", STRANGER)
    cards = await ask(room, text, client)
    assert titles(cards)[0] == first
    assert cards.personal is personal


@pytest.mark.parametrize("text", ["", "ایتا", "eitaa", "ایتا تلگرام", "rank", "پیشی گرفتن ها"])
async def test_a_card_ends_with_no_command_and_has_no_button(text: str, room: Room) -> None:
    for card in (await ask(room, text)).cards:
        assert card.reply.buttons == ()
        assert card.reply.plain.splitlines()[-1].translate(ISOLATES)[0] != "/"
        assert not card.reply.plain.endswith(("\n", "· "))
        assert card.title.strip()
        assert card.description.strip()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=strategies.text(max_size=400))
async def test_whatever_is_typed_is_answered_and_nothing_is_written(text: str, room: Room) -> None:
    before = room.dump()
    cards = await ask(room, text)
    assert cards.cards
    assert all(len(card.title) <= 120 and len(card.description) <= 200 for card in cards.cards)
    assert room.dump() == before
