//! Every record this device made or received, and the outbox, which is those that wait.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::error::{Code, Problem};
use blon_core::evidence::FileRef;
use blon_core::id::{DeviceId, PersonName, RecordId, StoryId};
use blon_core::record::{Act, Record};
use blon_core::withdrawal::WithdrawalCode;
use rusqlite::{Row, params};

/// Where a record is on its way to headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordState {
    /// To be sent.
    Waiting,
    /// Headquarters has it.
    Held,
    /// Headquarters never will; the collector should look.
    Refused(Problem),
    /// It was refused, and a later correction answered that.
    SetAside,
}

impl RecordState {
    /// Headquarters has the record or may still take it.
    pub fn is_live(&self) -> bool {
        matches!(self, RecordState::Waiting | RecordState::Held)
    }
}

/// A record with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record.
    pub record: Record,
    /// Where it is.
    pub state: RecordState,
}

/// Which records `?1` made on a device of their own.
const OWN: &str = "json_extract(body, '$.author') = ?1 AND json_extract(body, '$.device') IS NOT NULL";

/// Those of them that headquarters has. Its first part is told by the index `record_own_held`, as long as both say the same to the letter.
pub(super) fn own_held() -> String {
    format!(
        "SELECT id FROM record WHERE state = 'held' AND {OWN}
         UNION SELECT json_extract(body, '$.id') FROM unread_record WHERE {OWN}"
    )
}

const COLUMNS: &str = "body, state, refused_code, refused_message";

