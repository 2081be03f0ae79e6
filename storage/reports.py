"""How deliveries went, and what of it the admins are told: doubts to decide, and what did not arrive for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sebghat.conversation import Destination
from storage.database import Row, Statement, Verbs, moment
from storage.log import canonical
from storage.outbox import EXPIRY
from storage.tally import moves

FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # due before any alert: a question must not wait behind a million of them
MOST_PLACES = 5  # of a doubt that are named
MOST_DOUBTS = 10  # that are listed

HERE = """(CAST(:place AS TEXT) IS NULL
          OR messenger || ':' || chat || CASE WHEN thread = '' THEN '' ELSE '/' || thread END = :place)"""
DOUBT = f"report = :number AND state = 'uncertain' AND {HERE}"
# Where a correction has gone since, what it corrects is not said again.
CORRECTED = """EXISTS (SELECT 1 FROM outbox AS later WHERE later.follows = outbox.id
               AND later.state IN ('sending', 'sent', 'uncertain'))"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows of a messenger, or of one chat there, ended how."""

    messenger: str
    open: int = 0
    sent: int = 0
    uncertain: int = 0
    failed: int = 0
    expired: int = 0
    reasons: tuple[tuple[str, int], ...] = ()  # of those that failed: gone, rejected
    where: Destination | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the admins are told of one message on one messenger. Of a doubt: the places that are in doubt still, the
    first few of them, and how they were decided."""

    number: int
    kind: str  # doubt, failures
    message: int
    messenger: str
    tally: Tally
    doubtful: int = 0
    places: tuple[Destination, ...] = ()
    samples: tuple[tuple[str, str], ...] = ()  # of failures: for each reason what the messenger said once


@dataclass(frozen=True, slots=True)
class Decision:
    """What was made of a doubt: how many rows, and of how many not, since they were corrected meanwhile. Where none
    is left to decide: what was decided, when, and by whom."""

    made: int = 0
    corrected: int = 0
    too_old: bool = False
    before: str = ""  # sent, pending
    at: datetime | None = None
    person: int | None = None


class Reports:
    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs

    # What the bot says by itself

    async def due(self) -> bool:
        """Whether there is something that the admins were not told yet."""
        return bool(await self._doubts()) or bool(await self._failures())

    async def write(self, admins: Sequence[Destination], now: datetime) -> int:
        """Asks the admins about all doubts that nobody was asked about, and tells what failed for good; how many
        reports. In one transaction, so that each is told once."""
        written = 0
        for kind, rows in (("doubt", await self._doubts()), ("failures", await self._failures())):
            for row in rows:
                number = await self._write(kind, row, admins, now)
                if kind == "doubt":
                    await self._verbs.run(
                        """UPDATE outbox SET report = :number WHERE message = :message AND messenger = :messenger
                           AND state = 'uncertain' AND kind <> 'private' AND report IS NULL""",
                        number=number, message=row["message"], messenger=row["messenger"],
                    )  # fmt: skip
                written += 1
        return written

    async def _doubts(self) -> list[Row]:
        return await self._verbs.all(
            """SELECT DISTINCT message, messenger FROM outbox
               WHERE state = 'uncertain' AND kind <> 'private' AND report IS NULL"""
        )

    async def _failures(self) -> list[Row]:
        """Of messages whose every row on a messenger has come to its end."""
        return await self._verbs.all(
            """SELECT DISTINCT tally.message, messenger FROM tally JOIN message ON message.id = tally.message
               WHERE message.kind = 'alert' AND spread_to IS NULL AND follow_to IS NULL
                     AND tally.state IN ('failed', 'expired') AND many > 0
                     AND NOT EXISTS (SELECT 1 FROM tally AS other WHERE other.message = tally.message
                                     AND other.messenger = tally.messenger AND other.state = 'open' AND other.many > 0)
                     AND NOT EXISTS (SELECT 1 FROM report WHERE report.message = tally.message
                                     AND report.messenger = tally.messenger AND report.kind = 'failures')"""
        )

    async def _write(self, kind: str, about: Row, admins: Sequence[Destination], now: datetime) -> int:
        """A report, and a row of the outbox for each admin."""
        report = await self._verbs.one(
            "INSERT INTO report (kind, message, messenger, at) VALUES (:kind, :message, :messenger, :now)"
            " RETURNING number",
            kind=kind, message=about["message"], messenger=about["messenger"], now=now,
        )  # fmt: skip
        assert report is not None
        message = await self._verbs.one(
            "INSERT INTO message (release_group, state, kind, body, left_at) VALUES ('', 'left', 'report', :body, :now)"
            " RETURNING id",
            body=canonical({"report": report["number"]}), now=now,
        )  # fmt: skip
        assert message is not None
        columns = "message, messenger, chat, thread, kind, language, rank, state, due, parts, sure"
        rows = [
            {"message": message["id"], "messenger": to.messenger, "chat": to.chat, "thread": to.thread, "due": FIRST}
            for to in admins
        ]
        await self._verbs.batch(
            Statement(
                f"""INSERT INTO outbox ({columns}) VALUES (:message, :messenger, :chat, :thread, 'private',
                        (SELECT language FROM chat WHERE messenger = :messenger AND chat = :chat AND thread = :thread),
                        0, 'pending', :due, 0, 0) ON CONFLICT DO NOTHING""",
                rows,
            ),
            Statement(
                """INSERT INTO tally (message, messenger, state, reason, many)
                   SELECT message, messenger, 'open', '', count(*) FROM outbox WHERE message = :message
                   GROUP BY 1, 2""",
                {"message": message["id"]},
            ),
        )
        return int(report["number"])

    # What admins decide

    async def decide(
        self, number: int, *, arrived: bool, place: str | None, person: int, now: datetime
    ) -> Decision | None:
        """What an admin says of the rows of a doubt: they arrived, or they shall be sent again. What is decided is
        decided once. None: there is no such doubt. In one transaction."""
        report = await self._verbs.one(
            """SELECT left_at FROM report JOIN message ON message.id = report.message
               WHERE number = :number AND report.kind = 'doubt'""",
            number=number,
        )
        if report is None:
            return None
        if not arrived and moment(report["left_at"]) < now - EXPIRY:
            return Decision(too_old=True)
        became = "sent" if arrived else "pending"
        where = DOUBT if arrived else f"{DOUBT} AND NOT {CORRECTED}"
        values = {"number": number, "place": place, "now": now, "person": person, "became": became}
        fields = "state = 'sent'" if arrived else "state = 'pending', due = :now, report = NULL"
        statements = [
            Statement(
                f"""INSERT INTO trial (outbox, attempt, at, became, person, report)
                    SELECT id, attempts, :now, :became, :person, :number FROM outbox WHERE {where}""",
                values,
            ),
            *(Statement(sql, values) for sql in moves(where, "sent" if arrived else "open")),
        ]
        if not arrived:  # the correction waits again until it is known what becomes of what it corrects
            held = "UPDATE outbox SET state = 'held' WHERE state = 'pending'"
            statements.append(Statement(f"{held} AND follows IN (SELECT id FROM outbox WHERE {where})", values))
        statements.append(Statement(f"UPDATE outbox SET {fields}, settled_at = :now WHERE {where}", values))
        made = (await self._verbs.batch(*statements))[0].changed
        corrected = await self._count(f"{DOUBT} AND {CORRECTED}", number, place) if not arrived else 0
        if made or corrected:
            return Decision(made, corrected)
        before = await self._verbs.one(
            f"""SELECT became, at, trial.person FROM trial JOIN outbox ON outbox.id = trial.outbox
                WHERE trial.report = :number AND trial.person IS NOT NULL AND {HERE} ORDER BY trial.id DESC LIMIT 1""",
            number=number,
            place=place,
        )
        if before is None:
            return Decision()
        return Decision(before=before["became"], at=moment(before["at"]), person=before["person"])

    async def _count(self, where: str, number: int, place: str | None) -> int:
        row = await self._verbs.one(f"SELECT count(*) AS many FROM outbox WHERE {where}", number=number, place=place)
        return int(row["many"]) if row else 0

    # How it went

    async def report(self, number: int) -> Report | None:
        row = await self._verbs.one("SELECT * FROM report WHERE number = :number", number=number)
        if row is None:
            return None
        (tally,) = await self.tallies(row["message"], row["messenger"]) or [Tally(row["messenger"])]
        places = await self._verbs.all(
            f"""SELECT messenger, chat, thread FROM outbox WHERE report = :number AND state = 'uncertain'
                ORDER BY rank, id LIMIT {MOST_PLACES}""",
            number=number,
        )
        samples = await self._verbs.all(
            """SELECT reason, max(detail) AS detail FROM (SELECT reason, detail FROM outbox WHERE state = 'failed'
               AND message = :message AND messenger = :messenger LIMIT 1000) AS some GROUP BY reason""",
            message=row["message"], messenger=row["messenger"],
        )  # fmt: skip
        return Report(
            number,
            row["kind"],
            row["message"],
            row["messenger"],
            tally,
            await self._count(DOUBT, number, None),
            tuple(Destination(each["messenger"], each["chat"], each["thread"]) for each in places),
            tuple((each["reason"], each["detail"]) for each in samples),
        )

    async def open_doubts(self) -> list[Report]:
        """The doubts that nobody has decided, newest first."""
        rows = await self._verbs.all(
            f"""SELECT DISTINCT report FROM outbox WHERE report IS NOT NULL AND state = 'uncertain'
                ORDER BY report DESC LIMIT {MOST_DOUBTS}"""
        )
        return [report for row in rows if (report := await self.report(row["report"])) is not None]

    async def tallies(self, message: int | None = None, messenger: str | None = None) -> list[Tally]:
        """How the alerts of each messenger ended; of all, or of one message."""
        rows = await self._verbs.all(
            """SELECT messenger, tally.state, reason, sum(many) AS many
               FROM tally JOIN message ON message.id = tally.message
               WHERE kind = 'alert' AND (CAST(:message AS BIGINT) IS NULL OR message = :message)
                     AND (CAST(:messenger AS TEXT) IS NULL OR messenger = :messenger)
               GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
            message=message, messenger=messenger,
        )  # fmt: skip
        return [
            _tally(name, [row for row in rows if row["messenger"] == name])
            for name in dict.fromkeys(row["messenger"] for row in rows)
        ]

    async def of_chat(self, where: Destination) -> Tally:
        """How the alerts to one chat ended."""
        rows = await self._verbs.all(
            """SELECT state, reason, count(*) AS many FROM outbox
               WHERE message IN (SELECT id FROM message WHERE kind = 'alert')
                     AND messenger = :messenger AND chat = :chat AND thread = :thread GROUP BY 1, 2""",
            messenger=where.messenger, chat=where.chat, thread=where.thread,
        )  # fmt: skip
        return _tally(where.messenger, rows, where)


def _tally(messenger: str, rows: Sequence[Row], where: Destination | None = None) -> Tally:
    def total(*states: str) -> int:
        return sum(row["many"] for row in rows if row["state"] in states)

    reasons = [(row["reason"], row["many"]) for row in rows if row["state"] == "failed" and row["many"]]
    return Tally(
        messenger,
        total("open", "held", "pending", "sending"),
        total("sent"),
        total("uncertain"),
        total("failed"),
        total("expired"),
        tuple(reasons),
        where,
    )
