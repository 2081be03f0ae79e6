import asyncio
import json
from typing import Any

import pytest

from bot.transports.telegram import Telegram
from bot.transports.transport import Kind, Outcome, Refused
from sebghat.conversation import Button, Destination, Reply, Span, Style
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import TOKEN, BotApi

PERSON = Destination("telegram", "501")
GROUP = Destination("telegram", "-1001")
CHANNEL = Destination("telegram", "-1002")
HELLO = Reply((Span("سلام"),))


def refusal(code: int, words: str = "Bad Request", **parameters: Any) -> str:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": words}
    return json.dumps(answer | ({"parameters": parameters} if parameters else {}))


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"ok":true,"result":{"message_id":5,"date":1,"chat":{"id":501,"type":"private"}}}', Kind.OK),
        (200, '{"ok":true,"result":{}}', Kind.OK),
        (200, '{"ok":true,"result":true}', Kind.OK),
        (200, '{"ok":true}', Kind.OK),
        (400, '{"ok":true,"result":{}}', Kind.OK),
        (400, refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100777), Kind.MIGRATED),
        (429, refusal(429, retry_after=7), Kind.RETRY_AFTER),
        (200, refusal(429, retry_after=7), Kind.RETRY_AFTER),
        (429, "local_rate_limited", Kind.RETRY_AFTER),
        (401, refusal(401, "Unauthorized"), Kind.AUTH),
        (404, refusal(404, "Not Found"), Kind.AUTH),
        (409, refusal(409, "Conflict"), Kind.AUTH),
        (200, refusal(401, "Unauthorized"), Kind.AUTH),
        (403, refusal(403, "Forbidden: bot was blocked by the user"), Kind.PERMANENT),
        (200, refusal(403, "Forbidden: user is deactivated"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: chat not found"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: CHAT NOT FOUND"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: not enough rights to send text messages"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: need administrator rights in the channel chat"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: message thread not found"), Kind.PERMANENT),
        (400, refusal(400, "Bad Request: message is not modified"), Kind.OK),
        (400, refusal(400, "Bad Request: message is too long"), Kind.REJECTED),
        (400, refusal(400, "Bad Request: something of the future"), Kind.REJECTED),
        (413, refusal(413, "Request Entity Too Large"), Kind.REJECTED),
        (413, "<html>", Kind.REJECTED),
        (418, refusal(418, "I'm a teapot"), Kind.REJECTED),
        (500, refusal(500, "Internal Server Error"), Kind.UNKNOWN),
        (502, "<html>Bad Gateway</html>", Kind.UNKNOWN),
        (200, refusal(500, "Internal Server Error"), Kind.UNKNOWN),
        (200, "<html>a page of the provider</html>", Kind.UNKNOWN),
        (200, "", Kind.UNKNOWN),
        (200, "[]", Kind.UNKNOWN),
        (200, '{"ok":"yes"}', Kind.UNKNOWN),
        (200, "[" * 100_000, Kind.UNKNOWN),
        (403, "<html>filtered</html>", Kind.TRANSIENT),
    ],
)  # fmt: skip
async def test_every_answer_has_its_class(
    telegram: Telegram, api: BotApi, status: int, body: str, expected: Kind
) -> None:
    api.fail("answer", "sendMessage", status=status, body=body)
    outcome = await telegram.deliver(PERSON, HELLO)
    assert outcome.kind is expected
    assert len(api.calls) == 1
    if expected is Kind.MIGRATED:
        assert outcome.new_chat == "-100777"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"fault": "cut"}, Kind.UNKNOWN),
        ({"fault": "cut", "taken": True}, Kind.UNKNOWN),
        ({"fault": "hang"}, Kind.UNKNOWN),
        ({"fault": "hang", "taken": True}, Kind.UNKNOWN),
        ({"fault": "endless", "taken": True}, Kind.UNKNOWN),
        ({"fault": "garbage", "taken": True}, Kind.UNKNOWN),
        ({"fault": "redirect"}, Kind.TRANSIENT),
    ],
    ids=str,
)
async def test_what_may_have_arrived_is_sent_once(
    telegram: Telegram, api: BotApi, fault: dict[str, Any], expected: Kind
) -> None:
    api.fail(**fault, method="sendMessage")
    outcome = await telegram.deliver(PERSON, HELLO)
    assert outcome.kind is expected
    assert outcome.detail
    assert len(api.calls) == 1
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.OK


