"""What is peculiar to Bale and Soroush Plus; what they share with all is in test_conformance."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.transports.transport import Image, Kind, Refused
from sebghat.conversation import Membership, Reply, Span, Style
from tests.bot.transports.benches import bench
from tests.messengers.bot_api import PNG

HELLO = Reply((Span("سلام"),))
BAD = "Bad Request: "


def refusal(code: int, words: str = "no", **parameters: Any) -> str:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    return json.dumps(answer | ({"parameters": parameters} if parameters else {}))


BOTH: list[tuple[int, str, Kind]] = [
    (200, '{"ok":true}', Kind.OK),
    (400, '{"ok":true,"result":{"message_id":5}}', Kind.OK),
    (429, refusal(429, retry_after=7), Kind.RETRY_AFTER),
    (200, refusal(429), Kind.RETRY_AFTER),
    (401, refusal(401, "Unauthorized"), Kind.AUTH),
    (409, refusal(409, "Conflict"), Kind.AUTH),
    (403, refusal(403, "Forbidden: bot was blocked by the user"), Kind.PERMANENT),
    (400, refusal(400, BAD + "chat not found"), Kind.PERMANENT),
    (400, refusal(400, BAD + "not enough rights"), Kind.PERMANENT),
    (404, refusal(404, "Not Found"), Kind.PERMANENT),  # the token is well, so it is the chat
    (400, refusal(400, BAD + "text is too long"), Kind.REJECTED),
    (413, "<html>", Kind.REJECTED),
    (500, refusal(500), Kind.UNKNOWN),
    (502, "<html>", Kind.UNKNOWN),
    (200, "<html>", Kind.UNKNOWN),
    (403, "<html>filtered</html>", Kind.TRANSIENT),
    (404, "", Kind.TRANSIENT),
]
OWN = [
    ("bale", 403, refusal(403, "permission_denied"), Kind.PERMANENT),
    ("bale", 404, refusal(404, "no such group or user"), Kind.PERMANENT),
    ("bale", 400, refusal(400, "permission_denied"), Kind.PERMANENT),
    ("bale", 200, refusal(400, "bot limit exceed"), Kind.RETRY_AFTER),
    ("bale", 429, "local_rate_limited", Kind.RETRY_AFTER),
    ("bale", 404, refusal(404, "token not found"), Kind.AUTH),
    ("splus", 400, refusal(400, BAD + "chat moved", migrate_to_chat_id=-100777), Kind.MIGRATED),
]


@pytest.mark.parametrize(
    ("name", "status", "body", "kind"), [(name, *each) for name in ("bale", "splus") for each in BOTH] + OWN
)
async def test_every_answer_has_its_class(name: str, status: int, body: str, kind: Kind) -> None:
    async with bench(name) as on:
        on.fail("answer", status=status, body=body)
        assert (await on.transport.deliver(on.person, HELLO)).kind is kind
        assert len(on.sends) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*ایتا* و _روبیکا_", "∗ایتا∗ و ＿روبیکا＿"),
        ("my_channel a*b 2 * 3 _ x", "my_channel a*b 2 * 3 _ x"),
        ("[نام](https://example.ir)", "[نام] (https://example.ir)"),
        ("**تند** __کج__", "∗∗تند∗∗ ＿＿کج＿＿"),
    ],
)
async def test_on_bale_nothing_becomes_markup_by_accident(text: str, shown: str) -> None:
    async with bench("bale") as on:
        await on.transport.deliver(on.person, Reply((Span(text),)))
        (sent,) = on.server.sent
        assert (sent["shown"], sent["bold"], sent["slanted"], sent["links"]) == (shown, [], [], [])


async def test_on_bale_bold_and_links_are_what_they_are_meant_to_be() -> None:
    async with bench("bale") as on:
        spans = (
            Span("ایتا", Style.BOLD), Span(" و "), Span("روبیکا", Style.BOLD), Span("، "),
            Span("منبع [۱]", href="https://example.ir/a_(b)"),
        )  # fmt: skip
        await on.transport.deliver(on.person, Reply(spans))
        (sent,) = on.server.sent
        # The second is followed by a comma, where Bale would show the asterisks.
        assert (sent["shown"], sent["bold"]) == ("ایتا و روبیکا، منبع (۱)", ["ایتا"])
        assert sent["links"] == [("منبع (۱)", "https://example.ir/a_%28b%29")]
        assert "entities" not in on.sends[0]["parameters"]


async def test_on_bale_an_edited_message_keeps_its_number_though_a_stub_comes_back() -> None:
    async with bench("bale") as on:
        number = (await on.transport.deliver(on.person, HELLO)).message_id
        assert (await on.transport.edit(on.person, number, Reply((Span("نو"),)))).message_id == number


@pytest.mark.parametrize("name", ["bale", "splus"])
async def test_a_message_tells_that_we_came_or_went(name: str) -> None:
    async with bench(name) as on:
        group = {"id": 5300000002, "type": "group", "title": "گروه"}
        ours, person = {"id": 123456789, "is_bot": True}, {"id": 7, "first_name": "S"}
        told = {"message_id": 13, "date": 1795000001, "chat": group, "from": person}
        found = []

        async def handle(batch: Any) -> None:
            found.extend(batch)
            await on.server.changed()

        for more in ({"new_chat_members": [person, ours]}, {"left_chat_member": ours}, {"left_chat_member": person}):
            await on.server.update({"message": told | more})
        task = asyncio.create_task(on.transport.receive(handle))
        await on.until(lambda: len(found) == 2)
        task.cancel()
        await asyncio.wait([task])
        assert [(each.may_post, each.chat, each.by) for each in found if isinstance(each, Membership)] == [
            (True, "5300000002", "7"), (False, "5300000002", "7")
        ]  # fmt: skip


async def test_soroush_takes_as_a_file_what_it_takes_as_no_picture() -> None:
    async with bench("splus") as on:
        on.fail("answer", "sendPhoto", status=400, body=refusal(400, BAD + "NOT_SUPPORTED"))
        assert (await on.transport.deliver(on.person, HELLO, Image("x", PNG))).kind is Kind.OK
        assert [(sent["method"], sent["text"]) for sent in on.server.sent] == [("sendDocument", "سلام")]


async def test_soroush_says_nothing_of_members_and_is_not_asked() -> None:
    async with bench("splus") as on:
        assert await on.transport.administers(on.channel.chat, "7") is None
        assert (await on.transport.rights(on.channel.chat)).kind is Kind.UNKNOWN
        assert [call["method"] for call in on.server.calls] == ["getChat"]


async def test_bale_says_who_administers_and_whether_we_may_post() -> None:
    async with bench("bale") as on:
        channel = on.server.chats[int(on.channel.chat)]
        channel.members |= {7: {"status": "administrator"}, 8: {"status": "member"}}
        assert [await on.transport.administers(on.channel.chat, each) for each in ("7", "8", "9", "u0")] == [
            True, False, False, None
        ]  # fmt: skip
        assert (await on.transport.rights(on.channel.chat)).kind is Kind.OK
        channel.members[123456789] = {"status": "left"}
        assert (await on.transport.rights(on.channel.chat)).kind is Kind.PERMANENT


@pytest.mark.parametrize("name", ["bale", "splus"])
async def test_a_token_that_is_not_valid_is_refused(name: str) -> None:
    async with bench(name) as on:
        on.server.revoked = True
        with pytest.raises(Refused):
            await on.transport.start()


async def test_a_webhook_of_somebody_elses_is_told_at_once_since_bale_may_stay_silent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with bench("bale") as on:
        on.server.webhook = "https://another.example/key-of-theirs"
        async with on.receiving():
            await on.until(lambda: any(call["method"] == "getUpdates" for call in on.server.calls))
        assert on.server.webhook
    assert any("another program has set" in record.message for record in caplog.records)
    assert "key-of-theirs" not in caplog.text
