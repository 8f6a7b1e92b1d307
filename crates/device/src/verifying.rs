//! A verifier's work: the claims that headquarters asks about, and what came of asking.
//!
//! The device of a verifier has nothing of a story but the claim. A report is kept at each change, like a draft, and becomes a
//! record when it is signed off. The name of whoever was asked is sealed to the custodian's key then; where the campaign has
//! none, it stays in the device's store.

use crate::attaching::{append, digest};
use crate::error::{Error, Result};
use crate::named::named_anywhere;
use crate::sealing::seal;
use crate::store::{RecordState, StoredRecord, Tx};
use crate::view::{ReportDraft, ReportLack, TaskState, TaskView};
use crate::{Device, count, photo};
use blon_core::error::{Code, Problem};
use blon_core::evidence::{Evidence, EvidenceKind};
use blon_core::id::{EvidenceId, RecordId, StoryId};
use blon_core::record::{Act, Deed};
use blon_core::remark::COMMENT_LIMIT;
use blon_core::review::may;
use blon_core::verification::{Findings, Task};

impl Device {
    /// What headquarters asks this verifier about, with what has been written of it; what asks for something first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tasks(&self) -> Result<Vec<TaskView>> {
        self.store.read(|tx| {
            let mut views = Vec::new();
            for (task, withdrawn) in tx.tasks()? {
                let reports = reports_on(tx, &task)?;
                let waiting = reports.iter().filter(|stored| stored.state == RecordState::Waiting).count();
                let refused = refused(&reports).map(|(problem, _)| problem.clone());
                let draft = written(tx, &task)?;
                let mut names = Vec::new();
                for stored in &reports {
                    names.extend(tx.informant(stored.record.id)?);
                }
                let state = match (&refused, &draft, waiting) {
                    (Some(_), ..) => TaskState::Refused,
                    (None, Some(_), _) => TaskState::Writing,
                    (None, None, 1..) => TaskState::Waiting,
                    (None, None, 0) if reports.is_empty() && !task.reported => TaskState::Todo,
                    (None, None, 0) => TaskState::Sent,
                };
                views.push(TaskView {
                    state,
                    withdrawn,
                    refused,
                    lacks: draft.clone().unwrap_or_default().lacks(),
                    draft,
                    signed: signed(&reports),
                    reports: count(reports.len()),
                    waiting: count(waiting),
                    names,
                    task,
                });
            }
            views.sort_by_key(|view| view.state);
            Ok(views)
        })
    }

    /// Keeps what is written of a task: on the disk when this returns. Gives what it still lacks.
    ///
    /// # Errors
    /// `not_found` for what nobody asked; `disk_full`.
    pub fn save_report(&self, id: RecordId, draft: &ReportDraft) -> Result<Vec<ReportLack>> {
        self.store.write(|tx| {
            let tasks = tx.tasks()?;
            let story = known(&tasks, id)?.story;
            tx.put_report_draft(id, draft)?;
            keep_only_named(tx, story, &tasks)?;
            Ok(draft.lacks())
        })
    }

    /// Erases what was written of a task. One that is asked for no longer goes with it.
    ///
    /// # Errors
    /// `not_found`; those of the store.
    pub fn erase_report(&self, id: RecordId) -> Result<()> {
        self.store.write(|tx| {
            let tasks = tx.tasks()?;
            let story = known(&tasks, id)?.story;
            tx.delete_report_draft(id)?;
            tx.set_refused_aside(story)?;
            tx.delete_withdrawn_task(id)?;
            keep_only_named(tx, story, &tasks)
        })
    }

    /// Adds a photo to what is written of a task, small and silent. Gives what is written then.
    ///
    /// # Errors
    /// `not_found`, `image_unreadable`; `disk_full`.
    pub fn report_photo(&self, id: RecordId, bytes: &[u8]) -> Result<ReportDraft> {
        let photo = photo::prepare(bytes)?;
        self.store.write(|tx| {
            let task = known(&tx.tasks()?, id)?;
            let story = task.story;
            let key = tx.begin_file(story, photo::MEDIA_TYPE, None)?;
            append(tx, key, &photo)?;
            let file = tx.finish_file(key, &digest(tx, key)?)?;
            let mut draft = written(tx, &task)?.unwrap_or_default();
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
        if !may(enrolment.role, Deed::Verify) {
            return Err(Error::told(Code::ActNotAllowed, format!("a {} verifies nothing", enrolment.role)));
        }
        self.store.write(|tx| {
            let task = known(&tx.tasks()?, id)?;
            let draft = written(tx, &task)?.unwrap_or_default();
            let sealed = match enrolment.campaign.custodian_keys.as_slice() {
                [] => None,
                _ if draft.name.trim().is_empty() => None,
                keys => Some(seal(draft.name.trim(), keys)?),
            };
            let name = draft.name.trim().to_owned();
            let stays = (sealed.is_none() && !name.is_empty()).then_some(name);
            let findings = Findings { sealed, ..draft.findings()? };
            let act = Act::Verify { asked: id, findings };
            let record = self.record(&enrolment, task.story, vec![id], act);
            tx.set_refused_aside(task.story)?;
            tx.add_record(&record, false)?;
            if let Some(name) = stays {
                tx.put_informant(record.id, &name)?;
            }
            tx.delete_report_draft(id)
        })
    }
}

/// The reports on a task that this device signed off, but for those that another took the place of.
fn reports_on(tx: &Tx, task: &Task) -> Result<Vec<StoredRecord>> {
    let mut records = tx.records_of(task.story)?;
    records.retain(|stored| {
        let on_it = matches!(&stored.record.act, Act::Verify { asked, .. } if *asked == task.id);
        on_it && stored.state != RecordState::SetAside
    });
    Ok(records)
}

fn signed(reports: &[StoredRecord]) -> Vec<Findings> {
    let said = reports.iter().filter(|stored| stored.state.is_live()).map(|stored| &stored.record.act);
    let findings = said.filter_map(|act| match act {
        Act::Verify { findings, .. } => Some(Findings { sealed: None, ..findings.clone() }),
        _ => None,
    });
    findings.collect()
}

/// The last report that headquarters refused, and why.
fn refused(reports: &[StoredRecord]) -> Option<(&Problem, &Findings)> {
    reports.iter().rev().find_map(|stored| match (&stored.state, &stored.record.act) {
        (RecordState::Refused(problem), Act::Verify { findings, .. }) => Some((problem, findings)),
        _ => None,
    })
}

/// What is being written of a task; what was refused is to be written again.
fn written(tx: &Tx, task: &Task) -> Result<Option<ReportDraft>> {
    let draft = tx.report_draft(task.id)?;
    if draft.is_some() {
        return Ok(draft);
    }
    Ok(refused(&reports_on(tx, task)?).map(|(_, findings)| ReportDraft::again(findings)))
}

/// A photo that was taken out again is let go of.
fn keep_only_named(tx: &Tx, story: StoryId, tasks: &[(Task, bool)]) -> Result<()> {
    let mut named = named_anywhere(tx, story)?;
    for (task, _) in tasks.iter().filter(|(task, _)| task.story == story) {
        let written = tx.report_draft(task.id)?.map(|draft| draft.evidence).unwrap_or_default();
        named.extend(written.into_iter().filter_map(|evidence| evidence.file).map(|file| file.sha256));
    }
    tx.keep_only_files(story, &named)
}

impl ReportDraft {
    /// What was signed off, to be written again. The name was sealed, and is to be given anew.
    fn again(findings: &Findings) -> Self {
        ReportDraft {
            finding: Some(findings.finding),
            why: findings.why.clone(),
            informant: findings.informant.clone(),
            name: String::new(),
            evidence: findings.evidence.clone(),
        }
    }

    /// What must still be there before it is signed off.
    fn lacks(&self) -> Vec<ReportLack> {
        let asked = [
            (self.finding.is_none(), ReportLack::Finding),
            (self.why.trim().is_empty(), ReportLack::Why),
            (self.informant.trim().is_empty(), ReportLack::Informant),
        ];
        asked.into_iter().filter(|(lacks, _)| *lacks).map(|(_, what)| what).collect()
    }

    /// What is signed off, without the name.
    fn findings(self) -> Result<Findings> {
        let (lacks, finding) = (self.lacks(), self.finding);
        let (Some(finding), []) = (finding, lacks.as_slice()) else {
            return Err(Error::told(Code::StoryIncomplete, format!("the report lacks {lacks:?}")));
        };
        let (why, informant) = (self.why.trim().to_owned(), self.informant.trim().to_owned());
        if why.chars().count().max(informant.chars().count()) > COMMENT_LIMIT {
            return Err(Error::bad_input(format!("an answer has at most {COMMENT_LIMIT} characters")));
        }
        // A piece that was begun and says nothing is none.
        let says = |piece: &Evidence| piece.file.is_some() || !piece.description.trim().is_empty();
        let evidence = self.evidence.into_iter().filter(says).collect();
        Ok(Findings { finding, why, informant, sealed: None, evidence })
    }
}

fn known(tasks: &[(Task, bool)], id: RecordId) -> Result<Task> {
    let task = tasks.iter().map(|(task, _)| task).find(|task| task.id == id).cloned();
    task.ok_or_else(|| Error::told(Code::NotFound, format!("nobody asks to verify {id}")))
}
