-- Announcements that are to be marked where they stand, because a correction has arrived below them: a row for each such
-- row of the outbox, gone once it is marked or cannot be.
CREATE TABLE mark (
    correction BIGINT PRIMARY KEY,       -- the outbox's row that brought the correction
    told BIGINT NOT NULL,                -- the one that brought the announcement
    messenger TEXT NOT NULL,
    due TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mark_due ON mark (messenger, due);
