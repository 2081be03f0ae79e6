"""Our requests beside those of public libraries, recorded as they sent them to a server on loopback.

recorded.json holds of each request what can agree: verb, path, encoding, names and types of fields, names of parts.
They show what libraries send, not what a messenger takes; docs/transports.md names them, and where they disagree.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.transports.door import Door
from bot.transports.transport import Image
from sebghat.conversation import Attachment, Button, File, Reply, Span, Style
from tests.bot.transports.benches import bench
from tests.bot.transports.conftest import QUICK
from tests.messengers.bot_api import PNG
from tests.messengers.serving import Fields

RECORDED: list[Fields] = json.loads((Path(__file__).parent / "recorded.json").read_text(encoding="utf-8"))
WIRED = ("telegram", "bale", "splus", "rubika", "eitaa")
ADDRESS = {"eitaa": "/api", "rubika": "/v3"}  # what the messenger's own address has before the token
BOLD = Reply((Span("سلام", Style.BOLD),), ((Button("/why 17", "چرا"),),), reply_to="")
# What no library of a messenger happened to send, and why we do.
OURS_ALONE: dict[tuple[str, str], set[str]] = {
    ("telegram", "sendPhoto"): {"reply_markup"},  # documented beside the caption
    ("bale", "getUpdates"): {"timeout"},  # documented; without it the poll would be a short one
    ("rubika", "setCommands"): set(),
}


def ours(name: str, call: Fields) -> Fields:
    """One of our requests in the form of the recorded ones."""
    wire, parameters = call["wire"], call["parameters"]
    parts = [field for field, value in parameters.items() if isinstance(value, dict) and "filename" in value]
    path = "<upload_url>" if call["method"] == "upload" else ADDRESS.get(name, "") + wire["path"]
    types = {field: type(value).__name__ for field, value in parameters.items() if field not in parts}
    return {"path": path, "verb": wire["verb"], "encoding": wire["encoding"], "fields": types, "parts": parts}


async def requests_of(name: str) -> tuple[str, list[Fields]]:
    """All that our transport sends; the token, and the calls."""
    door = Door(f"https://bot.test/webhook/{name}/x", "x") if name == "rubika" else None
    async with bench(name, replace(QUICK, poll=0), door=door) as on:
        if door:
            async with on.receiving():
                await on.until(lambda: len(on.server.endpoints) == 2)
        number = (await on.transport.deliver(on.person, BOLD)).message_id
        await on.transport.deliver(on.person, replace(BOLD, reply_to=number))
        for _ in range(2):
            await on.transport.deliver(on.person, Reply((Span("سلام"),)), Image("x", PNG))
        await on.transport.deliver(on.person, Reply((Span("سلام"),), file=File("x.csv", b"a,b")))
        await on.transport.edit(on.person, number, Reply((Span("نو"),)))
        await on.transport.delete(on.person, number)
        await on.transport.administers(on.channel.chat, "9")
        await on.transport.rights(on.channel.chat)
        await on.transport.obstacle()
        if on.capability.receives:
            await on.transport.acknowledge("77")
            await on.attach("x.csv", b"a,b")
            await on.transport.fetch(Attachment("F1" if name == "rubika" else "BQAC-2", "x.csv", None), 99)
            if not door:
                async with on.receiving() as found:
                    await on.until(lambda: bool(found))
        return on.token, [call for call in on.server.calls if call["method"] != "file"]


@pytest.mark.parametrize("name", WIRED)
async def test_our_requests_agree_with_those_of_public_libraries(name: str) -> None:
    token, calls = await requests_of(name)
    assert len({each["sdk"] for each in RECORDED if each["messenger"] == name}) >= 2
    for call in calls:
        request, method = ours(name, call), call["method"]
        known = [each for each in RECORDED if (each["messenger"], each["method"]) == (name, method)]
        if not known:
            assert method in {"getWebhookInfo", "editMessageCaption"}, method
            continue
        assert request["path"].replace(token, "<token>") in {each["path"] for each in known}
        assert request["verb"] == "POST"
        libraries = [each for each in known if bool(each["parts"]) == bool(request["parts"])]
        assert libraries, (method, request)
        names = {field for each in libraries for field in each["fields"]} | OURS_ALONE.get((name, method), set())
        assert set(request["fields"]) <= names, method
        assert request["encoding"] in encodings(name, libraries), method
        if request["parts"]:
            assert request["parts"] in [each["parts"] for each in libraries], method
        elif request["encoding"] == "application/json" and name != "telegram":
            for field, kind in request["fields"].items():
                assert kind in {each["fields"].get(field, kind) for each in libraries}, (method, field)


def encodings(name: str, libraries: list[Fields]) -> set[str]:
    """Those of the libraries; for what has no fields they send no body, and we an empty object or form."""
    found = {each["encoding"] for each in libraries}
    empty = {"application/json", "application/x-www-form-urlencoded", "application/octet-stream"}
    # Telegram takes forms and JSON alike, and its two libraries send forms.
    return found | (empty if "none" in found or name == "telegram" else set())


def test_what_was_recorded_holds_no_token() -> None:
    text = json.dumps(RECORDED)
    assert "AAAA" not in text
    assert {each["path"].split("/")[1] for each in RECORDED if each["method"] != "upload"} <= {
        "bot<token>",
        "api",
        "v3",
    }


def recorded_libraries() -> dict[str, list[str]]:
    """The libraries of each messenger; for docs/transports.md."""
    found: dict[str, Any] = {}
    for each in RECORDED:
        found.setdefault(each["messenger"], {})[each["sdk"]] = None
    return {messenger: list(libraries) for messenger, libraries in found.items()}
