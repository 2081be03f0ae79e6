"""Many entries at once: laid ready beside the record, chunk by chunk, then put into it in one short go.

Whoever wants to write meanwhile waits for that one go alone, and whoever reads waits for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from storage.database import Statement
from storage.log import canonical

Rows = Sequence[Mapping[str, object]]

CHUNK = 2_000  # rows that are laid at a time

# The columns of each table, and in the same order the names of the values in a row.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "log": ("id, kind, at, person, target, body, hash", "id kind at person target body hash"),
    "log_lane": ("metric, scope, lane, entry", "metric scope lane entry"),
    "observation": (
        "id, command, root, platform, metric, scope, source, method, release_name, q, lo, hi, res, n, calendar,"
        " precision_, year, month, day, first_day, last_day, speaker, via, quote, address, note, recorded_at,"
        " recorded_by",
        "id command root platform metric scope source method release q lo hi res n calendar precision year month day"
        " first last speaker via quote address note recorded_at recorded_by",
    ),
    "item": (
        "domestic_platform, foreign_platform, metric, scope, lane, number, body, last_day, first_day, release_group,"
        " since",
        "domestic foreign metric scope lane number body last first group since",
    ),
    "announcement": ("number, domestic_platform, foreign_platform, body", "number domestic foreign body"),
    "checkpoint": (
        "domestic_platform, foreign_platform, metric, scope, lane, body",
        "domestic foreign metric scope lane body",
    ),
    "message": ("release_group, state, due, body", "group state due body"),
}
# What stands there already is replaced.
REPLACED = {  # WHERE: SQLite would take ON for part of a join
    "announcement": "WHERE true ON CONFLICT (number) DO UPDATE SET body = excluded.body",
    "checkpoint": "WHERE true ON CONFLICT (metric, scope, lane, domestic_platform, foreign_platform)"
    " DO UPDATE SET body = excluded.body",
}


def places() -> list[Statement]:
    """Makes room for what is to be laid; what was left there goes."""
    made = []
    for table, (columns, _) in COLUMNS.items():
        made += [
            Statement(f"DROP TABLE IF EXISTS laid_{table}", {}),
            Statement(f"CREATE TEMP TABLE laid_{table} AS SELECT {columns} FROM {table} WHERE false", {}),
        ]
    return made


def laid(table: str, rows: Rows) -> Statement:
    """Lays rows ready; a body that is no text yet becomes its JSON."""
    names = ", ".join(f":{name}" for name in COLUMNS[table][1].split())
    written = [row if isinstance(row.get("body", ""), str) else {**row, "body": canonical(row["body"])} for row in rows]
    return Statement(f"INSERT INTO laid_{table} VALUES ({names})", written)


def published() -> list[Statement]:
    """Puts all that was laid into the record; each new figure holds."""
    made = [
        Statement(f"INSERT INTO {table} ({columns}) SELECT * FROM laid_{table} {REPLACED.get(table, '')}", {})
        for table, (columns, _) in COLUMNS.items()
    ]
    live = "platform, metric, scope, source, method, last_day, first_day"
    made.append(Statement(f"INSERT INTO live (observation, {live}) SELECT id, {live} FROM laid_observation", {}))
    return made + [Statement(f"DROP TABLE laid_{table}", {}) for table in COLUMNS]


def chunks(rows: Rows) -> Iterable[Rows]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
