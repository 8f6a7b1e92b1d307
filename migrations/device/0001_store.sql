-- The first shape of a collector's store. The whole file is encrypted by SQLCipher.

-- Whose device this is; one row once enrolled.
CREATE TABLE enrolment (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    url      TEXT    NOT NULL,
    token    TEXT    NOT NULL,
    device   TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    campaign TEXT    NOT NULL, -- JSON of core's Campaign
    since    INTEGER NOT NULL  -- headquarters' `next` of the last sync, 0 at first
) STRICT;

-- What is being written. Not yet a record: it changes at each answer.
CREATE TABLE draft (
    story     TEXT PRIMARY KEY,
    content   TEXT NOT NULL, -- JSON of core's Story
    note      TEXT NOT NULL, -- the collector's note on a correction
    builds_on TEXT NOT NULL, -- JSON of the record ids in sight when it was opened
    saved_at  TEXT NOT NULL
) STRICT;

-- Who told the story. Never part of a record, so it never leaves the device in plain.
CREATE TABLE identity (
    story TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    phone TEXT NOT NULL
) STRICT;

-- Every record this device made or received, as it travels.
CREATE TABLE record (
    seq             INTEGER PRIMARY KEY, -- order in which they came to be here
    id              TEXT NOT NULL UNIQUE,
    story           TEXT NOT NULL,
    body            TEXT NOT NULL,       -- JSON of core's Record
    -- waiting: to be sent; held: headquarters has it; refused: it never will, the collector should look;
    -- set_aside: refused, and answered since by a later correction.
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'refused', 'set_aside')),
    refused_code    TEXT,                -- why, where it was refused
    refused_message TEXT
) STRICT;
CREATE INDEX record_by_story ON record (story);
CREATE INDEX record_waiting ON record (seq) WHERE state = 'waiting';

-- Evidence, in chunks inside the same encrypted file, so that no orphan can be left beside it.
CREATE TABLE file (
    key        INTEGER PRIMARY KEY,
    story      TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    sha256     TEXT              -- absent while the bytes are still coming in
) STRICT;
CREATE INDEX file_by_digest ON file (sha256);
CREATE INDEX file_by_story ON file (story);
CREATE TABLE file_chunk (
    file     INTEGER NOT NULL REFERENCES file (key) ON DELETE CASCADE,
    position INTEGER NOT NULL, -- 0, 1, 2, …
    content  BLOB    NOT NULL, -- at most 256 KiB
    PRIMARY KEY (file, position)
) STRICT;

-- The files that headquarters said it has whole.
CREATE TABLE confirmed_file (
    sha256 TEXT PRIMARY KEY
) STRICT;

-- How each sync ended.
CREATE TABLE sync_log (
    key  INTEGER PRIMARY KEY,
    body TEXT NOT NULL -- JSON of LastSync
) STRICT;
