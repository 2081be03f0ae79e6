"""Settings, from the environment and .env: each one typed, the secret ones masked."""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream
from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from bot.values import (
    CONSOLE,
    HOOK,
    MESSENGERS,
    Address,
    Channels,
    Database,
    Expected,
    HookAddress,
    HookSecret,
    Language,
    Letters,
    Listen,
    LogForm,
    Owners,
    Proxy,
    Rate,
    Seconds,
    Switch,
    Token,
    Transports,
    WebAddress,
    WebhookSecret,
    Zone,
)
from sebghat import letters
from sebghat.wording import LANGUAGES, words

PREFIX = "SEBGHAT_"
RECEIVING = ("telegram", "bale", "splus", "rubika")  # Eitaa's interface only sends

SECRET_FILE_LIMIT = 4096  # bytes; the longest secret is a webhook's, of 256 letters


class Problem(NamedTuple):
    """Why the bot cannot start, in one line that names the setting and never its value."""

    setting: str
    message_en: str
    message_fa: str


def problem(setting: str, text: str, /, **values: object) -> Problem:
    """The problem that the catalogues call `settings.` and that text."""
    return Problem(setting, *(_said(language, f"settings.{text}", **values) for language in ("en", "fa")))


def _said(language: str, text: str, /, **values: object) -> str:
    """Without marks of direction: it is printed where people copy names from."""
    return words(language, text, **values).translate(UNDIRECTED)


UNDIRECTED = dict.fromkeys(map(ord, letters.DIRECTION))


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore")


class Messenger(Frozen):
    """One messenger's settings; it is on where it has a token. None: the messenger's own value."""

    token: Token = None
    api: WebAddress = None
    proxy: Proxy = None
    rate: Rate = None  # messages a second overall
    chat_rate: Rate = None  # a second in one chat
    group_rate: Rate = None  # a minute in one group


class Eitaa(Messenger):
    pin: Switch = False
    text_limit: Letters = 4000


class Hook(Frozen):
    url: HookAddress = None
    secret: HookSecret = None


def hooks(value: Any) -> dict[str, dict[str, str]]:
    """{"news_url": …, "news_secret": …} → {"news": {"url": …, "secret": …}}"""
    found: dict[str, dict[str, str]] = {}
    for key, text in value.items():
        name, _, field = key.rpartition("_")
        found.setdefault(name, {})[field] = text
    return found


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,  # SEBGHAT_TELEGRAM_CHAT_RATE: chat_rate of telegram
        enable_decoding=False,  # lists are written with commas, not as JSON
        extra="ignore",
        frozen=True,
        validate_default=False,
        hide_input_in_errors=True,
    )

    telegram: Messenger = Messenger()
    bale: Messenger = Messenger()
    splus: Messenger = Messenger()
    rubika: Messenger = Messenger()
    eitaa: Eitaa = Eitaa()
    hook: Annotated[dict[str, Hook], BeforeValidator(hooks)] = {}
    admins: Owners = ()
    channels: Channels = ()
    database: Database = SecretStr("sqlite:///sebghat.db")
    hold: Seconds = 600
    language: Language = "fa"
    timezone: Zone = ZoneInfo("Asia/Tehran")
    webhook_url: WebAddress = None
    webhook_secret: WebhookSecret = None
    public_url: WebAddress = None
    listen: Listen = Address("127.0.0.1", 8080)
    transports: Transports = None
    pictures: Switch = True
    log: LogForm = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: Any,  # noqa: ARG003
        init_settings: Any,
        *_: Any,
        **__: Any,
    ) -> tuple[Any, ...]:
        """Nothing is read behind the back: `read_settings` has gathered what was given."""
        return (init_settings,)

    @property
    def messengers(self) -> dict[str, Messenger]:
        """Those that have a token, by name."""
        every = {name: getattr(self, name) for name in MESSENGERS}
        return {name: messenger for name, messenger in every.items() if messenger.token}

    @property
    def served(self) -> tuple[str, ...]:
        """The transports of this process."""
        if self.transports is not None:
            return self.transports
        on = tuple(self.messengers)
        on = on if set(RECEIVING).intersection(on) else (*on, CONSOLE)
        return (*on, HOOK) if self.hook else on

    def webhook_key(self, messenger: str) -> str:
        """What a call of that messenger brings at the end of its address: one's own for each, so that one messenger
        cannot call in another's name."""
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        return hmac.new(secret.encode(), messenger.encode(), hashlib.sha256).hexdigest()[:32]

    @property
    def database_shown(self) -> str:
        """Where the record lies, without user and password."""
        url = urlsplit(self.database.get_secret_value())
        return f"{url.scheme}://{url.hostname or ''}{url.path}"

    @property
    def secrets(self) -> frozenset[str]:
        """Every text that no log may show."""
        every: list[Messenger] = [getattr(self, name) for name in MESSENGERS]
        hidden = [self.webhook_secret, *(messenger.token for messenger in every)]
        for hook in self.hook.values():
            hidden += [hook.url, hook.secret]
        found = {secret.get_secret_value() for secret in hidden if secret}
        if self.webhook_secret:
            found |= {self.webhook_key(messenger) for messenger in RECEIVING}
        for address in (self.database, *(messenger.proxy for messenger in every)):
            url = urlsplit(address.get_secret_value()) if address else None
            if url:
                passwords = {url.password, *parse_qs(url.query).get("password", [])}
                found |= {password for password in passwords if password}
        return frozenset(found | {unquote(secret) for secret in found})


