"""An order to try or record a table, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.recording.batch import Batch, Tell, Trial, enter_all, rehearse
from handlers.recording.publication import NewName
from handlers.recording.transaction import Declined
from sebghat.conversation import Destination
from sebghat.notes import Note
from sebghat.observation import Observation
from sebghat.platforms import Platforms
from sebghat.state import today
from sebghat.table import Fault, read_table
from storage.store import Deed, Record, Store

Row = tuple[int, Mapping[str, str | None]]  # line and cells

NOWHERE = Destination("", "")
MOST_SHOWN = 20  # faults, figures and notes that an answer has at hand
ADMIN = 2  # the role, as the record keeps it


@dataclass(frozen=True, slots=True)
class Order:
    """A table to be tried or recorded; where an effect is expected, only if it has just that."""

    name: str  # of the file
    now: datetime
    person: int
    record: bool = False
    silent: bool = False  # history: nothing is announced
    expected: str | None = None
    draft: int | None = None  # the preview that is taken with it
    where: Destination = NOWHERE  # from where, for the audit
    by: tuple[str, str] | None = None  # messenger and id of somebody who must still be an admin when it is recorded


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it. Of many faults, figures and notes only the first; the counts are of all."""

    unreadable: str = ""  # names the text that says why the file is no table
    faults: tuple[Fault, ...] = ()
    faulty: int = 0
    declined: str = ""  # the engine's word, or: taken, not_allowed
    figures: int = 0
    repeated: int = 0
    releases: int = 0
    sample: tuple[Observation, ...] = ()
    notes: tuple[Note, ...] = ()
    noted: int = 0
    names: tuple[NewName, ...] = ()  # of sources that nobody knew before
    effect: str = ""
    recorded: bool = False


async def carry_out(
    order: Order, rows: Sequence[Row] | Sequence[Fault], store: Store, platforms: Platforms, tell: Tell
) -> Done:
    """Reads the rows, and tries or records them."""
    await tell("reading", 0, len(rows))
    found = [row for row in rows if isinstance(row, Fault)] or read_table(
        (row for row in rows if not isinstance(row, Fault)), platforms, today(order.now), order.now
    )
    faults = tuple(each for each in found if isinstance(each, Fault))
    if faults:
        return Done(faults=faults[:MOST_SHOWN], faulty=len(faults))
    publications = [each for each in found if isinstance(each, tuple)]
    if not publications:
        return Done(unreadable="import.empty")
    batch = Batch(publications, platforms, order.now, order.person, order.silent)

    async def also(record: Record, before: int) -> None:
        if order.by is not None:
            holder = (await record.people.holders()).get(order.by)
            if holder is None or holder.role < ADMIN:
                raise Declined("not_allowed")
        if order.draft is not None:
            draft = await record.drafts.find(order.draft)
            if draft is None or not await record.drafts.take(draft, "recorded", order.now):
                raise Declined("taken")
        entries = (before + 1, before + len(publications))
        await record.audit.add(Deed(order.now, order.person, order.where, "import", {"file": order.name}, entries))

    try:
        if order.record:
            trial = await enter_all(batch, store, tell=tell, also=also, expected=order.expected)
        else:
            trial = await rehearse(batch, store, tell)
    except Declined as refused:
        return Done(declined=refused.word)
    return _done(trial, recorded=order.record and order.expected in {None, trial.effect})


def _done(trial: Trial, *, recorded: bool) -> Done:
    outcome = trial.outcome
    sample = [o for command in trial.commands[:MOST_SHOWN] for o in command.figures][:MOST_SHOWN]
    return Done(
        figures=outcome.figures,
        repeated=outcome.repeated,
        releases=outcome.releases,
        sample=tuple(sample),
        notes=outcome.notes[:MOST_SHOWN],
        noted=len(outcome.notes),
        names=trial.names,
        effect=trial.effect,
        recorded=recorded,
    )
