"""What goes in and out of a conversation, and the form that a messenger can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sebghat.capabilities import EITAA, TELEGRAM
from sebghat.conversation import Button, ChatKind, Destination, Message, Reply, Span, Style, fit

PLAIN, RICH = EITAA, TELEGRAM
MESSAGE = Message("k", "telegram", "7", "", ChatKind.PRIVATE, "7", "/stats", datetime(2026, 11, 1, tzinfo=UTC))
TWO = (Button("/record", "record"), Button("/cancel", "cancel"))


def reply(text: str) -> Reply:
    return Reply((Span(text),))


@pytest.mark.parametrize(
    ("change", "trusted"),
    [
        ({}, True),
        ({"edited": True}, False),
        ({"forwarded": True}, False),
        ({"anonymous": True}, False),
        ({"chat_kind": ChatKind.CHANNEL}, False),
        ({"chat_kind": ChatKind.GROUP}, True),
    ],
)
def test_only_a_persons_own_fresh_word_may_write(change: dict[str, object], trusted: bool) -> None:
    assert replace(MESSAGE, **change).trusted is trusted  # type: ignore[arg-type]


@pytest.mark.parametrize(("thread", "written"), [("", "telegram:-100"), ("42", "telegram:-100/42")])
def test_a_destination_is_written_as_the_settings_write_it(thread: str, written: str) -> None:
    assert str(Destination("telegram", "-100", thread)) == written


def test_replies_stand_under_each_other_and_empty_ones_leave_no_line() -> None:
    assert reply("a").above(Reply(), reply("b"), Reply()).plain == "a\nb"
    assert Reply().above(reply("a")).plain == "a"
    assert reply("a").and_(reply("b")).plain == "ab"


def test_buttons_stay_with_their_reply_wherever_it_goes() -> None:
    asked = reply("b").with_row(*TWO)
    assert reply("a").above(asked).buttons == (TWO,)
    assert reply("a").and_(asked).buttons == (TWO,)
    assert asked.with_choices(TWO).buttons == (TWO, TWO[:1], TWO[1:])
    assert reply("a").with_row() == reply("a")


def test_where_there_are_buttons_a_reply_stays_as_it_is() -> None:
    asked = reply("a").with_row(*TWO)
    assert fit(asked, RICH) == asked
    assert fit(reply("a"), PLAIN) == reply("a")


def test_where_there_are_none_they_become_lines_to_copy() -> None:
    fitted = fit(reply("a").with_row(*TWO).with_choices([Button("/stats eitaa", "Eitaa"), Button("/help")]), PLAIN)
    assert fitted.buttons == ()
    assert fitted.plain == "a\n/record record · /cancel cancel\nEitaa — /stats eitaa\n/help"
    commands = [span.text for span in fitted.spans if span.style is Style.COMMAND]
    assert commands == ["/record", "/cancel", "/stats eitaa", "/help"]


def test_beside_persian_words_a_command_is_kept_in_its_own_direction() -> None:
    fitted = fit(reply("الف").with_row(Button("/record", "ثبت"), Button("/cancel", "انصراف")), PLAIN)
    assert fitted.plain == "الف\n\u2066/record\u2069 ثبت · \u2066/cancel\u2069 انصراف"


def test_a_press_says_what_the_button_names() -> None:
    assert Button("/record", "record", "/record 5").data == "/record 5"
    assert Button("/record", "record").data == "/record"
