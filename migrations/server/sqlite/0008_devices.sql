-- What a device tells of itself, and having one erased. Of a device that was shut out before, `revoked` is 2 then: it is heard
-- once more, for that alone.

ALTER TABLE device ADD COLUMN app            TEXT;    -- the version of its app; absent for one that never told
ALTER TABLE device ADD COLUMN outbox_records INTEGER; -- what it still held after its last sync; absent as above
ALTER TABLE device ADD COLUMN outbox_files   INTEGER;
ALTER TABLE device ADD COLUMN outbox_bytes   INTEGER; -- of those files
ALTER TABLE device ADD COLUMN free_mb        INTEGER; -- megabytes of 1,000,000 bytes
ALTER TABLE device ADD COLUMN erase_asked    INTEGER; -- Unix seconds: since when it is to erase itself
ALTER TABLE device ADD COLUMN erase_told     INTEGER; -- when it was first told
ALTER TABLE device ADD COLUMN erased         INTEGER; -- when it said that it had
