-- Storytellers who take their consent back.

-- Every withdrawal that was taken, for good: nothing of a story with such a code is kept, whenever it comes.
CREATE TABLE withdrawal (
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    code     TEXT    NOT NULL, -- core's WithdrawalCode
    taken    INTEGER NOT NULL, -- Unix seconds of headquarters' clock
    by       TEXT,             -- who took it; absent for whoever used the tool on headquarters' own machine
    device   TEXT,             -- on which device; absent for headquarters' pages and tool
    clock    INTEGER,          -- Unix seconds of that device's clock, right or wrong
    erased   INTEGER,          -- when a story with this code was erased here; absent while none was
    files    INTEGER NOT NULL, -- how many files were erased with it
    PRIMARY KEY (campaign, code)
) STRICT;

-- What is left of the records of an erased story: their ids and numbers, by which devices know where they had come to.
CREATE TABLE erased_record (
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    seq      INTEGER NOT NULL,
    id       TEXT    NOT NULL UNIQUE,
    PRIMARY KEY (campaign, seq)
) STRICT;

-- Files that no story names any more, and whose bytes are to leave the disk.
CREATE TABLE file_to_erase (
    sha256 TEXT PRIMARY KEY
) STRICT;
