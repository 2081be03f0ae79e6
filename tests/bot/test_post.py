"""The way out to one messenger: nothing waits for its turn longer than somebody waits for it."""

from __future__ import annotations

import pytest

from bot import post
from bot.pacing import Pacing, Rates
from bot.post import Post
from bot.transports.transport import Kind, Outcome
from sebghat.conversation import Destination, Reply, Span
from tests.bot.mailbox import Mailbox

A, B = Destination("telegram", "a"), Destination("telegram", "b")
TEXT = Reply((Span("text"),))


def opened(box: Mailbox, rates: Rates) -> Post:
    async def moved(was: Destination, new: str) -> None:
        """No chat moves here."""

    return Post(box, Pacing(rates), moved)


async def test_where_a_messenger_wants_nothing_for_long_an_answer_is_given_up_at_once() -> None:
    box = Mailbox()
    box.outcomes["a"] = [Outcome(Kind.RETRY_AFTER, retry_after=600)]
    way = opened(box, Rates(None, None, None))
    for _ in range(2):
        outcome = await way.answer(A, TEXT, group=False)
        assert (outcome.kind, outcome.retry_after) == (Kind.RETRY_AFTER, 600)
    assert (await way.answer(B, TEXT, group=False)).kind is Kind.OK
    assert box.begun.qsize() == 2
    assert way.rest == 0  # it is the matter of one chat


async def test_a_turn_that_does_not_come_in_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "PATIENCE", 0.02)
    box = Mailbox()
    way = opened(box, Rates(None, 0.01, None))
    asked: list[bool] = []

    def begin() -> bool:
        asked.append(True)
        return True

    assert (await way.alert(A, TEXT, group=False, begin=begin)).kind is Kind.OK
    late = await way.alert(A, TEXT, group=False, begin=begin)
    assert (late.kind, late.retry_after) == (Kind.RETRY_AFTER, 1)
    assert len(asked) == len(box.delivered) == 1
