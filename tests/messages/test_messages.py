"""Every message in both languages and in every messenger's form: as reviewed, complete, and in its right letters."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sebghat.capabilities import CAPABILITIES
from sebghat.conversation import Button, Capability, Reply, Style, fit
from sebghat.wording import LANGUAGES
from tests.messages.__main__ import SNAPSHOTS, pages, snapshots
from tests.messages.everything import REASONS, Everything, everything
from tests.messages.refused import REFUSED
from tests.messages.stage import Said

RENEW = "the messages are others now: `.venv/bin/python -m tests.messages --update`, and read what changed"
UNHEARD = 150  # texts beside those of REASONS that no scene says; fewer is better
ISOLATED = re.compile("[\u2066\u2067\u2068][^\u2066-\u2069\n]*\u2069")
SEPARATE = re.compile(r"\s(?:ها|های|ی|می|نمی|تر|ترین)(?=\s)")  # what a half-space ties to its word
LANGUAGE = "the language of a chat"  # two languages in one scene
ECHOES = (
    LANGUAGE,
    "questions as people ask",
    "lines that cannot be read",
    "what a reader refuses",
)  # others' writing in them


@pytest.fixture(scope="session")
def all_() -> Everything:
    return asyncio.run(everything())


def said(all_: Everything, language: str, *without: str) -> Iterator[tuple[str, Said]]:
    for name, scene in all_.scenes[language].items():
        if name not in without:
            yield from ((f"{name}: {each.to}", each) for each in scene)


def test_the_messages_are_as_they_were_reviewed(all_: Everything) -> None:
    made = snapshots(all_)
    kept = {path.relative_to(SNAPSHOTS): path.read_text(encoding="utf-8") for path in SNAPSHOTS.glob("*/*.txt")}
    assert made.keys() == kept.keys(), RENEW
    for path, text in made.items():
        assert text == kept[path], f"{path}: {RENEW}"


def test_the_page_shows_them(all_: Everything) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "messages.md"
    assert page.read_text(encoding="utf-8") == "\n".join(pages(all_)), RENEW


def test_what_no_scene_says_has_its_reason_or_is_little(all_: Everything) -> None:
    sections = {name: name.partition(".")[0] if "." in name else "" for name in all_.unheard}
    left = [name for name, section in sections.items() if section not in REASONS]
    assert len(left) <= UNHEARD, left


def test_no_scene_ends_in_a_fault(all_: Everything) -> None:
    for language in LANGUAGES:
        for name, each in said(all_, language, "texts that no scene says"):
            assert "the fault is the program" not in each.reply.plain, name
            assert "خطا از برنامه" not in each.reply.plain, name


# No fact in an extra alone


def facts(text: str) -> set[str]:
    """Numbers, names, dates and commands: every word."""
    return set(re.findall(r"[\w@./:+٫٬%٪-]*\w[\w@./:+٫٬%٪-]*", re.sub("[\u2066-\u2069]", "", text)))


def buttons(reply: Reply) -> list[Button]:
    return [button for row in reply.buttons for button in row]


@pytest.mark.parametrize("capability", CAPABILITIES.values(), ids=CAPABILITIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fact_is_in_an_extra_alone(language: str, capability: Capability, all_: Everything) -> None:
    for name, each in said(all_, language):
        whole = each.unasked if each.unasked.spans and not capability.receives else each.reply
        richest = facts(whole.plain + " " + " ".join(span.href for span in whole.spans))
        offered = {word for button in buttons(whole) for word in facts(f"{button.label} {button.command}")}
        form = fit(whole, capability)
        plain = facts(form.plain)
        assert richest - facts(" ".join(span.href for span in form.spans)) <= plain, name
        assert offered <= plain | facts(" ".join(f"{b.label} {b.command}" for b in buttons(form))), name
        if not capability.buttons:
            assert offered <= plain, name
        if not capability.markup.links:
            assert richest <= plain, name
        assert fit(form, capability) == form, name
        assert all(len(button.data.encode()) <= capability.data_limit for button in buttons(form)), name


def test_who_cannot_ask_hears_all_that_an_alert_says(all_: Everything) -> None:
    for language in LANGUAGES:
        for name, each in said(all_, language):
            if each.unasked.spans:
                assert "/why" not in each.unasked.plain, name
                asked = "\n".join(line for line in each.reply.plain.splitlines() if "/" not in line)
                assert facts(asked) <= facts(each.unasked.plain), name


# Letters and signs


def outside(text: str) -> str:
    """What stands in the text's own direction."""
    while (left := ISOLATED.sub("…", text)) != text:
        text = left
    return text


def test_in_persian_every_latin_run_is_isolated_and_every_isolate_closed(all_: Everything) -> None:
    for name, each in said(all_, "fa", LANGUAGE):
        for line in each.reply.plain.splitlines():
            left = outside(line)
            assert not re.search("[A-Za-z\u2066-\u2069]", left), (name, line)


def test_in_english_every_persian_run_is_isolated_and_every_isolate_closed(all_: Everything) -> None:
    for name, each in said(all_, "en", LANGUAGE, "typed after the bot's name"):
        text = "".join("…" if span.style is Style.COMMAND else span.text for span in each.reply.spans)
        for line in text.splitlines():
            assert not re.search("[آ-ی\u2066-\u2069]", outside(line)), (name, line)


def test_persian_is_set_as_a_newspaper_sets_it(all_: Everything) -> None:
    for name, each in said(all_, "fa", *ECHOES):
        text = outside(each.reply.plain)
        assert not re.search("[يكىةۀٱ٠-٩]", text), name
        assert not SEPARATE.search(text), (name, SEPARATE.search(text))
        assert not re.search("ه ی |هٔ|‌‌|‌ | ‌", text), name
        assert not re.search(r"[,;?!\"']", text), name
        assert "  " not in each.reply.plain, name
        assert not re.search(r" [،؛؟:.](?:\s|$)", text), name


def test_english_is_set_plainly(all_: Everything) -> None:
    for name, each in said(all_, "en", *ECHOES):
        assert "!" not in each.reply.plain.replace("!!", ""), name
        assert "  " not in each.reply.plain, name
        assert not re.search(r" [,;?:.](?:\s|$)", each.reply.plain), name
        assert not re.search(
            r"\b1 (?:days|hours|minutes|seconds|chats|channels|figures|announcements)\b", each.reply.plain
        ), name


def test_every_refusal_of_a_reader_is_shown() -> None:
    from sebghat.refusal import CODES

    assert REFUSED.keys() == CODES.keys()
