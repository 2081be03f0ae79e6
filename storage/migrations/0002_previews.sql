-- What a preview showed: a digest of what recording would do, the last entry of the log at that moment, and what
-- became of it (recorded, cancelled, refused, replaced by a newer one).
ALTER TABLE draft ADD COLUMN effect TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN entry BIGINT NOT NULL DEFAULT 0;
ALTER TABLE draft ADD COLUMN became TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN successor BIGINT;

-- How many chats of a kind wish for the same: their platforms in order, parted by spaces; empty: all of them.
-- A preview counts whom it reaches from these, however many chats there are.
ALTER TABLE chat ADD COLUMN wish TEXT;   -- what is counted of it; null: nothing, while it is paused or wishes nothing
CREATE TABLE audience (
    kind TEXT NOT NULL,
    wish TEXT NOT NULL,
    many BIGINT NOT NULL,
    PRIMARY KEY (kind, wish)
);
UPDATE chat SET wish = (
    SELECT group_concat(platform, ' ') FROM (SELECT platform FROM subscription WHERE chat = chat.id ORDER BY platform)
) WHERE paused_at IS NULL;
INSERT INTO audience SELECT kind, wish, count(*) FROM chat WHERE wish IS NOT NULL GROUP BY kind, wish;
CREATE INDEX chat_channels ON chat (id) WHERE kind = 'channel';

-- The method that was last used with a source.
CREATE INDEX observation_source ON observation (source, id);
