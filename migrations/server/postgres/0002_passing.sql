-- SQLite's migration 13.

CREATE TABLE wrong_password (
    name  TEXT COLLATE "C" PRIMARY KEY,
    times BIGINT NOT NULL,
    last  BIGINT NOT NULL
);

CREATE TABLE passing (
    name    TEXT COLLATE "C" PRIMARY KEY,
    value   TEXT   NOT NULL,
    expires BIGINT NOT NULL
);
