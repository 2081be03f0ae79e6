"""Who may do what on Telegram: roles by id, and what never writes, whoever sends it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.served import (
    ADMINISTRATOR,
    CHANNEL,
    FORUM,
    OWNER,
    PERSON,
    STRANGER,
    Town,
)
from tests.overtaking import BEHIND, OVERTAKES

FOR_EDITORS = "This command is for the editors. Nothing changed."
NOT_TRUSTED = "Nothing is recorded from a forwarded, edited or anonymous message. Send the command yourself, anew."
ANONYMOUS = 1087968824  # in whose name Telegram shows anonymous administrators
WRITING = (
    "/set gap mau 36m",
    "/record",
    "/record reviewed",
    "/cancel",
    "/correct 95 30.4m",
    "/retract 95",
    "/review 95 96",
    "/claim eitaa telegram",
    "/undo",
    "/release 1",
    "/hold 1",
    "/rules hold_seconds 1",
    "/channels add telegram:-1",
)


def record(here: Town) -> list[list[tuple[Any, ...]]]:
    """All that commands can change."""
    tables = ("log", "observation", "live", "message", "draft", "subscription", "setting", "person")
    return [here.rows(f"SELECT * FROM {table}") for table in tables]


async def refused(here: Town, words: str, chat: int, text: str, sender: int | None = None, **more: Any) -> None:
    """It is answered by these words, and nothing changes."""
    before = record(here)
    assert (await here.ask(chat, text, sender, **more))["text"] == words
    await here.handled()
    assert record(here) == before


async def test_a_strangers_commands_of_editors_change_nothing_and_are_told_so(here: Town) -> None:
    await here.serve()
    for text in (*WRITING, "/status", "/pending", "/rules", "/channels"):
        await refused(here, FOR_EDITORS, STRANGER, text)
        await refused(here, FOR_EDITORS, FORUM, text, STRANGER)


async def test_an_owners_name_makes_nobody_an_owner(here: Town) -> None:
    await here.serve(ADMINS=f"telegram:{OWNER},eitaa:{STRANGER}")
    named: dict[str, Any] = {
        "from": {"id": STRANGER, "is_bot": False, "first_name": str(OWNER), "username": str(OWNER)}
    }
    await refused(here, FOR_EDITORS, STRANGER, "/set gap mau 36m", **named)


async def test_without_owners_nobody_is_one_and_check_says_so(here: Town) -> None:
    check = await here.start("check", ADMINS="")
    assert await check.ended() == 0
    assert "nobody is an owner: figures can be entered only once SEBGHAT_ADMINS names one" in check.out
    await here.serve(ADMINS="")
    await refused(here, FOR_EDITORS, OWNER, "/set gap mau 36m")
    assert (await here.ask(OWNER, "/stats eitaa"))["text"].startswith("Eitaa\n")


@pytest.mark.parametrize(
    "more",
    [{"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "S"}}, {"edited": True}],
    ids=["forwarded", "edited"],
)
async def test_what_is_forwarded_or_edited_never_writes_even_from_an_owner(here: Town, more: dict[str, Any]) -> None:
    await here.serve()
    await here.enter(BEHIND)
    await here.ask(OWNER, OVERTAKES)
    for text in (*WRITING, "/subscribe", "/forget", "/language fa"):
        await refused(here, NOT_TRUSTED, OWNER, text, **more)
    assert (await here.ask(OWNER, "/stats eitaa", **more))["text"].startswith("Eitaa\n")
    assert "Recorded" in (await here.ask(OWNER, "/record"))["text"]


async def test_a_channels_own_posts_never_write(here: Town) -> None:
    await here.serve()
    for text in ("/set gap mau 36m", "/record"):
        await refused(here, FOR_EDITORS, CHANNEL, text)
    for text in ("/subscribe", "/unsubscribe", "/forget"):
        await refused(here, NOT_TRUSTED, CHANNEL, text)
    for text in ("News of today", "آمار ایتا", "ایتا"):
        await here.silent(here.telegram.say(CHANNEL, text))


async def test_an_anonymous_administrator_subscribes_the_group_and_writes_nothing_else(here: Town) -> None:
    await here.serve(ADMINS=f"telegram:{OWNER},telegram:{ANONYMOUS}")
    anonymous: dict[str, Any] = {"sender_chat": {"id": FORUM, "type": "supergroup", "title": "G"}}
    for text in ("/set gap mau 36m", "/record"):
        await refused(here, FOR_EDITORS, FORUM, text, ANONYMOUS, **anonymous)
    await refused(here, NOT_TRUSTED, FORUM, "/forget", ANONYMOUS, **anonymous)
    answer = await here.ask(FORUM, "/subscribe", ANONYMOUS, **anonymous)
    assert answer["text"].startswith("Alerts of all overtakings come to this chat.")


async def test_in_a_group_its_administrators_and_owners_alone_subscribe(here: Town) -> None:
    await here.serve()
    for sender in (STRANGER, PERSON):
        answer = await here.ask(FORUM, "/subscribe", sender)
        assert answer["text"] == "In a group or channel this is for its administrators. Nothing changed."
    assert (await here.ask(FORUM, "/subscribe eitaa", OWNER))["text"].startswith("Alerts about Eitaa")
    assert (await here.ask(FORUM, "/subscribe", ADMINISTRATOR))["text"].startswith("Alerts of all")
    (linked,) = [{"sender_chat": {"id": -1009, "type": "channel", "title": "C"}}]
    answer = await here.ask(FORUM, "/unsubscribe", 136817688, **linked)
    assert answer["text"] == "In a group or channel this is for its administrators. Nothing changed."


async def test_somebody_elses_buttons_do_nothing_and_say_so(here: Town) -> None:
    await here.serve(ADMINS=f"telegram:{OWNER},telegram:{PERSON}")
    await here.enter(BEHIND)
    preview = await here.ask(FORUM, OVERTAKES, OWNER)
    (buttons,) = preview["buttons"]
    before = record(here)
    for button in buttons:
        assert (await here.press(FORUM, button["data"], STRANGER))["text"] == FOR_EDITORS
    record_button, cancel_button = buttons
    assert (await here.press(FORUM, record_button["data"], PERSON))["text"].startswith("Preview 2 is somebody else")
    assert (await here.press(FORUM, cancel_button["data"], PERSON))["text"].startswith("Preview 2 is somebody else")
    await here.handled()
    assert record(here)[:5] == before[:5]
    assert "Recorded" in (await here.press(FORUM, record_button["data"], OWNER))["text"]


async def test_what_was_never_on_a_button_does_nothing_and_says_so(here: Town) -> None:
    await here.serve()
    await here.enter(BEHIND)
    await here.ask(OWNER, OVERTAKES)
    before = record(here)
    for data in ("chart:eitaa", "x" * 64, "ثبت", "{}", "record 1", "stats eitaa", " /record 1", "\u2066/record 1"):
        answer = await here.press(OWNER, data)
        assert answer["text"] == "This button no longer works. Write the command, for example /stats eitaa"
    await here.handled()
    assert record(here) == before


async def test_buttons_under_what_telegram_shows_no_longer_still_answer(here: Town) -> None:
    await here.serve()
    gone: dict[str, Any] = {"message": {"message_id": 1, "date": 0, "chat": {"id": PERSON, "type": "private"}}}
    assert (await here.press(PERSON, "/stats eitaa", **gone))["text"].startswith("Eitaa\n")
    await here.silent(here.telegram.press(PERSON, "/stats eitaa", message=None))
