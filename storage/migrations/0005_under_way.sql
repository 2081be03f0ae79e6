-- What is under way, found by its messenger alone; the index over both states was never used for one of them.
CREATE INDEX outbox_sending ON outbox (messenger) WHERE state = 'sending';
DROP INDEX outbox_unsettled;
