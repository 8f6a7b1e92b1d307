//! What a verifier was asked for, and what is being written of it.

use super::Tx;
use crate::error::Result;
use crate::view::ReportDraft;
use blon_core::id::RecordId;
use blon_core::verification::Task;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// What headquarters asks for now, in place of what it asked for before. What is no longer asked for and was begun, or
    /// reported on without headquarters having it, stays, and is marked.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_tasks(&self, tasks: &[Task]) -> Result<()> {
        self.0.execute(
            "DELETE FROM task WHERE id NOT IN (SELECT task FROM report_draft)
                 AND id NOT IN (SELECT json_extract(body, '$.act.asked') FROM record WHERE state IN ('waiting', 'refused')
                                AND json_extract(body, '$.act.kind') = 'verify')",
            [],
        )?;
        self.0.execute("UPDATE task SET withdrawn = 1", [])?;
        for (position, task) in (0_i64..).zip(tasks) {
            self.0.prepare_cached("INSERT OR REPLACE INTO task VALUES (?1, ?2, ?3, 0)")?.execute(params![
                task.id.to_string(),
                position,
                serde_json::to_string(task)?
            ])?;
        }
        Ok(())
    }

    /// What headquarters asks for, in order, each with whether it does no longer.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tasks(&self) -> Result<Vec<(Task, bool)>> {
        let mut statement = self.0.prepare_cached("SELECT body, withdrawn FROM task ORDER BY position")?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(body, withdrawn)| Ok((serde_json::from_str(&body)?, withdrawn))).collect()
    }

    /// Keeps what is being written of a task.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_report_draft(&self, task: RecordId, draft: &ReportDraft) -> Result<()> {
        self.0
            .prepare_cached("INSERT OR REPLACE INTO report_draft VALUES (?1, ?2)")?
            .execute(params![task.to_string(), serde_json::to_string(draft)?])?;
        Ok(())
    }

    /// What is being written of a task.
    ///
    /// # Errors
    /// Those of the store.
    pub fn report_draft(&self, task: RecordId) -> Result<Option<ReportDraft>> {
        let body: Option<String> = self
            .0
            .prepare_cached("SELECT body FROM report_draft WHERE task = ?1")?
            .query_row([task.to_string()], |row| row.get(0))
            .optional()?;
        Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
    }

    /// What was written of a task is signed off, or erased.
    ///
    /// # Errors
    /// Those of the store.
    pub fn delete_report_draft(&self, task: RecordId) -> Result<()> {
        self.0.execute("DELETE FROM report_draft WHERE task = ?1", [task.to_string()])?;
        Ok(())
    }

    /// A task that is no longer asked for is let go of.
    ///
    /// # Errors
    /// Those of the store.
    pub fn delete_withdrawn_task(&self, task: RecordId) -> Result<()> {
        self.0.execute("DELETE FROM task WHERE id = ?1 AND withdrawn", [task.to_string()])?;
        Ok(())
    }

    /// Keeps here who was asked.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn put_informant(&self, report: RecordId, name: &str) -> Result<()> {
        self.0.execute("INSERT INTO informant VALUES (?1, ?2)", params![report.to_string(), name])?;
        Ok(())
    }

    /// Who was asked, where that stays here.
    ///
    /// # Errors
    /// Those of the store.
    pub fn informant(&self, report: RecordId) -> Result<Option<String>> {
        let name = self
            .0
            .prepare_cached("SELECT name FROM informant WHERE record = ?1")?
            .query_row([report.to_string()], |row| row.get(0))
            .optional()?;
        Ok(name)
    }
}