async def test_nobody_there_is_known_not_sent() -> None:
    telegram = Telegram(TOKEN, api="http://127.0.0.1:9", timing=QUICK)
    outcome = await telegram.deliver(PERSON, HELLO)
    assert (outcome.kind, outcome.detail) == (Kind.TRANSIENT, "ClientConnectorError")
    await telegram.close()


async def test_after_the_end_nothing_is_sent(api: BotApi) -> None:
    telegram = Telegram(TOKEN, api=api.url, timing=QUICK)
    await telegram.close()
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.TRANSIENT
    assert not api.calls


async def test_a_server_that_does_not_take_the_connection_is_known_not_sent() -> None:
    gone = asyncio.Event()

    async def never_speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    # TLS needs the other side to speak first.
    server = await asyncio.start_server(never_speak, "127.0.0.1", 0)
    telegram = Telegram(TOKEN, api=f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", timing=QUICK)
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.TRANSIENT
    await telegram.close()
    await gone.wait()
    server.close()


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ({"fault": "429", "retry_after": 7}, 7),
        ({"fault": "429"}, 5),
        ({"fault": "429-text", "retry_after": 9}, 9),
        ({"fault": "429-text"}, 5),
        ({"fault": "answer", "status": 429, "body": refusal(429, retry_after="soon")}, 5),
        ({"fault": "answer", "status": 429, "body": refusal(429, retry_after=10**12)}, 86_400),
        ({"fault": "answer", "status": 429, "body": refusal(429, retry_after=-3)}, 5),
    ],
    ids=str,
)
async def test_a_refusal_for_load_says_how_long(
    telegram: Telegram, api: BotApi, fault: dict[str, Any], seconds: int
) -> None:
    api.fail(**fault, method="sendMessage")
    outcome = await telegram.deliver(PERSON, HELLO)
    assert (outcome.kind, outcome.retry_after) == (Kind.RETRY_AFTER, seconds)
    assert not api.sent


async def test_form_is_told_in_utf16_units_and_commands_stay_plain(telegram: Telegram, api: BotApi) -> None:
    spans = (
        Span("😀 ایتا "),
        Span(" 👍 پررنگ\n", Style.BOLD),
        Span("/stats eitaa", Style.COMMAND),
        Span(" "),
        Span("منبع", href="https://example.org/a"),
    )
    outcome = await telegram.deliver(Destination("telegram", "-1001", "42"), Reply(spans))
    (sent,) = api.sent
    assert outcome == Outcome(Kind.OK, message_id=sent["message_id"])
    assert sent["text"] == "😀 ایتا  👍 پررنگ\n/stats eitaa منبع"
    assert sent["entities"] == [
        {"type": "bold", "offset": 9, "length": 8},
        {"type": "text_link", "offset": 31, "length": 4, "url": "https://example.org/a"},
    ]
    assert (sent["thread"], sent["preview"]) == ("42", False)


async def test_text_arrives_unchanged(telegram: Telegram, api: BotApi) -> None:
    text = "نیم‌فاصله % & + # < > * _ \" \\ ' 👨‍👩‍👧 \u2066/stats\u2069"
    await telegram.deliver(PERSON, Reply((Span(text),)))
    assert api.sent[0]["text"] == text


async def test_buttons_carry_their_command_and_long_ones_become_lines(telegram: Telegram, api: BotApi) -> None:
    long = Button("/stats " + "ی" * 29, "دراز")  # 65 bytes
    fitting = Button("/stats x" + "ی" * 28, "کوتاه")  # 64
    reply = HELLO.with_row(Button("/record 3", "ثبت"), Button("/cancel")).with_row(fitting, long)
    assert (await telegram.deliver(PERSON, reply)).kind is Kind.OK
    (sent,) = api.sent
    assert sent["buttons"] == [
        [{"text": "ثبت", "data": "/record 3"}, {"text": "/cancel", "data": "/cancel"}],
        [{"text": "کوتاه", "data": fitting.command}],
    ]
    assert sent["text"] == f"سلام\nدراز — \u2066{long.command}\u2069"


async def test_where_a_form_is_refused_the_text_goes_plain_once(telegram: Telegram, api: BotApi) -> None:
    words = refusal(400, "Bad Request: can't parse entities: unsupported")
    api.fail("answer", "sendMessage", status=400, body=words)
    bold = Reply((Span("خبر", Style.BOLD),))
    assert (await telegram.deliver(PERSON, bold)).kind is Kind.OK
    assert (api.sent[0]["text"], api.sent[0]["entities"]) == ("خبر", [])
    api.fail("answer", "sendMessage", status=400, body=words, times=5)
    assert (await telegram.deliver(PERSON, bold)).kind is Kind.REJECTED
    assert len(api.calls) == 4


