import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.transports.telegram import Telegram
from bot.transports.transport import Refused
from bot.transports.updates import KINDS
from sebghat.conversation import Incoming, Message
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import TOKEN, BotApi


class Receiver:
    """What a transport handed on."""

    def __init__(self, telegram: Telegram) -> None:
        self.got: list[Incoming] = []
        self.fails = 0
        self._telegram = telegram
        self._came = asyncio.Condition()
        self.task = asyncio.create_task(telegram.receive(self.handle))

    async def handle(self, batch: Sequence[Incoming]) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("no space left")
        async with self._came:
            self.got += batch
            self._came.notify_all()

    async def until(self, count: int) -> list[str]:
        """Waits for so many; their texts."""
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: len(self.got) >= count)
        return [each.text if isinstance(each, Message) else type(each).__name__ for each in self.got]

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])


@pytest.fixture
async def receiver(telegram: Telegram) -> AsyncIterator[Receiver]:
    receiver = Receiver(telegram)
    yield receiver
    await receiver.stop()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]


async def test_what_happens_in_chats_comes_in_order(receiver: Receiver, api: BotApi) -> None:
    await api.say(501, "/stats eitaa")
    await api.say(-1001, "/stats@our_bot", 7, thread=42)
    await api.say(-1001, "/stats@other_bot", 7)
    await api.say(501, "/stats bale", edited=True)
    await api.say(-1002, "a post")
    await api.press(501, "/record 3")
    await api.block(501)
    await api.migrate(-1001, -100_500)
    await api.say(501, "last")
    assert await receiver.until(9) == [
        "/stats eitaa", "/stats@our_bot", "/stats bale", "a post", "/record 3", "Membership", "Migration", "Migration",
        "last",
    ]  # fmt: skip
    asked = api.calls[1]  # after the question whether a webhook of ours is set
    assert asked["method"] == "getUpdates"
    assert asked["parameters"] == {"offset": 0, "timeout": 1, "allowed_updates": list(KINDS)}


