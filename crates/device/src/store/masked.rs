//! What was masked in the stories' words. It is kept, sealed and forgotten with who told them.

use super::Tx;
use crate::error::Result;
use blon_core::id::StoryId;
use blon_core::sealed::Masked;
use rusqlite::params;

impl Tx<'_> {
    /// What was masked in this story, and signed off; of what is being written too, where `drafts` says so.
    ///
    /// # Errors
    /// Those of the store.
    pub fn masked(&self, story: StoryId, drafts: bool) -> Result<Vec<Masked>> {
        let sql = "SELECT at, words FROM masked WHERE story = ?1 AND draft <= ?2 ORDER BY rowid";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map(params![story.to_string(), drafts], |row| {
            Ok(Masked { at: row.get(0)?, words: row.get(1)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps what the draft's answer at this path said before it was masked.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn add_masked(&self, story: StoryId, path: &str, masked: &Masked) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR IGNORE INTO masked VALUES (?1, ?2, ?3, ?4, 1)")?
            .execute(params![story.to_string(), path, masked.at, masked.words])?;
        Ok(())
    }

    /// What was masked in the draft of this story, each with the path of its answer.
    ///
    /// # Errors
    /// Those of the store.
    pub fn masked_in_draft(&self, story: StoryId) -> Result<Vec<(String, String)>> {
        let sql = "SELECT path, words FROM masked WHERE story = ?1 AND draft = 1";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map([story.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// These words stand at this path again.
    ///
    /// # Errors
    /// Those of the store.
    pub fn unmask(&self, story: StoryId, path: &str, words: &str) -> Result<()> {
        let sql = "DELETE FROM masked WHERE story = ?1 AND path = ?2 AND words = ?3 AND draft = 1";
        self.0.prepare_cached(sql)?.execute(params![story.to_string(), path, words])?;
        Ok(())
    }

    /// The draft is signed off: what was masked in it is to be sealed with who told the story, though nobody be named there.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn sign_masked(&self, story: StoryId) -> Result<()> {
        let story = story.to_string();
        if self.0.execute("UPDATE masked SET draft = 0 WHERE story = ?1 AND draft = 1", [&story])? > 0 {
            self.0.execute(
                "INSERT OR IGNORE INTO identity (story, name, phone) VALUES (?1, '', '')",
                [&story],
            )?;
            self.0.execute("UPDATE identity SET sealed = NULL WHERE story = ?1", [&story])?;
        }
        Ok(())
    }

    /// The draft is gone, and what was masked in it too.
    ///
    /// # Errors
    /// Those of the store.
    pub fn drop_masked_draft(&self, story: StoryId) -> Result<()> {
        self.0.execute("DELETE FROM masked WHERE story = ?1 AND draft = 1", [story.to_string()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use uuid::Uuid;

    #[test]
    fn it_goes_with_who_told_the_story_and_with_a_withdrawal() {
        let folder = tempfile::tempdir().unwrap();
        let key = crate::key::StoreKey::fresh().unwrap();
        let now = chrono::Local::now().fixed_offset();
        let store = Store::open(&folder.path().join("blon.db"), &key, now).unwrap();
        let story = StoryId(Uuid::from_u128(7));
        let masked = |words: &str| Masked { at: "narrative.now".to_owned(), words: words.to_owned() };
        let kept = store.write(|tx| {
            tx.add_masked(story, "story_now", &masked("Sira"))?;
            tx.sign_masked(story)?;
            tx.add_masked(story, "story_now", &masked("Fanta"))?;
            let before = (tx.masked(story, false)?, tx.masked(story, true)?.len());
            tx.delete_identity(story)?;
            let forgotten = tx.masked(story, true)?;
            tx.erase_story(story)?;
            Ok((before, forgotten, tx.masked(story, true)?))
        });
        let (before, forgotten, erased) = kept.unwrap();
        assert_eq!(before, (vec![masked("Sira")], 2), "a draft's words are not sealed yet");
        assert_eq!((forgotten, erased), (vec![masked("Fanta")], vec![]), "nor forgotten, but erased");
    }
}
