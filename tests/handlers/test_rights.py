"""Who may what: strangers, forwarded and anonymous messages, groups; and what is forgotten."""

from __future__ import annotations

import pytest

from handlers.commands import TABLE, Command
from handlers.desk import Role
from handlers.verification import verify
from sebghat.conversation import ChatKind
from sebghat.platforms import bundled
from tests.handlers.room import OTHER_OWNER, OWNER, STRANGER, Room
from tests.overtaking import BEHIND, OVERTAKES, RECENT

EDITORS = [command for command in TABLE if command.role > Role.EVERYBODY]
WRITERS = [command for command in TABLE if command.writes]


async def overtake(room: Room) -> None:
    for text in (BEHIND, OVERTAKES):
        await room(text)
        await room("/record")


# Strangers


@pytest.mark.parametrize("command", EDITORS, ids=lambda command: command.name)
async def test_a_stranger_gets_one_polite_line_and_nothing_changes(command: Command, room: Room) -> None:
    await overtake(room)
    before = room.dump()
    for text in (f"/{command.name}", command.sample, f"/{command.name.upper()}@bot 1", f"/{command.words[-1]} 1"):
        assert await room(text, STRANGER) == "This command is for the editors. Nothing changed."
        assert await room.in_group(text, STRANGER) == "This command is for the editors. Nothing changed."
    assert room.dump() == before


async def test_the_polite_line_is_in_the_chats_language(room: Room) -> None:
    await room("/language fa", STRANGER)
    assert await room("/set eitaa mau 30m", STRANGER) == "این فرمان برای گردانندگان است. چیزی تغییر نکرد."


async def test_an_owner_elsewhere_is_a_stranger_here(room: Room) -> None:
    assert "for the editors" in await room("/set eitaa mau 30m", OWNER, messenger="bale")


async def test_plain_words_never_record(room: Room) -> None:
    await room("/set gap mau 36m source=X")
    before = room.dump("observation", "log")
    for text in ("ثبت", "record", "برگردان", "رقم ایتا ماهانه ۳۰ میلیون"):
        await room(text)
    assert room.dump("observation", "log") == before


# What is forwarded, edited or anonymous


async def not_own(room: Room, text: str, how: str, sender: str = OWNER) -> str:
    return await room(text, sender, forwarded=how == "forwarded", edited=how == "edited")


@pytest.mark.parametrize("how", ["forwarded", "edited"])
@pytest.mark.parametrize("command", WRITERS, ids=lambda command: command.name)
async def test_what_is_not_a_persons_own_fresh_word_never_writes(command: Command, how: str, room: Room) -> None:
    await overtake(room)
    await room("/set gap mau 37m source=X")
    before = room.dump()
    for text in (f"/{command.name}", command.sample):
        assert "Nothing is recorded from a forwarded, edited or anonymous message" in await not_own(room, text, how)
    assert room.dump() == before


@pytest.mark.parametrize("command", WRITERS, ids=lambda command: command.name)
async def test_an_anonymous_administrator_decides_about_the_group_and_no_more(command: Command, room: Room) -> None:
    await overtake(room)
    before = room.dump("observation", "live", "log", "item", "message", "draft", "person")
    answer = await room.in_group(command.sample, "-100", anonymous=True)
    assert ("for the editors" not in answer and "Nothing is recorded" not in answer) == command.anonymous
    assert room.dump("observation", "live", "log", "item", "message", "draft", "person") == before


async def test_a_channels_own_posts_never_write(room: Room) -> None:
    before = room.dump()
    await room("/subscribe", OWNER, chat="-200", chat_kind=ChatKind.CHANNEL)
    assert room.dump() == before


@pytest.mark.parametrize("how", ["forwarded", "edited"])
async def test_a_question_that_was_edited_or_forwarded_is_answered(how: str, room: Room) -> None:
    assert await not_own(room, "/stats eitaa", how, STRANGER) == await room("/stats eitaa", STRANGER)


# Groups


async def subscribed(room: Room, chat: str) -> list[tuple[str]]:
    return room.rows(f"SELECT platform FROM subscription WHERE chat IN (SELECT id FROM chat WHERE chat = '{chat}')")


@pytest.mark.parametrize("command", ["/subscribe eitaa", "/unsubscribe", "/language fa"])
async def test_in_a_group_only_its_administrators_decide(command: str, room: Room) -> None:
    room.administrators = {"7"}
    await room.in_group("/subscribe gap", "7")
    before = room.dump()
    assert "administrators" in await room.in_group(command, "8")
    assert room.dump() == before
    await room.in_group(command, "7")
    assert room.dump() != before


async def test_where_the_messenger_cannot_say_who_administers_owners_decide_alone(room: Room) -> None:
    room.administrators = None
    assert "administrators" in await room.in_group("/subscribe", "7")
    assert await subscribed(room, "-100") == []
    await room.in_group("/subscribe", OWNER)
    assert await subscribed(room, "-100") == [("",)]


async def test_an_anonymous_administrator_may_subscribe_the_group(room: Room) -> None:
    await room.in_group("/subscribe gap", "-100", anonymous=True)
    assert await subscribed(room, "-100") == [("gap",)]


async def test_a_topic_subscribes_for_itself(room: Room) -> None:
    room.administrators = {"7"}
    await room.in_group("/subscribe gap", "7", thread="42")
    assert room.rows("SELECT chat, thread FROM chat WHERE chat = '-100'") == [("-100", "42")]


# Alerts of a chat


