import re
from pathlib import Path

import pytest
from hypothesis import given, strategies

from bot.settings import PREFIX, Problem, Settings, names, read_settings
from bot.values import Address, Owner
from sebghat.conversation import Destination

HERE = Path(__file__).resolve().parents[2]
NOWHERE = Path("/nowhere")
TOKEN = "123456789:AAF-secret_part_of_the_token_0123456"


def read(folder: Path = NOWHERE, **values: str) -> Settings:
    found = read_settings({PREFIX + name: value for name, value in values.items()}, folder)
    assert isinstance(found, Settings), found
    return found


def wrong(folder: Path = NOWHERE, **values: str) -> list[Problem]:
    found = read_settings({PREFIX + name: value for name, value in values.items()}, folder)
    assert isinstance(found, list)
    return found


def test_without_any_setting_the_console_is_on() -> None:
    settings = read()
    assert settings.served == ("console",)
    assert settings.listen == Address("127.0.0.1", 8080)
    assert (settings.hold, settings.language, settings.timezone.key) == (600, "fa", "Asia/Tehran")
    assert (settings.pictures, settings.eitaa.pin, settings.eitaa.text_limit) == (True, False, 4000)


@pytest.mark.parametrize(
    ("values", "served"),
    [
        ({"TELEGRAM_TOKEN": TOKEN}, ("telegram",)),
        ({"EITAA_TOKEN": f"bot{TOKEN}"}, ("eitaa", "console")),
        ({"BALE_TOKEN": TOKEN, "EITAA_TOKEN": f"bot{TOKEN}"}, ("bale", "eitaa")),
        ({"BALE_TOKEN": TOKEN, "TRANSPORTS": "console, Bale"}, ("console", "bale")),
        ({"TELEGRAM_TOKEN": "  "}, ("console",)),
    ],
    ids=["a token", "Eitaa only sends", "two tokens", "named", "an empty token is none"],
)
def test_transports(values: dict[str, str], served: tuple[str, ...]) -> None:
    assert read(NOWHERE, **values).served == served


def test_lists_and_numbers_are_read_in_either_script() -> None:
    settings = read(
        ADMINS="telegram:۱۰۰۱، bale:55,rubika:u0AbC,telegram:1001",
        CHANNELS="telegram:-1001600/42,telegram:@Name,eitaa:123456",
        HOLD="۰",
        TELEGRAM_CHAT_RATE="۰٫۵",
        LISTEN="[::1]:۰",
    )
    assert settings.admins == (Owner("telegram", "1001"), Owner("bale", "55"), Owner("rubika", "u0AbC"))
    assert settings.channels == (
        Destination("telegram", "-1001600", "42"),
        Destination("telegram", "@Name"),
        Destination("eitaa", "123456"),
    )
    assert settings.hold == 0
    assert settings.telegram.chat_rate == 0.5
    assert settings.listen == Address("::1", 0)
    assert read(LISTEN="OFF").listen is None


def test_hooks_are_known_by_the_names_people_give_them() -> None:
    settings = read(HOOK_MY_NEWS_URL="https://h.org/k", HOOK_MY_NEWS_SECRET="s", CHANNELS="hook:MY_NEWS")
    assert settings.channels == (Destination("hook", "my_news"),)
    assert settings.hook["my_news"].url
    assert [p.setting for p in wrong(HOOK_A_URL="https://h.org")] == ["SEBGHAT_HOOK_A_SECRET"]
    assert [p.setting for p in wrong(CHANNELS="hook:a")] == ["SEBGHAT_CHANNELS"]


