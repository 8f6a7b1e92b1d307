-- What a sync on a bad line needs: which files each record names, how much of each file headquarters has, what the line
-- can bear, how wrong the clock is, what was spent, and what cannot be read before the app is updated.

-- Small things that the device remembers: how the line was, what the collector chose.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL -- JSON
) STRICT;

-- The files that the records name.
CREATE TABLE named_file (
    record TEXT NOT NULL REFERENCES record (id),
    sha256 TEXT NOT NULL,
    PRIMARY KEY (record, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX named_file_by_digest ON named_file (sha256);
INSERT OR IGNORE INTO named_file
    SELECT record.id, part.value FROM record, json_tree(record.body) part WHERE part.key = 'sha256';

-- How many bytes of a file headquarters said it has, until it has it whole; of a carried parcel also after.
CREATE TABLE sent_part (
    sha256 TEXT    PRIMARY KEY,
    have   INTEGER NOT NULL
) STRICT;

-- 1 once the bytes left this device, after headquarters had confirmed them.
ALTER TABLE file ADD COLUMN freed INTEGER NOT NULL DEFAULT 0;

-- How many seconds this device's clock was ahead of headquarters' at the sync that sent the record; absent before.
ALTER TABLE record ADD COLUMN skew INTEGER;

-- Records of a newer app: they are read once this one is updated.
CREATE TABLE unread_record (
    seq  INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE -- as headquarters sent it
) STRICT;

-- Bytes of files sent on lines that cost, by day of this device's clock.
CREATE TABLE data_used (
    day   TEXT    PRIMARY KEY,
    bytes INTEGER NOT NULL
) STRICT;

-- The keys to which headquarters seals the receipts for parcels that are on their way.
CREATE TABLE parcel (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL -- an age identity, made for this one parcel
) STRICT;

-- Parcels of others that this device carries to headquarters; their bytes are files of no story.
CREATE TABLE carried (
    sha256  TEXT    PRIMARY KEY,
    file    INTEGER NOT NULL REFERENCES file (key),
    receipt BLOB,          -- once headquarters has the parcel
    problem TEXT           -- JSON of core's Problem, if it never will
) STRICT;
