-- Running a collection in the browser: plans, questionnaires before and after they are published, invitations, second factors,
-- sessions that can be seen and ended, tokens for programs.

-- What headquarters plans and devices need not know: JSON of core's Plan.
ALTER TABLE campaign ADD COLUMN plan TEXT NOT NULL DEFAULT '{}';

-- What the campaign asks, in short: JSON of view::Asks; absent where it asks nothing, or was kept by an older headquarters.
ALTER TABLE campaign ADD COLUMN asks TEXT;

-- Every questionnaire that was uploaded for a campaign; what is asked now stands in the campaign itself.
CREATE TABLE questionnaire (
    campaign  TEXT    NOT NULL REFERENCES campaign (id),
    number    INTEGER NOT NULL, -- from 1 on in each campaign
    form      TEXT    NOT NULL, -- what its versions share
    version   TEXT    NOT NULL,
    asks      TEXT    NOT NULL, -- JSON of view::Asks
    body      TEXT    NOT NULL, -- JSON of core's Workbook
    uploaded  INTEGER NOT NULL, -- Unix seconds
    by        TEXT,             -- absent for whoever used the tool
    published INTEGER,          -- Unix seconds; absent for a draft, of which there is one at most
    PRIMARY KEY (campaign, number)
) STRICT;
CREATE UNIQUE INDEX questionnaire_draft ON questionnaire (campaign) WHERE published IS NULL;

-- The second factor of who has one (RFC 6238): its secret, and the last step of time whose code was used.
ALTER TABLE person ADD COLUMN second_factor TEXT; -- base 32
ALTER TABLE person ADD COLUMN factor_step INTEGER;

-- One who is invited chooses a password, once. The secret is kept as its hash; a new invitation replaces the one before.
CREATE TABLE invitation (
    person  TEXT    PRIMARY KEY REFERENCES person (name),
    hash    TEXT    NOT NULL UNIQUE,
    expires INTEGER NOT NULL -- Unix seconds
) STRICT;

-- Sessions get a number to be ended by, and what their owner knows them by.
DROP TABLE session;
CREATE TABLE session (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    TEXT    NOT NULL UNIQUE, -- of the cookie's secret
    person  TEXT    NOT NULL REFERENCES person (name),
    csrf    TEXT    NOT NULL,
    begun   INTEGER NOT NULL, -- Unix seconds
    used    INTEGER NOT NULL, -- Unix seconds, to the minute
    expires INTEGER NOT NULL, -- Unix seconds
    browser TEXT    NOT NULL  -- what it calls itself
) STRICT;

-- One-time codes get a number to be taken back by.
CREATE TABLE numbered_code (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     TEXT    NOT NULL UNIQUE,
    person   TEXT    NOT NULL REFERENCES person (name),
    campaign TEXT    NOT NULL REFERENCES campaign (id),
    expires  INTEGER NOT NULL -- Unix seconds
) STRICT;
INSERT INTO numbered_code (hash, person, campaign, expires) SELECT hash, person, campaign, expires FROM enrolment_code;
DROP TABLE enrolment_code;
ALTER TABLE numbered_code RENAME TO enrolment_code;

-- Tokens for programs, as their hash.
CREATE TABLE api_token (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    TEXT    NOT NULL UNIQUE,
    person  TEXT    NOT NULL REFERENCES person (name),
    name    TEXT    NOT NULL,
    scopes  TEXT    NOT NULL, -- JSON list of view::Scope
    made    INTEGER NOT NULL, -- Unix seconds
    expires INTEGER NOT NULL, -- Unix seconds
    used    INTEGER           -- Unix seconds, to the minute
) STRICT;

-- Who told a story, for the figures of a campaign.
ALTER TABLE line ADD COLUMN sex      TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN age_band TEXT NOT NULL DEFAULT '';
INSERT OR IGNORE INTO stale SELECT id FROM story;
