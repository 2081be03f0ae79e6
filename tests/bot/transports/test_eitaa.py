import json
from typing import Any

import pytest

from bot.transports.eitaa import CLOSED_AFTER, Eitaa
from bot.transports.transport import UNSUPPORTED, Image, Kind, Outcome, Refused, Unfetchable
from sebghat.conversation import Attachment, Button, Destination, File, Reply, Span, Style
from tests.bot.transports.conftest import QUICK
from tests.messengers.eitaayar import TOKEN, Eitaayar

CHANNEL = Destination("eitaa", "12345")
HELLO = Reply((Span("سلام"),))


def refusal(code: int, words: str = "no") -> str:
    return json.dumps({"ok": False, "error_code": code, "description": words})


async def test_a_text_arrives_plain_and_unchanged(eitaa: Eitaa, panel: Eitaayar) -> None:
    text = "خبر: نیم‌فاصله % & + # < * _ = 👨‍👩‍👧 \u2066/why 1\u2069"
    outcome = await eitaa.deliver(CHANNEL, Reply((Span(text, Style.BOLD),), ((Button("/why 1", "چرا"),),)))
    (sent,) = panel.sent
    assert outcome == Outcome(Kind.OK, message_id=sent["message_id"])
    assert sent["text"] == f"{text}\nچرا — \u2066/why 1\u2069"
    assert panel.calls[0]["parameters"].keys() == {"chat_id", "text"}


async def test_half_a_character_is_no_reason_to_fail(eitaa: Eitaa, panel: Eitaayar) -> None:
    assert (await eitaa.deliver(CHANNEL, Reply((Span("a \ud83d b"),)))).kind is Kind.OK
    assert panel.sent[0]["text"] == "a ? b"


async def test_it_answers_without_an_id_too(eitaa: Eitaa, panel: Eitaayar) -> None:
    panel.no_ids = True
    assert await eitaa.deliver(CHANNEL, HELLO) == Outcome(Kind.OK)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"ok":true,"result":{"message_id":5}}', Outcome(Kind.OK, message_id="5")),
        (200, '{"ok":true,"result":{"message_id":"5"}}', Outcome(Kind.OK, message_id="5")),
        (200, '{"ok":true}', Outcome(Kind.OK)),
        (200, '{"ok":true,"result":[]}', Outcome(Kind.OK)),
        (429, refusal(429), Outcome(Kind.RETRY_AFTER, retry_after=30, detail="HTTP 429")),
        (429, "slow down", Outcome(Kind.RETRY_AFTER, retry_after=30, detail="HTTP 429")),
        (200, refusal(429), Outcome(Kind.RETRY_AFTER, retry_after=30, detail="no")),
        (400, refusal(400, "too long"), Outcome(Kind.REJECTED, detail="too long")),
        (200, refusal(400, "too long"), Outcome(Kind.REJECTED, detail="too long")),
        (200, '{"ok":false}', Outcome(Kind.REJECTED)),
        (500, refusal(500), Outcome(Kind.UNKNOWN, detail="HTTP 500")),
        (200, refusal(500), Outcome(Kind.UNKNOWN, detail="no")),
        (502, "<html>", Outcome(Kind.UNKNOWN, detail="HTTP 502")),
        (200, "<html>", Outcome(Kind.UNKNOWN, detail="HTTP 200, not readable")),
        (403, "<html>", Outcome(Kind.UNKNOWN, detail="HTTP 403, not an answer of Eitaayar's")),
    ],
)  # fmt: skip
async def test_every_answer_has_its_class(
    eitaa: Eitaa, panel: Eitaayar, status: int, body: str, expected: Outcome
) -> None:
    panel.fail("answer", "sendMessage", status=status, body=body)
    assert await eitaa.deliver(CHANNEL, HELLO) == expected
    assert len(panel.calls) == 1


@pytest.mark.parametrize("code", [401, 403, 404])
@pytest.mark.parametrize(
    ("about_token", "expected"),
    [(None, Kind.PERMANENT), (refusal(401), Kind.AUTH), ("<html>", Kind.TRANSIENT)],
    ids=["the token is valid", "it is not", "nobody says"],
)
async def test_the_token_is_asked_whose_fault_it_is(
    eitaa: Eitaa, panel: Eitaayar, code: int, about_token: str | None, expected: Kind
) -> None:
    panel.fail("answer", "sendMessage", status=200, body=refusal(code))
    if about_token:
        panel.fail("answer", "getMe", status=200, body=about_token)
    assert (await eitaa.deliver(CHANNEL, HELLO)).kind is expected
    assert [call["method"] for call in panel.calls] == ["sendMessage", "getMe"]


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("fault", ["cut", "hang", "html", "garbage", "endless", "500", "redirect"])
async def test_what_may_have_arrived_is_never_sent_again(
    eitaa: Eitaa, panel: Eitaayar, fault: str, taken: bool
) -> None:
    panel.fail(fault, "sendMessage", taken=taken)
    outcome = await eitaa.deliver(CHANNEL, HELLO)
    assert outcome.kind is Kind.UNKNOWN
    assert outcome.detail
    assert len(panel.calls) == 1


async def test_nobody_there_is_known_not_sent() -> None:
    eitaa = Eitaa(TOKEN, api="http://127.0.0.1:9", timing=QUICK)
    assert (await eitaa.deliver(CHANNEL, HELLO)).kind is Kind.TRANSIENT
    await eitaa.close()


