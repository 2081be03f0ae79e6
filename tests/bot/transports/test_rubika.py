"""What is peculiar to Rubika: ids, keypads, files in three steps, presses, statuses."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies

from bot.transports.rubika_updates import Reader
from bot.transports.transport import Image, Kind, Refused
from bot.transports.updates import Unreadable
from sebghat.conversation import Button, ChatKind, Destination, Membership, Message, Reply, Span, Style
from tests.bot.transports.benches import bench
from tests.messengers.bot_api import PNG

HELLO = Reply((Span("سلام"),))
ASKED = Reply((Span("؟"),), ((Button("/record", "ثبت"), Button("/cancel", "نه")),))
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, '{"status":"OK","data":{"message_id":204216801381244279}}', Kind.OK),
        (200, '{"status":"OK"}', Kind.OK),
        (200, '{"status":"TOO_REQUESTS"}', Kind.RETRY_AFTER),
        (200, '{"status":"TOO_REQUEST"}', Kind.RETRY_AFTER),
        (429, "slow down", Kind.RETRY_AFTER),
        (200, '{"status":"INVALID_INPUT","dev_message":"text"}', Kind.REJECTED),
        (200, '{"status":"INVALID_INPUT","dev_message":"chat_id is wrong"}', Kind.PERMANENT),
        (200, '{"status":"INVALID_ACCESS"}', Kind.PERMANENT),  # the token is well, so it is the chat
        (200, '{"status":"NOT_REGISTERED"}', Kind.AUTH),
        (200, '{"status":"INVALID_AUTH"}', Kind.AUTH),
        (200, '{"status":"SERVER_ERROR"}', Kind.UNKNOWN),
        (200, '{"status":"SOMETHING_NEW"}', Kind.REJECTED),
        (200, '{"ok":true}', Kind.UNKNOWN),
        (200, '{"status":5}', Kind.UNKNOWN),
        (502, "<html>", Kind.UNKNOWN),
        (403, "<html>", Kind.TRANSIENT),
    ],
)
async def test_every_answer_has_its_class(status: int, body: str, kind: Kind) -> None:
    async with bench("rubika") as on:
        on.fail("answer", status=status, body=body)
        outcome = await on.transport.deliver(on.person, HELLO)
        assert outcome.kind is kind
        assert outcome.message_id == ("204216801381244279" if "2042" in body else "")


async def test_refused_for_load_again_and_again_it_waits_longer() -> None:
    async with bench("rubika") as on:
        on.fail("answer", status=200, body='{"status":"TOO_REQUESTS"}', times=9)
        waits = [(await on.transport.deliver(on.person, HELLO)).retry_after for _ in range(9)]
        assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
        await on.transport.deliver(on.person, HELLO)
        on.fail("answer", status=200, body='{"status":"TOO_REQUESTS"}')
        assert (await on.transport.deliver(on.person, HELLO)).retry_after == 5


async def test_buttons_stand_in_the_keyboard_of_a_private_chat_and_as_lines_elsewhere() -> None:
    async with bench("rubika") as on:
        for to in (on.person, on.channel):
            assert (await on.transport.deliver(to, ASKED)).kind is Kind.OK
        private, channel = on.server.sent
        assert private["buttons"] == [[{"text": "ثبت", "data": "/record"}, {"text": "نه", "data": "/cancel"}]]
        assert on.sends[0]["parameters"]["chat_keypad_type"] == "New"
        assert (channel["buttons"], "/record" in channel["text"]) == ([], True)


async def test_what_is_bold_or_a_link_goes_as_parts() -> None:
    async with bench("rubika") as on:
        await on.transport.deliver(
            on.person, Reply((Span("👍 "), Span("ایتا", Style.BOLD), Span(" x", href="https://a.ir")))
        )
        assert on.server.sent[0]["parts"] == [
            {"type": "Bold", "from_index": 3, "length": 4},
            {"type": "Link", "from_index": 8, "length": 1, "link_url": "https://a.ir"},
        ]


@pytest.mark.parametrize("beside", [False, True], ids=["in the data", "beside it"])
async def test_the_id_of_a_file_is_found_where_it_stands(beside: bool) -> None:
    async with bench("rubika") as on:
        on.server.beside = beside
        assert (await on.transport.deliver(on.person, HELLO, Image("x", PNG))).kind is Kind.OK
        assert [call["method"] for call in on.server.calls] == ["requestSendFile", "upload", "sendFile"]


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("requestSendFile", {"fault": "cut"}), ("requestSendFile", {"fault": "500"}), ("upload", {"fault": "cut"}),
        ("upload", {"fault": "hang"}), ("upload", {"fault": "html", "status": 502}),
        ("upload", {"fault": "answer", "body": '{"status":"OK","data":{"file_id":"None"}}'}),
        ("upload", {"fault": "answer", "body": '{"status":"OK","data":{}}'}),
        ("requestSendFile", {"fault": "answer", "body": '{"status":"OK","data":{"upload_url":"file:///etc/passwd"}}'}),
    ],
    ids=str,
)  # fmt: skip
async def test_what_fails_before_the_last_step_is_known_not_sent(step: str, fault: dict[str, Any]) -> None:
    async with bench("rubika") as on:
        on.server.fail(method=step, **fault)
        outcome = await on.transport.deliver(on.person, HELLO, Image("x", PNG))
        assert outcome.kind is Kind.TRANSIENT
        assert not on.server.sent
        assert "secret-part" not in repr(outcome)


@pytest.mark.parametrize("chat", ["501", "x0Abc", "b", "b0 a", "@name"])
async def test_what_is_no_chat_there_is_not_asked_about(chat: str) -> None:
    async with bench("rubika") as on:
        assert (await on.transport.deliver(Destination("rubika", chat), HELLO)).kind is Kind.REJECTED
        assert (await on.transport.rights(chat)).kind is Kind.REJECTED
        assert not on.server.calls


def test_what_comes_in_is_read() -> None:
    def read(update: object) -> Any:
        return Reader().read(update, NOW)

    message = {"message_id": 204216801381244279, "text": "/stats", "time": "1795000000", "sender_id": "u0XyZ"}
    private = read({"update": {"type": "NewMessage", "chat_id": "b0AbC", "new_message": message}})
    assert isinstance(private, Message)
    assert (private.chat, private.sender, private.chat_kind) == ("b0AbC", "u0XyZ", ChatKind.PRIVATE)
    assert private.key == "mb0AbC:204216801381244279"
    group = read({"type": "NewMessage", "chat_id": "g0GrP", "new_message": message | {"sender_id": "g0GrP"}})
    assert (group.anonymous, group.trusted) == (True, False)
    channel = read({"type": "NewMessage", "chat_id": "c0C", "new_message": message | {"sender_id": None}})
    assert (channel.sender, channel.trusted) == ("c0C", False)
    assert read({"type": "NewMessage", "chat_id": "g0G", "new_message": message | {"sender_type": "Bot"}}) is None
    edited = read({"type": "UpdatedMessage", "chat_id": "b0A", "updated_message": message, "update_time": 5})
    again = read({"type": "UpdatedMessage", "chat_id": "b0A", "updated_message": message, "update_time": 6})
    assert edited.edited
    assert edited.key != again.key


@pytest.mark.parametrize(
    ("update", "there"),
    [
        ({"type": "StoppedBot", "chat_id": "b0A"}, False),
        ({"type": "StartedBot", "chat_id": "b0A"}, True),
        ({"type": "EventData", "chat_id": "c0C", "event_data": {"type": "BotRemoved"}}, False),
        ({"type": "EventData", "chat_id": "c0C", "event_data": {"type": "BotJoined", "access_list": []}}, False),
        ({"type": "EventData", "chat_id": "c0C",
          "event_data": {"type": "BotJoined", "access_list": ["SendMessages"]}}, True),
        ({"type": "EventData", "chat_id": "g0G", "event_data": {"type": "BotJoined"}}, True),
    ],
)  # fmt: skip
def test_our_own_place_in_a_chat(update: dict[str, Any], there: bool) -> None:
    found = Reader().read(update, NOW)
    assert isinstance(found, Membership)
    assert (found.may_post, found.by) == (there, "")


async def test_who_administers_is_told_where_rubika_says_it() -> None:
    async with bench("rubika") as on:
        await on.server.chat("g0G", {"u0A": {"status": "Admin"}, "u0B": {"status": "Member"}})
        found = [await on.transport.administers("g0G", person) for person in ("u0A", "u0B", "u0C")]
        assert found == [True, False, None]


async def test_a_token_taken_back_ends_the_receiving() -> None:
    async with bench("rubika") as on:
        task = asyncio.create_task(on.transport.receive(lambda batch: asyncio.sleep(0)))
        await on.until(lambda: any(call["method"] == "getUpdates" for call in on.server.calls))
        on.server.revoked = True
        with pytest.raises(Refused):
            await asyncio.wait_for(task, 5)
        with pytest.raises(Refused):
            await on.transport.start()


ODD: list[Any] = [
    None, 5, -1, 1.5, "", "x", "b0A", "c0C", [], {}, "1795000000", 10**30, True, {"file_id": "F", "size": "9"},
    {"button_id": "/x"}, {"file_id": []}, "\ud83d",
]  # fmt: skip
FIELDS = [
    "message_id",
    "text",
    "time",
    "sender_type",
    "sender_id",
    "aux_data",
    "file",
    "is_edited",
    "type",
    "access_list",
]


@settings(max_examples=500)
@given(strategies.data())
def test_one_odd_field_is_survived(data: strategies.DataObject) -> None:
    odd = strategies.sampled_from(ODD)
    message = data.draw(strategies.dictionaries(strategies.sampled_from(FIELDS), odd))
    kinds: list[Any] = ["NewMessage", "UpdatedMessage", "StartedBot", "EventData", None, [], {}]
    kind, chat = data.draw(strategies.sampled_from(kinds)), data.draw(odd)
    inner = dict.fromkeys(("new_message", "updated_message", "event_data", "inline_message"), message)
    try:
        found = Reader().read({"type": kind, "chat_id": chat, "update_time": data.draw(odd)} | inner, NOW)
        del inner["inline_message"]
        found = Reader().read({"type": kind, "chat_id": chat, "update_time": data.draw(odd)} | inner, NOW)
    except Unreadable:
        return
    assert found is None or found.key
