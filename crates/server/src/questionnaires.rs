//! Questionnaires of a campaign: uploaded, looked at as a collector will, published. Devices fetch what is published with their
//! next sync, and drafts go on by it.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::people::known_campaign;
use crate::store::{NewQuestionnaire, Tx};
use crate::view::{Asks, QuestionnairePage, Uploaded, VersionLine, Which};
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
use chrono::Local;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The questionnaires that were previewed last, read: an author steps through the same one for minutes.
#[derive(Default)]
pub(crate) struct Read(Mutex<Vec<(Workbook, Arc<Questionnaire>)>>);

/// How many are kept.
const KEPT: usize = 16;

impl Read {
    /// The questionnaire of these rows.
    ///
    /// # Errors
    /// `questionnaire_unreadable`.
    pub(crate) fn of(&self, workbook: Workbook) -> Result<Arc<Questionnaire>> {
        if let Some(known) = self.known(&workbook) {
            return Ok(known);
        }
        // Reading a large one takes a second, and nobody else waits for it.
        let questionnaire = Arc::new(read(&workbook).map_err(|findings| {
            let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Error::told(Code::QuestionnaireUnreadable, said.join("; "))
        })?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.insert(0, (workbook, Arc::clone(&questionnaire)));
        Ok(questionnaire)
    }

    /// One that was read lately; it is the last to be let go of then.
    fn known(&self, workbook: &Workbook) -> Option<Arc<Questionnaire>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(rows, _)| rows == workbook)?;
        kept.get_mut(..=place)?.rotate_right(1);
        kept.first().map(|(_, known)| Arc::clone(known))
    }
}

impl Headquarters {
    /// How a campaign's questionnaire stands.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn questionnaire(&self, campaign: &CampaignId) -> Result<QuestionnairePage> {
        self.store.read(|tx| {
            known_campaign(tx, campaign)?;
            page(tx, campaign)
        })
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
        let read = workbooks::from_outside(file).and_then(|workbook| {
            let questionnaire = read(&workbook)?;
            Ok((workbook, questionnaire))
        });
        let verdict = Verdict::of_read(read.as_ref().map(|(_, questionnaire)| questionnaire));
        let read = read.ok().map(|(workbook, questionnaire)| (workbook, asks_of(&questionnaire)));
        let questionnaire = self.store.write(|tx| {
            known_campaign(tx, campaign)?;
            if let Some((workbook, asks)) = &read {
                let new = NewQuestionnaire { asks, workbook, uploaded: unix_now(), by: Some(by) };
                tx.put_draft_questionnaire(campaign, &new)?;
                tx.note(Some(by), What::QuestionnaireUploaded, &format!("{campaign} {}", asks.form.version))?;
            }
            page(tx, campaign)
        })?;
        Ok(Uploaded { verdict, questionnaire })
    }

    /// Lets go of the draft.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn drop_questionnaire(&self, campaign: &CampaignId, who: &PersonName) -> Result<QuestionnairePage> {
        self.store.write(|tx| {
            if tx.drop_draft_questionnaire(campaign)? {
                tx.note(Some(who), What::QuestionnaireDropped, campaign.as_str())?;
            }
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
            let (asks, draft) = tx
                .draft_questionnaire(campaign)?
                .ok_or_else(|| Error::told(Code::NoQuestionnaire, "nothing was uploaded to publish"))?;
            version_is_free(tx, &changed, &asks.form, &draft)?;
            changed.questionnaire = Some(draft);
            tx.put_campaign(&changed, &tx.plan(campaign)?, Some(&asks))?;
            tx.publish_questionnaire(campaign, unix_now())?;
            tx.note(Some(who), What::QuestionnairePublished, &format!("{campaign} {}", asks.form.version))?;
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
                Which::Draft => Ok(tx.draft_questionnaire(&campaign.id)?.map(|(_, workbook)| workbook)),
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

/// What a questionnaire asks, in short.
pub(crate) fn asks_of(questionnaire: &Questionnaire) -> Asks {
    let Questionnaire { id, version, languages, default_language, .. } = questionnaire;
    let mut languages = languages.clone();
    languages.sort_by_key(|language| language != default_language);
    let form = FormVersion { id: id.clone(), version: version.clone() };
    Asks { form, questions: workbooks::questions(questionnaire), languages }
}

/// Whether no other questionnaire was published under this version: answers are understood by it.
///
/// # Errors
/// `version_taken`.
pub(crate) fn version_is_free(tx: &Tx, asked: &Campaign, form: &FormVersion, new: &Workbook) -> Result<()> {
    let now = tx.asks(&asked.id)?.filter(|asks| asks.form == *form).and(asked.questionnaire.clone());
    if tx.published_questionnaire(&asked.id, form)?.or(now).is_none_or(|before| before == *new) {
        return Ok(());
    }
    let message = format!(
        "another questionnaire was published as version {:?} of {}: give this one another version in its settings",
        form.version, form.id
    );
    Err(Error::told(Code::VersionTaken, message))
}

/// Keeps what a campaign asks among its published questionnaires, where it came with the campaign itself.
pub(crate) fn keep_published(
    tx: &Tx,
    campaign: &Campaign,
    asks: Option<&Asks>,
    who: Option<&PersonName>,
) -> Result<()> {
    let Some((workbook, asks)) = campaign.questionnaire.as_ref().zip(asks) else { return Ok(()) };
    if tx.published_questionnaire(&campaign.id, &asks.form)?.as_ref() == Some(workbook) {
        return Ok(());
    }
    let new = NewQuestionnaire { asks, workbook, uploaded: unix_now(), by: who };
    tx.add_published_questionnaire(&campaign.id, &new)
}

fn page(tx: &Tx, id: &CampaignId) -> Result<QuestionnairePage> {
    let asks = tx.asks(id)?;
    let mut lines = tx.questionnaires(id)?;
    let draft = lines.iter().position(|(line, _)| line.published.is_none()).map(|place| lines.remove(place));
    let current = asks.as_ref().and_then(|asks| {
        let place = lines.iter().position(|(line, _)| line.form == asks.form)?;
        Some(lines.remove(place))
    });
    let languages = draft.as_ref().or(current.as_ref()).map(|(_, languages)| languages.clone());
    let line = |kept: Option<(VersionLine, _)>| kept.map(|(line, _)| line);
    Ok(QuestionnairePage {
        languages: languages.unwrap_or_default(),
        current: line(current),
        draft: line(draft),
        earlier: lines.into_iter().map(|(line, _)| line).collect(),
    })
}
