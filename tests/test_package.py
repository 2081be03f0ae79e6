"""The package: what `pip install` brings is whole, and runs where there is no checkout."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from sebghat import __version__

HERE = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "storage", "sebghat")


def tracked() -> list[str]:
    """The files of the repository that are there, without those that only git needs."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={HERE}", "ls-files", "-co", "--exclude-standard"],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=30,
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    return [name for name in listed.stdout.splitlines() if (HERE / name).exists() and name != ".gitignore"]


def test_each_file_that_a_package_reads_goes_with_it() -> None:
    patterns = tomllib.loads((HERE / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    beside = [name for name in tracked() if name.startswith(tuple(f"{package}/" for package in PACKAGES))]
    forgotten = [
        name
        for name in beside
        if not name.endswith(".py") and not any(fnmatch(Path(name).name, pattern) for pattern in patterns)
    ]
    assert len(beside) > 100
    assert forgotten == []


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (HERE / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first
    assert first[1] == __version__


@dataclass(frozen=True)
class Built:
    wheel: Path
    source: Path
    folder: Path

    def python(self, name: str) -> Path:
        """A new environment's."""
        subprocess.run([sys.executable, "-m", "venv", str(self.folder / name)], check=True, timeout=120)
        return self.folder / name / "bin" / "python"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both kinds of package, made as everybody makes them, of a copy of what is tracked."""
    folder = tmp_path_factory.mktemp("package")
    for name in tracked():
        copy = folder / "copy" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((HERE / name).read_bytes())
    found = Built(folder / "none", folder / "none", folder)
    python = found.python("builder")
    subprocess.run([python, "-m", "pip", "install", "-q", "build"], check=True, timeout=300)
    subprocess.run(
        [python, "-m", "build", "--outdir", folder / "dist", folder / "copy"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    [wheel], [source] = (folder / "dist").glob("*.whl"), (folder / "dist").glob("*.tar.gz")
    return Built(wheel, source, folder)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_wheel_holds_the_packages_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == {name for name in tracked() if name.startswith(tuple(f"{package}/" for package in PACKAGES))}
    assert built.wheel.name == f"sebghat-{__version__}-py3-none-any.whl"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_source_holds_everything(built: Built) -> None:
    with tarfile.open(built.source) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    assert [name for name in tracked() if name not in held] == []


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["wheel", "source"])
def test_what_is_installed_runs_where_there_is_no_checkout(built: Built, kind: str, tmp_path: Path) -> None:
    python = built.python(kind)
    subprocess.run([python, "-m", "pip", "install", "-q", getattr(built, kind)], check=True, timeout=500)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        clean = {"PATH": os.defpath, "HOME": str(tmp_path), "SEBGHAT_LANGUAGE": "en", "SEBGHAT_LISTEN": "off"}
        return subprocess.run(
            [python.parent / "sebghat", *words], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=60
        )

    assert run("--version").stdout == f"sebghat {__version__}\n"
    answer = run("ask", "/stats eitaa")
    assert (answer.returncode, "30.5 million" in answer.stdout) == (0, True), answer.stderr
    checked = run("check")
    assert checked.returncode == 0, checked.stdout
    assert f"{tmp_path}/sebghat.db: 94 figures" in checked.stdout  # the record lies where it was started
    assert run("export", "all.csv").returncode == 0
    assert run("verify").returncode == 0
    assert (tmp_path / "all.csv").read_text(encoding="utf-8-sig").count("\n") == 95
    picture = run("ask", "/chart eitaa telegram poll")
    assert picture.returncode == 0, picture.stderr
