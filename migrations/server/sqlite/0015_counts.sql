-- How many stories there are of each kind, kept beside the list: whoever asks does not count a country's stories. And a way into
-- the list for each question that names one collector, one commune, one state or some days.

-- Another word whenever a campaign was changed: whoever knows it as it was under this word need not read it again.
ALTER TABLE numbered ADD COLUMN edition TEXT NOT NULL DEFAULT '';

-- What was in the list is made anew from its stories, and counted with that.
DELETE FROM line_body;
DELETE FROM line;
DROP TABLE line_words;
-- The parts that the list is cut into, by arrival. The words of each stand in an index of its own, "line_words_" and its number
-- here, that is made when its first line is (crates/server/src/store/words.rs).
CREATE TABLE line_part (
    id       INTEGER PRIMARY KEY,
    campaign TEXT    NOT NULL,
    training INTEGER NOT NULL,
    number   INTEGER NOT NULL, -- counted by arrival, as words.rs cuts them
    erased   INTEGER NOT NULL, -- whether words stand in it of a story that is gone
    UNIQUE (campaign, training, number)
) STRICT;
INSERT INTO stale SELECT id FROM story WHERE true ON CONFLICT DO NOTHING;

CREATE TABLE line_count (
    campaign    TEXT    NOT NULL,
    training    INTEGER NOT NULL,
    collector   TEXT    NOT NULL,
    commune     TEXT    NOT NULL,
    sex         TEXT    NOT NULL,
    age_band    TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    stories     INTEGER NOT NULL,
    waiting     INTEGER NOT NULL, -- how many of them wait for a supervisor
    missing     INTEGER NOT NULL, -- how many name files that have not come whole
    individual  INTEGER NOT NULL, -- how many tell of a change at this level
    collective  INTEGER NOT NULL,
    community   INTEGER NOT NULL,
    associative INTEGER NOT NULL,
    PRIMARY KEY (campaign, training, collector, commune, sex, age_band, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX line_count_of_none ON line_count (stories) WHERE stories = 0;

CREATE TABLE line_day (
    campaign  TEXT    NOT NULL,
    training  INTEGER NOT NULL,
    collector TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    date      TEXT    NOT NULL, -- of the interview; empty where it is not known
    stories   INTEGER NOT NULL,
    PRIMARY KEY (campaign, training, collector, status, date)
) STRICT, WITHOUT ROWID;
CREATE INDEX line_day_of_none ON line_day (stories) WHERE stories = 0;

DROP INDEX line_counts;
CREATE INDEX line_of_status ON line (campaign, training, status, arrived DESC);
CREATE INDEX line_of_collector ON line (campaign, training, collector, arrived DESC);
CREATE INDEX line_of_commune ON line (campaign, training, commune, arrived DESC);
CREATE INDEX line_of_date ON line (campaign, training, date);
CREATE INDEX line_missing ON line (campaign, training, arrived DESC) WHERE missing > 0;
CREATE INDEX line_waiting_of_status ON line (campaign, training, status, waiting, arrived) WHERE waiting IS NOT NULL;
