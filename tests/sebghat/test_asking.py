"""Asking: the words of a question, cleaned and sorted; nothing is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from sebghat.asking import bare, nearest, question, read, talk
from sebghat.platforms import Unknown, bundled
from tests.sebghat.questions import ASKED, HELD, NOT_ASKED

PLATFORMS = bundled()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ایتا؟", "ایتا"),
        ("@eitaa", "eitaa"),
        ("«سروش پلاس»", "سروش پلاس"),
        ("soroush+", "soroush+"),
        ("ایتا 🌹 ❤️", "ایتا"),
        ("2022-12-31.", "2022-12-31"),
        ("۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)", "۱۲ خرداد ۱۴۰۳ (۱ ژوئن ۲۰۲۴)"),
        ("؟!", ""),
    ],
)
def test_words_lose_the_punctuation_at_their_edges_and_no_more(text: str, left: str) -> None:
    assert bare(text) == left


def test_platform_metric_and_scope_are_found_wherever_they_stand() -> None:
    asked = read("سهم در نظرسنجی واتس اپ در ایران تا 1402".split(), PLATFORMS)
    assert [platform.key for platform in asked.platforms] == ["whatsapp"]
    assert (asked.metric, asked.scope, asked.when) == ("poll", "ir", "1402")


def test_two_metrics_are_none() -> None:
    assert read(["eitaa", "mau", "dau"], PLATFORMS).metric is None


@pytest.mark.parametrize(("text", "command"), [*ASKED, *HELD])
def test_a_question_is_understood_as_its_command(text: str, command: str) -> None:
    assert question(text, PLATFORMS) == command


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_says_something_else_is_not_answered(text: str) -> None:
    assert question(text, PLATFORMS) == ""


@pytest.mark.parametrize(("text", "command"), [pair for pair in ASKED if "a" <= pair[0][0] <= "z"][:40])
def test_no_question_depends_on_case_or_on_signs_round_it(text: str, command: str) -> None:
    assert question(f"  «{text.upper()}»؟! ", PLATFORMS) == command


@pytest.mark.parametrize(
    ("text", "keys", "commands"),
    [
        ("ایتا فیلتره؟", ["eitaa"], ["/stats eitaa", "/compare eitaa telegram"]),
        ("آمار روزانه ایتا در شیراز", ["eitaa"], ["/stats eitaa dau", "/compare eitaa telegram"]),
        ("کدوم بهتره ایتا یا تلگرام", ["eitaa", "telegram"], ["/compare eitaa telegram", "/stats eitaa"]),
        ("telegram ceo", ["telegram"], ["/stats telegram", "/compare telegram eitaa"]),
        ("شاد باشید", ["shad"], ["/stats eitaa", "/help"]),
        ("جوک بگو", [], ["/stats eitaa", "/help"]),
        ("نظرسنجی گذاشتم", [], ["/rank poll", "/stats eitaa"]),
    ],
)
def test_what_is_half_understood_has_two_commands_near(text: str, keys: list[str], commands: list[str]) -> None:
    asked, near = nearest(text, PLATFORMS)
    assert ([platform.key for platform in asked.platforms], near) == (keys, commands)


@given(strategies.text(max_size=200))
def test_a_question_comes_to_a_line_of_known_names_or_to_none(text: str) -> None:
    command, *words = question(text, PLATFORMS).split() or [""]
    named = {"": 0, "/stats": 1, "/compare": 2, "/history": 1, "/rank": 0, "/overtakings": 1}[command]
    assert all(word in PLATFORMS for word in words[:named] if word != "all")
    assert talk(text) in {"about", "thanks", "hello", "talk", ""}


@pytest.mark.parametrize("word", ["سلام", "خوبی", "ممنون", "مرسی", "hi", "ok", "خانه", "کتاب", "ایران", "مادر", "time"])
def test_an_ordinary_word_comes_near_to_no_name(word: str) -> None:
    found = PLATFORMS.find(word)
    assert isinstance(found, Unknown)
    assert found.nearest == ()


def test_a_sentence_comes_near_to_no_name() -> None:
    found = PLATFORMS.find("تردز اینستاگرام بیشتر")
    assert isinstance(found, Unknown)
    assert found.nearest == ()


@pytest.mark.parametrize("key", sorted(PLATFORMS))
def test_a_rival_is_of_the_other_side_and_of_the_same_arena(key: str) -> None:
    platform = PLATFORMS[key]
    rival = PLATFORMS.rival(platform)
    if rival is None:
        assert not platform.arena
    else:
        assert rival.origin is not platform.origin
        assert rival.arena == platform.arena