async def test_a_chat_that_refuses_everything_is_closed(eitaa: Eitaa, panel: Eitaayar) -> None:
    panel.fail("answer", "sendMessage", status=400, body=refusal(400), times=CLOSED_AFTER)
    kinds = [(await eitaa.deliver(CHANNEL, HELLO)).kind for _ in range(CLOSED_AFTER + 1)]
    assert kinds == [Kind.REJECTED] * (CLOSED_AFTER - 1) + [Kind.PERMANENT, Kind.OK]


async def test_a_long_text_goes_in_parts_of_the_set_length_and_the_first_is_pinned(panel: Eitaayar) -> None:
    eitaa = Eitaa(TOKEN, api=panel.url, text_limit=500, pin=True, timing=QUICK)
    reply = Reply((Span("ایتا از روبیکا پیش افتاد.\n" * 50),))
    outcome = await eitaa.deliver(CHANNEL, reply)
    assert "".join(sent["text"] for sent in panel.sent) == reply.plain
    assert all(len(sent["text"]) <= 500 for sent in panel.sent)
    assert [sent["pinned"] for sent in panel.sent] == [True, False, False]
    assert outcome == Outcome(Kind.OK, message_id=panel.sent[0]["message_id"])
    await eitaa.close()


async def test_what_stopped_in_the_middle_is_never_known_not_sent(panel: Eitaayar) -> None:
    eitaa = Eitaa(TOKEN, api=panel.url, text_limit=500, timing=QUICK)
    panel.fail("429", "sendMessage", after=1)
    outcome = await eitaa.deliver(CHANNEL, Reply((Span("ایتا از روبیکا پیش افتاد.\n" * 50),)))
    assert outcome.kind is Kind.UNKNOWN
    assert outcome.detail.startswith("1 of 3 parts arrived")
    assert len(panel.calls) == 2
    await eitaa.close()


@pytest.mark.parametrize("caption", ["نمودار ایتا", ""])
async def test_a_picture_goes_as_a_file(eitaa: Eitaa, panel: Eitaayar, caption: str) -> None:
    outcome = await eitaa.deliver(CHANNEL, Reply((Span(caption),)), Image("chart", b"\x89PNG" * 9))
    assert outcome.kind is Kind.OK
    (sent,) = panel.sent
    assert (sent["method"], sent["text"]) == ("sendFile", caption)
    assert (sent["filename"], sent["content_type"], sent["size"]) == ("chart.png", "image/png", 36)


async def test_a_long_caption_goes_on_as_text_and_what_comes_first_is_pinned(panel: Eitaayar) -> None:
    eitaa = Eitaa(TOKEN, api=panel.url, text_limit=500, pin=True, timing=QUICK)
    reply = Reply((Span("ایتا از روبیکا پیش افتاد.\n" * 30),), file=File("ارقام.csv", b"a,b"))
    await eitaa.deliver(CHANNEL, reply, Image("chart", b"x"))
    assert [(sent["method"], sent["pinned"]) for sent in panel.sent] == [
        ("sendFile", True), ("sendFile", False), ("sendMessage", False), ("sendMessage", False)
    ]  # fmt: skip
    assert panel.sent[1]["filename"] == "ارقام.csv"
    await eitaa.close()


async def test_a_refused_picture_leaves_its_text(panel: Eitaayar) -> None:
    eitaa = Eitaa(TOKEN, api=panel.url, pin=True, timing=QUICK)
    panel.fail("answer", "sendFile", body=refusal(400, "bad picture"))
    assert (await eitaa.deliver(CHANNEL, HELLO, Image("chart", b"x"))).kind is Kind.OK
    assert [(sent["method"], sent["text"], sent["pinned"]) for sent in panel.sent] == [("sendMessage", "سلام", True)]
    await eitaa.close()


async def test_what_eitaa_cannot_is_not_asked_of_it(eitaa: Eitaa, panel: Eitaayar) -> None:
    assert await eitaa.edit(CHANNEL, "5", HELLO) == UNSUPPORTED
    assert await eitaa.delete(CHANNEL, "5") == UNSUPPORTED
    with pytest.raises(Unfetchable, match="gone"):
        await eitaa.fetch(Attachment("1", "x.csv", 3), 10)
    assert not panel.calls


async def test_the_start_says_who_it_is_and_waits_until_eitaayar_answers(eitaa: Eitaa, panel: Eitaayar) -> None:
    for fault in ("500", "html", "cut", "hang"):
        panel.fail(fault, "getMe")
    assert await eitaa.start() == "sebghat"


@pytest.mark.parametrize("token", ["bot1:wrong-wrong-wrong-wrong", TOKEN])
async def test_a_token_that_is_not_valid_is_refused(panel: Eitaayar, token: str) -> None:
    panel.revoked = token == TOKEN
    eitaa = Eitaa(token, api=panel.url, timing=QUICK)
    with pytest.raises(Refused):
        await eitaa.start()
    await eitaa.close()


async def test_it_receives_nothing_and_says_so(eitaa: Eitaa) -> None:
    async def handle(batch: Any) -> None:
        raise AssertionError

    await eitaa.receive(handle)
    assert not eitaa.capability.receives
    assert await eitaa.administers("12345", "1") is None


async def test_rights_are_unknown_until_something_is_posted(eitaa: Eitaa, panel: Eitaayar) -> None:
    assert (await eitaa.rights("12345")).kind is Kind.UNKNOWN
    panel.revoked = True
    assert (await eitaa.rights("12345")).kind is Kind.AUTH
    assert not panel.sent
