"""What waits leaves when it is due or released; till then it can be kept back, and its hold be changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.recording.loading import Items
from sebghat.codec import to_json
from sebghat.command import Departure, Hold, MessageOut, Release, SetRules
from sebghat.journal import to_log
from sebghat.ledger import leave
from sebghat.notes import Note
from storage.store import Record


async def depart_due(record: Record, now: datetime) -> bool:
    """Whatever is due leaves its hold, in order, before anything else happens at that moment."""
    left = False
    for parcel in await record.parcels.overdue(now):
        if parcel.due is not None:
            await _depart(record, parcel.group, await at(record, parcel.due), released=False)
            left = True
    return left


async def _depart(record: Record, group: str, when: datetime, *, released: bool) -> None:
    """The group's message leaves: its notes are told, and its recipients will become rows."""
    waiting = await record.ledger.waiting(group)
    notes = notes_in(group, waiting)
    for contest, items in waiting.items():
        gone = [leave(i) if i.note and i.note.group == group else i for i in items]
        await record.ledger.save(contest, sorted(gone, key=lambda i: i.place.at))
    departure = Departure(MessageOut(group, when, tuple(notes)), released)
    lanes = {lane for note in notes for lane in note.contest.lanes}
    await record.log.append("depart", when, None, to_log(departure), lanes=lanes)
    await record.parcels.leave(group, when)


async def release(record: Record, group: str, now: datetime, person: int) -> None:
    """What waits in this group leaves now."""
    now = await at(record, now)
    await depart_due(record, now)
    if await record.ledger.waiting(group):
        await record.log.append("release", now, person, to_log(Release(group=group, at=now)))
        await record.ledger.keep_back(group, False)
        await _depart(record, group, now, released=True)


async def keep_back(record: Record, group: str, now: datetime, person: int) -> bool:
    """What waits in this group waits on until somebody releases it; False where nothing does."""
    now = await at(record, now)
    await depart_due(record, now)
    if not await record.ledger.waiting(group):
        return False
    await record.log.append("hold", now, person, to_log(Hold(group=group, at=now)))
    await record.ledger.keep_back(group, True)
    await hold_group(record, group)
    return True


async def set_hold(record: Record, seconds: int, now: datetime) -> None:
    """A hold that the settings changed is a command like any other."""
    if (await record.ledger.rules()).hold_seconds == seconds:
        return
    now = await at(record, now)
    await depart_due(record, now)
    values = {"hold_seconds": seconds}
    await record.log.append("rules", now, None, to_log(SetRules(values=values, at=now)))
    await record.ledger.set_rules(values)
    await hold_anew(record, now)


async def hold_anew(record: Record, now: datetime) -> None:
    """The hold itself may have changed: when each message is due is reckoned again."""
    for parcel in await record.parcels.held():
        await hold_group(record, parcel.group)
    await depart_due(record, now)


async def hold_group(record: Record, group: str) -> None:
    """What waits in this group, and until when, becomes its message."""
    notes = notes_in(group, await record.ledger.waiting(group))
    since = max((note.since for note in notes), default=None)
    due = since + timedelta(seconds=(await record.ledger.rules()).hold_seconds) if since else None
    if await record.ledger.is_kept_back(group):
        due = None
    await record.parcels.hold(group, due, [to_json(note) for note in notes])


def notes_in(group: str, items: Items) -> list[Note]:
    """The notes of these items that wait in a group, in the order of its message."""
    held = (item.note for some in items.values() for item in some if item.note and item.note.group == group)
    return sorted(held, key=lambda note: note.rank)


async def at(record: Record, now: datetime) -> datetime:
    """Now in whole seconds, and never before the last entry: a clock that was set back must not refuse people."""
    now = now.replace(microsecond=0)
    last = await record.log.last_time()
    return now if last is None or now >= last else last
