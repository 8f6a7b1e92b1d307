-- Who told a story, sealed to the campaign's custodians.

ALTER TABLE identity ADD COLUMN place  TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN sealed TEXT; -- the record with which this very identity was sealed; absent while it is not

-- It goes with the record, and again where headquarters was brought back from a backup. Nobody can read it here.
CREATE TABLE sealed_identity (
    record TEXT    PRIMARY KEY,
    story  TEXT    NOT NULL,
    sealed TEXT    NOT NULL, -- core's SealedFile
    told   INTEGER NOT NULL  -- 1 once headquarters has it
) STRICT;
CREATE INDEX sealed_identity_by_story ON sealed_identity (story);
