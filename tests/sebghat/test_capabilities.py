"""The records of the messengers, and that a reply loses nothing in the form of any of them."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from bot.values import CONSOLE, HOOK, MESSENGERS
from sebghat.capabilities import CAPABILITIES, EITAA, RUBIKA, TELEGRAM
from sebghat.conversation import Button, Buttons, Capability, Markup, Picture, Reply, Span, Style, fit

WORDS = strategies.text(strategies.sampled_from("abج۱ .\n<*_😀\u200c"), min_size=1, max_size=30)
SPANS = strategies.builds(
    Span, WORDS, strategies.sampled_from(Style), strategies.sampled_from(["", "", "https://a.example/b"])
)
BUTTONS = strategies.builds(Button, WORDS.map("/".__add__), strategies.just("") | WORDS, strategies.just("") | WORDS)
REPLIES = strategies.builds(
    Reply,
    strategies.lists(SPANS, max_size=5).map(tuple),
    strategies.lists(strategies.lists(BUTTONS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    picture=strategies.none() | strategies.just(Picture("p", "<svg/>")),
)


def test_there_is_a_record_for_each_messenger_of_the_settings() -> None:
    assert {*MESSENGERS, CONSOLE, HOOK} == CAPABILITIES.keys()


@pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES)
def test_a_record_does_not_contradict_itself(capability: Capability) -> None:
    assert bool(capability.buttons) == (capability.data_limit > 0)
    assert capability.caption_limit <= capability.text_limit
    assert capability.files == (capability.file_limit > 0)
    assert capability.receives or not (capability.menu or capability.inline or capability.buttons)


def test_only_what_is_documented_is_relied_on() -> None:
    assert TELEGRAM.inline
    assert [name for name, each in CAPABILITIES.items() if each.inline] == ["telegram"]
    assert RUBIKA.buttons is Buttons.KEYPAD
    assert (EITAA.edits, EITAA.deletes, EITAA.silent, EITAA.markup) == (False, False, False, Markup.NONE)


@pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES)
@given(reply=REPLIES)
def test_nothing_is_lost_in_any_form(capability: Capability, reply: Reply) -> None:
    form = fit(reply, capability)
    assert fit(form, capability) == form
    assert all(span.text in form.plain for span in reply.spans)
    assert capability.markup.links or all(not span.href for span in form.spans)
    assert all(span.href in form.plain for span in reply.spans if not capability.markup.links)
    kept = [button for row in form.buttons for button in row]
    for button in (button for row in reply.buttons for button in row):
        assert button in kept or (button.command in form.plain and button.label in form.plain)
    assert all(0 < len(button.data.encode("utf-8", "replace")) <= capability.data_limit for button in kept)
    assert form.picture == (reply.picture if capability.pictures else None)
