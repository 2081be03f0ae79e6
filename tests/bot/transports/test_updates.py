from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies

from bot.transports.telegram import STAND_INS
from bot.transports.updates import Reader, Unreadable, kinds
from sebghat.conversation import Address, Attachment, ChatKind, Incoming, Membership, Message, Migration, Query

NOW = datetime(2026, 11, 24, tzinfo=UTC)
READER = Reader("telegram", "our_bot", stand_ins=STAND_INS)
PERSON = {"id": 7, "is_bot": False, "first_name": "S"}
PRIVATE = {"id": 7, "type": "private"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "گروه"}
CHANNEL = {"id": -1009876543210, "type": "channel", "title": "News"}


def read(update: object) -> Incoming | None:
    return READER.read(update, NOW)


def written(chat: dict[str, Any], kind: str = "message", **more: Any) -> Incoming | None:
    message = {"message_id": 1, "date": 1795000000, "chat": chat, "from": PERSON, "text": "/stats"} | more
    found = read({"update_id": 10, kind: {name: value for name, value in message.items() if value is not None}})
    assert not isinstance(found, Membership)
    return found


def message(chat: dict[str, Any], kind: str = "message", **more: Any) -> Message:
    found = written(chat, kind, **more)
    assert isinstance(found, Message)
    return found


def test_a_private_message() -> None:
    assert message(PRIVATE) == Message(
        key="u10",
        messenger="telegram",
        chat="7",
        thread="",
        chat_kind=ChatKind.PRIVATE,
        sender="7",
        text="/stats",
        sent_at=datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC),
    )


def test_a_group_has_a_title_and_is_not_its_sender() -> None:
    found = message(GROUP)
    assert (found.chat, found.sender, found.chat_kind) == ("-1001234567890", "7", ChatKind.GROUP)
    assert found.title == "گروه"


@pytest.mark.parametrize(
    ("text", "ours"),
    [
        ("/stats@our_bot eitaa", True),
        ("/stats@OUR_BOT", True),
        ("/stats@other_bot", False),
        ("  /stats@other_bot", False),
        ("see /stats@other_bot", True),
        ("a@other_bot", True),
    ],
)
def test_in_a_group_a_command_may_name_its_bot(text: str, ours: bool) -> None:
    found = written(GROUP, text=text)
    assert (found is not None) is ours
    if isinstance(found, Message):
        assert found.text == text


ANSWERED = {"message_id": 1, "from": {"id": 99, "is_bot": True, "username": "Our_Bot"}}


@pytest.mark.parametrize(
    ("chat", "more", "text", "address"),
    [
        (GROUP, {"text": "@our_bot ایتا"}, "ایتا", Address.MENTION),
        (GROUP, {"text": "ایتا @OUR_BOT?"}, "ایتا ?", Address.MENTION),
        (GROUP, {"text": "@our_bottle ایتا"}, "@our_bottle ایتا", Address.NONE),
        (GROUP, {"text": "me@our_bot ایتا"}, "me@our_bot ایتا", Address.NONE),
        (GROUP, {"text": "ایتا", "reply_to_message": ANSWERED}, "ایتا", Address.REPLY),
        (GROUP, {"text": "ایتا", "reply_to_message": ANSWERED | {"from": PERSON}}, "ایتا", Address.NONE),
        (GROUP, {"text": "ایتا", "reply_to_message": {"message_id": 1}}, "ایتا", Address.NONE),
        (GROUP, {"text": "ایتا", "reply_to_message": []}, "ایتا", Address.NONE),
        (PRIVATE, {"text": "@our_bot ایتا"}, "@our_bot ایتا", Address.NONE),
    ],
)
def test_in_a_group_words_may_be_meant_for_the_bot(
    chat: dict[str, Any], more: dict[str, Any], text: str, address: Address
) -> None:
    found = message(chat, **more)
    assert (found.text, found.address) == (text, address)


def test_topics_are_threads_but_replies_are_not() -> None:
    assert message(GROUP, message_thread_id=42, is_topic_message=True).thread == "42"
    assert message(GROUP, message_thread_id=42).thread == ""


@pytest.mark.parametrize(
    ("more", "sender", "anonymous"),
    [
        ({"sender_chat": GROUP, "from": {"id": 1087968824, "is_bot": True}}, "-1001234567890", True),
        ({"from": {"id": 1087968824, "is_bot": True}}, "-1001234567890", True),
        ({"sender_chat": CHANNEL, "from": {"id": 136817688, "is_bot": True}}, "-1009876543210", False),
    ],
    ids=["an anonymous administrator", "without its chat", "somebody in a channel's name"],
)
def test_who_writes_in_the_name_of_a_chat(more: dict[str, Any], sender: str, anonymous: bool) -> None:
    found = message(GROUP, **more)
    assert (found.sender, found.anonymous) == (sender, anonymous)


