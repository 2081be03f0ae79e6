"""What every transport must do, each against the server that plays its messenger; docs/transports.md shows it.

The name of a test's rule stands in RULES; `tests/matrix.py` makes the table of them.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from bot.pacing import USUAL
from bot.transports.parting import units
from bot.transports.transport import UNSUPPORTED, Image, Kind, Unfetchable
from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Attachment, Button, Buttons, Destination, File, Message, Reply, Span, Style, fit
from tests.bot.transports.benches import PLACES, bench, those
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import PNG

HELLO = Reply((Span("سلام"),))
CHART = Image("stats-eitaa-7", PNG + b"drawing")
ODD = "نیم‌فاصله، 👨‍👩‍👧 🇮🇷 % & + # < > a_b * _ = \u2066/why 1\u2069 «ایتا» ۳۰٫۵"
SENTENCE = "«ایتا» از \u2068روبیکا\u2069 پیش افتاد؛ می‌گوید ۳۰٫۵ میلیون 👨‍👩‍👧 دارد: https://example.ir/a?b=c. "
LONG = Reply((Span("خبر", Style.BOLD), Span("\n" + SENTENCE * 150)), ((Button("/why 17", "چرا"),),))


@those(wired=False)
async def test_a_text_arrives_as_it_is(name: str) -> None:
    async with bench(name) as on:
        outcome = await on.transport.deliver(on.person, Reply((Span(ODD),)))
        assert (outcome.kind, on.texts) == (Kind.OK, [ODD])


@those()
async def test_ids_are_text_and_lose_nothing(name: str) -> None:
    async with bench(name) as on:
        for to in (on.person, on.channel):
            outcome = await on.transport.deliver(to, HELLO)
            assert outcome.kind is Kind.OK
            assert outcome.message_id == str(on.server.sent[-1]["message_id"])
        assert [sent["chat"] for sent in on.server.sent] == [on.person.chat, on.channel.chat]


@those(lambda capability: capability.receives)
async def test_what_people_write_and_press_comes_in(name: str) -> None:
    async with bench(name) as on, on.receiving() as found:
        await on.say("/stats ایتا")
        await on.press("/why 17")
        await on.until(lambda: len(found) == 2)
        said, pressed = found
        assert (said.chat, said.text, said.messenger, said.pressed) == (on.person.chat, "/stats ایتا", name, "")
        assert (pressed.chat, pressed.text) == (on.person.chat, "/why 17")
        assert pressed.pressed
        assert said.sender == pressed.sender
        assert said.key != pressed.key
        assert isinstance(said.key, str)
        await on.transport.acknowledge(pressed.pressed)


@those(lambda capability: capability.receives)
async def test_a_file_comes_in_and_is_fetched(name: str) -> None:
    async with bench(name) as on, on.receiving() as found:
        await on.attach("ارقام.csv", b"a,b\n")
        await on.until(lambda: len(found) == 1)
        file = found[0].file
        assert file is not None
        assert (file.name, file.size, found[0].text) == ("ارقام.csv", 4, "")
        assert await on.transport.fetch(file, 4) == b"a,b\n"
        with pytest.raises(Unfetchable, match="large"):
            await on.transport.fetch(file, 3)
        with pytest.raises(Unfetchable, match="large"):
            await on.transport.fetch(replace(file, size=None), 3)
        with pytest.raises(Unfetchable, match="gone"):
            await on.transport.fetch(Attachment("nothing", "x", None), 9)


@those(lambda capability: bool(capability.buttons))
async def test_a_button_carries_at_most_64_bytes_and_is_a_line_beyond(name: str) -> None:
    short, long = "/set ایتا mau " + "9" * 46, "/set ایتا mau " + "9" * 47
    assert (len(short.encode()), len(long.encode())) == (64, 65)
    async with bench(name) as on:
        await on.transport.deliver(on.person, Reply((Span("?"),), ((Button(short, "ثبت"), Button(long, "همه")),)))
        (sent,) = on.server.sent
        assert sent["buttons"] == [[{"text": "ثبت", "data": short}]]
        assert long in sent["text"]


@those(lambda capability: not capability.buttons, wired=False)
async def test_without_buttons_they_are_lines(name: str) -> None:
    async with bench(name) as on:
        reply = fit(Reply((Span("?"),), ((Button("/why 17", "چرا"),),)), on.capability)
        await on.transport.deliver(on.person, reply)
        assert on.texts == ["?\nچرا — \u2066/why 17\u2069"]


@those(lambda capability: capability.text_limit < 10_000)
async def test_a_long_text_is_parted_where_a_reader_would(name: str) -> None:
    async with bench(name) as on:
        outcome = await on.transport.deliver(on.person, LONG)
        assert outcome.kind is Kind.OK
        sent = [each["text"] for each in on.server.sent]
        assert len(sent) > 3
        assert all(0 < units(text) <= on.capability.text_limit for text in sent)
        assert all(text.rstrip().endswith((".", "؛", "چرا", "/why 17\u2069")) for text in sent)
        assert all(text.count("\u2068") == text.count("\u2069") or name == "eitaa" for text in sent[:-1])
        whole = "".join(on.texts)
        assert whole.startswith(LONG.plain)
        assert outcome.message_id == on.server.sent[0]["message_id"]
        if on.capability.buttons:
            assert [bool(each["buttons"]) for each in on.server.sent] == [False] * (len(sent) - 1) + [True]


@those(lambda capability: capability.text_limit < 10_000)
@pytest.mark.parametrize("letter", ["👨‍👩‍👧", "🇮🇷", "ک‌", "é"], ids=lambda letter: unicodedata.name(letter[0]))
async def test_no_cluster_is_cut(name: str, letter: str) -> None:
    async with bench(name) as on:
        text = letter * 3000
        await on.transport.deliver(on.person, Reply((Span(text),)))
        assert "".join(on.texts) == text
        assert all(sent.startswith(letter) and sent.endswith(letter) for sent in on.texts)


@those(lambda capability: capability.pictures)
async def test_a_picture_carries_its_text_and_is_uploaded_once(name: str) -> None:
    async with bench(name) as on:
        for _ in range(2):
            assert (await on.transport.deliver(on.channel, HELLO, CHART)).kind is Kind.OK
        assert on.texts == ["سلام", "سلام"]
        uploads = [call for call in on.server.calls if "stats-eitaa-7.png" in json.dumps(call)]
        assert len(uploads) == (1 if name != "eitaa" else 2)  # Eitaa gives no ids
        assert all("image/png" in json.dumps(call) for call in uploads)


@those(lambda capability: capability.pictures)
async def test_a_refused_picture_does_not_cost_its_text(name: str) -> None:
    async with bench(name) as on:
        on.fail("answer", "sendFile" if name in {"rubika", "eitaa"} else "sendPhoto", times=2, body=json.dumps(
            {"ok": False, "error_code": 400, "description": "IMAGE_PROCESS_FAILED", "status": "INVALID_INPUT"}
        ))  # fmt: skip
        assert (await on.transport.deliver(on.person, HELLO, CHART)).kind is Kind.OK
        assert on.texts == ["سلام"]
        assert (await on.transport.deliver(on.person, LONG, CHART)).kind is Kind.OK
        assert "".join(on.texts[1:]).startswith(LONG.plain)


@those(lambda capability: capability.files)
async def test_a_file_goes_out_with_its_text(name: str) -> None:
    async with bench(name) as on:
        reply = replace(HELLO, file=File("ارقام ۱۴۰۵.csv", b"a,b\n"))
        assert (await on.transport.deliver(on.person, reply)).kind is Kind.OK
        assert on.texts == ["سلام"]
        assert "ارقام ۱۴۰۵.csv" in json.dumps(on.server.calls, ensure_ascii=False)
        on.server.calls.clear()
        outcome = await on.transport.deliver(on.person, replace(HELLO, file=File("x.csv", b"x" * 50_000_001)))
        assert (outcome.kind, on.server.calls) == (Kind.REJECTED, [])


@those(lambda capability: capability.edits and capability.deletes)
async def test_a_message_is_edited_and_deleted_and_again_without_harm(name: str) -> None:
    async with bench(name) as on:
        number = (await on.transport.deliver(on.person, Reply((Span("۱ از ۹"),)))).message_id
        for _ in range(2):
            outcome = await on.transport.edit(on.person, number, HELLO)
            assert (outcome.kind, outcome.message_id) == (Kind.OK, number)
        assert on.server.sent[0]["text"] == "سلام"
        for fault in ("cut", "hang", "html"):
            on.fail(fault, "editMessageText")
            assert (await on.transport.edit(on.person, number, HELLO)).kind is Kind.TRANSIENT
        assert (await on.transport.edit(on.person, number, LONG)).kind is Kind.REJECTED
        assert (await on.transport.delete(on.person, number)).kind is Kind.OK
        assert on.server.sent[0]["deleted"]
        assert len(on.server.sent) == 1


@those(lambda capability: not capability.edits and not capability.deletes, wired=False)
async def test_what_a_messenger_cannot_is_not_asked_of_it(name: str) -> None:
    async with bench(name) as on:
        assert await on.transport.edit(on.person, "5", HELLO) == UNSUPPORTED
        assert await on.transport.delete(on.person, "5") == UNSUPPORTED
        with pytest.raises(Unfetchable, match="gone"):
            await on.transport.fetch(Attachment("1", "x", 1), 9)
        assert not on.server or not on.server.calls


@those()
async def test_nothing_is_sent_that_is_not_set(name: str) -> None:
    async with bench(name) as on:
        await on.transport.deliver(on.person, HELLO)
        (sent,) = on.sends
        assert None not in sent["parameters"].values()
        assert "parse_mode" not in sent["parameters"]


@those()
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"fault": "429", "retry_after": 7}, Kind.RETRY_AFTER),
        ({"fault": "429-text", "retry_after": 7}, Kind.RETRY_AFTER),
        ({"fault": "500"}, Kind.UNKNOWN),
        ({"fault": "html", "status": 502}, Kind.UNKNOWN),
        ({"fault": "cut"}, Kind.UNKNOWN),
        ({"fault": "cut", "taken": True}, Kind.UNKNOWN),
        ({"fault": "hang"}, Kind.UNKNOWN),
        ({"fault": "drip"}, Kind.UNKNOWN),
        ({"fault": "endless"}, Kind.UNKNOWN),
        ({"fault": "garbage"}, Kind.UNKNOWN),
        ({"fault": "answer", "body": "<html>a page of the provider</html>"}, Kind.UNKNOWN),
        ({"fault": "large"}, Kind.UNKNOWN),
    ],
    ids=str,
)
async def test_what_became_of_a_message_has_its_class(name: str, fault: dict[str, Any], kind: Kind) -> None:
    async with bench(name) as on:
        on.fail(**fault)
        outcome = await on.transport.deliver(on.person, HELLO)
        if name == "hook":  # the status alone counts, and what is tried again has its id
            kind = {Kind.UNKNOWN: Kind.TRANSIENT}.get(kind, kind)
            kind = Kind.OK if fault["fault"] in {"garbage", "answer", "large", "drip", "endless"} else kind
        assert outcome.kind is kind
        assert outcome.detail or kind is Kind.OK
        assert len(on.sends) == 1
        if kind is Kind.RETRY_AFTER:
            assert outcome.retry_after == 7
        assert (await on.transport.deliver(on.person, HELLO)).kind is Kind.OK


@those()
async def test_an_unknown_refusal_is_of_this_message_alone(name: str) -> None:
    async with bench(name) as on:
        on.refuse("something of the future")
        outcome = await on.transport.deliver(on.person, HELLO)
        assert (outcome.kind, len(on.sends)) == (Kind.REJECTED, 1)


@those()
async def test_where_nobody_is_it_is_known_not_sent(name: str) -> None:
    async with bench(name) as on:
        await on.server.stop()
        kinds = [(await on.transport.deliver(on.person, HELLO)).kind for _ in range(3)]
        # A connection from before may die under the first.
        assert kinds[1:] == [Kind.TRANSIENT] * 2
        await on.transport.close()
        assert (await on.transport.deliver(on.person, HELLO)).kind is Kind.TRANSIENT


@those(lambda capability: capability.text_limit < 10_000)
async def test_what_stopped_in_the_middle_goes_on_from_there(name: str) -> None:
    async with bench(name) as on:
        on.fail("429", after=1, retry_after=1)
        assert (await on.transport.deliver(on.person, LONG)).kind is Kind.OK
        assert "".join(on.texts).startswith(LONG.plain)
        on.server.sent.clear()
        on.fail("cut", after=1)
        outcome = await on.transport.deliver(on.person, LONG)
        assert (outcome.kind, len(on.server.sent)) == (Kind.UNKNOWN, 1)


@those(lambda capability: capability.receives)
async def test_nothing_in_a_batch_stops_the_rest(name: str, caplog: pytest.LogCaptureFixture) -> None:
    odd: list[Any] = [
        "rubbish", 5, None, [], {}, {"message": 5}, {"message": {"text": "x"}}, {"future": {"a": 1}},
        {"callback_query": {"id": "9", "from": {"id": 7}}}, {"callback_query": []}, {"update": []},
        {"type": "NewMessage"}, {"type": "Tomorrow", "chat_id": "b0AbC"}, {"inline_message": {}},
        {"message": {"message_id": 3, "date": 1e400, "chat": {"id": 1, "type": "private"}, "text": "x"}},
    ]  # fmt: skip
    async with bench(name) as on:
        for each in odd:
            await on.server.update(each)
        await on.say("/stats")
        async with on.receiving() as found:
            await on.until(lambda: bool(found))
            await on.say("/help")
            await on.until(lambda: len(found) == 2)
        assert [message.text for message in found] == ["/stats", "/help"]
    assert len([each for each in caplog.records if "cannot be read" in each.message]) <= len(odd)


@those(lambda capability: capability.receives)
async def test_a_press_without_all_its_fields_is_read(name: str) -> None:
    """`chat_instance` is missing in all but Telegram."""
    async with bench(name) as on, on.receiving() as found:
        person = on.person.chat
        press = (
            {"inline_message": {"sender_id": "u0A", "message_id": 204216801381244279, "chat_id": person,
                                "aux_data": {"button_id": "/help"}}}
            if name == "rubika" else
            {"callback_query": {"id": "7", "from": {"id": 7}, "data": "/help",
                                "message": {"message_id": 5, "chat": {"id": int(person), "type": "private"}}}}
        )  # fmt: skip
        await on.server.update(press)
        await on.until(lambda: bool(found))
        assert (found[0].text, found[0].chat) == ("/help", person)


@those(lambda capability: capability.receives)
async def test_numbers_may_come_as_text(name: str) -> None:
    async with bench(name) as on, on.receiving() as found:
        person = on.person.chat
        written = (
            {"type": "NewMessage", "chat_id": person, "update_time": "1795000000",
             "new_message": {"message_id": 204216801381244279, "text": "/help", "time": 1795000000, "sender_id": "u0A"}}
            if name == "rubika" else
            {"message": {"message_id": "5", "date": "1795000000", "from": {"id": person}, "text": "/help",
                         "chat": {"id": person, "type": "private"}}}
        )  # fmt: skip
        await on.server.update(written)
        await on.until(lambda: bool(found))
        assert (found[0].chat, found[0].sent_at.year) == (person, 2026)


@those(lambda capability: capability.receives)
@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "500"}, {"fault": "html", "status": 502}, {"fault": "garbage"}, {"fault": "cut"}, {"fault": "large"},
        {"fault": "drip"}, {"fault": "endless"}, {"fault": "429", "retry_after": 1}, {"fault": "redirect"},
        {"fault": "answer", "body": "<html>a page of the provider</html>"},
        {"fault": "answer", "body": '{"ok":true}'}, {"fault": "answer", "body": '{"status":"OK"}'},
        {"fault": "answer", "body": '{"ok":true,"result":{}}'}, {"fault": "answer", "body": "[]"},
        {"fault": "answer", "body": '{"status":"OK","data":{"updates":5}}'},
    ],
    ids=str,
)  # fmt: skip
async def test_a_bad_answer_is_survived_with_one_line(
    name: str, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with bench(name, replace(QUICK, poll=0)) as on:
        on.fail(method="getUpdates", **fault)
        async with on.receiving() as found:
            await on.say("/stats")
            await on.until(lambda: bool(found))
        assert [message.text for message in found] == ["/stats"]
    assert len(caplog.records) <= 1


@those(lambda capability: capability.receives)
async def test_what_could_not_be_handled_comes_again_and_nothing_is_lost(name: str) -> None:
    times = {"/one": 0, "/two": 0}

    def fails_twice(message: Message) -> None:
        times[message.text] += 1
        if times["/one"] < 3:
            raise RuntimeError("the disk is full")

    async with bench(name) as on:
        await on.say("/one")
        await on.say("/two")
        async with on.receiving(fails_twice) as found:
            await on.until(lambda: len(found) >= 2)
        assert [message.text for message in found] == ["/one", "/two"]
        assert len({message.key for message in found}) == 2


@those(lambda capability: capability.receives)
async def test_a_restart_loses_nothing_and_knows_what_comes_twice(name: str) -> None:
    async with bench(name) as on:
        await on.say("/one")
        async with on.receiving() as before:
            await on.until(lambda: bool(before))
        await on.say("/two")
        async with on.receiving() as after:
            await on.until(lambda: any(message.text == "/two" for message in after))
        # Whether the first comes again or not, it has its key.
        assert {message.key for message in after if message.text == "/one"} <= {before[0].key}


@those(lambda capability: capability.receives)
async def test_gaps_and_repetitions_in_the_numbers_do_no_harm(name: str) -> None:
    async with bench(name) as on:
        for text, number in (("/one", 50), ("/one", 50), ("/two", 7000), ("/three", 51)):
            await on.say(text)
            _, update = on.server.updates.pop()
            if name != "rubika":
                update["update_id"] = number
            on.server.updates.append((7000 if name != "rubika" else len(on.server.updates) + 2, update))
        async with on.receiving() as found:
            await on.until(lambda: any(message.text == "/three" for message in found))
        assert {message.text for message in found} == {"/one", "/two", "/three"}


@those(lambda capability: capability.receives)
async def test_what_another_forwards_or_edits_is_not_trusted(name: str) -> None:
    async with bench(name) as on, on.receiving() as found:
        forwarded = "forwarded_from" if name == "rubika" else "forward_from_chat"
        more: dict[str, Any] = {forwarded: {"id": 5, "type": "channel"}}
        await on.say("/set a mau 1", **more)
        await on.say("/set a mau 1", edited=True)
        await on.until(lambda: len(found) == 2)
        assert [message.trusted for message in found] == [False, False]


@those(wired=False)
async def test_a_place_that_cannot_be_is_refused_before_anything_leaves(name: str) -> None:
    async with bench(name) as on:
        for chat in ("", "/", "a b", "۵", "\n", "x" * 300):
            outcome = await on.transport.deliver(Destination(name, chat), HELLO)
            assert outcome.kind in {Kind.REJECTED, Kind.PERMANENT}
        assert not on.server or not on.sends or name == "eitaa"


@those(lambda capability: capability.messenger not in {"hook", "eitaa"})
async def test_who_has_blocked_the_bot_is_left_in_peace(name: str) -> None:
    async with bench(name) as on:
        await on.server.block(on.person.chat if name == "rubika" else int(on.person.chat))
        assert (await on.transport.deliver(on.person, HELLO)).kind is Kind.PERMANENT
        assert (await on.transport.deliver(on.channel, HELLO)).kind is Kind.OK


@those(lambda capability: capability.messenger != "hook")
async def test_a_token_that_was_taken_back_is_not_the_chats_fault(name: str) -> None:
    async with bench(name) as on:
        on.server.revoked = True
        assert (await on.transport.deliver(on.person, HELLO)).kind is Kind.AUTH


@pytest.mark.parametrize("name", CAPABILITIES)
def test_a_messenger_has_its_rates(name: str) -> None:
    assert name in {*USUAL, "console", "hook"}


def test_every_messenger_has_a_bench() -> None:
    assert {*PLACES, "console"} == set(CAPABILITIES)
    assert {each for each, capability in CAPABILITIES.items() if capability.buttons is Buttons.NONE} == {
        "console", "eitaa", "hook"
    }  # fmt: skip
