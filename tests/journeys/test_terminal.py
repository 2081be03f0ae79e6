"""What comes through a terminal and a pipe, however odd; what is served beside; and what stops the start."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.journeys.program import BOT, HERE, environment, run, running, terminal
from tests.overtaking import OVERTAKES, RECENT

# Lines


def test_a_line_that_ends_in_a_backslash_goes_on_in_the_next(database: Path) -> None:
    ended = run(database, "/set gap mau 36m\\", f"wechat mau 33m {RECENT} source=X")
    assert len(ended.answers) == 1
    assert "Gap: thirty-six million" in ended.out
    assert "WeChat: thirty-three million" in ended.out


def test_lines_may_end_as_windows_ends_them(database: Path) -> None:
    ended = run(database, b"/stats eitaa\r", "\u0622\u0645\u0627\u0631 \u0627\u06cc\u062a\u0627\r".encode(), b"\r")
    assert len(ended.answers) == 2
    assert ended.answers[0] == ended.answers[1]


def test_bytes_of_another_encoding_are_answered_in_a_sentence(database: Path) -> None:
    garbage = [
        "آمار ایتا".replace("ی", "ي").encode("cp1256"),
        bytes(range(128, 256)),
        b"\xff\xfe\x00\x01",
        b"\x1b[2J\x07",
    ]
    ended = run(database, *garbage, "/stats eitaa")
    assert (ended.status, ended.err) == (0, "")
    assert len(ended.answers) == len(garbage) + 1
    assert "\x1b" not in ended.out
    assert all(
        answer.startswith(("I did not understand", "There was no text", "Ask how many"))
        for answer in ended.answers[:-1]
    )


def test_an_endless_line_is_answered_too(database: Path) -> None:
    ended = run(database, "x" * 3_000_000, "/stats eitaa")
    assert ended.status == 0
    assert ended.answers[1].startswith("Eitaa")


def test_no_input_is_no_fault(database: Path) -> None:
    ended = run(database)
    assert (ended.status, ended.out, ended.err) == (0, "", "")


def test_whoever_listens_may_leave(database: Path) -> None:
    reading, writing = os.pipe()
    with subprocess.Popen(
        BOT, cwd=HERE, env=environment(database), stdin=subprocess.PIPE, stdout=writing, stderr=subprocess.PIPE
    ) as program:
        os.close(writing)
        assert program.stdin is not None
        program.stdin.write(b"/stats eitaa\n")
        program.stdin.flush()
        assert os.read(reading, 5) == b"Eitaa"
        os.close(reading)
        _, err = program.communicate(b"/stats bale\n/stats rubika\n" * 50, timeout=60)
    assert program.returncode == 0
    assert err == b""


def test_answers_come_in_the_order_of_the_lines(database: Path) -> None:
    names = ["eitaa", "bale", "rubika", "soroush", "telegram"] * 3
    heads = [answer.splitlines()[0] for answer in run(database, *(f"/stats {name}" for name in names)).answers]
    assert heads == ["Eitaa", "Bale", "Rubika", "Soroush Plus", "Telegram"] * 3


def test_in_a_terminal_it_greets_and_answers(database: Path) -> None:
    with terminal(database, LANGUAGE="fa") as talk:
        talk.until("سبقت آماده است")
        talk.says("ایتا")
        talk.until("۳۰٫۵ میلیون")


def test_ask_takes_several_lines(database: Path) -> None:
    ended = run(database, words=("ask", OVERTAKES.replace("; ", "\n")))
    assert "WeChat: thirty-three million" in ended.out


# Served beside


def get(address: str) -> tuple[int, dict[str, str]]:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refused:
        return refused.code, {}


def test_health_is_served_on_a_free_port_that_the_log_tells(database: Path) -> None:
    with running(database, LISTEN="127.0.0.1:0") as program:
        assert program.process.stderr is not None
        told = re.search(r"http://127\.0\.0\.1:\d+", program.process.stderr.readline().decode())
        assert told is not None
        assert get(f"{told[0]}/healthz") == (200, {"status": "ok"})
        assert get(f"{told[0]}/readyz") == (200, {"status": "ready"})
        assert get(f"{told[0]}/etc/passwd")[0] == 404
        program.says("/stats eitaa")
        program.until("30.5 million")
        ended = program.end()
    assert (ended.status, ended.err) == (0, "")


def test_a_port_in_use_is_one_warning_and_the_terminal_works(database: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run(database, "/stats eitaa", LISTEN=f"127.0.0.1:{taken.getsockname()[1]}")
    assert ended.status == 0
    assert ended.out.startswith("Eitaa\n")
    (warning,) = ended.err.splitlines()
    assert "SEBGHAT_LISTEN" in warning


# What stops the start


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE theirs (a)")


def text(file: Path) -> None:
    file.write_text("this is no database\n" * 100)


def damaged(file: Path) -> None:
    run(file)
    with file.open("r+b") as bytes_:
        bytes_.seek(100)
        bytes_.write(b"\xff" * 3000)


@pytest.mark.parametrize(
    ("word", "make", "said"),
    [
        ((), foreign, "another program's database"),
        (("ask", "/stats eitaa"), foreign, "another program's database"),
        (("verify",), foreign, "another program's database"),
        ((), text, "a damaged database"),
        ((), Path.mkdir, "cannot be"),
    ],
    ids=["another program's", "for ask", "for verify", "a text", "a folder"],
)
def test_what_is_no_store_of_ours_is_told_in_a_sentence(
    word: tuple[str, ...], make: Callable[[Path], None], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "there.db"
    make(file)
    ended = run(file, "/stats eitaa", words=word)
    assert (ended.status, ended.out) == (1, "")
    (line,) = ended.err.splitlines()
    assert said in line
    assert str(file) in line


def test_a_damaged_store_is_told_in_a_sentence(tmp_path: Path) -> None:
    damaged(tmp_path / "there.db")
    ended = run(tmp_path / "there.db", "/stats eitaa", LANGUAGE="fa")
    assert (ended.status, ended.out, len(ended.err.splitlines())) == (1, "", 1)
    assert "پایگاه‌داده‌ی سالمی نیست" in ended.err


@pytest.mark.parametrize("place", ["/proc/nobody/sebghat.db", "/dev/null/sebghat.db"])
def test_a_place_that_cannot_be_written_to_is_told_in_a_sentence(place: str) -> None:
    ended = run(place, "/stats eitaa")
    assert (ended.status, ended.out) == (1, "")
    (line,) = ended.err.splitlines()
    assert place in line


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"HOLD": "soon-and-secret"}, ["SEBGHAT_HOLD"]),
        ({"HLOD": "5-and-secret"}, ["SEBGHAT_HLOD"]),
        ({"LANGUAGE": "secret", "TIMEZONE": "Mars/secret"}, ["SEBGHAT_LANGUAGE", "SEBGHAT_TIMEZONE"]),
        ({"TELEGRAM_TOKEN": "a secret with spaces"}, ["SEBGHAT_TELEGRAM_TOKEN"]),
        ({"LISTEN": "secret:99999"}, ["SEBGHAT_LISTEN"]),
        ({"ADMINS": "telegram:@secret"}, ["SEBGHAT_ADMINS"]),
        ({"DATABASE": "mysql://secret"}, ["SEBGHAT_DATABASE"]),
    ],
    ids=lambda given: "",
)
def test_each_wrong_setting_is_one_line_without_its_value(
    settings: dict[str, str], names: list[str], tmp_path: Path
) -> None:
    ended = run(tmp_path / "never.db", words=(), **settings)
    assert (ended.status, ended.out) == (1, "")
    lines = ended.err.splitlines()
    assert [line.split()[0].rstrip(":") for line in lines] == names
    assert "secret" not in ended.err
    assert not (tmp_path / "never.db").exists()


def test_check_tells_what_is_set_and_where_the_record_is(database: Path) -> None:
    ended = run(database, words=("check",))
    assert ended.status == 0
    assert f"{database}" in ended.out
    assert "94 figures" in ended.out
    assert "FAIL" not in ended.out


def test_check_fails_where_the_store_does(tmp_path: Path) -> None:
    foreign(tmp_path / "there.db")
    ended = run(tmp_path / "there.db", words=("check",))
    assert ended.status == 1
    assert "FAIL store" in ended.out


def test_an_unknown_word_is_refused_with_those_that_there_are(database: Path) -> None:
    ended = run(database, words=("dance",))
    assert ended.status == 2
    assert "ask" in ended.err
    assert "Traceback" not in ended.err