def test_channel_posts_are_the_channels_own() -> None:
    found = message(CHANNEL, "channel_post", **{"from": None})
    assert (found.chat_kind, found.sender, found.trusted) == (ChatKind.CHANNEL, str(CHANNEL["id"]), False)


@pytest.mark.parametrize(
    "field",
    [{"forward_origin": {"type": "hidden_user"}}, {"forward_from": PERSON}, {"forward_date": 1}],
    ids=lambda field: next(iter(field)),
)
def test_forwarded_messages_are_known(field: dict[str, Any]) -> None:
    assert message(PRIVATE, **field).forwarded
    assert not message(PRIVATE).forwarded


def test_edited_messages_are_known() -> None:
    assert message(PRIVATE, "edited_message").edited


def test_a_picture_speaks_by_its_caption_or_not_at_all() -> None:
    assert message(PRIVATE, text=None, caption="/stats eitaa").text == "/stats eitaa"
    assert written(PRIVATE, text=None, photo=[{}]) is None


DOCUMENT = {"file_id": "BQAC", "file_name": "ارقام.csv", "file_size": 9}


@pytest.mark.parametrize(
    ("more", "text", "file"),
    [
        ({"document": DOCUMENT}, "", Attachment("BQAC", "ارقام.csv", 9)),
        ({"document": DOCUMENT, "caption": "/import"}, "/import", Attachment("BQAC", "ارقام.csv", 9)),
        ({"document": DOCUMENT, "forward_date": 5}, "", Attachment("BQAC", "ارقام.csv", 9)),
        ({"document": {"file_id": "BQAC"}}, "", Attachment("BQAC", "", None)),
        ({"document": {"file_id": "BQAC", "file_size": "9", "file_name": 5}}, "", Attachment("BQAC", "", None)),
        ({"document": {"file_id": "B", "file_size": -1, "file_name": "\ud83d"}}, "", Attachment("B", "\ufffd", None)),
    ],
)
def test_a_document_comes_with_or_without_words(more: dict[str, Any], text: str, file: Attachment) -> None:
    found = message(PRIVATE, **{"text": None} | more)
    assert (found.text, found.file) == (text, file)
    assert found.forwarded is ("forward_date" in more)


@pytest.mark.parametrize("document", [None, [], {}, {"file_id": 5}, {"file_id": ""}])
def test_a_document_that_cannot_be_had_is_none(document: object) -> None:
    assert written(PRIVATE, text=None, document=document) is None


def test_other_bots_are_not_answered() -> None:
    assert written(GROUP, "message", **{"from": {"id": 8, "is_bot": True}}) is None


def test_a_group_that_moves_is_told_from_both_sides() -> None:
    new = -1005
    assert written(GROUP, text=None, migrate_to_chat_id=new) == Migration("u10", "telegram", "-1001234567890", "-1005")
    there = written({"id": new, "type": "supergroup"}, text=None, migrate_from_chat_id=-15)
    assert there == Migration("u10", "telegram", "-15", "-1005")


def press(**more: Any) -> Incoming | None:
    query = {"id": "77", "from": PERSON, "data": "/record 3", "message": {"date": 0, "chat": GROUP}} | more
    fields = {name: value for name, value in query.items() if value is not None}
    return read({"update_id": 13, "callback_query": fields})


def test_a_pressed_button_is_its_command() -> None:
    found = press()
    assert isinstance(found, Message)
    assert (found.key, found.pressed, found.text, found.sender) == ("u13", "77", "/record 3", "7")
    assert (found.chat, found.sent_at, found.trusted) == ("-1001234567890", NOW, True)


def test_a_press_without_what_it_needs_is_nothing() -> None:
    assert press(message=None) is None
    assert press(data=None) is None


