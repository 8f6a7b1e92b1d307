-- Who told the stories, sealed to the campaign's custodians: headquarters has no key to it.
CREATE TABLE sealed_identity (
    record   TEXT    PRIMARY KEY, -- that signed the story off
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    story    TEXT    NOT NULL REFERENCES story (id),
    sealed   BLOB    NOT NULL,    -- a file of age
    received INTEGER NOT NULL     -- Unix seconds
) STRICT;
CREATE INDEX sealed_identity_by_story ON sealed_identity (story);
CREATE INDEX sealed_identity_by_campaign ON sealed_identity (campaign, received);
