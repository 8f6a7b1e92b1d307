-- Who brought a file. A digest is a name that anybody may have heard: naming it shows nobody its bytes.
CREATE TABLE brought_file (
    sha256 TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (name),
    PRIMARY KEY (sha256, person)
) STRICT;
INSERT INTO brought_file
    SELECT DISTINCT n.sha256, s.collector
    FROM named_file n JOIN story s ON s.id = n.story JOIN file f ON f.sha256 = n.sha256;