@pytest.mark.parametrize(
    ("chat", "member", "may"),
    [
        (CHANNEL, {"status": "administrator", "can_post_messages": True}, True),
        (CHANNEL, {"status": "administrator", "can_post_messages": False}, False),
        (CHANNEL, {"status": "administrator"}, False),
        (CHANNEL, {"status": "member"}, False),
        (CHANNEL, {"status": "kicked"}, False),
        (GROUP, {"status": "member"}, True),
        (GROUP, {"status": "administrator"}, True),
        (GROUP, {"status": "restricted", "can_send_messages": True}, True),
        (GROUP, {"status": "restricted", "can_send_messages": False}, False),
        (GROUP, {"status": "left"}, False),
        (PRIVATE, {"status": "kicked"}, False),
        (PRIVATE, {"status": "member"}, True),
        (GROUP, {"status": "a status of the future"}, False),
    ],
)
def test_our_own_place_in_a_chat(chat: dict[str, Any], member: dict[str, Any], may: bool) -> None:
    found = read({"update_id": 14, "my_chat_member": {"chat": chat, "from": PERSON, "new_chat_member": member}})
    assert isinstance(found, Membership)
    assert (found.may_post, found.by, found.chat) == (may, "7", str(chat["id"]))


@pytest.mark.parametrize(
    "update",
    [
        None, 5, "text", [], {}, {"update_id": True}, {"update_id": None, "message": {}}, {"update_id": 10**5000},
        {"update_id": 1, "message": None}, {"update_id": 1, "message": []}, {"update_id": 1, "message": {"text": "x"}},
        {"update_id": 1, "message": {"chat": {"id": 1, "type": "party"}, "text": "x"}},
        {"update_id": 1, "message": {"chat": {"id": 1.5, "type": "private"}, "text": "x"}},
        {"update_id": 1, "message": {"chat": PRIVATE, "text": 5}},
        {"update_id": 1, "message": {"chat": PRIVATE, "text": "x", "from": PERSON}},
        {"update_id": 1, "message": {"chat": PRIVATE, "text": "x", "from": PERSON, "date": 10**30}},
        {"update_id": 1, "message": {"chat": PRIVATE, "text": "x", "from": 5, "date": 1}},
        {"update_id": 1, "callback_query": {"data": "x", "message": {"chat": PRIVATE}}},
        {"update_id": 1, "my_chat_member": {"chat": GROUP, "from": PERSON}},
        {"update_id": 1, "inline_query": {"id": "1"}},
        {"update_id": 1, "inline_query": {"from": PERSON, "query": "eitaa"}},
    ],
    ids=lambda update: repr(update)[:60] if update != {"update_id": 10**5000} else "a number without end",
)  # fmt: skip
def test_what_cannot_be_read_says_so_and_nothing_else(update: object) -> None:
    with pytest.raises(Unreadable) as found:
        read(update)
    assert not str(found.value)


@pytest.mark.parametrize(
    ("more", "text", "language"),
    [
        ({"query": "ایتا"}, "ایتا", ""),
        ({}, "", ""),
        ({"query": "", "from": PERSON | {"language_code": "en-GB"}}, "", "en"),
        ({"from": PERSON | {"language_code": ["en"]}}, "", ""),
    ],
)
def test_what_is_typed_after_the_bots_name_is_a_query(more: dict[str, Any], text: str, language: str) -> None:
    asked = {"id": "91", "from": PERSON, "offset": "", "chat_type": "supergroup"} | more
    assert read({"update_id": 10, "inline_query": asked}) == Query("u10", "telegram", "7", "91", text, language)


def test_kinds_of_the_future_are_passed_over() -> None:
    assert read({"update_id": 1, "teleported": {}}) is None


def test_what_a_skipped_update_was_is_told_without_what_stood_in_it() -> None:
    assert kinds({"update_id": 1, "message": {"text": "secret"}, "a secret": 1}) == "message, update_id"
    assert kinds([]) == "list"


def test_half_a_surrogate_pair_is_made_whole() -> None:
    assert message(PRIVATE, text="/stats \ud83d x").text == "/stats \ufffd x"
    assert message(PRIVATE, text="/stats 😀").text == "/stats 😀"


json_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(), inner, max_size=3),
    max_leaves=5,
)


@given(
    kind=strategies.sampled_from(["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]),
    field=strategies.sampled_from(
        ["chat", "from", "text", "date", "sender_chat", "data", "message", "id", "new_chat_member",
         "migrate_to_chat_id", "message_thread_id", "is_topic_message", "caption"]
    ),
    value=json_values,
)  # fmt: skip
def test_one_odd_field_is_survived(kind: str, field: str, value: object) -> None:
    inner = {
        "message_id": 1, "id": "7", "date": 1, "chat": PRIVATE, "from": PERSON, "text": "x", "data": "y",
        "message": {"chat": PRIVATE, "date": 0}, "new_chat_member": {"status": "member"}, "is_topic_message": True,
    }  # fmt: skip
    try:
        found = read({"update_id": 1, kind: inner | {field: value}})
    except Unreadable:
        return
    assert found is None or found.key == "u1"
