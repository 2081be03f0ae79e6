"""That all benchmarks are found, started and read; what they measure is no matter of tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, Ran, summary
from benchmarks.report import PROMISE, Promises

ROOT = Path(__file__).resolve().parents[1]


def test_each_is_started_with_the_others_and_described() -> None:
    described = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    modules = {file.stem for file in (ROOT / "benchmarks").glob("*.py")} - {"__main__", "report"}
    packages = {file.parent.name for file in (ROOT / "benchmarks").glob("*/__main__.py")}
    assert modules | packages == set(BENCHMARKS)
    assert [name for name in BENCHMARKS if f"`.venv/bin/python -m benchmarks.{name}`" not in described] == []


def test_what_one_prints_of_its_promises_is_in_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    promises = Promises()
    promises.under("a line: median", 98.4, 200, "µs")
    promises.at_least("efficiency", 0.981, 0.98)
    assert promises.status == 0
    promises.told("delivered, twice", "(900, 1)", "(900, 0)", kept=False)
    promises.under("memory", 1536.0, 1536, "MiB")
    assert promises.status == 1
    found = [PROMISE.fullmatch(line) for line in capsys.readouterr().out.splitlines(keepends=True)]
    ran = Ran("desk", 1, 90, [each.groups() for each in found if each])
    assert summary([ran]).splitlines()[2:] == [
        "| desk | a line: median | 98.4 µs | under 200 µs | met |",
        "| desk | efficiency | 0.981 | at least 0.98 | met |",
        "| desk | delivered, twice | (900, 1) | (900, 0) | NOT MET |",
        "| desk | memory | 1,536 MiB | under 1536 MiB | NOT MET |",
        "",
        "Minutes: desk 1.5; all 1.5.",
    ]
    assert not ran.broke


def test_one_that_ends_without_a_word_is_no_kept_promise() -> None:
    ran = Ran("desk", 1, 6, [("met", "a line", "1 ms", "under 2 ms")])
    assert ran.broke
    assert "| desk | | ended with status 1 | 0 | NOT MET |" in summary([ran])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_all_of_them_work() -> None:
    """At their smallest sizes, on whatever machine: whether they come to an end."""
    ended = subprocess.run([sys.executable, "-m", "benchmarks", "--quick"], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Minutes: reader" in ended.stdout