async def test_poison_in_a_batch_costs_nobody_else_the_answer(
    telegram: Telegram, receiver: Receiver, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    poison: list[Any] = [
        {"message": {"chat": {"id": 501, "type": "private"}, "text": "a secret word", "date": "soon"}},
        {"callback_query": {"id": "7"}},
        {"message": {"chat": 5}},
        "rubbish",
        ["more"],
        {"teleported": {"a secret word": 1}},
    ]
    await api.say(501, "first")
    for each in poison:
        await api.update(each)
    await api.say(501, "last")
    assert await receiver.until(2) == ["first", "last"]
    assert len(lines(caplog)) == 4
    assert "secret" not in caplog.text
    assert telegram.unread == {"message, update_id": 2, "str": 1, "list": 1}
    await api.say(501, "after")
    assert await receiver.until(3) == ["first", "last", "after"]


async def test_a_number_without_end_costs_nobody_else_the_answer(receiver: Receiver, api: BotApi) -> None:
    endless = "1" * 5000
    body = (
        f'{{"ok":true,"result":[{{"update_id":1,"message":{{"date":{endless}}}}},'
        '{"update_id":2,"message":{"date":1,"text":"x","chat":{"id":5,"type":"private"},"from":{"id":5}}}]}'
    )
    api.fail("answer", "getUpdates", body=body)
    await api.say(501, "wakes the poll before")
    assert "x" in await receiver.until(2)


async def test_what_could_not_be_handled_comes_again(
    receiver: Receiver, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.fails = 2
    await api.say(501, "one")
    assert await receiver.until(1) == ["one"]
    assert "no space left" in caplog.text
    await api.say(501, "two")
    assert await receiver.until(2) == ["one", "two"]


async def test_a_batch_is_confirmed_only_after_it_was_handled(telegram: Telegram, api: BotApi) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def handle(batch: Sequence[Incoming]) -> None:
        started.set()
        await go_on.wait()

    task = asyncio.create_task(telegram.receive(handle))
    await api.say(501, "kept")
    await started.wait()
    assert [call["method"] for call in api.calls] == ["getWebhookInfo", "getUpdates"]
    task.cancel()  # as if the program were killed now
    await asyncio.wait([task])
    after = Receiver(telegram)
    assert await after.until(1) == ["kept"]
    await after.stop()


async def test_after_a_restart_what_was_confirmed_does_not_come_again(telegram: Telegram, api: BotApi) -> None:
    first = Receiver(telegram)
    await api.say(501, "one")
    await first.until(1)
    assert await api.until(lambda: [call["method"] for call in api.calls].count("getUpdates") == 2)
    await first.stop()
    await api.say(501, "two")
    second = Receiver(telegram)
    assert await second.until(1) == ["two"]
    await second.stop()


@pytest.mark.parametrize("fault", ["500", "html", "garbage", "cut", "hang", "endless", "redirect", "429"])
async def test_a_fault_is_outlasted_and_told_in_two_lines(
    receiver: Receiver, api: BotApi, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level("INFO")
    api.fail(fault, "getUpdates", times=1 if fault in {"hang", "429"} else 2, retry_after=1 if fault == "429" else None)
    await api.say(501, "before")
    await receiver.until(1)
    await api.until(lambda: not api.faults)
    await api.say(501, "after")
    assert (await receiver.until(2))[-1] == "after"
    told = lines(caplog)
    assert len(told) == 2
    assert told[0].startswith("telegram does not answer as it should (")
    assert told[1] == "telegram answers again"


async def test_a_poll_that_outlives_its_process_is_outlasted(
    receiver: Receiver, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    body = '{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}'
    api.fail("answer", "getUpdates", status=409, body=body, times=3)
    await api.say(501, "one")
    assert await receiver.until(1) == ["one"]
    assert len(lines(caplog)) == 1


async def test_of_two_programs_one_gives_way_and_goes_on_sending(
    telegram: Telegram, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    other = Telegram(TOKEN, api=api.url, timing=QUICK)
    await other.start()
    both = [Receiver(telegram), Receiver(other)]
    done, _ = await asyncio.wait([each.task for each in both], timeout=10, return_when=asyncio.FIRST_COMPLETED)
    (gone,) = done
    assert gone.result() is None
    (stays,) = [each for each in both if each.task is not gone]
    await api.say(501, "who hears me?")
    assert await stays.until(1) == ["who hears me?"]
    assert sum("another program receives" in line for line in lines(caplog)) == 1
    assert not stays.task.done()
    await stays.stop()
    await other.close()


async def test_a_webhook_set_elsewhere_is_told_once_left_alone_and_outlasted(
    receiver: Receiver, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    api.webhook = "https://elsewhere.example.org"
    await api.say(501, "one")
    assert await api.until(lambda: len(api.calls) >= 5)
    assert api.webhook
    told = [line for line in lines(caplog) if "webhook" in line]
    assert len(told) == 1
    assert "deleteWebhook" in told[0]
    api.webhook = ""
    await api.changed()
    assert await receiver.until(1) == ["one"]
    assert "the webhook is gone" in lines(caplog)[-1]


async def test_a_token_taken_back_while_running_is_refused(receiver: Receiver, api: BotApi) -> None:
    assert await api.until(lambda: bool(api.calls))
    await api.control("revoke", {})
    async with asyncio.timeout(5):
        with pytest.raises(Refused):
            await receiver.task


@pytest.mark.parametrize("fault", ["", "hang", "500"])
async def test_it_stops_within_a_second(telegram: Telegram, api: BotApi, fault: str) -> None:
    if fault:
        api.fail(fault, "getUpdates", times=99)
    receiver = Receiver(telegram)
    assert await api.until(lambda: bool(api.calls))
    start = asyncio.get_running_loop().time()
    await receiver.stop()
    await telegram.close()
    assert asyncio.get_running_loop().time() - start < 1
    assert receiver.task.cancelled()
