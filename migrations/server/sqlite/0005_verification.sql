-- Verification: who was asked, and files that others than a story's collector bring.

-- What verifiers were asked for; made from the records that ask.
CREATE TABLE task (
    record   TEXT PRIMARY KEY REFERENCES record (id),
    story    TEXT NOT NULL REFERENCES story (id),
    campaign TEXT NOT NULL REFERENCES campaign (id),
    verifier TEXT NOT NULL REFERENCES person (name)
) STRICT;
CREATE INDEX task_by_verifier ON task (campaign, verifier);

-- A file is named by whoever made the record that names it, and is theirs to bring.
CREATE TABLE named_file_by_person (
    story      TEXT    NOT NULL REFERENCES story (id),
    sha256     TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    media_type TEXT    NOT NULL,
    person     TEXT    NOT NULL REFERENCES person (name),
    PRIMARY KEY (story, sha256, person)
) STRICT;
INSERT INTO named_file_by_person
    SELECT n.story, n.sha256, n.bytes, n.media_type, s.collector FROM named_file n JOIN story s ON s.id = n.story;
DROP TABLE named_file;
ALTER TABLE named_file_by_person RENAME TO named_file;
CREATE INDEX named_file_by_digest ON named_file (sha256);
CREATE INDEX named_file_of_person ON named_file (person);
-- What somebody's devices made.
CREATE INDEX record_by_device ON record (device, campaign) WHERE device IS NOT NULL;
