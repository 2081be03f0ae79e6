"""`check`: what is set, the store, the packages, and for each messenger identity and rights; nothing is sent."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import PREFIX, Settings
from bot.transports.transport import Kind, Refused, Transport
from sebghat import __version__
from storage.store import Store, StoreFault

PACKAGES = ("bot", "handlers", "storage", "sebghat")
PATIENCE = 15.0  # seconds for one messenger


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    found: str
    good: bool = True


async def check(
    settings: Settings, given: Mapping[str, str], store: Store | StoreFault, transports: Iterable[Transport]
) -> int:
    """Prints a table; 1 if something is wrong."""
    findings = [*_settings(settings, given), *_packages(), await _store(settings, store)]
    for transport in transports:
        findings += [finding async for finding in _messenger(transport, settings)]
        await transport.close()
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        print(f"{'ok  ' if finding.good else 'FAIL'} {finding.subject:<{width}}  {finding.found}")
    return 0 if all(finding.good for finding in findings) else 1


def _settings(settings: Settings, given: Mapping[str, str]) -> Iterable[Finding]:
    """What is set, by name; values only of what is no secret."""
    for name in sorted(given):
        secret = name.endswith(("_TOKEN", "_SECRET", "_PROXY", "_URL")) or name == f"{PREFIX}DATABASE"
        yield Finding(name, "set" if secret else given[name].strip())
    if not given:
        yield Finding("settings", "none is set; .env.example explains them")
    served = ", ".join(settings.served)
    yield Finding("messengers", served)
    if not settings.admins and settings.served != ("console",):
        yield Finding("owners", f"nobody is an owner: figures can be entered only once {PREFIX}ADMINS names one")
    yield Finding("hold", f"{settings.hold} seconds")
    now = datetime.now(UTC)
    yield Finding("clock", f"{now.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S %Z}, {now:%H:%M:%S} UTC")


def _packages() -> Iterable[Finding]:
    """Other distributions use these names too: all four must lie side by side."""
    places = {name: Path(str(importlib.import_module(name).__file__)).parent for name in PACKAGES}
    together = len({place.parent for place in places.values()}) == 1
    if together:
        yield Finding("packages", f"{', '.join(PACKAGES)} {__version__} in {places['bot'].parent}")
    else:
        for name, place in places.items():
            yield Finding(f"package {name}", f"{place} (all four must lie in one folder)", good=False)


async def _store(settings: Settings, store: Store | StoreFault) -> Finding:
    if isinstance(store, StoreFault):
        return Finding("store", f"{settings.database_shown}: {store.code.removeprefix('store.')}", good=False)
    held, figures = await store.parcels.held(), await store.observations.count()
    found = f"{figures} figures, {len(held)} announcements waiting" if figures else "empty; the first start fills it"
    return Finding("store", f"{settings.database_shown}: {found}")


async def _messenger(transport: Transport, settings: Settings) -> AsyncIterator[Finding]:
    """Who the bot is there, and whether it may post in each channel of that messenger."""
    name = transport.capability.messenger
    if name == "console":
        return
    try:
        async with asyncio.timeout(PATIENCE):
            yield Finding(name, await transport.start())
            if obstacle := await transport.obstacle():
                yield Finding(name, obstacle, good=False)
            for place in settings.channels:
                if place.messenger == name:
                    outcome = await transport.rights(place.chat)
                    detail = outcome.detail or outcome.kind.value
                    yield Finding(str(place), detail, good=outcome.kind in {Kind.OK, Kind.UNKNOWN})
    except Refused:
        yield Finding(name, f"refuses this bot: {PREFIX}{name.upper()}_TOKEN is wrong or was taken back", good=False)
    except TimeoutError:
        yield Finding(
            name, f"did not answer within {PATIENCE:.0f} s; {PREFIX}{name.upper()}_PROXY may help", good=False
        )
