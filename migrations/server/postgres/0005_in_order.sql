-- With the words of each line stands the stretch of the list in which it arrived, as a word that no text has, so that those of a stretch
-- are found by themselves (store/words.rs). In the order of the list, so that a stretch's stand together; made in one piece, which takes
-- a fraction of what adding them does.
ALTER TABLE line_words RENAME TO line_words_before;
ALTER TABLE line_words_before RENAME CONSTRAINT line_words_pkey TO line_words_before_pkey;
DROP INDEX line_words_found;

CREATE TABLE line_words (
    key     BIGINT PRIMARY KEY,
    arrived BIGINT NOT NULL,
    words   TSVECTOR NOT NULL
);
INSERT INTO line_words
    SELECT key, arrived, words || array_to_tsvector(ARRAY['/' || arrived / 65536])
    FROM line_words_before JOIN line USING (key) ORDER BY arrived;
DROP TABLE line_words_before;
CREATE INDEX line_words_found ON line_words USING gin (words);

-- SQLite's migration 16.
DROP INDEX line_of_date;
CREATE INDEX line_of_date ON line (campaign, training, date, arrived);
DROP INDEX line_in_order;
CREATE INDEX line_in_order ON line (campaign, training, arrived DESC, date);
