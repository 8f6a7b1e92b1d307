-- Running a collection: people who leave, devices that are lost, and who did what when.

ALTER TABLE person ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0; -- 1: neither signs in nor syncs
ALTER TABLE device ADD COLUMN revoked  INTEGER NOT NULL DEFAULT 0; -- 1: its secret opens nothing any more

-- What was done to the collection itself. Rows are only ever added, and each is chained to the one before.
CREATE TABLE audit (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL, -- Unix seconds
    who   TEXT,             -- absent for whoever uses the tool on headquarters' own machine
    what  TEXT    NOT NULL, -- a word of audit::What
    about TEXT    NOT NULL, -- to whom, or to what
    hash  TEXT    NOT NULL  -- SHA-256 over the hash before and this row
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is not shortened'); END;
