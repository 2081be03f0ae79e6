-- The record. Rows of log, observation, claim and review are written once and never changed.
-- Times are ISO 8601 in UTC; days are ISO dates; counts are whole people, shares hundredths of a point.

-- Accepted commands, and the departures of announcements, in order. `hash` seals each entry with all before it.
CREATE TABLE log (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,          -- observe, correct, retract, review, claim, undo, rules, hold, release, depart
    at TEXT NOT NULL,
    person BIGINT,               -- our own number; null: the program itself
    target BIGINT,               -- of an undo: the entry that it takes back
    body TEXT NOT NULL,          -- JSON: all that the engine needs to do the same again
    hash TEXT NOT NULL
);
CREATE INDEX log_undone ON log (target) WHERE target IS NOT NULL;
CREATE INDEX log_person ON log (person, id);
CREATE INDEX log_everywhere ON log (id) WHERE kind IN ('rules', 'release');

-- On which lanes an entry bears: what an undo must play again.
CREATE TABLE log_lane (
    metric TEXT NOT NULL,
    scope TEXT NOT NULL,
    lane TEXT NOT NULL,
    entry BIGINT NOT NULL REFERENCES log (id),
    PRIMARY KEY (metric, scope, lane, entry)
);
CREATE INDEX log_lane_entry ON log_lane (entry);

CREATE TABLE observation (
    id INTEGER PRIMARY KEY,
    command BIGINT NOT NULL REFERENCES log (id),
    root BIGINT NOT NULL,        -- the first version of its chain
    platform TEXT NOT NULL,
    metric TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    method TEXT NOT NULL,
    release_name TEXT,
    q TEXT NOT NULL,
    lo BIGINT NOT NULL,
    hi BIGINT,                   -- null: no upper end
    res BIGINT NOT NULL,         -- unit of the last digit that was written
    n BIGINT,                    -- sample size of a poll
    calendar TEXT NOT NULL,
    precision_ TEXT NOT NULL,
    year BIGINT NOT NULL,
    month BIGINT,
    day BIGINT,
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    speaker TEXT NOT NULL DEFAULT '',
    via TEXT NOT NULL DEFAULT '',
    quote TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
);
CREATE INDEX observation_command ON observation (command);
CREATE INDEX observation_root ON observation (root);

-- Which versions hold now: neither superseded nor retracted nor undone.
CREATE TABLE live (
    observation BIGINT PRIMARY KEY REFERENCES observation (id),
    platform TEXT NOT NULL,
    metric TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    method TEXT NOT NULL,
    last_day TEXT NOT NULL,
    first_day TEXT NOT NULL
);
CREATE INDEX live_lane ON live (metric, scope, source, method, platform, last_day, first_day);
CREATE INDEX live_platform ON live (platform, metric, scope, last_day, first_day);

CREATE TABLE review (
    domestic_root BIGINT NOT NULL,
    foreign_root BIGINT NOT NULL,
    command BIGINT NOT NULL REFERENCES log (id),
    PRIMARY KEY (domestic_root, foreign_root, command)
);

CREATE TABLE claim (
    id INTEGER PRIMARY KEY,
    command BIGINT NOT NULL REFERENCES log (id),
    winner TEXT NOT NULL,
    loser TEXT NOT NULL,
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    method TEXT NOT NULL,
    calendar TEXT NOT NULL,
    precision_ TEXT NOT NULL,
    year BIGINT NOT NULL,
    month BIGINT,
    day BIGINT,
    speaker TEXT NOT NULL DEFAULT '',
    via TEXT NOT NULL DEFAULT '',
    quote_fa TEXT NOT NULL DEFAULT '',
    quote_en TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL
);
CREATE INDEX review_foreign ON review (foreign_root);
CREATE INDEX claim_winner ON claim (winner);
CREATE INDEX claim_loser ON claim (loser);

-- Sources and methods that editors named, beside the bundled ones; `folded` is the name as it is matched.
CREATE TABLE named (
    kind TEXT NOT NULL,          -- source, method
    key TEXT NOT NULL,
    name TEXT NOT NULL,          -- as first written
    folded TEXT NOT NULL,
    PRIMARY KEY (kind, key),
    UNIQUE (kind, folded)
);

-- Groups whose message waits until somebody releases it.
CREATE TABLE kept_back (release_group TEXT PRIMARY KEY);

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- The ledger: for each crossing of a contest, what the readers were told. A cache that replaying the log rebuilds.
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    domestic_platform TEXT NOT NULL,
    foreign_platform TEXT NOT NULL,
    metric TEXT NOT NULL,
    scope TEXT NOT NULL,
    lane TEXT NOT NULL,
    number BIGINT,               -- of the announcement; null while it is silent
    body TEXT NOT NULL,          -- JSON of sebghat.notes.Item
    last_day TEXT NOT NULL,      -- its reach: figures that come in after this key leave it as it is
    first_day TEXT NOT NULL,
    release_group TEXT,          -- group and `since` of the note that waits, if one does
    since TEXT
);
CREATE INDEX item_contest ON item (metric, scope, lane, domestic_platform, foreign_platform, last_day, first_day);
CREATE INDEX item_group ON item (release_group) WHERE release_group IS NOT NULL;
CREATE UNIQUE INDEX item_number ON item (number) WHERE number IS NOT NULL;

