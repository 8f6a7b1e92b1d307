-- A supervisor and a verifier work with the same app.

-- What the device's person does: core's Role.
ALTER TABLE enrolment ADD COLUMN role TEXT NOT NULL DEFAULT 'collector';

-- The team's stories as a supervisor lists them; made from records and files, and made anew with the line of a story.
CREATE TABLE review_line (
    story   TEXT    PRIMARY KEY,
    arrived INTEGER NOT NULL, -- the number of its first record here
    body    TEXT    NOT NULL  -- JSON of core's StoryRow
) STRICT;

-- Files that the supervisor asked for; they are fetched before others.
CREATE TABLE wanted_file (
    sha256 TEXT PRIMARY KEY
) STRICT;

-- The claims that a verifier was asked to check, as headquarters told them last.
CREATE TABLE task (
    id        TEXT    PRIMARY KEY,
    position  INTEGER NOT NULL, -- in the order in which they were asked for
    body      TEXT    NOT NULL, -- JSON of core's Task
    withdrawn INTEGER NOT NULL  -- 1 where it is asked for no longer, and something was written of it
) STRICT;

-- What is being written of one: kept at each change, like a draft.
CREATE TABLE report_draft (
    task TEXT PRIMARY KEY,
    body TEXT NOT NULL -- JSON of view::ReportDraft
) STRICT;

-- Who was asked, where there is no key to seal it to: it stays here.
CREATE TABLE informant (
    record TEXT PRIMARY KEY, -- the report
    name   TEXT NOT NULL
) STRICT;
