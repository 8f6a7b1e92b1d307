-- What an interview on the screen needs: where the collector is, a way back from deleting, recordings that survive a
-- kill, practice kept apart, and a list that is found in at once however long it is.

ALTER TABLE draft ADD COLUMN at        TEXT    NOT NULL DEFAULT ''; -- the answer where the collector was, by its path
ALTER TABLE draft ADD COLUMN on_screen INTEGER NOT NULL DEFAULT 0;  -- 1 for the one draft that is on the screen
ALTER TABLE draft ADD COLUMN edits     INTEGER NOT NULL DEFAULT 0;  -- grows with each save

-- Drafts that were deleted and can be brought back.
CREATE TABLE discarded_draft (
    story        TEXT PRIMARY KEY,
    content      TEXT NOT NULL,
    note         TEXT NOT NULL,
    builds_on    TEXT NOT NULL,
    answers      TEXT,
    at           TEXT NOT NULL,
    discarded_at TEXT NOT NULL
) STRICT;

-- Answers of a signed-off story that no question asked for any more. Nobody can say what they are, so they never leave
-- the device.
CREATE TABLE unasked (
    story   TEXT PRIMARY KEY,
    answers TEXT NOT NULL -- JSON of core's Answers
) STRICT;

-- For a recording that is running: the answer it is for, by its path.
ALTER TABLE file ADD COLUMN answer TEXT;
-- JSON of the places that were marked while it ran, in milliseconds.
ALTER TABLE file ADD COLUMN marks  TEXT NOT NULL DEFAULT '[]';

-- Practice goes after all that counts, and never in the same batch.
ALTER TABLE record ADD COLUMN training INTEGER NOT NULL DEFAULT 0;

-- The list of stories, made from drafts and records. Nothing is kept here alone: it can be made anew at any time.
CREATE TABLE line (
    key      INTEGER PRIMARY KEY,
    story    TEXT    NOT NULL UNIQUE,
    edits    INTEGER,          -- of the draft it was made from; absent where there was none
    training INTEGER NOT NULL,
    shelf    INTEGER NOT NULL, -- what asks for something comes first: view::Shelf
    status   TEXT    NOT NULL,
    commune  TEXT    NOT NULL,
    levels   TEXT    NOT NULL, -- ' individual collective '
    body     TEXT    NOT NULL  -- JSON of StoryLine
) STRICT;
CREATE INDEX line_in_order ON line (training, shelf, story DESC);

-- Every word of a story, but not of who told it; accents do not matter.
CREATE VIRTUAL TABLE line_words USING fts5(
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Stories whose line must be made anew before the list is shown.
CREATE TABLE stale (
    story TEXT PRIMARY KEY
) STRICT;
INSERT INTO stale SELECT story FROM record UNION SELECT story FROM draft;
