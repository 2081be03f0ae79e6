"""The server that plays the Bot API is as strict as it says, also as a process."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.messengers.bot_api import TOKEN, BotApi

HERE = Path(__file__).parent


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        await server.chat(501, "private")
        await server.chat(-1001, "supergroup", threads=[42])
        yield server


async def call(url: str, method: str, **parameters: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/bot{TOKEN}/{method}", json=parameters) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


def sized(count: int) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", "callback_data": "y" * count}]]}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, ""),
        ({"chat_id": "501"}, "a number or a name"),
        ({"chat_id": 502}, "chat not found"),
        ({"text": None}, "wrong type"),
        ({"text": " "}, "text is empty"),
        ({"text": "x" * 4096}, ""),
        ({"text": "😀" * 2049}, "too long"),
        ({"parse_mode": "HTML"}, "unknown parameter parse_mode"),
        ({"message_thread_id": 42}, "thread not found"),
        ({"chat_id": -1001, "message_thread_id": 42}, ""),
        ({"chat_id": -1001, "message_thread_id": 43}, "thread not found"),
        ({"disable_notification": 1}, "wrong type"),
        ({"reply_markup": sized(64)}, ""),
        ({"reply_markup": sized(65)}, "BUTTON_DATA_INVALID"),
        ({"reply_markup": sized(0)}, "BUTTON_DATA_INVALID"),
        ({"entities": [{"type": "bold", "offset": 0, "length": 2}]}, ""),
        ({"entities": [{"type": "bold", "offset": 1, "length": 2}]}, "can't parse entities"),
        ({"entities": [{"type": "bold", "offset": 0, "length": 9}]}, "can't parse entities"),
        ({"entities": [{"type": "bold", "offset": 0, "length": 0}]}, "can't parse entities"),
        ({"entities": [{"type": "loud", "offset": 0, "length": 2}]}, "can't parse entities"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
async def test_a_message_must_be_right(api: BotApi, more: dict[str, Any], words: str) -> None:
    answer = await call(api.url, "sendMessage", **({"chat_id": 501, "text": "😀 hi"} | more))
    assert answer["ok"] is not bool(words)
    assert words in answer.get("description", "")
    assert len(api.sent) == (not words)


def article(**more: Any) -> dict[str, Any]:
    content = {"message_text": "text", "link_preview_options": {"is_disabled": True}}
    return {"type": "article", "id": "0", "title": "title", "input_message_content": content} | more


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([], ""),
        ([article(), article(id="1", description="more")], ""),
        ([article(), article()], "RESULT_ID_DUPLICATE"),
        ([article(id="")], "RESULT_ID_INVALID"),
        ([article(id="x" * 64)], ""),
        ([article(id="é" * 33)], "RESULT_ID_INVALID"),
        ([article(type="photo")], "only articles"),
        ([article(title=" ")], "MESSAGE_EMPTY"),
        ([article(id=str(number)) for number in range(51)], "RESULTS_TOO_MUCH"),
        ([article(input_message_content={"message_text": "x"})], "can't parse input message content"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_cards_must_be_right(api: BotApi, results: list[dict[str, Any]], words: str) -> None:
    await api.query(501, "eitaa")
    (number,) = api.queries
    answer = await call(api.url, "answerInlineQuery", inline_query_id=number, results=results)
    assert words in answer.get("description", "")
    again = await call(api.url, "answerInlineQuery", inline_query_id=number, results=results)
    assert (answer["ok"], again["ok"]) == ((False, False) if words else (True, False))


async def test_unknown_methods_and_tokens_are_refused(api: BotApi) -> None:
    assert (await call(api.url, "sendDice", chat_id=501))["error_code"] == 404
    api.token = "another"
    assert (await call(api.url, "getMe"))["error_code"] == 401


async def test_updates_come_until_they_are_confirmed_and_to_one_alone(api: BotApi) -> None:
    first = (await api.say(501, "one"))["update_id"]
    for _ in range(2):
        assert [each["update_id"] for each in (await call(api.url, "getUpdates"))["result"]] == [first]
    older = asyncio.create_task(call(api.url, "getUpdates", offset=first + 1, timeout=5))
    assert await api.until(lambda: len(api.calls) == 3)
    newer = asyncio.create_task(call(api.url, "getUpdates", offset=first + 1, timeout=5))
    assert (await older)["error_code"] == 409
    await api.say(501, "two")
    assert len((await newer)["result"]) == 1


@pytest.mark.parametrize("name", ["bot_api.py", "bale.py", "splus.py", "rubika.py", "eitaayar.py"])
async def test_it_runs_as_a_process_with_its_control(name: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, HERE / name, "0", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session:

        async def control(what: str, **body: Any) -> Any:
            async with session.post(f"{url}/control/{what}", json=body) as answer:
                return await answer.json() if answer.status == 200 else answer.status

        assert await control("nonsense") == 400
        if name == "bot_api.py":
            assert "update_id" in await control("say", chat=501, text="/stats eitaa")
            assert "update_id" in await control("update", my_chat_member={})
            assert "update_id" in await control("update", raw="rubbish")
            assert len((await control("waiting"))["updates"]) == 3
            await control("block", chat=501)
            assert (await call(url, "sendMessage", chat_id=501, text="x"))["error_code"] == 403
            await control("block", chat=501, blocked=False)
            await control("fault", fault="500", method="sendMessage")
            assert (await call(url, "sendMessage", chat_id=501, text="x"))["error_code"] == 500
            await call(url, "sendMessage", chat_id=501, text="x")
            async with session.get(f"{url}/control/sent?count=1&timeout=5") as answer:
                assert [sent["text"] for sent in await answer.json()] == ["x"]
    process.terminate()
    await process.wait()
