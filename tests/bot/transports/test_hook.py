"""The outgoing webhook, verified by the very lines that docs/adding-a-messenger.md gives to its readers."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.transports.hook import Hook, Target, signature
from bot.transports.transport import Kind
from sebghat.conversation import Button, Destination, Reply, Span, Style
from tests.bot.transports.conftest import QUICK
from tests.messengers.hook import SECRET, Receiver

PAGE = Path(__file__).resolve().parents[3] / "docs" / "adding-a-messenger.md"
NEWS = Destination("hook", "news")
SAID = Reply((Span("ایتا", Style.BOLD), Span(" پیش افتاد", href="https://example.ir")), ((Button("/why 17", "چرا"),),))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as server:
        yield server


@pytest.fixture
async def hook(receiver: Receiver) -> AsyncIterator[Hook]:
    transport = Hook({"news": Target(receiver.address, SECRET)}, timing=QUICK)
    yield transport
    await transport.close()


def verifier() -> Callable[[str, dict[str, str], bytes], bool]:
    """The function of the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[[str, dict[str, str], bytes], bool] = names["verify"]
    return found


async def test_the_page_verifies_what_is_sent_once(hook: Hook, receiver: Receiver) -> None:
    assert (await hook.deliver(NEWS, SAID)).kind is Kind.OK
    (sent,) = receiver.sent
    body = receiver.calls[0]["parameters"]["body"].encode()
    verify = verifier()
    assert verify(SECRET, sent["headers"], body)
    assert not verify(SECRET, sent["headers"], body)  # sent again
    assert sent["version"] == 1
    assert sent["text"] == "ایتا پیش افتاد\nچرا — \u2066/why 17\u2069"
    assert sent["spans"][:2] == [
        {"text": "ایتا", "style": "bold", "href": ""}, {"text": " پیش افتاد", "style": "plain", "href": "https://example.ir"}
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["time", "id", "body", "secret", "old"])
async def test_what_was_changed_or_kept_back_is_refused(hook: Hook, receiver: Receiver, change: str) -> None:
    await hook.deliver(NEWS, SAID)
    headers, body = dict(receiver.sent[0]["headers"]), receiver.calls[0]["parameters"]["body"].encode()
    secret, now = SECRET, int(headers["X-Sebghat-Time"])
    match change:
        case "time":
            headers["X-Sebghat-Time"] = str(now + 1)
        case "id":
            headers["X-Sebghat-Id"] = "another"
        case "body":
            body += b" "
        case "secret":
            secret = "another"
        case "old":
            old = str(int(time.time()) - 301)
            headers |= {
                "X-Sebghat-Time": old,
                "X-Sebghat-Signature": signature(SECRET, old, headers["X-Sebghat-Id"], body),
            }
    assert not verifier()(secret, headers, body)


@pytest.mark.parametrize("fault", [{"fault": "500"}, {"fault": "cut", "taken": True}, {"fault": "hang", "taken": True},
                                   {"fault": "429", "retry_after": 1}], ids=str)  # fmt: skip
async def test_what_is_tried_again_has_its_id_and_counts_once(
    hook: Hook, receiver: Receiver, fault: dict[str, Any]
) -> None:
    receiver.fail(**fault)
    assert (await hook.deliver(NEWS, SAID)).kind in {Kind.TRANSIENT, Kind.RETRY_AFTER}
    assert (await hook.deliver(NEWS, SAID)).kind is Kind.OK
    assert len(receiver.sent) == 1
    assert (await hook.deliver(NEWS, SAID)).kind is Kind.OK  # said anew, which is something else
    assert len(receiver.sent) == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Kind.OK), (204, Kind.OK), (409, Kind.OK), (410, Kind.PERMANENT), (401, Kind.REJECTED), (404, Kind.REJECTED),
     (302, Kind.REJECTED), (503, Kind.TRANSIENT)],
)  # fmt: skip
async def test_the_status_alone_counts(hook: Hook, receiver: Receiver, status: int, kind: Kind) -> None:
    receiver.fail("answer", status=status, body="" if status == 204 else "{}")
    assert (await hook.deliver(NEWS, SAID)).kind is kind


async def test_a_hook_that_is_not_set_is_none(hook: Hook) -> None:
    assert (await hook.deliver(Destination("hook", "other"), SAID)).kind is Kind.PERMANENT
    assert (await hook.rights("other")).kind is Kind.PERMANENT
    assert (await hook.rights("news")).kind is Kind.UNKNOWN
