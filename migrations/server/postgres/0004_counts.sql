-- SQLite's migration 15.

ALTER TABLE numbered ADD COLUMN edition TEXT NOT NULL DEFAULT '';

DELETE FROM line_words;
DELETE FROM line_body;
DELETE FROM line;
INSERT INTO stale SELECT id FROM story WHERE true ON CONFLICT DO NOTHING;

CREATE TABLE line_count (
    campaign    TEXT COLLATE "C" NOT NULL,
    training    BIGINT NOT NULL,
    collector   TEXT COLLATE "C" NOT NULL,
    commune     TEXT COLLATE "C" NOT NULL,
    sex         TEXT COLLATE "C" NOT NULL,
    age_band    TEXT COLLATE "C" NOT NULL,
    status      TEXT COLLATE "C" NOT NULL,
    stories     BIGINT NOT NULL,
    waiting     BIGINT NOT NULL,
    missing     BIGINT NOT NULL,
    individual  BIGINT NOT NULL,
    collective  BIGINT NOT NULL,
    community   BIGINT NOT NULL,
    associative BIGINT NOT NULL,
    PRIMARY KEY (campaign, training, collector, commune, sex, age_band, status)
);
CREATE INDEX line_count_of_none ON line_count (stories) WHERE stories = 0;

CREATE TABLE line_day (
    campaign  TEXT COLLATE "C" NOT NULL,
    training  BIGINT NOT NULL,
    collector TEXT COLLATE "C" NOT NULL,
    status    TEXT COLLATE "C" NOT NULL,
    date      TEXT COLLATE "C" NOT NULL,
    stories   BIGINT NOT NULL,
    PRIMARY KEY (campaign, training, collector, status, date)
);
CREATE INDEX line_day_of_none ON line_day (stories) WHERE stories = 0;

DROP INDEX line_counts;
CREATE INDEX line_of_status ON line (campaign, training, status, arrived DESC);
CREATE INDEX line_of_collector ON line (campaign, training, collector, arrived DESC);
CREATE INDEX line_of_commune ON line (campaign, training, commune, arrived DESC);
CREATE INDEX line_of_date ON line (campaign, training, date);
CREATE INDEX line_missing ON line (campaign, training, arrived DESC) WHERE missing > 0;
CREATE INDEX line_waiting_of_status ON line (campaign, training, status, waiting, arrived) WHERE waiting IS NOT NULL;
