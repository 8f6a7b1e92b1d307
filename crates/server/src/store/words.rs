//! The index of the stories' words, which each database does in a way of its own.
//!
//! For PostgreSQL the words are taken apart here, by the rules of SQLite's FTS5, so that the same words find the same stories.
//!
//! FTS5 reads everything that begins with a word before it gives the first story that has one: in a country's stories that takes
//! seconds for "le". So the list is cut into parts by arrival, each word is kept with its part before it, and the parts are
//! looked through in the order of the list, until enough was found.

use super::counts::FEW;
use super::lines::{named, wanted};
use super::sql::{Dialect, Value, by_name, given};
use super::{LineRow, Tx};
use crate::error::Result;
use crate::people::Sight;
use blon_core::id::CampaignId;
use blon_core::queue::{QueueOrder, QueueQuery};
use blon_core::search::{asked_for, stems, tokens};
use sha2::{Digest, Sha256};

/// The most bytes of a word, and of the words of one story, that are looked for in PostgreSQL: the longest stories have a tenth.
const WORD_BYTES: usize = 1_000;
const WORDS_BYTES: usize = 200_000;

/// How many arrivals are one part of the index.
const PART: i64 = 8192;

/// How many stories are found at most where the list's order is not that of the parts: a page is taken from all of them.
const MOST_FOUND: u32 = 5_000;

/// Which of the stories that have the words are looked for.
pub(super) struct Reach {
    /// Those that arrived before this, where the list has the newest first.
    pub before: i64,
    /// So many, where the list has the newest first.
    pub most: u32,
}

