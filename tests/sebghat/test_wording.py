"""The catalogues: the same texts with the same places in every language, and every text that is asked for is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from sebghat import letters
from sebghat.conversation import Style
from sebghat.wording import LANGUAGES, catalogue, command, say, words

HERE = Path(__file__).resolve().parents[2]
SOURCES = [file for package in ("bot", "handlers", "storage", "sebghat") for file in (HERE / package).rglob("*.py")]
SPEAKERS = {"say", "words", "nothing_known"}
FA, EN = catalogue("fa"), catalogue("en")


def places(text: str) -> list[str]:
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)


def test_every_language_has_the_same_texts() -> None:
    assert FA.keys() == EN.keys()


@pytest.mark.parametrize("text", sorted(FA.keys() & EN.keys()))
def test_a_text_has_the_same_places_in_every_language(text: str) -> None:
    """But for values that are words themselves: each language has its own."""
    own = [
        {place.removesuffix(f"_{language}") for place in places(catalogue(language)[text])} for language in LANGUAGES
    ]
    assert own[0] == own[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_plain_names(language: str) -> None:
    for text in catalogue(language).values():
        assert all(re.fullmatch(r"[a-z_]+", place) for place in places(text))


@pytest.mark.parametrize("text", sorted(FA.keys() & EN.keys()))
def test_commands_stand_in_both_languages_alike(text: str) -> None:
    """A command that is offered in one language and not in the other has been forgotten there."""
    offered = [{found.split()[0] for found in re.findall(r"`(/[a-z][^`]*)`", each[text])} for each in (FA, EN)]
    assert offered[0] == offered[1]


def test_persian_texts_are_written_with_persian_letters_and_digits() -> None:
    for name, text in FA.items():
        bare = re.sub(r"(?a:`[^`]*`|\{\w+\}|[\d:]*[A-Za-z][\w./:-]*)", "", text)  # commands, places, Latin words
        assert not re.search("[يكىة٠-٩]", bare), name
        assert not re.search(r"\d", re.sub(r"[۰-۹]", "", bare)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_good_newspaper_does_not_shout(language: str) -> None:
    for name, text in catalogue(language).items():
        assert "!" not in text.replace("!!", "!"), name
        assert not re.search("[\U0001f000-\U0001ffff\u2600-\u27bf]", text), name


# What the code asks for


def asked_for() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """File, name and given values of each text that is named in a call; None: more values may come."""
    for file in SOURCES:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called not in SPEAKERS:
                continue
            given = {keyword.arg for keyword in node.keywords}
            values = None if None in given else frozenset(name for name in given if name)
            for argument in node.args:
                for part in ast.walk(argument):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield file.name, part.value, values


def test_every_text_that_the_code_names_is_there() -> None:
    named = {name for _, name, _ in asked_for() if re.fullmatch(r"[a-z_]+\.[a-z_0-9.]+", name)}
    assert len(named) > 100
    assert {name for name in named if not name.endswith(("_", "."))} <= FA.keys()


def test_every_place_of_a_text_is_filled_where_it_is_said() -> None:
    missing = [
        (file, name, place)
        for file, name, values in asked_for()
        if name in FA and values is not None
        for place in places(FA[name])
        if place not in values
    ]
    assert missing == []


def test_every_text_is_said_somewhere() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in SOURCES)
    unsaid = [
        name
        for name in FA
        if f'"{name}"' not in code
        and f'"{name.rpartition(".")[0]}.{{' not in code  # f"metric.{key}"
        and not re.search(rf'"{re.escape(name.rpartition("_")[0])}_\{{', code)  # f"compare.grade_{letter}"
        and not re.search(rf'"\{{\w+\}}_{re.escape(name.rpartition("_")[2])}"', code)  # f"{text}_all"
        and not re.search(rf'"\{{\w+\}}\.{re.escape(name.rpartition(".")[2])}"', code)  # f"{verb}.done"
    ]
    assert unsaid == []


def test_every_table_that_names_texts_finds_them() -> None:
    from handlers.commands import TABLE
    from sebghat.command import Refusal
    from sebghat.comparison import Grade, Verdict
    from sebghat.observation import METRICS
    from sebghat.options import OPTIONS
    from sebghat.refusal import CODES
    from storage.sqlite import FAULTS

    assert {f"does.{row.name}" for row in TABLE} | {f"help_of.{row.name}" for row in TABLE} <= FA.keys()
    for metric in METRICS:
        assert {f"metric.{metric}", f"counted.{metric}", f"echoed.{metric}"} <= FA.keys()
    assert {f"refusal.{code}" for code in CODES} <= FA.keys()
    assert {*FAULTS.values(), "store.foreign", "store.newer"} <= FA.keys()
    assert {f"compare.grade_{grade.lower()}" for grade in Grade if grade is not Grade.N} <= FA.keys()
    assert {f"announcement.now_{state}" for state in ("ahead", "behind", "level", "unknown")} <= FA.keys()
    assert len(Verdict) == 4
    assert OPTIONS
    said = {"too_late", "dup_id", "bad_asof", "clock"} | {code.value for code in Refusal}
    assert {f"engine.{code}" for code in said - {"too_late", "dup_id", "bad_asof"}} <= FA.keys()


@pytest.mark.parametrize(
    "code", ["no_number", "impossible_day", "future_date", "negative", "above_hundred", "two_figures"]
)
def test_a_refusal_names_only_what_it_is_given(code: str) -> None:
    from sebghat.refusal import CODES

    given = {"written", "platform", "metric", *CODES[code]}
    assert set(places(FA[f"refusal.{code}"])) | set(places(EN[f"refusal.{code}"])) <= given


def test_no_refusal_of_a_reader_names_what_it_may_not_have() -> None:
    from sebghat.refusal import CODES

    for code, details in CODES.items():
        for texts in (FA, EN):
            assert set(places(texts[f"refusal.{code}"])) <= {"written", *details}, code


# Saying


def test_values_cannot_forge_markup_or_places() -> None:
    reply = say("en", "unknown.text", written="*bold* `/set` {written}")
    assert "*bold* `/set` {written}" in reply.plain
    assert [span.text for span in reply.spans if span.style is Style.BOLD] == []
    assert [span.text for span in reply.spans if span.style is Style.COMMAND] == []


def test_a_latin_value_in_a_persian_text_is_kept_in_its_own_direction() -> None:
    assert f"{letters.LRI}eitta{letters.PDI}" in words("fa", "unknown.command", written="eitta")
    assert letters.LRI not in words("en", "unknown.command", written="eitta")


def test_a_command_is_one_piece() -> None:
    assert command("/stats eitaa", "fa").text == f"{letters.LRI}/stats eitaa{letters.PDI}"
    assert command("/stats eitaa", "en").text == "/stats eitaa"


def test_what_the_catalogue_does_not_have_is_a_fault() -> None:
    with pytest.raises(KeyError):
        say("en", "no.such.text")
    with pytest.raises(KeyError):
        say("en", "unknown.text")


# No text in the code

# What people type, which is no text that is said: a word or a few without signs, or a command.
TYPED = re.compile("[آ-ی]+(?: [آ-ی]+){0,2}|/[a-z].*")


def constants(package: str) -> Iterator[tuple[str, ast.AST, ast.Constant]]:
    """File, the node above, and each string in the code of a package that is no docstring."""
    for file in sorted((HERE / package).rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                spoken = isinstance(child, ast.Constant) and isinstance(child.value, str)
                if spoken and not isinstance(node, ast.Expr):
                    yield file.name, node, child  # type: ignore[misc]


@pytest.mark.parametrize("package", ["handlers", "bot", "storage"])
def test_the_code_outside_the_subject_holds_no_persian(package: str) -> None:
    found = [(file, text.value) for file, _, text in constants(package) if re.search("[ء-غف-يپچژکگی]", str(text.value))]
    assert [pair for pair in found if not TYPED.fullmatch(str(pair[1]))] == []


@pytest.mark.parametrize("package", ["handlers", "bot"])
def test_no_words_stand_in_what_is_said(package: str) -> None:
    """Neither as a value of a text nor as a span of a reply: what has letters comes from the catalogues."""
    said = []
    for file, node, text in constants(package):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        value = isinstance(node, ast.keyword) and node.arg in PLACES
        if (value or called in {"Span", "Reply"}) and re.search("[A-Za-z]{2}", str(text.value)):
            said.append((file, text.value))
    assert [pair for pair in said if not re.fullmatch(r"/[a-z].*|[a-z]+|SEBGHAT_\w+", str(pair[1]))] == []


PLACES = frozenset(place for text in EN.values() for place in places(text))