LONG = Reply((Span("ایتا از روبیکا پیش افتاد.\n" * 400),), ((Button("/why 1"),),))  # three parts


async def test_a_long_text_goes_in_parts_with_its_buttons_below(telegram: Telegram, api: BotApi) -> None:
    outcome = await telegram.deliver(PERSON, LONG)
    assert "".join(sent["text"] for sent in api.sent) == LONG.plain
    assert [len(sent["buttons"]) for sent in api.sent] == [0, 0, 1]
    assert outcome == Outcome(Kind.OK, message_id=api.sent[0]["message_id"])


async def test_the_rest_of_a_long_text_waits_for_its_turn(telegram: Telegram, api: BotApi) -> None:
    api.fail("429", "sendMessage", after=1, retry_after=1)
    api.fail("redirect", "sendMessage", after=1, times=2)
    assert (await telegram.deliver(PERSON, LONG)).kind is Kind.OK
    assert "".join(sent["text"] for sent in api.sent) == LONG.plain


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"fault": "429", "retry_after": 60}, Kind.UNKNOWN),
        ({"fault": "redirect"}, Kind.UNKNOWN),
        ({"fault": "500"}, Kind.UNKNOWN),
        ({"fault": "answer", "status": 401, "body": refusal(401)}, Kind.UNKNOWN),
        ({"fault": "answer", "status": 403, "body": refusal(403)}, Kind.PERMANENT),
    ],
    ids=str,
)
async def test_what_stopped_in_the_middle_is_never_known_not_sent(
    telegram: Telegram, api: BotApi, fault: dict[str, Any], expected: Kind
) -> None:
    api.fail(**fault, method="sendMessage", after=1, times=99)
    outcome = await telegram.deliver(PERSON, LONG)
    assert outcome.kind is expected
    assert outcome.detail.startswith("1 of 3 parts arrived, then: ")
    assert len(api.sent) == 1


@pytest.mark.parametrize(
    ("to", "reply"),
    [
        (PERSON, Reply()),
        (PERSON, Reply((Span(" \n"),))),
        (Destination("telegram", "c0AbC"), HELLO),
        (Destination("telegram", "-1001", "a topic"), HELLO),
        (Destination("telegram", "@a name"), HELLO),
    ],
    ids=["nothing", "blank", "an id of another messenger", "a wrong topic", "a wrong name"],
)
async def test_what_cannot_be_sent_makes_no_traffic(
    telegram: Telegram, api: BotApi, to: Destination, reply: Reply
) -> None:
    outcome = await telegram.deliver(to, reply)
    assert outcome.kind is Kind.REJECTED
    assert outcome.detail
    assert not api.calls


async def test_ids_are_carried_without_loss(telegram: Telegram, api: BotApi) -> None:
    for chat in (2**53 + 1, -1009007199254740993):
        await api.chat(chat, "supergroup")
        await telegram.deliver(Destination("telegram", str(chat)), HELLO)
        assert api.sent[-1]["chat"] == str(chat)
    await telegram.deliver(Destination("telegram", "@news"), HELLO)
    assert api.sent[-1]["chat"] == "-1002"


async def test_blocked_moved_and_back(telegram: Telegram, api: BotApi) -> None:
    await api.block(501)
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.PERMANENT
    await api.block(501, blocked=False)
    assert (await telegram.deliver(PERSON, HELLO)).kind is Kind.OK
    await api.migrate(-1001, -100_500)
    outcome = await telegram.deliver(GROUP, HELLO)
    assert (outcome.kind, outcome.new_chat) == (Kind.MIGRATED, "-100500")


async def test_a_press_is_acknowledged_whatever_comes_of_it(telegram: Telegram, api: BotApi) -> None:
    await telegram.acknowledge("77")
    await telegram.acknowledge("77", "ن" * 300)
    await telegram.acknowledge("not theirs", "x")
    api.fail("cut", "answerCallbackQuery")
    await telegram.acknowledge("77")
    first, second, *_ = [call["parameters"] for call in api.calls]
    assert first == {"callback_query_id": "77"}
    assert second == {"callback_query_id": "77", "text": "ن" * 200}