class Given(EnvSettingsSource):
    """What was given by name, as pydantic-settings reads an environment."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name.lower(): value for name, value in given.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._given


def home() -> Path:
    """The folder of .env and of what settings name relatively: the checkout, or where installed the
    working directory."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "run.py").exists() else Path.cwd()


def names() -> list[str]:
    """Every setting but those of the hooks, whose names people choose."""
    found = []
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Messenger):
            found += [f"{PREFIX}{name}_{inner}".upper() for inner in kind.model_fields]
        elif name != HOOK:
            found.append(f"{PREFIX}{name}".upper())
    return found + [f"{name}_FILE" for name in found if name.endswith(("_TOKEN", "WEBHOOK_SECRET"))]


def read_settings(environ: Mapping[str, str], folder: Path) -> Settings | list[Problem]:
    """The settings, or all that is wrong with them. The environment wins over .env in `folder`."""
    given, problems = read_dotenv(folder / ".env")
    given |= named(environ)
    known = names()
    hook = re.compile(rf"{PREFIX}HOOK_\w+_(URL|SECRET)", re.ASCII)
    for name in sorted(given.keys() - known):
        if not hook.fullmatch(name):
            problems.append(unknown(name, known))
    sources, more = read_secret_files(given, folder)
    problems += more
    known_given = {name: value for name, value in given.items() if name in known or hook.fullmatch(name)}
    try:
        settings = Settings(**Given(known_given)())
    except ValidationError as error:
        wrong = dict.fromkeys(tuple(map(str, each["loc"])) for each in error.errors(include_input=False))
        problems += [unfit(place, sources) for place in wrong]
        return sorted(set(problems))
    problems += contradictions(settings)
    return sorted(set(problems)) or settings.model_copy(
        update={"database": SecretStr(anchored(settings.database.get_secret_value(), folder))}
    )


def named(mapping: Mapping[str, str | None]) -> dict[str, str]:
    """The bot's own; an empty value is none."""
    return {
        name.upper(): value
        for name, value in mapping.items()
        if name.upper().startswith(PREFIX) and value and value.strip()
    }


def read_dotenv(file: Path) -> tuple[dict[str, str], list[Problem]]:
    try:
        with file.open(encoding="utf-8-sig") as stream:
            lines = list(parse_stream(stream))
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError):
        return {}, [problem(".env", "dotenv")]
    problems = [problem(".env", "dotenv_line", line=line.original.line) for line in lines if line.error]
    return named({line.key: line.value for line in lines if line.key}), problems


