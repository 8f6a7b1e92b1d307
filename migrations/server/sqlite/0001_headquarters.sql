-- The first shape of headquarters' embedded store.

-- What headquarters knows of itself, such as its own address.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE campaign (
    id       TEXT    PRIMARY KEY,
    body     TEXT    NOT NULL, -- JSON of core's Campaign
    last_seq INTEGER NOT NULL  -- the last number given to a record, in commit order
) STRICT;

CREATE TABLE person (
    name     TEXT PRIMARY KEY,
    role     TEXT NOT NULL,
    team     TEXT NOT NULL, -- empty: the team of those without one
    password TEXT           -- argon2id, PHC format; absent for who only enrols a device
) STRICT;

-- One-time codes, as their hash.
CREATE TABLE enrolment_code (
    hash     TEXT    PRIMARY KEY,
    person   TEXT    NOT NULL REFERENCES person (name),
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    expires  INTEGER NOT NULL -- Unix seconds
) STRICT;

CREATE TABLE device (
    id          TEXT    PRIMARY KEY,
    person      TEXT    NOT NULL REFERENCES person (name),
    campaign    TEXT    NOT NULL REFERENCES campaign (id),
    token       TEXT    NOT NULL UNIQUE, -- the hash of the device's secret
    enrolled_at INTEGER NOT NULL         -- Unix seconds
) STRICT;

-- Who is signed in to the pages.
CREATE TABLE session (
    hash    TEXT    PRIMARY KEY, -- of the cookie's secret
    person  TEXT    NOT NULL REFERENCES person (name),
    csrf    TEXT    NOT NULL,
    expires INTEGER NOT NULL     -- Unix seconds
) STRICT;

-- A story exists here from its first revision on.
CREATE TABLE story (
    id        TEXT PRIMARY KEY,
    campaign  TEXT NOT NULL REFERENCES campaign (id),
    collector TEXT NOT NULL REFERENCES person (name)
) STRICT;
CREATE INDEX story_by_campaign ON story (campaign, collector);

CREATE TABLE record (
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    seq      INTEGER NOT NULL, -- increasing in each campaign, in commit order
    id       TEXT    NOT NULL UNIQUE,
    story    TEXT    NOT NULL REFERENCES story (id),
    device   TEXT,             -- where it was made; absent for headquarters' own pages
    body     TEXT    NOT NULL, -- JSON of core's Record
    PRIMARY KEY (campaign, seq)
) STRICT;
CREATE INDEX record_by_story ON record (story, seq);

-- The files that the stories name.
CREATE TABLE named_file (
    story      TEXT    NOT NULL REFERENCES story (id),
    sha256     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    PRIMARY KEY (story, sha256)
) STRICT;
CREATE INDEX named_file_by_digest ON named_file (sha256);

-- The files that headquarters has whole.
CREATE TABLE file (
    sha256 TEXT    PRIMARY KEY,
    bytes  INTEGER NOT NULL
) STRICT;
