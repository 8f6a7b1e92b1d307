-- SQLite's migration 14.

CREATE TABLE numbered (
    campaign TEXT COLLATE "C" PRIMARY KEY REFERENCES campaign (id),
    last     BIGINT NOT NULL
);
INSERT INTO numbered (campaign, last) SELECT id, last_seq FROM campaign;
ALTER TABLE campaign DROP COLUMN last_seq;

CREATE TABLE made (
    campaign TEXT COLLATE "C" NOT NULL REFERENCES campaign (id),
    person   TEXT COLLATE "C" NOT NULL REFERENCES person (name),
    records  BIGINT NOT NULL,
    sum      TEXT   NOT NULL,
    PRIMARY KEY (campaign, person)
);
