//! Questionnaires of a campaign: uploaded, looked at as a collector will, published. Devices fetch what is published with their
//! next sync, and drafts go on by it.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::people::known_campaign;
use crate::store::{NewQuestionnaire, Tx};
use crate::view::{QuestionnairePage, Uploaded, VersionLine, Which};
use crate::workbooks::{self, Verdict};
use crate::{Headquarters, unix_now};
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::{CampaignId, PersonName};
use blon_core::questionnaire::form::Questionnaire;
use blon_core::questionnaire::preview::{Preview, Previewed};
use blon_core::questionnaire::read::read;
use blon_core::questionnaire::state::Surroundings;
use blon_core::questionnaire::workbook::Workbook;
use blon_core::story::FormVersion;
use chrono::{DateTime, Local};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The questionnaires that were previewed last, read: an author steps through the same one for minutes.
#[derive(Default)]
pub(crate) struct Read(Mutex<Vec<(Workbook, Arc<Questionnaire>)>>);

/// How many are kept.
const KEPT: usize = 4;

impl Read {
    fn of(&self, workbook: Workbook) -> Result<Arc<Questionnaire>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, read)) = known.iter().find(|(rows, _)| *rows == workbook) {
            return Ok(Arc::clone(read));
        }
        let questionnaire = Arc::new(read(&workbook).map_err(|findings| {
            let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Error::told(Code::QuestionnaireUnreadable, said.join("; "))
        })?);
        known.truncate(KEPT - 1);
        known.insert(0, (workbook, Arc::clone(&questionnaire)));
        Ok(questionnaire)
    }
}

impl Headquarters {
    /// How a campaign's questionnaire stands.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn questionnaire(&self, campaign: &CampaignId) -> Result<QuestionnairePage> {
        self.store.read(|tx| page(tx, campaign))
    }

    /// Takes the bytes of a workbook as the campaign's draft, if it can be asked.
    ///
    /// # Errors
    /// `campaign_not_found`. What is wrong with the workbook is no error but the verdict.
    pub fn upload_questionnaire(
        &self,
        campaign: &CampaignId,
        file: &[u8],
        by: &PersonName,
    ) -> Result<Uploaded> {
        let read = workbooks::workbook(file).and_then(|workbook| {
            let questionnaire = read(&workbook)?;
            Ok((workbook, questionnaire))
        });
        let verdict = Verdict::of_read(read.as_ref().map(|(_, questionnaire)| questionnaire));
        let questionnaire = self.store.write(|tx| {
            known_campaign(tx, campaign)?;
            if let Ok((workbook, questionnaire)) = &read {
                let new = NewQuestionnaire {
                    form: &version_of(questionnaire),
                    questions: workbooks::questions(questionnaire),
                    workbook,
                    uploaded: unix_now(),
                    by: Some(by),
                };
                tx.put_draft_questionnaire(campaign, &new)?;
            }
            page(tx, campaign)
        })?;
        Ok(Uploaded { verdict, questionnaire })
    }

    /// Lets go of the draft.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn drop_questionnaire(&self, campaign: &CampaignId) -> Result<QuestionnairePage> {
        self.store.write(|tx| {
            tx.drop_draft_questionnaire(campaign)?;
            page(tx, campaign)
        })
    }

    /// Publishes the draft: it is what is asked from now on.
    ///
    /// # Errors
    /// `campaign_not_found`; `no_questionnaire` where there is no draft; `version_taken` where another was published under its
    /// version, since answers are understood by that.
    pub fn publish_questionnaire(
        &self,
        campaign: &CampaignId,
        who: &PersonName,
    ) -> Result<QuestionnairePage> {
        let page = self.store.write(|tx| {
            let mut changed = known_campaign(tx, campaign)?;
            let draft = tx
                .draft_questionnaire(campaign)?
                .ok_or_else(|| Error::told(Code::NoQuestionnaire, "nothing was uploaded to publish"))?;
            let form = form_of(&draft)
                .ok_or_else(|| Error::told(Code::QuestionnaireUnreadable, "the draft cannot be asked"))?;
            let published = tx.published_questionnaire(campaign, &form)?;
            let asked = changed.questionnaire.clone().filter(|asked| form_of(asked).as_ref() == Some(&form));
            if published.or(asked).is_some_and(|before| before != draft) {
                let message = format!(
                    "another questionnaire was published as version {:?} of {}: give this one another version in its settings",
                    form.version, form.id
                );
                return Err(Error::told(Code::VersionTaken, message));
            }
            changed.questionnaire = Some(draft);
            tx.put_campaign(&changed, &tx.plan(campaign)?)?;
            tx.publish_questionnaire(campaign, unix_now())?;
            tx.note(Some(who), What::QuestionnairePublished, &format!("{campaign} {}", form.version))?;
            page(tx, campaign)
        })?;
        self.changes.tell();
        Ok(page)
    }

    /// The rows of a campaign's questionnaire.
    ///
    /// # Errors
    /// `campaign_not_found`; `no_questionnaire`.
    pub fn questionnaire_rows(&self, campaign: &CampaignId, which: Which) -> Result<Workbook> {
        let rows = self.store.read(|tx| {
            let campaign = known_campaign(tx, campaign)?;
            match which {
                Which::Current => Ok(campaign.questionnaire),
                Which::Draft => tx.draft_questionnaire(&campaign.id),
            }
        })?;
        rows.ok_or_else(|| Error::told(Code::NoQuestionnaire, "there is no such questionnaire"))
    }

    /// One step of an interview that nobody keeps, by the engine of the devices.
    ///
    /// # Errors
    /// `campaign_not_found`; `no_questionnaire`; `answer_not_asked`; `too_large`.
    pub fn preview(&self, campaign: &CampaignId, which: Which, ask: Preview) -> Result<Previewed> {
        let questionnaire = self.read.of(self.questionnaire_rows(campaign, which)?)?;
        let chance = getrandom::u64().map_err(|e| Error::Internal(e.to_string()))?;
        let surroundings =
            Surroundings { now: Local::now().fixed_offset(), chance, language: ask.language.clone() };
        Ok(ask.step(&questionnaire, &surroundings, Uuid::now_v7())?)
    }
}