async def test_a_chat_subscribes_to_all_or_to_some_and_is_told_what_comes(room: Room) -> None:
    assert "No alerts come" in await room("/subscriptions", STRANGER)
    assert (
        await room("/subscribe", STRANGER)
        == "Alerts of all overtakings come to this chat.\n/unsubscribe · /subscriptions"
    )
    assert "Alerts about Eitaa and Gap" in await room("/subscribe گپ، ایتا", STRANGER)
    assert "Alerts about Eitaa and Gap" in await room("/subscriptions", STRANGER)
    assert "only alerts about Gap" in await room("/unsubscribe eitaa", STRANGER)
    assert "No more alerts" in await room("/unsubscribe", STRANGER)
    assert "There was no such subscription" in await room("/unsubscribe", STRANGER)
    assert await subscribed(room, STRANGER) == []


async def test_one_cannot_be_taken_out_of_all(room: Room) -> None:
    await room("/subscribe", STRANGER)
    assert "one cannot be taken out" in await room("/unsubscribe eitaa", STRANGER)
    assert await subscribed(room, STRANGER) == [("",)]


@pytest.mark.parametrize("command", ["subscribe", "unsubscribe"])
async def test_an_unknown_name_changes_nothing(command: str, room: Room) -> None:
    await room("/subscribe gap", STRANGER)
    before = room.dump()
    assert "/eitaa" in (await room(f"/{command} gap eitae", STRANGER)).replace(" ", "/")
    assert room.dump() == before


# Language


async def test_a_chat_has_its_own_language(room: Room) -> None:
    assert await room("/language fa", STRANGER) == "از این پس به فارسی."
    assert (await room("/stats eitaa", STRANGER)).splitlines()[0] == "ایتا"
    assert (await room("/stats eitaa")).splitlines()[0] == "Eitaa"
    assert await room("/language انگلیسی", STRANGER) == "English from now on."
    assert "/language fa" in await room("/language", STRANGER)
    answer = await room("/language klingon", STRANGER)
    assert '"klingon"' in answer
    assert "/language en" in answer


# Forgetting


async def test_who_asks_to_be_forgotten_stands_nowhere_any_more(room: Room) -> None:
    await room("/subscribe gap", "70071")
    await room("/language fa", "70071")
    await room("/language en", "70071")
    assert "70071" in str(room.dump())
    assert "deleted" in await room("/forget", "70071")
    assert "70071" not in str(room.dump())
    assert "70071" not in str(room.rows("SELECT * FROM seen"))


async def test_what_an_editor_recorded_stays_and_the_log_holds_when_they_are_forgotten(room: Room) -> None:
    room.owners.add(("telegram", "70071"))
    await room(f"/set gap mau 36m {RECENT} source=X", "70071")
    await room("/record", "70071")
    await room("/set gap mau 37m source=X", "70071")  # a draft that nobody will record
    kept = room.dump("log", "observation", "live", "item")
    await room("/forget", "70071")
    assert room.dump("log", "observation", "live", "item") == kept
    assert room.rows("SELECT * FROM draft") == []
    assert "70071" not in str(room.dump())
    assert (await verify(room.store, bundled()))[0] == "verify.whole"
    assert "nothing of yours" in await room("/undo", "70071")


async def test_a_number_is_not_given_again_after_somebody_was_forgotten(room: Room) -> None:
    room.owners.add(("telegram", OTHER_OWNER))
    await room("/set gap mau 36m source=X")
    await room("/record")
    await room("/forget")
    await room("/set gap mau 37m source=X", OTHER_OWNER)
    await room("/record", OTHER_OWNER)
    assert room.rows("SELECT DISTINCT person FROM log WHERE person IS NOT NULL ORDER BY 1") == [(1,), (2,)]


async def test_in_a_group_a_person_is_forgotten_and_the_group_is_not(room: Room) -> None:
    room.administrators = {"7"}
    await room.in_group("/subscribe gap", "7")
    await room.in_group("/forget", "8")
    assert await subscribed(room, "-100") == [("gap",)]


async def test_privacy_says_what_is_kept(room: Room) -> None:
    answer = await room("/privacy", STRANGER)
    assert "id of this chat" in answer
    assert "/forget" in answer


# Channels and health


async def test_channels_are_added_listed_and_removed(room: Room) -> None:
    assert "no channel yet" in await room("/channels")
    await room("/channels add telegram:@news gap en")
    await room("/channels add eitaa:۱۲۳۴۵۶")
    listed = await room("/channels")
    assert "telegram:@news — Gap" in listed
    assert "eitaa:123456 — all" in listed
    assert room.rows("SELECT language FROM chat WHERE chat = '@news'") == [("en",)]
    await room("/channels remove telegram:@news")
    assert "@news" not in await room("/channels")


@pytest.mark.parametrize(
    "words",
    ["add", "add nowhere", "add telegram:", "add x:1", "add telegram:a/b", "add telegram:1 nobody", "paint", "remove"],
)
async def test_what_is_no_channel_is_said_to_be_none(words: str, room: Room) -> None:
    before = room.dump()
    answer = await room(f"/channels {words}")
    assert len(answer) > 10
    assert "fault" not in answer
    assert room.dump() == before


async def test_a_channel_that_is_added_again_is_no_longer_set_aside(room: Room) -> None:
    await room("/channels add eitaa:123456")
    async with room.store.transaction() as record:
        (channel,) = await record.chats.channels()
        await record.chats.pause(channel.where, room.message("").sent_at)
    assert "set aside" in await room("/channels")
    await room("/channels add eitaa:123456")
    assert "set aside" not in await room("/channels")


@pytest.mark.parametrize(("language", "digit"), [("en", "9"), ("fa", "۹")])
async def test_status_counts_in_the_digits_of_its_language(language: str, digit: str, room: Room) -> None:
    await room(f"/language {language}")
    lines = (await room("/status")).splitlines()
    assert digit in lines[1]
    assert not any(char.isascii() and char.isdigit() for line in lines for char in line if language == "fa")