@pytest.mark.parametrize(
    ("url", "read_as"),
    [
        ("", "sqlite:////folder/sebghat.db"),
        ("sqlite:///data/x.db", "sqlite:////folder/data/x.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("postgresql://u:p@h/n", "postgresql://u:p@h/n"),
    ],
)
def test_a_relative_database_belongs_to_the_folder(url: str, read_as: str) -> None:
    settings = read(Path("/folder"), DATABASE=url)
    assert settings.database.get_secret_value() == read_as
    assert settings.database_shown == read_as.replace("u:p@", "")


def test_the_environment_wins_over_dotenv(tmp_path: Path) -> None:
    text = "\ufeff# a comment\nSEBGHAT_HOLD=5\nexport SEBGHAT_LANGUAGE='en'\nSEBGHAT_TIMEZONE=\nOTHER=x\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    settings = read(tmp_path, HOLD="7", LANGUAGE="")
    assert (settings.hold, settings.language, settings.timezone.key) == (7, "en", "Asia/Tehran")


@pytest.mark.parametrize("content", [b"SEBGHAT_HOLD 5\n", b"\xff\xfe\x00"], ids=["no sign", "not UTF-8"])
def test_a_broken_dotenv_is_a_problem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    assert {problem.setting for problem in wrong(tmp_path)} <= {".env", "SEBGHAT_HOLD 5"}


WRONG = [
    ("HOLD", "-1"),
    ("HOLD", "1.5"),
    ("HOLD", "999999999999"),
    ("LANGUAGE", "de"),
    ("TIMEZONE", "Asia"),
    ("TIMEZONE", "Mars/Base"),
    ("TIMEZONE", "../etc/passwd"),
    ("LISTEN", "8080"),
    ("LISTEN", "::1:80"),
    ("LISTEN", "localhost:65536"),
    ("ADMINS", "telegram:@name"),
    ("ADMINS", "whatsapp:1"),
    ("ADMINS", "1001"),
    ("CHANNELS", "telegram:"),
    ("CHANNELS", "telegram:1/x"),
    ("CHANNELS", "telegram:a b"),
    ("TRANSPORTS", "telegramm"),
    ("TRANSPORTS", "bale"),
    ("DATABASE", "mysql://h/n"),
    ("DATABASE", "sqlite:///"),
    ("DATABASE", "postgresql://["),
    ("TELEGRAM_TOKEN", "12:ab/getMe"),
    ("TELEGRAM_TOKEN", "12: ab"),
    ("BALE_API", "https://u:p@h.org"),
    ("BALE_API", "ftp://h.org"),
    ("SPLUS_PROXY", "socks4://h:1"),
    ("SPLUS_PROXY", "socks5://h"),
    ("RUBIKA_RATE", "0"),
    ("RUBIKA_RATE", "inf"),
    ("RUBIKA_GROUP_RATE", "many"),
    ("WEBHOOK_URL", "bot.example.org"),
    ("WEBHOOK_SECRET", "with space"),
    ("HOOK_A_URL", "nowhere"),
    ("EITAA_TEXT_LIMIT", "5"),
    ("PICTURES", "perhaps"),
    ("LOG", "xml"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_with_an_example_(name: str, value: str) -> None:
    [problem] = wrong(NOWHERE, **{name: value})
    assert problem.setting == PREFIX + name
    for message in (problem.message_en, problem.message_fa):
        assert message.startswith(problem.setting)
        assert "\n" not in message


@pytest.mark.parametrize("name", names())
def test_no_problem_shows_the_value(name: str) -> None:
    found = read_settings({name: "xyzzy/xyzzy?"}, NOWHERE)
    assert isinstance(found, list)
    assert "xyzzy" not in str(found)


def test_all_problems_are_told_at_once() -> None:
    problems = wrong(HOLD="x", TELEGRAM_TOKN=TOKEN, LOG="y", QQ="1")
    assert [problem.setting for problem in problems] == [
        "SEBGHAT_HOLD", "SEBGHAT_LOG", "SEBGHAT_QQ", "SEBGHAT_TELEGRAM_TOKN",
    ]  # fmt: skip
    assert "SEBGHAT_TELEGRAM_TOKEN" in problems[-1].message_en
    assert "SEBGHAT_TELEGRAM_TOKEN" in problems[-1].message_fa


def test_other_peoples_names_are_left_alone() -> None:
    assert isinstance(read_settings({"PATH": "/bin", "HOLD": "x", "XSEBGHAT_Y": "1"}, NOWHERE), Settings)


def test_a_secret_can_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"\n {TOKEN}\r\n")
    settings = read(tmp_path, TELEGRAM_TOKEN_FILE="token")
    assert settings.telegram.token
    assert settings.telegram.token.get_secret_value() == TOKEN
    [problem] = wrong(tmp_path, TELEGRAM_TOKEN_FILE="token", TELEGRAM_TOKEN=TOKEN)
    assert problem.setting == "SEBGHAT_TELEGRAM_TOKEN_FILE"


@pytest.mark.parametrize(
    "content", [None, b" \n", b"\xff\xfe\x80", b"a" * 5000, b"two words"],
    ids=["missing", "empty", "not UTF-8", "too long", "no token"],
)  # fmt: skip
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    [problem] = wrong(tmp_path, BALE_TOKEN_FILE=str(tmp_path / "token"))
    assert problem.setting == "SEBGHAT_BALE_TOKEN_FILE"


def test_no_secret_shows() -> None:
    settings = read(
        TELEGRAM_TOKEN=TOKEN,
        WEBHOOK_SECRET="hidden-1",
        HOOK_A_URL="https://h.org/hidden-2",
        HOOK_A_SECRET="hidden-3",
        DATABASE="postgresql://u:hidden-4@h/n?password=hidden-5",
        BALE_PROXY="socks5://u:hidden%2D6@h:1080",
    )
    shown = [repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()]
    assert not any("hidden" in text or TOKEN in text for text in [*shown, settings.database_shown])
    assert {TOKEN, "hidden-1", "hidden-3", "hidden-4", "hidden-5", "hidden-6"} <= settings.secrets


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read().hold = 1
    with pytest.raises(ValueError, match="frozen"):
        read().telegram.rate = 1


@given(strategies.sampled_from(sorted(names())), strategies.text(max_size=40))
def test_no_value_raises(name: str, value: str) -> None:
    found = read_settings({name: value}, NOWHERE)
    if isinstance(found, list):
        assert {problem.setting for problem in found} == {name}


def test_the_example_lists_every_setting_and_no_other() -> None:
    text = (HERE / ".env.example").read_text(encoding="utf-8")
    found = re.findall(r"^(?:# )?(SEBGHAT_\w+)=(.*)$", text, re.MULTILINE)
    hooks = ["SEBGHAT_HOOK_NAME_URL", "SEBGHAT_HOOK_NAME_SECRET"]
    assert sorted(name for name, _ in found) == sorted(names() + hooks)
    assert not any(value for _, value in found)
    assert isinstance(read_settings(dict(found), NOWHERE), Settings)
