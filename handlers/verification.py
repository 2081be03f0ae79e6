"""Is the record whole? The chain of the log, and the tables that playing the log again must give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handlers.desk import registered
from sebghat.codec import to_json
from sebghat.contest import base
from sebghat.engine import rebuild
from sebghat.journal import from_log
from sebghat.notes import Item
from sebghat.platforms import Platforms
from sebghat.state import Entry, State
from storage.store import Record

NO_COMMANDS = ("claim", "platform", "alias", "source")  # the engine does not step through these


async def verify(record: Record, platforms: Platforms) -> tuple[str, dict[str, object]]:
    """The name of a text that says how it stands, and its values; `verify.whole` where nothing is wrong."""
    entries, broken = await record.log.verify()
    if broken is not None:
        return "verify.broken", {"number": broken}
    standing = await record.log.standing()
    journal = [Entry(from_log(e.kind, e.id, e.at, e.person, e.body)) for e in standing if e.kind not in NO_COMMANDS]
    added = [e.body for e in standing if e.kind == "platform"]
    aliases = {(str(e.body["platform"]), str(e.body["name"])) for e in standing if e.kind == "alias"}
    if [to_json(p) for p in await record.catalogue.platforms()] != sorted(added, key=lambda p: str(p["key"])):
        return "verify.live_differs", {}
    if aliases != set(await record.catalogue.aliases()):
        return "verify.live_differs", {}
    platforms = await registered(record, platforms)
    last = await record.log.last_time()
    if last is not None:
        state = rebuild(journal, platforms, None, last)
        if not isinstance(state, State):
            return "verify.unplayable", {"number": getattr(state.what, "cmd", "?")}
        if set(state.live.values()) != await record.observations.live_ids():
            return "verify.live_differs", {}
        kept = {contest: _told(items) for contest, items in (await record.ledger.all_items()).items() if items}
        if kept != {contest: _told(items) for contest, items in state.items.items() if items}:
            return "verify.ledger_differs", {}
        for contest, begun in (await record.checkpoints.all()).items():
            if base(state.upto(contest, begun.at)) != begun:
                return "verify.ledger_differs", {}
    return "verify.whole", {"count": entries}


def _told(items: Iterable[Item]) -> list[Item]:
    """What must be the same: numbers are the store's own, and when a note began to wait an undo may have set."""
    return sorted((replace(item, number=None, note=None) for item in items), key=lambda item: item.place.at)
