-- What is told with every sync, kept so that it costs the same however much there is.

-- The last number given to a record, in commit order. Apart from the campaign: a row that holds a whole questionnaire is not written anew
-- for each story.
CREATE TABLE numbered (
    campaign TEXT    PRIMARY KEY REFERENCES campaign (id),
    last     INTEGER NOT NULL
) STRICT;
INSERT INTO numbered (campaign, last) SELECT id, last_seq FROM campaign;
ALTER TABLE campaign DROP COLUMN last_seq;

-- How many records a person's devices made, and core's IdSum of them. Made anew from the records where it is not there.
CREATE TABLE made (
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    person   TEXT    NOT NULL REFERENCES person (name),
    records  INTEGER NOT NULL,
    sum      TEXT    NOT NULL,
    PRIMARY KEY (campaign, person)
) STRICT;
