"""Is the record whole? The chain of the log, and the tables that playing the log again must give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from handlers.desk import registered
from sebghat.codec import to_json
from sebghat.contest import Contest, base
from sebghat.engine import rebuild
from sebghat.journal import claim_to_log, from_log
from sebghat.notes import Item
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.state import Entry, State
from storage.store import Record

NO_COMMANDS = ("claim", "platform", "alias", "source")  # the engine does not step through these
PAGE = 500  # figures that are compared at a time


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
    claims = [e.body for e in standing if e.kind == "claim"]
    if [claim_to_log(claim) for claim in await record.claims.of()] != claims:
        return "verify.live_differs", {}
    platforms = await registered(record, platforms)
    last = await record.log.last_time()
    if last is not None:
        state = rebuild(journal, platforms, None, last)
        if not isinstance(state, State):
            return "verify.unplayable", {"number": getattr(state.what, "cmd", "?")}
        if set(state.live.values()) != await record.observations.live_ids() or not await _as_entered(record, state):
            return "verify.live_differs", {}
        if state.rules != await record.ledger.rules():
            return "verify.ledger_differs", {}
        ledger = await record.ledger.all_items()
        kept = {contest: _told(items) for contest, items in ledger.items() if items}
        if kept != {contest: _told(items) for contest, items in state.items.items() if items}:
            return "verify.ledger_differs", {}
        if not await _as_announced(record, ledger):
            return "verify.ledger_differs", {}
        for contest, begun in (await record.checkpoints.all()).items():
            if base(state.upto(contest, begun.at)) != begun:
                return "verify.ledger_differs", {}
    return "verify.whole", {"count": entries}


async def _as_entered(record: Record, state: State) -> bool:
    """Whether the figures that answers come from say what was entered."""
    after = 0
    try:
        while found := await record.observations.page(after, PAGE):
            if any(_entered(o) != _entered(state.versions[o.id]) for o in found):
                return False
            after = int(found[-1].id)
    except ValueError:  # what stands there is no figure at all
        return False
    return True


def _entered(o: Observation) -> Observation:
    """The log calls who entered the bundled figures by no number, the table by no name."""
    return replace(o, recorded_by=o.recorded_by if o.recorded_by != "0" else "")


async def _as_announced(record: Record, ledger: Mapping[Contest, Sequence[Item]]) -> bool:
    """Whether what goes by a number is what stands in the ledger."""
    for contest, items in ledger.items():
        for item in items:
            if item.number is not None:
                found = await record.ledger.announcement(item.number)
                if found is None or (found[0].contest, found[0].item) != (contest, item):
                    return False
    return True


def _told(items: Iterable[Item]) -> list[Item]:
    """What must be the same: numbers are the store's own, and when a note began to wait an undo may have set."""
    return sorted((replace(item, number=None, note=None) for item in items), key=lambda item: item.place.at)
