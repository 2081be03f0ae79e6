"""The shell's word `read`: one JSON object a text, an answer for each line of standard input, whatever its bytes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.read import LONGEST_LINE, answer, read

TODAY = date(2026, 11, 25)


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (["۱۶ و نیم میلیون"], {"kind": "count", "lo": "16500000", "hi": "16500000", "qualifier": "exact",
                               "res": "100000", "unit": "users", "metric": None,
                               "words_fa": "شانزده میلیون و پانصد هزار",
                               "words_en": "sixteen million five hundred thousand"}),
        (["بیش از ۴۲ میلیون"], {"kind": "count", "lo": "42000000", "hi": None, "qualifier": "at_least"}),
        (["کمتر از یک میلیون"], {"lo": "0", "hi": "1000000", "qualifier": "at_most"}),
        (["۳۴/۶ درصد"], {"kind": "percent", "lo": "34.6", "hi": "34.6", "unit": "percent", "res": "10"}),
        (["--as", "percent", "30-35"], {"kind": "percent", "lo": "30", "hi": "35", "qualifier": "range"}),
        (["--as", "count", "1403"], {"kind": "count", "lo": "1403"}),
        (["--as", "date", "1403"], {"kind": "date", "from": "2024-03-20", "to": "2025-03-20", "precision": "year"}),
        (["۱۲ خرداد ۱۴۰۳"], {"kind": "date", "from": "2024-06-01", "to": "2024-06-01", "precision": "day",
                             "words_en": "1 June 2024 (12 Khordad 1403)"}),
        (["۲۵ تا ۲۸ دی ۱۴۰۲"], {"from": "2024-01-15", "to": "2024-01-18", "precision": "day"}),
        (["آمار ایتا"], {"kind": "command", "command": "stats", "platforms": ["eitaa"], "metric": None}),
        (["--as", "command", "ایتا از تلگرام جلو زده؟"], {"command": "compare", "platforms": ["eitaa", "telegram"]}),
        (["/stats bale daily as of 1402/03/01"], {"command": "stats", "platforms": ["bale"], "metric": "dau",
                                                  "from": "2023-05-22", "to": "2023-05-22", "precision": "day"}),
        (["/why ۱۷"], {"command": "why", "rest": ["۱۷"]}),
        (["/correct 120 34.5%"], {"command": "correct", "number": "120", "lo": "34.5", "unit": "percent"}),
        (["/claim ایتا تلگرام 1403-03-12 source=ISNA"], {"command": "claim", "platforms": ["eitaa", "telegram"],
                                                         "source": "ISNA", "from": "2024-06-01"}),
        (["/set ایتا ماهانه ۳۰٫۵ میلیون 1403-03-12 منبع=ایسنا"],
         {"kind": "command", "command": "set", "platforms": ["eitaa"], "metric": "mau", "lo": "30500000",
          "hi": "30500000", "qualifier": "exact", "res": "100000", "unit": "users", "from": "2024-06-01",
          "to": "2024-06-01", "precision": "day", "source": "ایسنا"}),
    ],
)  # fmt: skip
def test_a_reading_is_an_object_of_plain_fields(
    words: list[str], fields: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", *words]) == 0
    assert fields.items() <= said(capsys).items()


def test_the_figures_of_one_command_stand_each_by_itself() -> None:
    read_ = answer("/set eitaa mau 30.5m dau 19m; bale mau 17m 1403-03-12 source=ISNA", None, TODAY)
    assert read_["platforms"] == ["eitaa", "bale"]
    assert isinstance(read_["figures"], list)
    assert [(f["platform"], f["metric"], f["lo"], f["from"]) for f in read_["figures"]] == [
        ("eitaa", "mau", "30500000", "2024-06-01"),
        ("eitaa", "dau", "19000000", "2024-06-01"),
        ("bale", "mau", "17000000", "2024-06-01"),
    ]


def test_without_a_date_or_source_a_set_is_of_today_and_the_editor() -> None:
    read_ = answer("/set eitaa mau 30.5m", None, TODAY)
    assert (read_["from"], read_["to"], read_["source"]) == ("2026-11-25", "2026-11-25", "editor")


@pytest.mark.parametrize(
    ("words", "code", "candidates"),
    [
        (["7/3 ميليون"], "mirrored_slash", ["7.3 میلیون", "3.7 میلیون"]),
        (["صدها هزار"], "vague", []),
        (["-۳میلیون"], "negative", []),
        (["-3"], "negative", []),
        (["1403"], "number_or_year", ["سال 1403", "1403 نفر"]),
        (["--as", "date", "3/4/2024"], "ambiguous_date", ["2024-04-03", "2024-03-04"]),
        (["--as", "percent", "۵ میلیون"], "count_not_percent", []),
        (["--as", "count", "۵ درصد"], "percent_not_count", []),
        (["--as", "command", "هوا خوب است"], "no_command", []),
        (["/stats ایتاا"], "unknown_platform", ["eitaa"]),
        (["/compare eitaa telegrum"], "unknown_platform", ["telegram"]),
        (["/set eitaa mau 7/3m"], "mirrored_slash", ["eitaa mau 7.3 m", "eitaa mau 3.7 m"]),
        (["/set eitaa 30m"], "metric_missing", []),
        (["/stats eitaa 1402/13/01"], "impossible_month", []),
        (["\u202e۵ میلیون"], "override", []),
        ([""], "empty", []),
        (["9" * 5000], "too_long", []),
    ],
)
def test_a_refusal_names_the_reason_and_what_may_have_been_meant(
    words: list[str], code: str, candidates: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", *words]) == 1
    refused = said(capsys)
    assert list(refused) == ["refused", "message_fa", "message_en", "candidates"]
    assert (refused["refused"], refused["candidates"]) == (code, candidates)
    assert refused["message_fa"] != refused["message_en"]
    assert refused["message_en"]


@given(st.text(), st.sampled_from([None, "count", "percent", "date", "command"]))
def test_any_text_has_an_answer(text: str, wanted: str | None) -> None:
    fields = answer(text, wanted, TODAY)
    assert ("refused" in fields) != ("kind" in fields)
    assert "\n" not in json.dumps(fields, ensure_ascii=False)


class Bytes:
    """Standard input that is no terminal."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


LINES = [
    ("۵ میلیون".encode() + b"\r", "5000000"),
    (b"", "empty"),
    (b"\xff\xfe\x00 5m", "unknown_word"),
    (b"5" * (3 * LONGEST_LINE), "too_long"),
    ("5\u2028000 m".encode(), "ill_formed"),  # a line ends with a line feed alone
    (b"30.5m", "30500000"),
]


def test_each_line_has_its_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", Bytes(b"\xef\xbb\xbf" + b"\n".join(line for line, _ in LINES)))
    assert read(None, None, TODAY) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [found.get("lo", found.get("refused")) for found in answers] == [what for _, what in LINES]


def test_it_needs_no_settings_and_survives_half_a_letter(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "read", b"\xdb"],
        cwd=Path(__file__).parents[2],
        env={"SEBGHAT_HOLD": "no number", "SEBGHAT_DATABASE": f"sqlite:///{tmp_path}/none.db", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    assert json.loads(ended.stdout)["refused"] in {"no_number", "unknown_word"}
    assert list(tmp_path.iterdir()) == []
