//! A verifier's work: the claims that headquarters asks about, and what came of asking.
//!
//! The device of a verifier has nothing of a story but the claim. A report is kept at each change, like a draft, and becomes a
//! record when it is signed off. The name of whoever was asked is sealed to the custodian's key then; where the campaign has
//! none, it stays in the device's store.

use crate::attaching::{append, digest};
use crate::error::{Error, Result};
use crate::named::named_anywhere;
use crate::sealing::seal;
use crate::view::{ReportDraft, TaskView};
use crate::{Device, photo};
use blon_core::error::Code;
use blon_core::evidence::{Evidence, EvidenceKind};
use blon_core::id::{EvidenceId, RecordId};
use blon_core::record::{Act, Deed};
use blon_core::remark::COMMENT_LIMIT;
use blon_core::review::RULES;
use blon_core::verification::{Findings, Task};

impl Device {
    /// What headquarters asks this verifier about, with what has been written of it; what waits for a report first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        self.store.read(|tx| {
            let mut views = Vec::new();
            for task in tx.tasks()? {
                let reports = tx.reports_on(task.id)?;
                let sent = reports.iter().filter(|(_, held)| *held).count();
                views.push(TaskView {
                    draft: tx.report_draft(task.id)?,
                    reports: crate::count(reports.len()),
                    waiting: crate::count(reports.len() - sent),
                    task,
                });
            }
            views.sort_by_key(|view| view.reports > 0 || view.task.reported);
            Ok(views)
        })
    }

    /// Keeps what is written of a task: on the disk when this returns.
    ///
    /// # Errors
    /// `not_found` for what nobody asked; `disk_full`.
    pub fn save_report(&self, id: RecordId, draft: &ReportDraft) -> Result<()> {
        self.store.write(|tx| {
            let tasks = tx.tasks()?;
            let story = known(&tasks, id)?.story;
            tx.put_report_draft(id, draft)?;
            // A photo that was taken out again is let go of.
            let mut named = named_anywhere(tx, story)?;
            for task in tasks.iter().filter(|task| task.story == story) {
                let written = tx.report_draft(task.id)?.map(|draft| draft.evidence).unwrap_or_default();
                named
                    .extend(written.into_iter().filter_map(|evidence| evidence.file).map(|file| file.sha256));
            }
            tx.keep_only_files(story, &named)
        })
    }

    /// Adds a photo to what is written of a task, small and silent. Gives what is written then.
    ///
    /// # Errors
    /// `not_found`, `image_unreadable`; `disk_full`.
    pub fn report_photo(&self, id: RecordId, bytes: &[u8]) -> Result<ReportDraft> {
        let photo = photo::prepare(bytes)?;
        self.store.write(|tx| {
            let story = known(&tx.tasks()?, id)?.story;
            let key = tx.begin_file(story, photo::MEDIA_TYPE, None)?;
            append(tx, key, &photo)?;
            let file = tx.finish_file(key, &digest(tx, key)?)?;
            let mut draft = tx.report_draft(id)?.unwrap_or_default();
            draft.evidence.push(Evidence {
                id: EvidenceId(self.clock.new_id()),
                kind: Some(EvidenceKind::Photo),
                description: String::new(),
                strength: None,
                file: Some(file),
            });
            tx.put_report_draft(id, &draft)?;
            Ok(draft)
        })
    }

    /// Signs off what was written of a task: it becomes a record that waits to be sent.
    ///
    /// # Errors
    /// `not_found`; `act_not_allowed` where this device is not a verifier's; `story_incomplete` while it lacks whether the
    /// claim holds, why, or what makes whoever was asked fit to know; `bad_input` for too many words; `disk_full`.
    pub fn sign_off_report(&self, id: RecordId) -> Result<()> {
        let enrolment = self.enrolled()?.enrolment;
        let act = RULES.iter().find(|rule| rule.deed == Deed::Verify);
        if !act.is_some_and(|rule| rule.by.contains(&enrolment.role)) {
            return Err(Error::told(Code::ActNotAllowed, format!("a {} verifies nothing", enrolment.role)));
        }
        self.store.write(|tx| {
            let task = known(&tx.tasks()?, id)?;
            let draft = tx.report_draft(id)?.unwrap_or_default();
            let sealed = match &enrolment.campaign.custodian_key {
                Some(key) if !draft.name.trim().is_empty() => Some(seal(draft.name.trim(), key)?),
                _ => None,
            };
            let name = draft.name.trim().to_owned();
            let stays = (sealed.is_none() && !name.is_empty()).then_some(name);
            let findings = Findings { sealed, ..draft.findings()? };
            let act = Act::Verify { asked: id, findings };
            let record = self.record(&enrolment, task.story, vec![id], act);
            tx.add_record(&record, false)?;
            if let Some(name) = stays {
                tx.put_informant(record.id, &name)?;
            }
            tx.delete_report_draft(id)
        })
    }
}

impl ReportDraft {
    /// What is signed off, without the name.
    fn findings(self) -> Result<Findings> {
        let lacks = |what: &str| Error::told(Code::StoryIncomplete, format!("the report lacks {what}"));
        let finding = self.finding.ok_or_else(|| lacks("whether the claim holds"))?;
        let (why, informant) = (self.why.trim().to_owned(), self.informant.trim().to_owned());
        if why.is_empty() {
            return Err(lacks("why"));
        }
        if informant.is_empty() {
            return Err(lacks("what makes whoever was asked fit to know"));
        }
        if why.chars().count().max(informant.chars().count()) > COMMENT_LIMIT {
            return Err(Error::bad_input(format!("an answer has at most {COMMENT_LIMIT} characters")));
        }
        Ok(Findings { finding, why, informant, sealed: None, evidence: self.evidence })
    }
}

fn known(tasks: &[Task], id: RecordId) -> Result<Task> {
    let task = tasks.iter().find(|task| task.id == id).cloned();
    task.ok_or_else(|| Error::told(Code::NotFound, format!("nobody asks to verify {id}")))
}