impl Tx<'_> {
    /// Adds a record; one that is here already is left as it is, and one of a story that was withdrawn is not kept. Gives
    /// whether it was new.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_record(&self, record: &Record, held: bool) -> Result<bool> {
        if self.is_withdrawn(WithdrawalCode::of(record.story))? {
            return Ok(false);
        }
        let training = match &record.act {
            Act::Finalise { story, .. } => story.training,
            // What is said of a practice story goes after it.
            _ => self.is_practice(record.story)?,
        };
        let added = self.0.execute(
            "INSERT OR IGNORE INTO record (id, story, body, state, training) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                record.id.to_string(),
                record.story.to_string(),
                serde_json::to_string(record)?,
                if held { "held" } else { "waiting" },
                training
            ],
        )?;
        if added == 1 {
            for FileRef { sha256, .. } in record.act.files() {
                self.0
                    .prepare_cached("INSERT OR IGNORE INTO named_file VALUES (?1, ?2)")?
                    .execute([record.id.to_string().as_str(), sha256.as_str()])?;
            }
        }
        self.make_stale(record.story)?;
        Ok(added == 1)
    }

    fn is_practice(&self, story: StoryId) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE story = ?1 AND training)";
        Ok(self.0.prepare_cached(sql)?.query_row([story.to_string()], |row| row.get(0))?)
    }

    /// Keeps what headquarters sent and this app cannot read, until it is updated.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_unread_record(&self, body: &str) -> Result<()> {
        self.0.prepare_cached("INSERT OR IGNORE INTO unread_record (body) VALUES (?1)")?.execute([body])?;
        Ok(())
    }

    /// The records that wait for an update of the app, as headquarters sent them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn unread_records(&self) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached("SELECT body FROM unread_record ORDER BY seq")?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// How many records wait for an update of the app.
    ///
    /// # Errors
    /// Those of the store.
    pub fn count_unread_records(&self) -> Result<u32> {
        Ok(self.0.query_row("SELECT count(*) FROM unread_record", [], |row| row.get(0))?)
    }

    /// Takes in what could not be read before, as far as it can be now.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn read_unread_records(&self) -> Result<()> {
        let mut statement = self.0.prepare_cached("SELECT seq, body FROM unread_record ORDER BY seq")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        for (seq, body) in rows {
            if let Ok(record) = serde_json::from_str(&body) {
                self.add_record(&record, true)?;
                self.0.execute("DELETE FROM unread_record WHERE seq = ?1", [seq])?;
            }
        }
        Ok(())
    }

    /// The records of one story, in the order they came to be here.
    ///
    /// # Errors
    /// Those of the store.
    pub fn records_of(&self, story: StoryId) -> Result<Vec<StoredRecord>> {
        let mut statement =
            self.0.prepare_cached(&format!("SELECT {COLUMNS} FROM record WHERE story = ?1 ORDER BY seq"))?;
        let rows = statement.query_map([story.to_string()], stored)?.collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(readable).collect()
    }

    /// Every record, in the order they came to be here.
    ///
    /// # Errors
    /// Those of the store.
    pub fn records(&self) -> Result<Vec<StoredRecord>> {
        let mut statement = self.0.prepare_cached(&format!("SELECT {COLUMNS} FROM record ORDER BY seq"))?;
        let rows = statement.query_map([], stored)?.collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(readable).collect()
    }

    /// The next records to send, as they travel: at most `count` and, past the first, at most `bytes`. Practice comes
    /// after all that counts, and never in the same batch.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting_records(&self, count: usize, bytes: usize) -> Result<Vec<(RecordId, String)>> {
        let mut statement = self
            .0
            .prepare_cached(
                "SELECT id, body FROM record
                 WHERE state = 'waiting' AND training = (SELECT min(training) FROM record WHERE state = 'waiting')
                 ORDER BY seq LIMIT ?1",
            )?;
        let mut rows = statement.query([i64::try_from(count).unwrap_or(i64::MAX)])?;
        let (mut batch, mut size) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let (id, body): (String, String) = (row.get(0)?, row.get(1)?);
            size += body.len();
            if !batch.is_empty() && size > bytes {
                break;
            }
            batch.push((id.parse().map_err(unreadable)?, body));
        }
        Ok(batch)
    }

    /// Whether a record of this device waits to be sent.
    ///
    /// # Errors
    /// Those of the store.
    pub fn record_waits(&self, id: RecordId) -> Result<bool> {
        let sql = "SELECT 1 FROM record WHERE id = ?1 AND state = 'waiting'";
        Ok(self.0.prepare_cached(sql)?.exists([id.to_string()])?)
    }

    /// The records of this person's own that headquarters said it has, those included that cannot be read here yet.
    ///
    /// # Errors
    /// Those of the store.
    pub fn own_held(&self, person: &PersonName) -> Result<Vec<RecordId>> {
        let mut statement = self.0.prepare_cached(&own_held())?;
        let ids = statement
            .query_map([person.as_str()], |row| row.get::<_, Option<String>>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(ids.into_iter().flatten().filter_map(|id| id.parse().ok()).collect())
    }

    /// Headquarters lost what it had: this person's own records are to be sent again.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn send_again(&self, person: &PersonName) -> Result<()> {
        let sql = format!("UPDATE record SET state = 'waiting' WHERE state = 'held' AND {OWN}");
        self.0.execute(&sql, [person.as_str()])?;
        Ok(())
    }

    /// The names of devices under which this person's records were made.
    ///
    /// # Errors
    /// Those of the store.
    pub fn own_devices(&self, person: &PersonName) -> Result<Vec<DeviceId>> {
        let sql = format!("SELECT DISTINCT json_extract(body, '$.device') FROM record WHERE {OWN}");
        let mut statement = self.0.prepare_cached(&sql)?;
        let ids = statement
            .query_map([person.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        ids.iter().map(|id| id.parse().map_err(unreadable)).collect()
    }

    /// About how many bytes the records that wait have, as JSON: where they are many, by those that go first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn waiting_bytes(&self) -> Result<u64> {
        let sql = "SELECT count(*), coalesce(sum(length(body)), 0)
                   FROM (SELECT body FROM record WHERE state = 'waiting' ORDER BY seq LIMIT 500)";
        let (read, bytes): (u32, i64) = self.0.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (bytes, all) = (u64::try_from(bytes).unwrap_or(0), u64::from(self.count_records("waiting")?));
        Ok((bytes * all).checked_div(u64::from(read)).unwrap_or(0))
    }

    /// How many records are in a state: `waiting`, `held`, `refused` or `set_aside`.
    ///
    /// # Errors
    /// Those of the store.
    pub fn count_records(&self, state: &str) -> Result<u32> {
        // Written out, so that the index of those that wait, or were refused, answers by itself; it is one of four words of this program.
        let sql = format!("SELECT count(*) FROM record WHERE state = '{state}'");
        Ok(self.0.query_row(&sql, [], |row| row.get(0))?)
    }

    /// Headquarters has this record for good; `skew` is how many seconds the clock was ahead when it was sent.
    ///
    /// # Errors
    /// Those of the store.
    pub fn hold_record(&self, id: RecordId, skew: Option<i64>) -> Result<()> {
        self.0.execute(
            "UPDATE record SET state = 'held', refused_code = NULL, refused_message = NULL,
                 skew = coalesce(skew, ?2) WHERE id = ?1",
            params![id.to_string(), skew],
        )?;
        self.make_stale_by_record(id)
    }

    /// Headquarters never will have this record; it stays here, with the reason.
    ///
    /// # Errors
    /// Those of the store.
    pub fn refuse_record(&self, id: RecordId, reason: &Problem) -> Result<()> {
        self.0.execute(
            "UPDATE record SET state = 'refused', refused_code = ?2, refused_message = ?3 WHERE id = ?1",
            params![id.to_string(), reason.code.as_str(), reason.message],
        )?;
        self.make_stale_by_record(id)
    }

    /// What was refused because something else was not at headquarters yet is to be tried again: whoever made that may have
    /// brought it since. Headquarters that was brought back from a backup hears of things in any order.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn try_refused_again(&self) -> Result<()> {
        self.0.execute(
            "UPDATE record SET state = 'waiting' WHERE state = 'refused' AND refused_code IN (?1, ?2)",
            [Code::StoryNotFound.as_str(), Code::RecordBuildsOnUnknown.as_str()],
        )?;
        Ok(())
    }

    /// A correction answers the refused records of this story; they stay, and no longer ask for attention.
    ///
    /// # Errors
    /// Those of the store.
    pub fn set_refused_aside(&self, story: StoryId) -> Result<()> {
        self.0.execute(
            "UPDATE record SET state = 'set_aside' WHERE story = ?1 AND state = 'refused'",
            [story.to_string()],
        )?;
        Ok(())
    }
}

