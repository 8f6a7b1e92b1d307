//! What a verifier was asked for, and what is being written of it.

use super::{Tx, unreadable};
use crate::error::Result;
use crate::view::ReportDraft;
use blon_core::id::RecordId;
use blon_core::verification::Task;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// What headquarters asks for now, in place of what it asked for before. What was being written is kept.
    ///
    /// # Errors
    /// Those of the store; `disk_full`.
    pub fn set_tasks(&self, tasks: &[Task]) -> Result<()> {
        self.0.execute("DELETE FROM task", [])?;
        for (position, task) in (0_i64..).zip(tasks) {
            self.0.prepare_cached("INSERT OR REPLACE INTO task VALUES (?1, ?2, ?3)")?.execute(params![
                task.id.to_string(),
                position,
                serde_json::to_string(task)?
            ])?;
        }
        Ok(())
    }

    /// What headquarters asks for, in order.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tasks(&self) -> Result<Vec<Task>> {
        let mut statement = self.0.prepare_cached("SELECT body FROM task ORDER BY position")?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        rows.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
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

    /// What was written of a task is signed off.
    ///
    /// # Errors
    /// Those of the store.
    pub fn delete_report_draft(&self, task: RecordId) -> Result<()> {
        self.0.execute("DELETE FROM report_draft WHERE task = ?1", [task.to_string()])?;
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

    /// The reports that this device signed off on a task, each with whether headquarters has it.
    ///
    /// # Errors
    /// Those of the store.
    pub fn reports_on(&self, task: RecordId) -> Result<Vec<(RecordId, bool)>> {
        let sql = "SELECT id, state = 'held' FROM record
                   WHERE json_extract(body, '$.act.kind') = 'verify' AND json_extract(body, '$.act.asked') = ?1
                   ORDER BY seq";
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement
            .query_map([task.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter().map(|(id, held)| Ok((id.parse().map_err(unreadable)?, held))).collect()
    }
}
