-- How deliveries went: what became of each attempt, how many ended how, and what the admins were asked and told.

ALTER TABLE message ADD COLUMN kind TEXT NOT NULL DEFAULT 'alert';   -- alert; report: to the admins, its body {"report": 12}
ALTER TABLE message ADD COLUMN rows_after BIGINT NOT NULL DEFAULT 0; -- the last row of the outbox when it left: its own come after
ALTER TABLE outbox ADD COLUMN reason TEXT NOT NULL DEFAULT '';       -- of a failed row: gone, rejected
ALTER TABLE outbox ADD COLUMN report BIGINT;                         -- of a doubtful row: the question to the admins
ALTER TABLE outbox ADD COLUMN sure BIGINT NOT NULL DEFAULT 0;        -- of `parts` those that go whatever becomes of what the row follows
UPDATE outbox SET sure = parts WHERE follows IS NULL;

-- A row of the outbox says how it stands since its last change; what the next change overwrites is kept here. What is
-- sent at the first try needs none.
CREATE TABLE trial (
    id INTEGER PRIMARY KEY,
    outbox BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    at TEXT NOT NULL,
    became TEXT NOT NULL,        -- pending, uncertain; or sent, where an admin says so
    detail TEXT NOT NULL DEFAULT '',
    sent_id TEXT NOT NULL DEFAULT '',
    person BIGINT,               -- the admin who decided it; null: the program
    report BIGINT                -- the question that this answers
);
CREATE INDEX trial_outbox ON trial (outbox);
CREATE INDEX trial_report ON trial (report) WHERE report IS NOT NULL;

-- How many rows of a message stand how on a messenger: counted along, since there may be a million of them.
CREATE TABLE tally (
    message BIGINT NOT NULL,
    messenger TEXT NOT NULL,
    state TEXT NOT NULL,         -- open (held, pending or sending), sent, uncertain, failed, expired, cancelled
    reason TEXT NOT NULL,
    many BIGINT NOT NULL,
    PRIMARY KEY (message, messenger, state, reason)
);

-- What the admins were told by the bot itself, each once.
CREATE TABLE report (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,          -- doubt: which rows may have arrived; failures: what did not arrive for good
    message BIGINT NOT NULL REFERENCES message (id),
    messenger TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE UNIQUE INDEX report_failures ON report (message, messenger) WHERE kind = 'failures';

-- What waits for something other than its time: for the end of the announcement that it corrects, or for its chat.
UPDATE outbox SET state = 'held' WHERE state = 'pending' AND (
    follows IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox AS told
        WHERE told.id = outbox.follows AND told.state IN ('sent', 'uncertain'))
    OR EXISTS (SELECT 1 FROM chat WHERE chat.messenger = outbox.messenger AND chat.chat = outbox.chat
        AND chat.thread = outbox.thread AND paused_at IS NOT NULL));

INSERT INTO tally
SELECT message, messenger, CASE WHEN state IN ('held', 'pending', 'sending') THEN 'open' ELSE state END, '', count(*)
FROM outbox GROUP BY 1, 2, 3;
-- What failed before there were reports is no news.
INSERT INTO report (kind, message, messenger, at)
SELECT DISTINCT 'failures', tally.message, messenger, coalesce(left_at, '')
FROM tally JOIN message ON message.id = tally.message WHERE tally.state IN ('failed', 'expired');

CREATE INDEX outbox_open ON outbox (message) WHERE state IN ('pending', 'held');
CREATE INDEX outbox_doubtful ON outbox (message, messenger)
    WHERE state = 'uncertain' AND kind <> 'private' AND report IS NULL;
CREATE INDEX outbox_asked ON outbox (report) WHERE report IS NOT NULL;
CREATE INDEX outbox_failed ON outbox (message, messenger) WHERE state = 'failed';
CREATE INDEX tally_expired ON tally (messenger, message) WHERE state = 'expired';
CREATE INDEX tally_open ON tally (message) WHERE state = 'open';
