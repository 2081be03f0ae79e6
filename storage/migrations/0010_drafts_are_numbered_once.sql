-- A preview that was forgotten with its person gave its number to the next one: a button that was shown for the one would
-- then have recorded the other.
CREATE TABLE draft_numbered (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person BIGINT NOT NULL,
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL,
    body TEXT NOT NULL,          -- JSON of the readings
    at TEXT NOT NULL,
    taken_at TEXT,
    effect TEXT NOT NULL DEFAULT '',     -- a digest of what recording would do, as it was shown
    entry BIGINT NOT NULL DEFAULT 0,     -- the last entry of the log at that moment
    became TEXT NOT NULL DEFAULT '',     -- recorded, cancelled, refused, replaced
    successor BIGINT                     -- the preview that took its place
);
INSERT INTO draft_numbered (
    id, person, messenger, chat, thread, body, at, taken_at, effect, entry, became, successor
)
SELECT id, person, messenger, chat, thread, body, at, taken_at, effect, entry, became, successor FROM draft;
DROP TABLE draft;
ALTER TABLE draft_numbered RENAME TO draft;
CREATE INDEX draft_newest ON draft (person, messenger, chat, thread, id);