-- Of each contest the fold of all but its newest snapshots, which new figures go on from. Such a cache, too.
CREATE TABLE checkpoint (
    domestic_platform TEXT NOT NULL,
    foreign_platform TEXT NOT NULL,
    metric TEXT NOT NULL,
    scope TEXT NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,          -- JSON of sebghat.contest.Base
    PRIMARY KEY (metric, scope, lane, domestic_platform, foreign_platform)
);

-- Numbers of announcements, given out once and never again, with what they name or last named.
CREATE TABLE announcement (
    number INTEGER PRIMARY KEY,
    domestic_platform TEXT NOT NULL,
    foreign_platform TEXT NOT NULL,
    body TEXT NOT NULL           -- JSON of the item as it was last
);

-- A message: the notes of one group that leave together.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    release_group TEXT NOT NULL,
    state TEXT NOT NULL,         -- held, left, cancelled
    due TEXT,                    -- null: kept back until released
    body TEXT NOT NULL,          -- JSON: the notes in order, each with its number
    left_at TEXT,
    spread_to BIGINT,            -- the last chat that has become a row of the outbox; null: all have
    spread_limit BIGINT,         -- the newest chat when it left
    follow_to BIGINT             -- likewise the last row of an earlier message that a correction follows; null: all
);
CREATE UNIQUE INDEX message_held ON message (release_group) WHERE state = 'held';
CREATE INDEX message_due ON message (due) WHERE state = 'held';
CREATE INDEX message_spreading ON message (id) WHERE spread_to IS NOT NULL OR follow_to IS NOT NULL;

-- Which messages told of an announcement, and as which of their notes.
CREATE TABLE told (
    number BIGINT NOT NULL,
    message BIGINT NOT NULL REFERENCES message (id),
    part BIGINT NOT NULL,        -- 1 for the first note, 2 for the second, 4 for the third …
    PRIMARY KEY (number, message)
);

CREATE TABLE chat (
    id INTEGER PRIMARY KEY,
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    language TEXT,               -- null: the setting's
    paused_at TEXT,              -- blocked or gone; its next message brings it back
    first_seen TEXT NOT NULL,
    UNIQUE (messenger, chat, thread)
);

CREATE TABLE subscription (
    chat BIGINT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
    platform TEXT NOT NULL DEFAULT '',   -- empty: all of them
    at TEXT NOT NULL,
    PRIMARY KEY (chat, platform)
);

-- One message on its way to one destination.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    message BIGINT NOT NULL REFERENCES message (id),
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    language TEXT,
    rank BIGINT NOT NULL,        -- channels first, then who asked for the platform, then the rest
    state TEXT NOT NULL,         -- pending, sending, sent, uncertain, failed, expired, cancelled
    attempts BIGINT NOT NULL DEFAULT 0,
    doubts BIGINT NOT NULL DEFAULT 0,    -- attempts that may have arrived
    due TEXT NOT NULL,
    tried_at TEXT,
    settled_at TEXT,
    sent_id TEXT,                -- the messenger's id of what was sent
    parts BIGINT NOT NULL,       -- which notes of the message concern this destination, one bit each
    follows BIGINT,              -- of a correction: the row that brought the announcement there
    detail TEXT NOT NULL DEFAULT '',
    UNIQUE (message, messenger, chat, thread)
);
CREATE INDEX outbox_claim ON outbox (messenger, due, rank, id) WHERE state = 'pending';
CREATE INDEX outbox_follows ON outbox (follows) WHERE follows IS NOT NULL;
CREATE INDEX outbox_unsettled ON outbox (state) WHERE state IN ('sending', 'uncertain');

-- People by a number of our own: the log names them by it, and forgetting them deletes the row here alone.
CREATE TABLE person (
    number INTEGER PRIMARY KEY,
    messenger TEXT NOT NULL,
    sender TEXT NOT NULL,
    UNIQUE (messenger, sender)
);

-- A preview that waits to be recorded.
CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    person BIGINT NOT NULL,
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL,
    body TEXT NOT NULL,          -- JSON of the readings
    at TEXT NOT NULL,
    taken_at TEXT
);
CREATE INDEX draft_newest ON draft (person, messenger, chat, thread, id);

-- Messages already answered, so that a redelivered one is not answered twice.
CREATE TABLE seen (
    messenger TEXT NOT NULL,
    key TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (messenger, key)
);
CREATE INDEX seen_at ON seen (at);
