//! The list of stories, with an index of their words.
//!
//! A line is made anew only when its story changed: drafts say so by counting their saves, so that keeping an answer
//! costs nothing more; everything else calls [`Tx::make_stale`].

use super::{Tx, unreadable};
use crate::error::Result;
use crate::view::{Shelf, StoryLine, StoryQuery};
use blon_core::id::{Digest, RecordId, StoryId};
use blon_core::search::asked_for;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params, params_from_iter};

/// A line to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRow {
    /// As the list shows it.
    pub line: StoryLine,
    /// Every word of the story that can be searched for.
    pub words: String,
}

/// Which lines are wanted, as SQL reads it, and what its places stand for. Where nothing is narrowed nothing but the kind is asked
/// for, which `line_in_order` tells alone: the lines themselves are several times its length.
struct Wanted {
    sql: String,
    values: Vec<Value>,
}

impl Wanted {
    fn by(query: &StoryQuery) -> Result<Self> {
        let mut wanted = Wanted { sql: "training = ?".to_owned(), values: vec![query.training.into()] };
        if let Some(status) = &query.status {
            wanted.and("status = ?", word_of(status)?);
        }
        if !query.commune.is_empty() {
            wanted.and("commune = ?", query.commune.clone());
        }
        if let Some(level) = &query.level {
            wanted.and("instr(levels, ' ' || ? || ' ') > 0", word_of(level)?);
        }
        let words = every_beginning(&query.words);
        if !words.is_empty() {
            wanted.and("key IN (SELECT rowid FROM line_words WHERE line_words MATCH ?)", words);
        }
        Ok(wanted)
    }

    fn and(&mut self, condition: &str, value: String) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.push(value.into());
    }
}

impl Tx<'_> {
    /// The line of this story must be made anew before the list is shown.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn make_stale(&self, story: StoryId) -> Result<()> {
        self.0.prepare_cached("INSERT OR IGNORE INTO stale VALUES (?1)")?.execute([story.to_string()])?;
        Ok(())
    }

    /// The same for the story of this record.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn make_stale_by_record(&self, record: RecordId) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR IGNORE INTO stale SELECT story FROM record WHERE id = ?1")?
            .execute([record.to_string()])?;
        Ok(())
    }

    /// The same for all stories that name this file.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn make_stale_by_file(&self, sha256: &Digest) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO stale
                   SELECT DISTINCT r.story FROM named_file n JOIN record r ON r.id = n.record WHERE n.sha256 = ?1";
        self.0.prepare_cached(sql)?.execute([sha256.as_str()])?;
        Ok(())
    }

    /// The stories whose line must be made anew.
    ///
    /// # Errors
    /// Those of the store.
    pub fn stale(&self) -> Result<Vec<StoryId>> {
        let mut statement = self.0.prepare_cached(
            "SELECT story FROM stale
             UNION SELECT draft.story FROM draft LEFT JOIN line USING (story) WHERE line.edits IS NOT draft.edits",
        )?;
        let found =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|story| story.parse().map_err(unreadable)).collect()
    }

    /// Every story that has a draft or a record, by id.
    ///
    /// # Errors
    /// Those of the store.
    pub fn story_ids(&self) -> Result<Vec<StoryId>> {
        let mut statement =
            self.0.prepare_cached("SELECT story FROM record UNION SELECT story FROM draft")?;
        let found =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        found.iter().map(|story| story.parse().map_err(unreadable)).collect()
    }

    /// Keeps the line of this story; `None` where there is nothing to show of it.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_line(&self, story: StoryId, row: Option<&LineRow>) -> Result<()> {
        let id = story.to_string();
        self.0.prepare_cached("DELETE FROM stale WHERE story = ?1")?.execute([&id])?;
        let before = self
            .0
            .prepare_cached("SELECT key FROM line WHERE story = ?1")?
            .query_row([&id], |row| row.get::<_, i64>(0))
            .optional()?;
        if let Some(key) = before {
            self.0.prepare_cached("DELETE FROM line_words WHERE rowid = ?1")?.execute([key])?;
            self.0.prepare_cached("DELETE FROM line WHERE key = ?1")?.execute([key])?;
        }
        let Some(LineRow { line, words }) = row else { return Ok(()) };
        let levels = serde_json::to_value(&line.levels)?;
        let levels: Vec<&str> = levels.as_array().into_iter().flatten().filter_map(|l| l.as_str()).collect();
        self.0
            .prepare_cached(
                "INSERT INTO line (story, edits, training, shelf, status, commune, levels, body)
                 VALUES (?1, (SELECT edits FROM draft WHERE story = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                id,
                line.training,
                line.shelf as i64,
                word_of(&line.status)?,
                line.commune,
                format!(" {} ", levels.join(" ")),
                serde_json::to_string(line)?
            ])?;
        let key = self.0.last_insert_rowid();
        self.0
            .prepare_cached("INSERT INTO line_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![key, words])?;
        Ok(())
    }

    /// Takes what was deleted out of the index of words for good: until then it only counts as gone.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn forget_words(&self) -> Result<()> {
        self.0.execute("INSERT INTO line_words (line_words) VALUES ('optimize')", [])?;
        Ok(())
    }

    /// The lines that a query asks for: what asks for something first, then the newest.
    ///
    /// # Errors
    /// Those of the store.
    pub fn lines(&self, query: &StoryQuery) -> Result<Vec<StoryLine>> {
        let Wanted { sql, mut values } = Wanted::by(query)?;
        values.push(query.count.into());
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT body FROM line WHERE {sql} ORDER BY shelf, story DESC LIMIT ?"
        ))?;
        let rows = statement
            .query_map(params_from_iter(values), |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    /// How many lines a query asks for, by shelf.
    ///
    /// # Errors
    /// Those of the store.
    pub fn count_lines(&self, query: &StoryQuery) -> Result<Vec<(Shelf, u32)>> {
        let Wanted { sql, values } = Wanted::by(query)?;
        let mut statement =
            self.0.prepare_cached(&format!("SELECT shelf, count(*) FROM line WHERE {sql} GROUP BY shelf"))?;
        let rows = statement
            .query_map(params_from_iter(values), |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let shelf = |(number, count): (i64, u32)| {
            Some((*Shelf::ALL.iter().find(|shelf| **shelf as i64 == number)?, count))
        };
        Ok(rows.into_iter().filter_map(shelf).collect())
    }
}

/// The word that a value is written as in JSON.
fn word_of(value: &impl serde::Serialize) -> Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

/// In the language of FTS5: stories that have, for each of these words, one that begins with it. How a word is taken
/// apart is left to FTS5, which took the stories' words apart.
pub(crate) fn every_beginning(words: &str) -> String {
    let quoted = |word: &String| format!("\"{}\"*", word.replace('"', "\"\""));
    asked_for(words).iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_searched_for_by_their_beginnings_and_never_read_as_a_language() {
        assert_eq!(every_beginning("  l'eau  du\"fleuve* OR"), "\"l'eau\"* \"du\"\"fleuve*\"* \"OR\"*");
        assert_eq!(every_beginning(" -- \" "), "");
    }
}