def read_secret_files(given: dict[str, str], folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """Puts what the files hold under the secrets' own names; tells which came from which setting."""
    sources, problems = {}, []
    for setting in [name for name in names() if name.endswith("_FILE") and name in given]:
        secret = setting.removesuffix("_FILE")
        if secret in given:
            problems.append(problem(setting, "twice", setting=secret, other=setting))
            continue
        try:
            with (folder / given[setting].strip()).open("rb") as file:
                value = file.read(SECRET_FILE_LIMIT + 1)
            if len(value) > SECRET_FILE_LIMIT or not value.decode("utf-8-sig").strip():
                raise ValueError
            given[secret] = value.decode("utf-8-sig").strip()
            sources[secret] = setting
        except (OSError, ValueError):
            problems.append(problem(setting, "secret_file", setting=setting))
    return sources, problems


def unknown(name: str, known: list[str]) -> Problem:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    nearest = get_close_matches(name, known, n=1, cutoff=0.75)
    if nearest:
        return problem(name, "unknown_near", setting=name, near=nearest[0])
    return problem(name, "unknown", setting=name)


def unfit(place: tuple[str, ...], sources: Mapping[str, str]) -> Problem:
    """`place` is pydantic's: ("telegram", "rate"), ("hook", "news", "url"), ("hold",)."""
    model: type[BaseModel] = Settings
    expected = Expected("another")
    depth = 0
    for depth, part in enumerate(place, 1):  # noqa: B007
        field = model.model_fields.get(part)
        if field is None:
            continue  # the name of a hook
        expected = next((each for each in field.metadata if isinstance(each, Expected)), expected)
        kind = Hook if part == HOOK else field.annotation
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            break  # what follows lies inside the value
        model = kind
    setting = PREFIX + "_".join(place[:depth]).upper()
    setting = sources.get(setting, setting)
    said = {
        language: _said(language, "settings.unfit", setting=setting, expected=expected.said(language))
        for language in LANGUAGES
    }
    return Problem(setting, said["en"], said["fa"])


def contradictions(settings: Settings) -> list[Problem]:
    """What is right alone, but not together."""
    problems = []
    for name, hook in settings.hook.items():
        for missing, there in (("URL", "SECRET"), ("SECRET", "URL")):
            if getattr(hook, missing.lower()) is None:
                setting, other = (f"{PREFIX}HOOK_{name.upper()}_{part}" for part in (missing, there))
                problems.append(problem(setting, "beside", setting=setting, other=other))
    for channel in settings.channels:
        if channel.messenger == HOOK and channel.chat not in settings.hook:
            setting = f"{PREFIX}CHANNELS"
            problems.append(problem(setting, "hook_channel", setting=setting))
    for name in settings.transports or ():
        if name == HOOK and not settings.hook:
            setting = f"{PREFIX}TRANSPORTS"
            problems.append(problem(setting, "hook_served", setting=setting))
        elif name not in {CONSOLE, HOOK} and name not in settings.messengers:
            setting = f"{PREFIX}TRANSPORTS"
            problems.append(problem(setting, "served", setting=setting))
    return problems + webhook_contradictions(settings)


def webhook_contradictions(settings: Settings) -> list[Problem]:
    """A webhook without its secret would take anybody's word for a messenger's."""
    if settings.webhook_url is None:
        return []
    problems = []
    setting = f"{PREFIX}WEBHOOK_SECRET"
    if settings.webhook_secret is None:
        problems.append(problem(setting, "beside", setting=setting, other=f"{PREFIX}WEBHOOK_URL"))
    setting = f"{PREFIX}WEBHOOK_URL"
    if not settings.webhook_url.startswith("https://"):
        problems.append(problem(setting, "https", setting=setting))
    if settings.listen is None:
        problems.append(problem(f"{PREFIX}LISTEN", "unheard", setting=f"{PREFIX}LISTEN", other=setting))
    return problems


def anchored(url: str, folder: Path) -> str:
    """A relative SQLite file belongs to `folder`."""
    file = url.removeprefix("sqlite:///")
    if file in {url, ":memory:"} or os.path.isabs(file):
        return url
    return f"sqlite:///{folder.absolute() / file}"
