-- Who may do what, beside the owners that the settings name. Whoever is forgotten has no role any more.
ALTER TABLE person ADD COLUMN chat TEXT;     -- the private chat, where its id is another than the person's
CREATE TABLE role (
    person BIGINT PRIMARY KEY REFERENCES person (number) ON DELETE CASCADE,
    role BIGINT NOT NULL         -- 1 reviewer, 2 admin, 3 owner
);

-- Doors for one person each; of the word that opens one only the hash is kept.
CREATE TABLE invitation (
    hash TEXT PRIMARY KEY,
    role BIGINT NOT NULL,
    invited_by BIGINT NOT NULL,
    expires TEXT NOT NULL,
    used_by BIGINT               -- our number for who came through it
);

-- What people did and from which chat: for what the log has, the numbers of its entries; for the rest, what was
-- before and after. Only ever added to. A private chat is empty here: its id is the person's, who may be forgotten.
CREATE TABLE deed (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    person BIGINT,               -- our own number; null: the program
    messenger TEXT NOT NULL,
    chat TEXT NOT NULL,
    thread TEXT NOT NULL DEFAULT '',
    word TEXT NOT NULL,          -- the command
    body TEXT NOT NULL,          -- JSON
    first_entry BIGINT,
    last_entry BIGINT
);
INSERT INTO deed (at, person, messenger, chat, word, body, first_entry, last_entry)
SELECT at, log.person, coalesce(messenger, ''), '', kind, '{}', id, id
FROM log LEFT JOIN person ON person.number = log.person
WHERE log.person IS NOT NULL ORDER BY id;

-- What was refused: a line for each person and command, however often it was tried.
CREATE TABLE refused (
    messenger TEXT NOT NULL,
    sender TEXT NOT NULL,
    word TEXT NOT NULL,
    why TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (messenger, sender, word, why)
);
CREATE INDEX refused_last ON refused (last_at);
