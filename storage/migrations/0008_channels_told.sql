-- The channels among the recipients of a message: few, and to be counted apart from a million chats.
CREATE INDEX outbox_channels ON outbox (message) WHERE kind = 'channel';
