-- What processes keep for a while, and must know of each other.

-- How often a password was wrong lately.
CREATE TABLE wrong_password (
    name  TEXT    PRIMARY KEY, -- SHA-256 of what was typed as a name, small and without blanks around it: it may be anything
    times INTEGER NOT NULL,
    last  INTEGER NOT NULL     -- Unix milliseconds
) STRICT;

-- What was given out and is good until it is taken: second factors that were offered, tokens of the first start.
CREATE TABLE passing (
    name    TEXT    PRIMARY KEY,
    value   TEXT    NOT NULL,
    expires INTEGER NOT NULL -- Unix seconds
) STRICT;
