//! The index of the stories' words, which each database does in a way of its own.
//!
//! SQLite's FTS5 takes words apart and lets accents be by itself. For PostgreSQL both is done here, by the same rules, so that the
//! same words find the same stories.

use super::Tx;
use super::sql::{Dialect, Value, given};
use crate::error::Result;
use blon_core::search::{asked_for, tokens};

/// The most bytes of a word, and of the words of one story, that are looked for in PostgreSQL: the longest stories have a tenth.
const WORD_BYTES: usize = 1_000;
const WORDS_BYTES: usize = 200_000;

/// The stories that have all the words that somebody looks for.
pub(super) struct Found {
    /// What is true of their lines.
    pub condition: &'static str,
    /// What stands in it.
    pub named: Option<(&'static str, Value)>,
}

impl Tx<'_> {
    /// Adds the words of the line with this key to the index.
    pub(super) fn add_words(&self, key: i64, words: &str) -> Result<()> {
        match self.0.dialect() {
            Dialect::Sqlite => {
                self.execute("INSERT INTO line_words (rowid, words) VALUES (?1, ?2)", given![key, words])?
            }
            Dialect::Postgres => self.execute(
                "INSERT INTO line_words (key, words) VALUES (?1, to_tsvector('simple', ?2))",
                given![key, within(tokens(words))],
            )?,
        };
        Ok(())
    }

    /// Takes the words of the line with this key out of the index.
    pub(super) fn forget_words(&self, key: i64) -> Result<()> {
        let sql = match self.0.dialect() {
            Dialect::Sqlite => "DELETE FROM line_words WHERE rowid = ?1",
            Dialect::Postgres => "DELETE FROM line_words WHERE key = ?1",
        };
        self.execute(sql, given![key])?;
        Ok(())
    }

    /// What was taken out leaves the index with this; until then it only counts as gone. PostgreSQL does that by itself, with what its
    /// vacuum does (docs/postgresql.md).
    pub(super) fn tidy_words(&self) -> Result<()> {
        if self.0.dialect() == Dialect::Sqlite {
            self.execute("INSERT INTO line_words (line_words) VALUES ('optimize')", given![])?;
        }
        Ok(())
    }

    /// Finds the stories that have, for each of these words, one that begins with it; `None` where no word is looked for. For the
    /// questions that follow in this transaction: a page and its counts ask about the same, and a word may be in most of a country's
    /// stories.
    pub(super) fn find_words(&self, words: &str) -> Result<Option<Found>> {
        let words = asked_for(words);
        if words.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.0.dialect() {
            Dialect::Sqlite => {
                // Of this connection alone, and never on the disk.
                self.execute("CREATE TEMP TABLE IF NOT EXISTS found (key INTEGER PRIMARY KEY)", given![])?;
                self.execute("DELETE FROM found", given![])?;
                self.execute(
                    "INSERT INTO found SELECT rowid FROM line_words WHERE line_words MATCH ?1",
                    given![in_fts5(&words)],
                )?;
                Found { condition: "key IN (SELECT key FROM found)", named: None }
            }
            Dialect::Postgres => Found {
                condition: "key IN (SELECT key FROM line_words WHERE words @@ CAST(CAST(:found AS TEXT) AS TSQUERY))",
                named: Some((":found", in_tsquery(&words).into())),
            },
        }))
    }
}

/// As many of these words as PostgreSQL is sure to keep: a list has at most a megabyte there, with what it keeps beside each.
fn within(words: Vec<String>) -> String {
    let mut kept = String::new();
    for word in words.iter().filter(|word| word.len() <= WORD_BYTES) {
        if kept.len() + word.len() > WORDS_BYTES {
            break;
        }
        kept.push_str(word);
        kept.push(' ');
    }
    kept
}

/// In the language of FTS5.
fn in_fts5(words: &[String]) -> String {
    let quoted = |word: &String| format!("\"{}\"*", word.replace('"', "\"\""));
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// In the language of PostgreSQL: what FTS5 takes for several words must stand in a row.
fn in_tsquery(words: &[String]) -> String {
    let in_a_row = |word: &String| {
        let parts: Vec<String> = tokens(word).iter().map(|token| format!("'{token}'")).collect();
        format!("({}:*)", parts.join(" <-> "))
    };
    words.iter().map(in_a_row).collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_are_looked_for_in_both_languages() {
        let words = asked_for("L’eau Kéniéro \"dit");
        assert_eq!(in_fts5(&words), r#""L'eau"* "Kéniéro"* """dit"*"#);
        assert_eq!(in_tsquery(&words), "('l' <-> 'eau':*) & ('keniero':*) & ('dit':*)");
    }
}
