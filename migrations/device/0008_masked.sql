-- What a collector masked in a story's words, because it told who told it. It is sealed with who did.

CREATE TABLE masked (
    story TEXT    NOT NULL,
    path  TEXT    NOT NULL, -- where the questionnaire keeps the answer
    at    TEXT    NOT NULL, -- the same as comments point at it
    words TEXT    NOT NULL, -- what stood there
    draft INTEGER NOT NULL, -- 1 until the draft that it was masked in is signed off
    PRIMARY KEY (story, path, words)
) STRICT;
