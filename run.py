"""Starts the bot in a checkout: makes .venv, installs what the lock names, then runs.

    python3 run.py [words]                      the bot: `check`, `ask "/stats eitaa"`, ...
    python3 run.py test [--long] [pytest ...]   the tests

Only the standard library, and nothing that an old Python cannot parse: it says that it is too old.
"""

import os
import sys

WINDOWS = os.name == "nt"
HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if WINDOWS else ["bin", "python"]))
STAMP = os.path.join(VENV, "installed")  # one line for each lock that is installed whole
GUARD = os.path.join(HERE, ".venv.lock")  # held while setting up; not empty: that did not end
LOCK, TEST_LOCK = (os.path.join(HERE, name) for name in ("requirements.txt", "requirements-dev.txt"))
TAG = str(sys.implementation.cache_tag)

NO_VENV = "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
NO_PACKAGES = (
    "The packages could not be installed ({}). Where the network does not let them through, give "
    "pip a mirror (PIP_INDEX_URL), a proxy (HTTPS_PROXY) or a folder of wheels (PIP_NO_INDEX=1 "
    "PIP_FIND_LINKS=FOLDER), then start again."
)


def main(words: "list[str]") -> int:
    """Sets up what is missing, then becomes the bot or the tests."""
    if sys.version_info < (3, 11):
        return say("Python 3.11 or newer is needed, this is {}.{}.".format(*sys.version_info))
    testing = words[:1] == ["test"]
    lock = TEST_LOCK if testing else LOCK
    try:
        if stamp(lock) not in stamps():
            trouble = set_up(lock)
            if trouble:
                return say(trouble)
        if testing:
            os.chdir(HERE)
            # On all processors: half the time where there are two.
            return become("-m", "pytest", "-n", "auto", "--dist", "worksteal", *words[1:])
        # Where the user stands: that is where `import FILE` looks. The checkout holds the packages all the same, and
        # what else lies in the working directory is none of ours.
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [HERE, os.environ.get("PYTHONPATH")]))
        return become("-P", "-m", "bot", *words)
    except KeyboardInterrupt:
        return say("Interrupted; the next start takes it up again.", 130)
    except OSError as error:
        return say(f"{error.filename or HERE}: {error.strerror or error}")


def say(text: str, status: int = 1) -> int:
    """On stderr, since stdout is the bot's own."""
    print(f"run.py: {text}", file=sys.stderr, flush=True)
    return status


def stamp(lock: str) -> str:
    """What stands in the stamp once this lock is installed for this Python."""
    from hashlib import sha256

    with open(lock, "rb") as file:
        return f"{TAG} {os.path.basename(lock)} {sha256(file.read()).hexdigest()}"


def stamps() -> "list[str]":
    try:
        with open(STAMP, encoding="utf-8") as file:
            return file.read().splitlines() if os.path.exists(PYTHON) else []
    except OSError:
        return []


def set_up(lock: str) -> "str | None":
    """Makes the environment and installs the lock; returns one line about what stood in the way."""
    from importlib.util import find_spec

    if not (find_spec("venv") and find_spec("ensurepip")):
        return NO_VENV
    try:
        guard = os.open(GUARD, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return f"{HERE} cannot be written to; the first start needs that."
    try:
        wait_for(guard)
        if stamp(lock) in stamps():
            return None  # another start has done it meanwhile
        # pip takes a package that it copied half for a whole one: after a death in the middle
        # only an empty environment is safe.
        anew = os.read(guard, 1) != b"" or not fits()
        mark(guard, b"unfinished")
        return install(lock, anew, guard)
    finally:
        os.close(guard)


def install(lock: str, anew: bool, guard: int) -> "str | None":
    say(f"Setting up {VENV}, once ...")
    if os.path.exists(STAMP):
        os.remove(STAMP)
    if anew:
        # Should this be the environment's own Python: the one that it was made with.
        python = getattr(sys, "_base_executable", sys.executable)
        status, output = child(guard, python, "-m", "venv", "--clear", VENV)
        if status:
            return NO_VENV if "ensurepip" in output else f"venv failed: {last_line(output)}"
    status, output = child(guard, PYTHON, "-m", "pip", "install", "--require-hashes", "-r", lock)
    if status:
        if "Installing collected packages" not in output:
            mark(guard, b"")  # nothing was touched: what is there stays good
        return NO_PACKAGES.format(last_line(output))
    with open(STAMP + ".new", "w", encoding="utf-8") as file:
        # The development lock holds the other one whole.
        file.write("".join(line + "\n" for line in sorted({stamp(LOCK), stamp(lock)})))
    os.replace(STAMP + ".new", STAMP)
    mark(guard, b"")
    return None


def fits() -> bool:
    """Whether the environment is there and works, with pip and with this very Python."""
    import subprocess

    ask = [PYTHON, "-c", "import pip, sys; print(sys.implementation.cache_tag)"]
    return os.path.exists(PYTHON) and subprocess.run(ask, capture_output=True, text=True).stdout.strip() == TAG


def wait_for(guard: int) -> None:
    """Lets one start at a time go on. The system lets go of the lock when its holders are gone."""
    import time

    told = False
    while True:
        try:
            if sys.platform == "win32":
                import msvcrt

                os.lseek(guard, 1 << 20, os.SEEK_SET)  # behind the text, which must stay readable
                msvcrt.locking(guard, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            told = told or bool(say("Another start is setting up here; waiting for it ..."))
            time.sleep(0.1)
        else:
            os.lseek(guard, 0, os.SEEK_SET)
            return


def mark(guard: int, text: bytes) -> None:
    os.lseek(guard, 0, os.SEEK_SET)
    os.ftruncate(guard, 0)
    os.write(guard, text)


def child(guard: int, *command: str) -> "tuple[int, str]":
    """Status and output. It holds the guard too: were we killed, no other start would meddle."""
    import subprocess

    # A `user = true` in somebody's pip configuration has no meaning in a virtual environment.
    env = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONUTF8="1")
    process = subprocess.Popen(
        command,
        env=env,
        pass_fds=() if WINDOWS else (guard,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if line.startswith("Collecting") and sys.stderr.isatty():
            say(line.strip())  # a slow network should not look like a standstill
    return process.wait(), "".join(lines)


def last_line(output: str) -> str:
    lines = output.strip().splitlines() or ["no reason given"]
    errors = [line[7:] for line in lines if line.startswith("ERROR: ")]
    return (errors or lines)[-1].strip()


def become(*words: str) -> int:
    # With PYTHONSAFEPATH the tests would not find the packages in the working directory.
    os.environ.pop("PYTHONSAFEPATH", None)
    command = [PYTHON, *words]
    if not WINDOWS:
        os.execv(PYTHON, command)
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the child's to answer
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
