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
    assert users <= {"bot/app.py", "storage/store.py"}


def test_tests_are_no_package() -> None:
    # tests/bot/__init__.py would answer to `import bot`.
    assert not list((HERE / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(HERE)))
def test_no_file_is_named_like_one_of_python(file: Path) -> None:
    assert file.stem.startswith("__") or file.stem not in sys.stdlib_module_names
