-- Storytellers who take their consent back: nothing of a story with such a code is kept here, whenever it comes.
CREATE TABLE withdrawal (
    code  TEXT    PRIMARY KEY, -- core's WithdrawalCode
    clock TEXT    NOT NULL,    -- when it was taken here, or heard of
    here  INTEGER NOT NULL,    -- 1 where it was taken on this device
    told  INTEGER NOT NULL     -- 1 once headquarters said that it knows
) STRICT;
