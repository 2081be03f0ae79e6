"""Pictures and files of Telegram's, out and in; editing and deleting."""

import pytest

from bot.transports.telegram import Telegram
from bot.transports.transport import Image, Kind, Unfetchable
from sebghat.conversation import Attachment, Button, Destination, File, Reply, Span, Style
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import PNG, TOKEN, BotApi

PERSON = Destination("telegram", "501")
CHART = Image("stats-eitaa-7", PNG + b"drawing")
SAID = Reply((Span("ایتا", Style.BOLD), Span(" از روبیکا")), ((Button("/why 17", "چرا"),),))
LONG = Reply((Span("ایتا از روبیکا پیش افتاد.\n" * 50),), ((Button("/why 17", "چرا"),),))


async def test_a_picture_carries_its_text_and_buttons(telegram: Telegram, api: BotApi) -> None:
    outcome = await telegram.deliver(PERSON, SAID, CHART)
    (sent,) = api.sent
    assert (outcome.kind, outcome.message_id) == (Kind.OK, sent["message_id"])
    assert (sent["method"], sent["text"]) == ("sendPhoto", "ایتا از روبیکا")
    assert sent["file"] == {"filename": "stats-eitaa-7.png", "type": "image/png", "size": len(CHART.png)}
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    assert sent["buttons"] == [[{"text": "چرا", "data": "/why 17"}]]


async def test_the_same_picture_is_uploaded_once(telegram: Telegram, api: BotApi) -> None:
    for _ in range(3):
        await telegram.deliver(PERSON, SAID, CHART)
    first, *others = (sent["file"] for sent in api.sent)
    assert isinstance(first, dict)
    assert others == ["BQAC-1"] * 2
    api.files.clear()  # the id is not good any more
    assert (await telegram.deliver(PERSON, SAID, CHART)).kind is Kind.OK
    assert isinstance(api.sent[-1]["file"], dict)


async def test_a_text_too_long_for_a_caption_follows_its_picture(telegram: Telegram, api: BotApi) -> None:
    outcome = await telegram.deliver(PERSON, LONG, CHART)
    picture, text = api.sent
    assert (picture["text"], text["text"]) == ("", LONG.plain)
    assert (picture["buttons"], text["buttons"]) == ([], [[{"text": "چرا", "data": "/why 17"}]])
    assert outcome.message_id == picture["message_id"]


@pytest.mark.parametrize("reply", [SAID, LONG], ids=["a caption", "a text after it"])
@pytest.mark.parametrize("words", ["IMAGE_PROCESS_FAILED", "not enough rights to send photos to the chat"])
async def test_a_picture_that_is_not_wanted_does_not_cost_the_text(
    telegram: Telegram, api: BotApi, reply: Reply, words: str
) -> None:
    api.fail("answer", "sendPhoto", body=f'{{"ok":false,"error_code":400,"description":"Bad Request: {words}"}}')
    assert (await telegram.deliver(PERSON, reply, CHART)).kind is Kind.OK
    assert [sent["text"] for sent in api.sent] == [reply.plain]


async def test_a_file_goes_as_a_document_behind_its_picture(telegram: Telegram, api: BotApi) -> None:
    reply = Reply((Span("ارقام"),), file=File("ارقام ۱۴۰۵.csv", b"a,b\n"))
    assert (await telegram.deliver(PERSON, reply)).kind is Kind.OK
    assert api.sent[0]["file"] == {"filename": "ارقام ۱۴۰۵.csv", "type": "text/csv", "size": 4}
    assert (api.sent[0]["method"], api.sent[0]["text"]) == ("sendDocument", "ارقام")
    await telegram.deliver(PERSON, reply, CHART)
    assert [(sent["method"], sent["text"]) for sent in api.sent[1:]] == [("sendPhoto", "ارقام"), ("sendDocument", "")]


@pytest.mark.parametrize("content", [b"", b"x" * 50_000_001], ids=["empty", "too large"])
async def test_a_file_that_cannot_go_is_rejected_before_anything_goes(
    telegram: Telegram, api: BotApi, content: bytes
) -> None:
    outcome = await telegram.deliver(PERSON, Reply((Span("x"),), file=File("x.csv", content)))
    assert (outcome.kind, api.calls) == (Kind.REJECTED, [])


async def test_editing_puts_a_new_text_in_the_place_of_the_old(telegram: Telegram, api: BotApi) -> None:
    number = (await telegram.deliver(PERSON, Reply((Span("۱ از ۹"),)))).message_id
    for _ in range(2):  # the second time it is not modified
        assert (await telegram.edit(PERSON, number, SAID)).kind is Kind.OK
    assert len(api.sent) == 1
    assert (api.sent[0]["text"], api.sent[0]["edits"]) == (SAID.plain, 1)
    assert api.sent[0]["buttons"] == [[{"text": "چرا", "data": "/why 17"}]]


