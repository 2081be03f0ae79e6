"""--long: all tests, and many more examples. Without it the tests marked `long` are left out."""

import os
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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as the first start leaves it, with the bundled readings; tests work on copies."""
    file = tmp_path_factory.mktemp("loaded") / "sebghat.db"
    assert program.run(file) == program.Ended(0, "", program.LOADED)
    return file
