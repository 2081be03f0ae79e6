"""--long: all tests, and many more examples. Without it the tests marked `long` are left out."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.journeys import program

settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile("long", max_examples=5_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also the many kills and examples")


def pytest_configure(config: pytest.Config) -> None:
    chosen = "long" if config.getoption("--long") else "default"
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", chosen))


def pytest_xdist_auto_num_workers() -> int:
    """Half as many more as there are processors: many tests wait, for programs, for messengers, for a disk."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return there + (there + 1) // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where no .pyc may be written, each program that tests start would compile all modules anew, a fifth of its
    start: there they keep them outside of the tree."""
    with pytest.MonkeyPatch.context() as environment:
        if sys.dont_write_bytecode:
            environment.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
            environment.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as the first start leaves it, with the bundled readings; tests work on copies."""
    file = tmp_path_factory.mktemp("loaded") / "sebghat.db"
    assert program.run(file) == program.Ended(0, "", program.LOADED)
    return file