async def test_editing_reaches_a_caption_too(telegram: Telegram, api: BotApi) -> None:
    number = (await telegram.deliver(PERSON, SAID, CHART)).message_id
    assert (await telegram.edit(PERSON, number, Reply((Span("پایان"),)))).kind is Kind.OK
    assert api.sent[0]["text"] == "پایان"


async def test_deleting_twice_is_deleting_once(telegram: Telegram, api: BotApi) -> None:
    number = (await telegram.deliver(PERSON, SAID)).message_id
    assert [(await telegram.delete(PERSON, number)).kind for _ in range(2)] == [Kind.OK, Kind.OK]
    assert api.sent[0]["deleted"]
    assert (await telegram.edit(PERSON, number, SAID)).kind is Kind.REJECTED


@pytest.mark.parametrize("fault", ["cut", "hang", "500", "garbage"])
async def test_an_edit_in_doubt_may_be_repeated(telegram: Telegram, api: BotApi, fault: str) -> None:
    number = (await telegram.deliver(PERSON, LONG)).message_id
    api.fail(fault, "editMessageText")
    api.fail(fault, "deleteMessage")
    assert (await telegram.edit(PERSON, number, SAID)).kind is Kind.TRANSIENT
    assert (await telegram.delete(PERSON, number)).kind is Kind.TRANSIENT


@pytest.mark.parametrize("number", ["", "abc", "۵", "5" * 40])
async def test_what_can_be_no_message_of_ours_is_not_asked_about(telegram: Telegram, api: BotApi, number: str) -> None:
    assert (await telegram.edit(PERSON, number, SAID)).kind is Kind.REJECTED
    assert (await telegram.delete(PERSON, number)).kind is Kind.REJECTED
    assert not api.calls


@pytest.mark.parametrize(
    ("limit", "why"), [(4, ""), (3, "large")], ids=["as large as may be", "larger"]
)  # fmt: skip
async def test_a_file_is_fetched_up_to_a_size(telegram: Telegram, api: BotApi, limit: int, why: str) -> None:
    await api.attach(501, "x.csv", b"a,b\n")
    attachment = Attachment("BQAC-1", "x.csv", None)
    if why:
        with pytest.raises(Unfetchable, match=why):
            await telegram.fetch(attachment, limit)
    else:
        assert await telegram.fetch(attachment, limit) == b"a,b\n"


@pytest.mark.parametrize(
    ("fault", "method", "why"),
    [
        ({"fault": "cut"}, "getFile", "unreachable"),
        ({"fault": "hang"}, "getFile", "unreachable"),
        ({"fault": "echo", "status": 400}, "getFile", "gone"),
        ({"fault": "answer", "body": '{"ok":true,"result":{}}'}, "getFile", "gone"),
        ({"fault": "answer", "body": '{"ok":true,"result":{"file_path":"../../etc/passwd"}}'}, "getFile", "gone"),
        ({"fault": "answer", "body": '{"ok":true,"result":{"file_path":"/etc/passwd"}}'}, "getFile", "gone"),
        ({"fault": "answer", "body": '{"ok":true,"result":{"file_path":"a/b"}}'}, "getFile", "gone"),
        ({"fault": "answer", "body": '{"ok":true,"result":{"file_path":"a","file_size":99}}'}, "getFile", "large"),
        ({"fault": "answer", "body": '{"ok":true}'}, "getFile", "unreachable"),
        ({"fault": "cut"}, "file", "unreachable"),
        ({"fault": "hang"}, "file", "unreachable"),
        ({"fault": "html", "status": 404}, "file", "gone"),
        ({"fault": "html", "status": 502}, "file", "unreachable"),
        ({"fault": "redirect"}, "file", "unreachable"),
        ({"fault": "endless"}, "file", "large"),
    ],
    ids=str,
)
async def test_what_does_not_come_says_why_and_tells_no_token(
    api: BotApi, fault: dict[str, object], method: str, why: str
) -> None:
    telegram = Telegram(TOKEN, api=api.url, timing=QUICK)
    await api.attach(501, "x.csv", b"a,b\n")
    api.faults.clear()
    api.fail(method=method, times=9, **fault)  # type: ignore[arg-type]
    with pytest.raises(Unfetchable) as raised:
        await telegram.fetch(Attachment("BQAC-1", "x.csv", 4), 10)
    assert raised.value.why == why
    assert raised.value.__cause__ is None
    await telegram.close()


async def test_a_size_that_is_told_too_large_is_not_asked_for(telegram: Telegram, api: BotApi) -> None:
    with pytest.raises(Unfetchable, match="large"):
        await telegram.fetch(Attachment("BQAC-1", "x.csv", 11), 10)
    assert not api.calls
