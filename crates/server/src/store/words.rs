//! The index of the stories' words, which each database does in a way of its own.
//!
//! For PostgreSQL the words are taken apart here, by the rules of SQLite's FTS5, so that the same words find the same stories.
//!
//! FTS5 reads everything that begins with a word before it gives the first story that has one, and the more it holds, the more often
//! it merges what it holds: in a country's stories "le" takes seconds to find, and a story's words several times as long to add as
//! in a village's. So the list is cut into parts by arrival, each with an index of its own, and the parts are looked through in
//! the order of the list, until enough was found.
//!
//! PostgreSQL keeps one index, and finds by it at once how many have a word; to look each of them up is what takes its time. So those
//! are looked up that arrived in one stretch of the list, then in the next ([`Tx::stretches`]), until enough was found.

use super::counts::FEW;
use super::lines::{named, wanted};
use super::sql::{Dialect, Value, by_name, given};
use super::{LineRow, Tx};
use crate::error::Result;
use crate::people::Sight;
use blon_core::id::CampaignId;
use blon_core::queue::{QueueOrder, QueueQuery};
use blon_core::search::{asked_for, tokens};
use std::collections::BTreeMap;
use std::ops::Range;

/// The most bytes of a word, and of the words of one story, that are looked for in PostgreSQL: the longest stories have a tenth.
const WORD_BYTES: usize = 1_000;
const WORDS_BYTES: usize = 200_000;

/// How many arrivals are one part of the list.
const PART: i64 = 8192;

/// In how many of 1,000 stories a word is at most whose stories PostgreSQL finds by the words alone; of more than that, those in the
/// list's order are looked through.
const SELDOM: i64 = 50;

/// How many arrivals PostgreSQL's index tells apart, as it is kept (migration 5); and how many times as long each stretch of the list is as
/// the one before it.
const STRETCH: i64 = 65_536;
const LONGER: i64 = 8;

/// At most how many of those are told to it one by one; a stretch that is longer is looked for in the whole list.
const STRETCHES: i64 = 64;

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
    pub named: Vec<(&'static str, Value)>,
    /// The words, in the language of PostgreSQL.
    sought: String,
    /// Whether there may be more.
    pub at_least: bool,
    /// Whether they are found by the words alone, of one stretch of the list after the other.
    pub by_stretch: bool,
}

impl Found {
    /// Of these only those that arrived in this stretch of the list.
    pub(super) fn of(&self, stretch: &Range<i64>) -> Self {
        let (first, last) = (stretch.start / STRETCH, (stretch.end - 1) / STRETCH);
        let within = if last - first < STRETCHES {
            let each: Vec<String> = (first..=last).map(|number| format!("'/{number}'")).collect();
            format!("({}) & ({})", self.sought, each.join(" | "))
        } else {
            self.sought.clone()
        };
        let named = vec![
            (":found", within.into()),
            (":from_arrival", stretch.start.into()),
            (":to_arrival", stretch.end.into()),
        ];
        Self { named, sought: String::new(), ..*self }
    }
}