async def test_who_administers_is_asked_once_a_minute(telegram: Telegram, api: BotApi) -> None:
    api.chats[-1001].members |= {1: {"status": "creator"}, 2: {"status": "administrator"}, 3: {"status": "member"}}
    for _ in range(2):
        found = [await telegram.administers("-1001", person) for person in ("1", "2", "3", "4")]
        assert found == [True, True, False, False]
    assert len(api.calls) == 4
    assert await telegram.administers("-1001", "u0xyz") is None
    api.fail("500", "getChatMember")
    assert await telegram.administers("-1001", "9") is None


@pytest.mark.parametrize(
    ("chat", "type_", "place", "more", "expected"),
    [
        (-5, "channel", {"status": "administrator", "can_post_messages": True}, {}, Kind.OK),
        (-5, "channel", {"status": "administrator", "can_post_messages": False}, {}, Kind.PERMANENT),
        (-5, "channel", {"status": "left"}, {}, Kind.PERMANENT),
        (-5, "supergroup", {"status": "member"}, {}, Kind.OK),
        (-5, "supergroup", {"status": "member"}, {"permissions": {"can_send_messages": False}}, Kind.PERMANENT),
        (-5, "supergroup", {"status": "administrator"}, {"permissions": {"can_send_messages": False}}, Kind.OK),
        (-5, "group", {"status": "restricted", "can_send_messages": False}, {}, Kind.PERMANENT),
        (5, "private", {"status": "member"}, {}, Kind.OK),
    ],
)
async def test_rights_are_known_without_posting(
    telegram: Telegram, api: BotApi, chat: int, type_: str, place: dict[str, Any], more: dict[str, Any], expected: Kind
) -> None:
    await api.chat(chat, type_, bot=place, **more)
    outcome = await telegram.rights(str(chat))
    assert outcome.kind is expected
    assert outcome.detail
    assert not api.sent


async def test_rights_in_a_chat_that_is_not_there(telegram: Telegram, api: BotApi) -> None:
    assert (await telegram.rights("-99")).kind is Kind.PERMANENT
    assert (await telegram.rights("c0AbC")).kind is Kind.REJECTED
    api.fail("hang", "getChat")
    assert (await telegram.rights("-1001")).kind is Kind.UNKNOWN


MENUS = {"fa": [("stats", "آمار")], "en": [("stats", "Figures")]}


async def test_the_menu_is_set_for_everybody_and_for_each_owner_in_each_language(api: BotApi) -> None:
    telegram = Telegram(
        TOKEN, api=api.url, menus=MENUS, owner_menus={"fa": [("set", "ثبت")]}, owners=["999", "501"], timing=QUICK
    )
    assert await telegram.start() == "our_bot"
    told = [(each["scope"].get("chat_id"), each["language_code"]) for each in api.commands]
    assert told == [(None, ""), (None, "fa"), (None, "en"), (501, ""), (501, "fa")]
    assert api.commands[0]["commands"] == [{"command": "stats", "description": "آمار"}]
    assert api.commands[3]["commands"] == [{"command": "set", "description": "ثبت"}]
    await telegram.close()


@pytest.mark.parametrize("fault", ["500", "cut", "garbage", "hang"])
async def test_a_bot_without_a_menu_is_a_bot(api: BotApi, fault: str) -> None:
    api.fail(fault, "setMyCommands", times=99)
    telegram = Telegram(TOKEN, api=api.url, menus=MENUS, timing=QUICK)
    assert await telegram.start() == "our_bot"
    await telegram.close()


@pytest.mark.parametrize("token", ["123456789:AAF-another_secret_part_0123456789abc", "rubbish"])
async def test_a_wrong_token_is_refused(api: BotApi, token: str) -> None:
    telegram = Telegram(token, api=api.url, timing=QUICK)
    with pytest.raises(Refused) as refused:
        await telegram.start()
    assert not str(refused.value)
    await telegram.close()


async def test_the_start_waits_until_telegram_answers(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    for fault in ("500", "html", "garbage", "cut", "hang", "redirect"):
        api.fail(fault, "getMe")
    telegram = Telegram(TOKEN, api=api.url, timing=QUICK)
    assert await telegram.start() == "our_bot"
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert len(lines) == 2
    assert lines[-1] == "telegram answers again"
    await telegram.close()


async def test_an_address_with_a_path_serves_as_a_relay(api: BotApi) -> None:
    telegram = Telegram(TOKEN, api=f"{api.url}/relay", timing=QUICK)
    assert await telegram.start() == "our_bot"
    await telegram.close()