type Stored = (String, String, Option<String>, Option<String>);

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn readable((body, state, code, message): Stored) -> Result<StoredRecord> {
    let state = match state.as_str() {
        "waiting" => RecordState::Waiting,
        "held" => RecordState::Held,
        "set_aside" => RecordState::SetAside,
        _ => {
            let word = serde_json::Value::String(code.unwrap_or_default());
            // A code that a newer headquarters sent is still a refusal.
            let code = serde_json::from_value(word).unwrap_or(Code::Internal);
            RecordState::Refused(Problem { code, message: message.unwrap_or_default() })
        }
    };
    Ok(StoredRecord { record: serde_json::from_str(&body)?, state })
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[test]
    fn what_waits_is_told_of_a_few_to_the_byte_and_of_many_by_those_that_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let key = crate::key::StoreKey::fresh().unwrap();
        let now = chrono::Local::now().fixed_offset();
        let store = Store::open(&folder.path().join("blon.db"), &key, now).unwrap();
        let with_more = |records: u32, bytes: usize| {
            let told = store.write(|tx| {
                for _ in 0..records {
                    let sql = "INSERT INTO record (id, story, body, state) VALUES (hex(randomblob(16)), 's', ?1, 'waiting')";
                    tx.0.execute(sql, ["x".repeat(bytes)])?;
                }
                tx.waiting_bytes()
            });
            told.unwrap()
        };
        assert_eq!(with_more(0, 0), 0);
        assert_eq!(with_more(499, 100), 49_900);
        assert_eq!(with_more(1, 600), 50_500);
        assert_eq!(with_more(500, 900), 101_000, "as if all were like the first 500");
    }
}