/// The stories that have all the words that somebody looks for.
pub(super) struct Found {
    /// Whether they are noted in the table `found`: what has the words, and all else that the query asks for.
    pub noted: bool,
    /// What is true of their lines, where they are not noted.
    pub condition: &'static str,
    /// What stands in it.
    pub named: Option<(&'static str, Value)>,
    /// Whether there may be more.
    pub at_least: bool,
}

impl Tx<'_> {
    /// Adds the words of lines to the index, each with its key.
    pub(super) fn add_words<'l>(&self, lines: impl Iterator<Item = (i64, &'l LineRow)>) -> Result<()> {
        match self.0.dialect() {
            Dialect::Sqlite => {
                let row = |(key, line): (i64, &LineRow)| {
                    let part = part(&line.campaign, line.row.training, line.arrived);
                    vec![key.into(), in_part(&part, &line.words).into()]
                };
                self.insert("INSERT INTO line_words (rowid, words) VALUES", 2, lines.map(row).collect())
            }
            Dialect::Postgres => lines.into_iter().try_for_each(|(key, line)| {
                let sql = "INSERT INTO line_words (key, words) VALUES (?1, to_tsvector('simple', ?2))";
                self.execute(sql, given![key, within(tokens(&line.words))])?;
                Ok(())
            }),
        }
    }

    /// Takes the words of the lines with these keys out of the index.
    pub(super) fn forget_words(&self, keys: Vec<Value>) -> Result<()> {
        let sql = match self.0.dialect() {
            Dialect::Sqlite => "DELETE FROM line_words WHERE rowid IN :these",
            Dialect::Postgres => "DELETE FROM line_words WHERE key IN :these",
        };
        self.execute_among(sql, given![], keys)
    }

    /// What was taken out leaves the index with this; until then it only counts as gone. PostgreSQL does that by itself, with what its
    /// vacuum does (docs/postgresql.md).
    pub(super) fn tidy_words(&self) -> Result<()> {
        if self.0.dialect() == Dialect::Sqlite {
            self.execute("INSERT INTO line_words (line_words) VALUES ('optimize')", given![])?;
        }
        Ok(())
    }

    /// Finds the stories that a query asks for and that have, for each of its words, one that begins with it; `None` where no word is
    /// looked for. For the questions that follow in this transaction.
    pub(super) fn find_words(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        reach: &Reach,
    ) -> Result<Option<Found>> {
        let words = asked_for(&query.words);
        if words.is_empty() {
            return Ok(None);
        }
        Ok(Some(match self.0.dialect() {
            Dialect::Sqlite => {
                let at_least = self.find_by_part(campaign, sight, query, &words, reach)?;
                Found { noted: true, condition: "1 = 1", named: None, at_least }
            }
            Dialect::Postgres => Found {
                noted: false,
                condition: "key IN (SELECT key FROM line_words WHERE words @@ CAST(CAST(:found AS TEXT) AS TSQUERY))",
                named: Some((":found", in_tsquery(&words).into())),
                at_least: false,
            },
        }))
    }

    /// Notes the stories that come first in the list that a query asks for, and gives whether there may be more.
    fn find_by_part(
        &self,
        campaign: &CampaignId,
        sight: &Sight,
        query: &QueueQuery,
        words: &[String],
        reach: &Reach,
    ) -> Result<bool> {
        // Of this connection alone, and never on the disk.
        self.execute("CREATE TEMP TABLE IF NOT EXISTS found (key INTEGER PRIMARY KEY)", given![])?;
        self.execute("DELETE FROM found", given![])?;
        let state = if query.status.is_some() { "AND status = :status" } else { "" };
        // What has waited longest arrived first, as a rule, and no further.
        let (order, before, mut left) = match query.order {
            QueueOrder::Newest => ("DESC", reach.before, reach.most),
            QueueOrder::Waiting => ("ASC", i64::MAX, MOST_FOUND),
        };
        let mut parts = self.parts(campaign, sight, query)?;
        parts.retain(|part| part * PART < before);
        if query.order == QueueOrder::Newest {
            parts.reverse();
        }
        let sql = format!(
            "INSERT INTO found SELECT line.key FROM line_words CROSS JOIN line ON line.key = line_words.rowid
             WHERE line_words MATCH :sought AND arrived < :before AND {} {state} ORDER BY arrived {order} LIMIT :left",
            wanted(sight, query, None)
        );
        for number in parts {
            let sought = in_fts5(&part(campaign, query.training, number * PART), words);
            let mut named = named(campaign, sight, query, None)?;
            named.extend([(":sought", sought.into()), (":before", before.into()), (":left", left.into())]);
            let (sql, given) = by_name(&sql, named);
            left = left.saturating_sub(u32::try_from(self.execute(&sql, &given)?).unwrap_or(u32::MAX));
            if left == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The parts that lines stand in that a query asks for, whatever their words: of few lines only those, else all.
    fn parts(&self, campaign: &CampaignId, sight: &Sight, query: &QueueQuery) -> Result<Vec<i64>> {
        let (lines, index) = self.way(campaign, sight, query)?;
        if lines > FEW {
            let newest = "SELECT coalesce(max(arrived), 0) FROM line WHERE campaign = ?1 AND training = ?2";
            let newest = self.number(newest, given![campaign, query.training])?;
            return Ok((0..=newest / PART).collect());
        }
        let state = if query.status.is_some() { "AND status = :status" } else { "" };
        let sql = format!(
            "SELECT DISTINCT arrived / {PART} AS part FROM line INDEXED BY {index} WHERE {} {state} ORDER BY part",
            wanted(sight, query, None)
        );
        let (sql, given) = by_name(&sql, named(campaign, sight, query, None)?);
        self.all(&sql, &given, |row| row.get(0))
    }
}

/// What stands before each word of a line: as long for every part, so that no word is taken for another.
fn part(campaign: &CampaignId, training: bool, arrived: i64) -> String {
    let of = Sha256::digest(format!("{campaign} {training}"));
    let of: String = of.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    format!("{of}{:05x}", arrived / PART)
}

/// The words of a text, each with its part before it; accents and capitals are left to FTS5.
fn in_part(part: &str, words: &str) -> String {
    let mut all = String::with_capacity(words.len() * 3);
    for stem in stems(words) {
        all.extend([part, stem, " "]);
    }
    all
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

/// In the language of FTS5, for one part.
fn in_fts5(part: &str, words: &[String]) -> String {
    let quoted = |word: &String| format!("\"{}\"*", in_part(part, word).trim_end());
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
        assert_eq!(in_fts5("7:", &words), r#""7:L 7:eau"* "7:Kéniéro"* "7:dit"*"#);
        assert_eq!(in_tsquery(&words), "('l' <-> 'eau':*) & ('keniero':*) & ('dit':*)");
    }
}
