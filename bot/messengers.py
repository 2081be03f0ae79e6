"""The messengers that this process serves, as the settings want them: their transports, their doors, their pace."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.pacing import USUAL, Pacing, Rates
from bot.settings import RECEIVING, Messenger, Settings
from bot.transports import console
from bot.transports.console import Console
from bot.transports.transport import Transport
from handlers import commands
from handlers.desk import Role
from sebghat.wording import LANGUAGES

if TYPE_CHECKING:
    from bot.transports.door import Door

# What opens a bot with a word. Soroush Plus and Rubika have none.
LINKS = {"telegram": "https://t.me/{name}?start={word}", "bale": "https://ble.ir/{name}?start={word}"}
# Of the messengers that send a secret along with a call; the others bring it in the address.
SECRET_HEADERS = {"telegram": "X-Telegram-Bot-Api-Secret-Token"}

AT_TERMINAL = (console.NAME, console.OWNER)  # messenger and id of who sits there, or calls the shell's words


def doors(settings: Settings) -> dict[str, Door]:
    """Where the messengers that can call are told to do so; none: they are asked."""
    url, secret_set = settings.webhook_url, settings.webhook_secret
    if url is None or secret_set is None:
        return {}
    from bot.transports.door import Door  # noqa: PLC0415 - only where messengers call

    found = {}
    for name in set(RECEIVING).intersection(settings.served):
        header, key = SECRET_HEADERS.get(name, ""), settings.webhook_key(name)
        address = f"{url}/webhook/{name}"
        found[name] = Door(address, secret_set.get_secret_value(), header) if header else Door(f"{address}/{key}", key)
    return found


def transports(settings: Settings, opened_doors: Mapping[str, Door]) -> list[Transport]:
    """The transports of this process; a messenger's library is imported only where it is served."""
    makers: dict[str, Callable[[Settings, Door | None], Transport]] = {
        console.NAME: lambda _, __: Console(sys.stdin.fileno(), sys.stdout, Path.cwd() if sys.stdin.isatty() else None),
        "telegram": telegram,
        "bale": bale,
        "splus": splus,
        "rubika": rubika,
        "eitaa": eitaa,
        "hook": hook,
    }
    return [makers[name](settings, opened_doors.get(name)) for name in settings.served if name in makers]


def telegram(settings: Settings, door: Door | None) -> Transport:
    from bot.transports.telegram import Telegram  # noqa: PLC0415 - heavy; only where it is served

    own = settings.telegram
    menus = {language: commands.menu(language, Role.EVERYBODY) for language in LANGUAGES}
    owner_menus = {language: commands.menu(language, Role.OWNER) for language in LANGUAGES}
    return Telegram(
        secret(own.token),
        **_way(own),
        language=settings.language,
        menus=menus,
        owner_menus=owner_menus,
        owners=[owner.user for owner in settings.admins if owner.messenger == "telegram"],
        door=door,
    )


def bale(settings: Settings, door: Door | None) -> Transport:
    from bot.transports import bale, thin  # noqa: PLC0415 - only where it is served

    return thin.Thin(bale.PROFILE, secret(settings.bale.token), **_usual(settings, settings.bale, door))


def splus(settings: Settings, door: Door | None) -> Transport:
    from bot.transports import splus, thin  # noqa: PLC0415 - only where it is served

    return thin.Thin(splus.PROFILE, secret(settings.splus.token), **_usual(settings, settings.splus, door))


def rubika(settings: Settings, door: Door | None) -> Transport:
    from bot.transports.rubika import Rubika  # noqa: PLC0415 - only where it is served

    return Rubika(secret(settings.rubika.token), **_usual(settings, settings.rubika, door))


def eitaa(settings: Settings, door: Door | None) -> Transport:
    from bot.transports.eitaa import Eitaa  # noqa: PLC0415 - only where it is served

    own = settings.eitaa
    return Eitaa(secret(own.token), **_way(own), text_limit=own.text_limit, pin=own.pin)


def hook(settings: Settings, door: Door | None) -> Transport:
    from bot.transports.hook import Hook, Target  # noqa: PLC0415 - only where it is served

    return Hook({name: Target(secret(each.url), secret(each.secret)) for name, each in settings.hook.items()})


def _usual(settings: Settings, own: Messenger, door: Door | None) -> dict[str, Any]:
    """What is set of every messenger that receives."""
    return {**_way(own), "menu": commands.menu(settings.language, Role.EVERYBODY), "door": door}


def _way(own: Messenger) -> dict[str, Any]:
    return {"api": own.api, "proxy": own.proxy.get_secret_value() if own.proxy else None}


def secret(token: SecretStr | None) -> str:
    return token.get_secret_value() if token else ""


def pacing(settings: Settings, name: str) -> Pacing | None:
    """The messenger's documented rates, or those of the settings; a terminal and a hook take all there is."""
    if name not in USUAL:
        return None
    own: Messenger = getattr(settings, name)
    return Pacing(Rates(own.rate, own.chat_rate, own.group_rate).or_else(USUAL[name]))


def terminal() -> Console:
    """The one for the shell's own words: nobody sits there who could be asked."""
    return Console(sys.stdin.fileno(), sys.stdout)
