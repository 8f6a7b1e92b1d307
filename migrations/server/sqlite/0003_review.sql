-- What a supervisor's queue needs: when each record came, and a list of the stories that is found in at once however long
-- it is.

-- When headquarters took it in, in Unix seconds of its own clock; absent for those from before.
ALTER TABLE record ADD COLUMN received INTEGER;

-- The list of stories, made from their records and files. Nothing is kept here alone: it can be made anew at any time.
CREATE TABLE line (
    key       INTEGER PRIMARY KEY,
    story     TEXT    NOT NULL UNIQUE REFERENCES story (id),
    campaign  TEXT    NOT NULL,
    collector TEXT    NOT NULL,
    training  INTEGER NOT NULL,
    arrived   INTEGER NOT NULL, -- the number of its first record: what came later comes first in the list
    waiting   INTEGER,          -- since when it waits for a supervisor, in Unix seconds; absent where it does not
    status    TEXT    NOT NULL,
    commune   TEXT    NOT NULL,
    date      TEXT    NOT NULL, -- of the interview; empty where it is not known
    levels    TEXT    NOT NULL, -- ' individual collective '
    files     INTEGER NOT NULL, -- how many it names
    missing   INTEGER NOT NULL  -- how many of them have not come whole
) STRICT;
CREATE INDEX line_in_order ON line (campaign, training, arrived DESC);
CREATE INDEX line_waiting ON line (campaign, training, waiting, arrived) WHERE waiting IS NOT NULL;
CREATE INDEX line_counts ON line (campaign, training, status, collector);

-- Apart from the line, so that counting lines reads little.
CREATE TABLE line_body (
    key  INTEGER PRIMARY KEY REFERENCES line (key),
    body TEXT NOT NULL -- JSON of StoryRow
) STRICT;

-- Every word of a story, but not of who told it; accents do not matter.
CREATE VIRTUAL TABLE line_words USING fts5(
    words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

-- Stories whose line must be made anew before the list is shown.
CREATE TABLE stale (
    story TEXT PRIMARY KEY REFERENCES story (id)
) STRICT;
INSERT INTO stale SELECT id FROM story;