fn version_of(questionnaire: &Questionnaire) -> FormVersion {
    FormVersion { id: questionnaire.id.clone(), version: questionnaire.version.clone() }
}

/// What a questionnaire calls itself; `None` for one that cannot be asked.
pub(crate) fn form_of(workbook: &Workbook) -> Option<FormVersion> {
    read(workbook).ok().as_ref().map(version_of)
}

/// Keeps what a campaign asks among its published questionnaires, where it came with the campaign itself.
pub(crate) fn keep_published(tx: &Tx, campaign: &Campaign, who: Option<&PersonName>, now: i64) -> Result<()> {
    let Some(workbook) = &campaign.questionnaire else { return Ok(()) };
    let Ok(questionnaire) = read(workbook) else { return Ok(()) };
    let form = version_of(&questionnaire);
    if tx.published_questionnaire(&campaign.id, &form)?.as_ref() == Some(workbook) {
        return Ok(());
    }
    // A draft that somebody is looking at is not published by the way.
    let draft = tx.draft_questionnaire(&campaign.id)?;
    let questions = workbooks::questions(&questionnaire);
    tx.put_draft_questionnaire(
        &campaign.id,
        &NewQuestionnaire { form: &form, questions, workbook, uploaded: now, by: who },
    )?;
    tx.publish_questionnaire(&campaign.id, now)?;
    if let Some(Ok(read)) = draft.as_ref().map(read) {
        let (form, questions) = (version_of(&read), workbooks::questions(&read));
        let workbook = draft.as_ref().unwrap_or(workbook);
        tx.put_draft_questionnaire(
            &campaign.id,
            &NewQuestionnaire { form: &form, questions, workbook, uploaded: now, by: who },
        )?;
    }
    Ok(())
}

fn page(tx: &Tx, id: &CampaignId) -> Result<QuestionnairePage> {
    let campaign = known_campaign(tx, id)?;
    let mut lines = tx.questionnaires(id)?;
    let draft = lines.iter().position(|line| line.published.is_none()).map(|place| lines.remove(place));
    let asked = campaign.questionnaire.as_ref().and_then(|workbook| read(workbook).ok());
    let current = asked.as_ref().map(|asked| {
        let form = version_of(asked);
        let kept = lines.iter().position(|line| line.form == form).map(|place| lines.remove(place));
        // It was there before uploads were kept.
        kept.unwrap_or_else(|| VersionLine {
            number: 0,
            form,
            questions: workbooks::questions(asked),
            uploaded: DateTime::UNIX_EPOCH,
            by: None,
            published: Some(DateTime::UNIX_EPOCH),
        })
    });
    let newest = tx.draft_questionnaire(id)?.or(campaign.questionnaire);
    let languages = newest.as_ref().and_then(|rows| read(rows).ok()).map(|q| q.languages).unwrap_or_default();
    Ok(QuestionnairePage { current, draft, earlier: lines, languages })
}