impl Tx<'_> {
    /// Adds the words of lines to the index, each with its key.
    pub(super) fn add_words<'l>(&self, lines: impl Iterator<Item = (i64, &'l LineRow)>) -> Result<()> {
        match self.0.dialect() {
            Dialect::Sqlite => {
                let mut by_part = BTreeMap::<_, Vec<_>>::new();
                for (key, line) in lines {
                    let part = (&line.campaign, line.row.training, line.arrived / PART);
                    by_part.entry(part).or_default().push(vec![key.into(), line.words.as_str().into()]);
                }
                by_part.into_iter().try_for_each(|((campaign, training, number), rows)| {
                    let part = self.part(campaign, training, number)?;
                    self.insert(&format!("INSERT INTO line_words_{part} (rowid, words) VALUES"), 2, rows)
                })
            }
            Dialect::Postgres => lines.into_iter().try_for_each(|(key, line)| {
                // No text has a word like that of the stretch.
                let sql = "INSERT INTO line_words (key, arrived, words)
                           VALUES (?1, ?2, to_tsvector('simple', ?3) || array_to_tsvector(ARRAY[?4]))";
                let stretch = format!("/{}", line.arrived / STRETCH);
                self.execute(sql, given![key, line.arrived, within(tokens(&line.words)), stretch])?;
                Ok(())
            }),
        }
    }

    /// The part of the list with this number, which is begun if it is not there.
    fn part(&self, campaign: &CampaignId, training: bool, number: i64) -> Result<i64> {
        let part = given![campaign, training, number];
        let sql = "SELECT id FROM line_part WHERE campaign = ?1 AND training = ?2 AND number = ?3";
        if let Some(id) = self.one(sql, part, |row| row.get(0))? {
            return Ok(id);
        }
        let begin = "INSERT INTO line_part (campaign, training, number, erased) VALUES (?1, ?2, ?3, 0)";
        self.execute(begin, part)?;
        let id = self.number(sql, part)?;
        // Every word of a story, but not of who told it.
        let index = format!(
            "CREATE VIRTUAL TABLE line_words_{id} USING fts5(
                 words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
             )"
        );
        self.execute(&index, given![])?;
        // Each word is written anew less often; what is looked for is in few of the pieces, since those grew one after the other.
        let seldom = format!("INSERT INTO line_words_{id} (line_words_{id}, rank) VALUES ('automerge', 16)");
        self.execute(&seldom, given![])?;
        Ok(id)
    }

    /// Takes the words of the lines of these stories out of the index, before those lines go themselves. `gone` are those of which
    /// nothing may stay.
    pub(super) fn forget_words(&self, stories: &[Value], gone: &[Value]) -> Result<()> {
        if self.0.dialect() == Dialect::Postgres {
            let sql = "DELETE FROM line_words WHERE key IN (SELECT key FROM line WHERE story IN :these)";
            return self.execute_among(sql, given![], stories.to_vec());
        }
        let of_part = format!(
            "FROM line JOIN line_part p ON p.campaign = line.campaign AND p.training = line.training
                 AND p.number = line.arrived / {PART}"
        );
        let sql = format!("SELECT p.id, line.key {of_part} WHERE line.story IN");
        let mut by_part = BTreeMap::<i64, Vec<Value>>::new();
        for (part, key) in
            self.among(&sql, given![], stories.to_vec(), |row| Ok((row.get(0)?, row.get::<i64>(1)?)))?
        {
            by_part.entry(part).or_default().push(key.into());
        }
        for (part, keys) in by_part {
            let sql = format!("DELETE FROM line_words_{part} WHERE rowid IN :these");
            self.execute_among(&sql, given![], keys)?;
        }
        let sql = format!(
            "UPDATE line_part SET erased = 1 WHERE id IN (SELECT p.id {of_part} WHERE line.story IN :these)"
        );
        self.execute_among(&sql, given![], gone.to_vec())
    }

    /// The words of stories that are gone leave the index with this; until then they only count as gone. PostgreSQL does that by itself,
    /// with what its vacuum does (docs/postgresql.md).
    pub(super) fn tidy_words(&self) -> Result<()> {
        if self.0.dialect() == Dialect::Postgres {
            return Ok(());
        }
        for part in
            self.all("SELECT id FROM line_part WHERE erased = 1", given![], |row| row.get::<i64>(0))?
        {
            let sql = format!("INSERT INTO line_words_{part} (line_words_{part}) VALUES ('optimize')");
            // The first may only end a merge that was under way, which has copied what is gone by now.
            self.execute(&sql, given![])?;
            self.execute(&sql, given![])?;
        }
        self.execute("UPDATE line_part SET erased = 0 WHERE erased = 1", given![])?;
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
                Found {
                    noted: true,
                    condition: "1 = 1",
                    named: Vec::new(),
                    sought: String::new(),
                    at_least,
                    by_stretch: false,
                }
            }
            Dialect::Postgres => {
                let by_stretch = self.is_in_few(&words)?;
                // It cannot expect that a word is in none, and would look through a country's list for one.
                let condition = if by_stretch {
                    "key = ANY (ARRAY(SELECT key FROM line_words WHERE words @@ CAST(CAST(:found AS TEXT) AS TSQUERY)
                         AND arrived >= :from_arrival AND arrived < :to_arrival))"
                } else {
                    "key IN (SELECT key FROM line_words WHERE words @@ CAST(CAST(:found AS TEXT) AS TSQUERY))"
                };
                let sought = in_tsquery(&words);
                let named = vec![(":found", sought.as_str().into())];
                Found { noted: false, condition, named, sought, at_least: false, by_stretch }
            }
        }))
    }

    /// The stretches of the list that a query's stories are looked for in, one after the other, of those that arrived before this: the newest
    /// first, each longer than the one before it, so that a page of what is in one of a thousand stories is found in the first, and what
    /// is in none by few questions.
    pub(super) fn stretches(
        &self,
        campaign: &CampaignId,
        query: &QueueQuery,
        before: i64,
    ) -> Result<impl Iterator<Item = Range<i64>> + use<>> {
        let sql =
            "SELECT arrived FROM line WHERE campaign = ?1 AND training = ?2 ORDER BY arrived DESC LIMIT 1";
        let newest: Option<i64> = self.one(sql, given![campaign, query.training], |row| row.get(0))?;
        let arrivals = self.arrivals(campaign, query)?;
        let mut end = newest.map_or(0, |newest| before.min(newest + 1)).min(arrivals.end);
        let mut long = STRETCH;
        Ok(std::iter::from_fn(move || {
            let stretch = (end - long).max(arrivals.start)..end;
            (end, long) = (stretch.start, long * LONGER);
            (!stretch.is_empty()).then_some(stretch)
        }))
    }

    /// Whether one of these words is in few stories, by what PostgreSQL noted of the commonest; of a list that was just begun it has
    /// noted nothing.
    fn is_in_few(&self, words: &[String]) -> Result<bool> {
        let sql = "SELECT CAST(1000 * coalesce(sum(share) FILTER (WHERE starts_with(word, ?1)), 0) AS BIGINT)
                   FROM pg_stats, unnest(CAST(CAST(most_common_elems AS TEXT) AS TEXT[]), most_common_elem_freqs) AS common (word, share)
                   WHERE schemaname = current_schema() AND tablename = 'line_words' AND attname = 'words' GROUP BY attname";
        for word in words.iter().flat_map(|word| tokens(word)) {
            let share: Option<i64> = self.one(sql, given![word.as_str()], |row| row.get(0))?;
            if share.is_some_and(|share| share <= SELDOM) {
                return Ok(true);
            }
        }
        Ok(false)
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
        let arrivals = self.arrivals(campaign, query)?;
        let mut parts = self.parts(campaign, sight, query)?;
        parts.retain(|(number, _)| {
            number * PART < before.min(arrivals.end) && (number + 1) * PART > arrivals.start
        });
        if query.order == QueueOrder::Newest {
            parts.reverse();
        }
        let (sought, wanted) = (in_fts5(words), wanted(sight, query, None));
        for (_, part) in parts {
            let sql = format!(
                "INSERT INTO found SELECT line.key FROM line_words_{part} CROSS JOIN line ON line.key = line_words_{part}.rowid
                 WHERE line_words_{part} MATCH :sought AND arrived < :before AND {wanted} {state}
                 ORDER BY arrived {order} LIMIT :left"
            );
            let mut named = named(campaign, sight, query, None)?;
            named.extend([
                (":sought", sought.as_str().into()),
                (":before", before.into()),
                (":left", left.into()),
            ]);
            let (sql, given) = by_name(&sql, named);
            left = left.saturating_sub(u32::try_from(self.execute(&sql, &given)?).unwrap_or(u32::MAX));
            if left == 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The parts that lines stand in that a query asks for, whatever their words, each with its number, in their order: of few lines
    /// only those, else all.
    fn parts(&self, campaign: &CampaignId, sight: &Sight, query: &QueueQuery) -> Result<Vec<(i64, i64)>> {
        let (lines, index) = self.way(campaign, sight, query)?;
        let those = if lines > FEW {
            String::new()
        } else {
            let state = if query.status.is_some() { "AND status = :status" } else { "" };
            let wanted = wanted(sight, query, None);
            format!(
                "AND number IN (SELECT arrived / {PART} FROM line INDEXED BY {index} WHERE {wanted} {state})"
            )
        };
        let sql = format!(
            "SELECT number, id FROM line_part WHERE campaign = :campaign AND training = :training {those} ORDER BY number"
        );
        let (sql, given) = by_name(&sql, named(campaign, sight, query, None)?);
        self.all(&sql, &given, |row| Ok((row.get(0)?, row.get(1)?)))
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
    // Nothing of it ends the text for FTS5: neither its quotes nor the letter that ends a text in C.
    let quoted = |word: &String| format!("\"{}\"*", word.replace(['"', '\0'], " "));
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
        assert_eq!(in_fts5(&words), r#""L'eau"* "Kéniéro"* " dit"*"#);
        assert_eq!(in_tsquery(&words), "('l' <-> 'eau':*) & ('keniero':*) & ('dit':*)");
    }
}
