-- A row of the outbox that was forgotten gave its number to the next one; what was under way, a correction's row or a
-- mark that knew it by that number would then have meant another chat.
CREATE TABLE outbox_numbered (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message BIGINT NOT NULL REFERENCES message (id),
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    language TEXT,
    rank BIGINT NOT NULL,        -- channels first, then who asked for the platform, then the rest
    state TEXT NOT NULL,         -- held, pending, sending, sent, uncertain, failed, expired, cancelled
    attempts BIGINT NOT NULL DEFAULT 0,
    doubts BIGINT NOT NULL DEFAULT 0,    -- attempts that may have arrived
    due TEXT NOT NULL,
    tried_at TEXT,
    settled_at TEXT,
    sent_id TEXT,                -- the messenger's id of what was sent
    parts BIGINT NOT NULL,       -- which notes of the message concern this destination, one bit each
    follows BIGINT,              -- of a correction: the row that brought the announcement there
    detail TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',     -- of a failed row: gone, rejected
    report BIGINT,               -- of a doubtful row: the question to the admins
    sure BIGINT NOT NULL DEFAULT 0,      -- of `parts` those that go whatever becomes of what the row follows
    UNIQUE (message, messenger, chat, thread)
);
INSERT INTO outbox_numbered (
    id, message, messenger, chat, thread, kind, language, rank, state, attempts, doubts, due, tried_at, settled_at,
    sent_id, parts, follows, detail, reason, report, sure
)
SELECT id, message, messenger, chat, thread, kind, language, rank, state, attempts, doubts, due, tried_at, settled_at,
       sent_id, parts, follows, detail, reason, report, sure
FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_numbered RENAME TO outbox;
CREATE INDEX outbox_claim ON outbox (messenger, due, rank, id) WHERE state = 'pending';
CREATE INDEX outbox_follows ON outbox (follows) WHERE follows IS NOT NULL;
CREATE INDEX outbox_open ON outbox (message) WHERE state IN ('pending', 'held');
CREATE INDEX outbox_doubtful ON outbox (message, messenger)
    WHERE state = 'uncertain' AND kind <> 'private' AND report IS NULL;
CREATE INDEX outbox_asked ON outbox (report) WHERE report IS NOT NULL;
CREATE INDEX outbox_failed ON outbox (message, messenger) WHERE state = 'failed';
CREATE INDEX outbox_sending ON outbox (messenger) WHERE state = 'sending';
CREATE INDEX outbox_channels ON outbox (message) WHERE kind = 'channel';
