"""run.py, started as people start it: in folders of its own, with small stand-ins for what it installs."""

import hashlib
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt"]

BOT = """
import os, sys
import cargo
print(cargo.NAME, sys.argv[1:], os.getcwd())
sys.exit(7 if "fail" in sys.argv else 0)
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with run.py, a stand-in bot, locks of stand-in packages, and the wheels beside it."""

    folder: Path
    wheels: Path

    def lock(self, name: str, *packages: str) -> None:
        lines = []
        for package in packages:
            wheel = build(package, self.wheels)
            lines.append(f"{package}==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n")
        (self.folder / name).write_text("".join(lines))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.folder / "run.py"), *words]

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.wheels),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
        } | more

    def start(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.wheels,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def site_packages(self) -> Path:
        return next((self.folder / ".venv").rglob("cargo.py")).parent


def build(package: str, folder: Path) -> Path:
    """A wheel of one module; `pytest` stands in for the real one and tells how it was called."""
    wheel = folder / f"{package}-1.0-py3-none-any.whl"
    if not wheel.exists():
        info = f"{package}-1.0.dist-info"
        text = "import sys\nprint('tests', sys.argv[1:])\nsys.exit(5)\n" if package == "pytest" else ""
        with zipfile.ZipFile(wheel, "w") as file:
            file.writestr(f"{package}.py", text or f"NAME = {package!r}\n")
            file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            file.writestr(f"{info}/RECORD", "")
    return wheel


def make(parent: Path) -> Checkout:
    checkout = Checkout(parent / "a checkout of سبقت", parent / "wheels")
    checkout.wheels.mkdir()
    (checkout.folder / "bot").mkdir(parents=True)
    (checkout.folder / "run.py").write_bytes((HERE / "run.py").read_bytes())
    (checkout.folder / "bot" / "__main__.py").write_text(BOT)
    checkout.lock("requirements.txt", "cargo")
    checkout.lock("requirements-dev.txt", "cargo", "pytest")
    return checkout


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    return make(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = make(tmp_path_factory.mktemp("installed"))
    checkout.start()
    return checkout


def one_line(result: subprocess.CompletedProcess[str]) -> str:
    """What was said about a failure: a line after those that tell what goes on."""
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    *_, last = [line for line in result.stderr.splitlines() if not line.endswith("...")]
    assert result.stderr.splitlines()[-1] == last
    return last


def test_the_first_start_installs_and_runs_where_the_user_stands(fresh: Checkout) -> None:
    result = fresh.start("ask", "/stats eitaa")
    assert result.returncode == 0, result.stderr
    # `import FILE` means a file beside the user; what else lies there is none of ours.
    assert result.stdout == f"cargo ['ask', '/stats eitaa'] {fresh.wheels}\n"
    assert result.stderr.count("\n") == 1


def test_a_later_start_needs_no_pip_and_no_time(installed: Checkout) -> None:
    began = time.perf_counter()
    result = installed.start("check", PIP_FIND_LINKS="/nowhere")
    took = time.perf_counter() - began
    assert (result.returncode, result.stderr) == (0, "")
    began = time.perf_counter()
    subprocess.run(
        [installed.folder / ".venv" / "bin" / "python", "-m", "bot"],
        cwd=installed.folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    assert took - (time.perf_counter() - began) < 0.5  # 0.03 s on a quiet machine


def test_the_status_is_the_bots_own(installed: Checkout) -> None:
    assert installed.start("fail").returncode == 7


def test_the_tests_get_their_own_lock_and_words(installed: Checkout) -> None:
    result = installed.start("test", "--long", "-k", "x")
    assert (result.returncode, result.stdout) == (
        5,
        "tests ['-n', 'auto', '--dist', 'worksteal', '--long', '-k', 'x']\n",
    )
    assert installed.start().stderr == ""  # the tests' lock holds the bot's
    assert installed.start("test").stderr == ""


def test_without_a_way_to_the_packages_one_line_says_what_helps(installed: Checkout) -> None:
    good = (installed.folder / "requirements.txt").read_text()
    try:
        installed.lock("requirements.txt", "cargo", "missing")
        (installed.wheels / "missing-1.0-py3-none-any.whl").unlink()
        said = one_line(installed.start())
        assert all(word in said for word in ("missing", "PIP_INDEX_URL", "HTTPS_PROXY", "PIP_FIND_LINKS"))
    finally:
        (installed.folder / "requirements.txt").write_text(good)
    assert installed.start().stdout.startswith("cargo"), "what was there before is not thrown away"


def test_a_package_that_is_not_the_locked_one_is_refused(installed: Checkout) -> None:
    good = (installed.folder / "requirements.txt").read_text()
    try:
        installed.lock("requirements.txt", "cargo", "other")
        with (installed.wheels / "other-1.0-py3-none-any.whl").open("ab") as file:
            file.write(b"tampered")
        one_line(installed.start())
        assert not list(installed.site_packages.glob("other*"))
    finally:
        (installed.folder / "requirements.txt").write_text(good)


def test_what_a_death_left_half_done_is_made_anew(installed: Checkout) -> None:
    (installed.folder / ".venv" / "installed").unlink(missing_ok=True)
    (installed.folder / ".venv.lock").write_text("unfinished")
    (installed.site_packages / "cargo.py").unlink()  # pip believes that it is there
    assert installed.start().stdout.startswith("cargo")
    assert installed.start().stderr == ""


def test_two_starts_at_once_set_up_once(fresh: Checkout) -> None:
    starts = [
        subprocess.Popen(
            fresh.command(),
            env=fresh.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    results = [start.communicate(timeout=60) for start in starts]
    assert all(out.startswith("cargo") for out, _ in results), results
    assert "".join(err for _, err in results).count("Setting up") == 1


def test_a_missing_venv_module_is_named(fresh: Checkout) -> None:
    (fresh.wheels / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    assert "apt install python3-venv" in one_line(fresh.start(PYTHONPATH=str(fresh.wheels)))
    assert not (fresh.folder / ".venv").exists()


def test_an_old_python_is_named(fresh: Checkout) -> None:
    (fresh.wheels / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 9, 2, 'final', 0)\n")
    assert "3.11" in one_line(fresh.start(PYTHONPATH=str(fresh.wheels)))


def test_a_folder_that_cannot_be_written_to_is_named(fresh: Checkout) -> None:
    (fresh.folder / ".venv.lock").mkdir()  # root may write anywhere, but not into a folder as into a file
    assert str(fresh.folder) in one_line(fresh.start())


def test_a_lost_lock_is_named(fresh: Checkout) -> None:
    (fresh.folder / "requirements.txt").unlink()
    assert "requirements.txt" in one_line(fresh.start())


@pytest.mark.long
@pytest.mark.parametrize("after", [0.05, 0.2, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0])
def test_a_start_after_a_kill_is_whole(fresh: Checkout, after: float) -> None:
    start = subprocess.Popen(fresh.command(), env=fresh.environment(), stdout=subprocess.DEVNULL)
    time.sleep(after)
    start.kill()
    start.wait()
    assert fresh.start().stdout.startswith("cargo")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_has_a_hash_for_each_package(name: str) -> None:
    text = (HERE / name).read_text()
    assert not re.search(r"://|^\s*-|index|find-links|trusted", re.sub(r" --hash=sha256:[0-9a-f]{64}", "", text))
    for package in text.replace("\\\n", "").splitlines():
        assert re.match(r"[a-z0-9-]+==[^ ]+ (; .+ )? *--hash=sha256:[0-9a-f]{64}", package)


def test_the_tests_lock_holds_the_other_one() -> None:
    bot, tests = ((HERE / name).read_text().splitlines() for name in LOCKS)
    assert set(bot) <= set(tests)


def test_the_locks_fit_the_project() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())
    wanted = [
        project["project"]["dependencies"],
        project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    ]
    for name, requirements in zip(LOCKS, wanted, strict=True):
        locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (HERE / name).read_text(), re.MULTILINE))
        for requirement in map(Requirement, requirements):
            assert requirement.specifier.contains(locked[requirement.name], prereleases=True), requirement
