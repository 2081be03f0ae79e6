"""What import-linter cannot say about the layout; its own contracts stand in pyproject.toml."""

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent
PACKAGES = ["bot", "handlers", "storage", "sebghat"]
SOURCES = sorted(file for package in PACKAGES for file in (HERE / package).rglob("*.py"))


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return named | {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


def test_only_the_composition_root_opens_the_store() -> None:
    users = {str(file.relative_to(HERE)) for file in SOURCES if "open_store" in names_in(file)}
    assert users <= {"bot/app.py", "bot/shell.py", "storage/store.py", "bot/workshop.py"}


def test_tests_are_no_package() -> None:
    # tests/bot/__init__.py would answer to `import bot`.
    assert not list((HERE / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(HERE)))
def test_no_file_is_named_like_one_of_python(file: Path) -> None:
    assert file.stem.startswith("__") or file.stem not in sys.stdlib_module_names


MESSENGERS = {"telegram", "bale", "splus", "rubika", "eitaa", "hook"}
# Where a messenger may be named: its own transport, its record, the settings, and what wires them.
NAMED_IN = {
    "bot/messengers.py", "bot/check.py", "bot/settings.py", "bot/values.py", "bot/pacing.py",
    "sebghat/capabilities.py",
    *(f"bot/transports/{name}.py" for name in (*MESSENGERS, "rubika_updates")),
}  # fmt: skip


def compared_messengers(file: Path) -> set[str]:
    """The messengers that the file asks for by name, to do something else for one than for another."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            found |= {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
        if isinstance(node, ast.MatchValue) and isinstance(node.value, ast.Constant):
            found.add(node.value.value)
    return {each for each in found if isinstance(each, str)} & MESSENGERS


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(HERE)))
def test_what_is_done_follows_from_what_a_messenger_can(file: Path) -> None:
    assert not compared_messengers(file) or str(file.relative_to(HERE)) in NAMED_IN
