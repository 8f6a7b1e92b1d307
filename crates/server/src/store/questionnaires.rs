//! The questionnaires that were uploaded for a campaign. What is asked now stands in the campaign itself.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use crate::view::{Asks, VersionLine};
use blon_core::id::{CampaignId, PersonName};
use blon_core::questionnaire::workbook::Workbook;
use blon_core::story::FormVersion;

/// A questionnaire to keep.
pub struct NewQuestionnaire<'q> {
    /// What it asks, in short.
    pub asks: &'q Asks,
    /// Its rows.
    pub workbook: &'q Workbook,
    /// When it was uploaded, in Unix seconds.
    pub uploaded: i64,
    /// Who uploaded it.
    pub by: Option<&'q PersonName>,
}

impl Tx<'_> {
    /// Keeps what was uploaded as the draft of a campaign, in place of the one before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_draft_questionnaire(&self, campaign: &CampaignId, new: &NewQuestionnaire) -> Result<()> {
        self.drop_draft_questionnaire(campaign)?;
        self.add_questionnaire(campaign, new, None)
    }

    /// Keeps a questionnaire that is asked from now on; the draft stays as it is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_published_questionnaire(&self, campaign: &CampaignId, new: &NewQuestionnaire) -> Result<()> {
        self.add_questionnaire(campaign, new, Some(new.uploaded))
    }

    fn add_questionnaire(
        &self,
        campaign: &CampaignId,
        new: &NewQuestionnaire,
        published: Option<i64>,
    ) -> Result<()> {
        self.execute(
            "INSERT INTO questionnaire (campaign, number, form, version, asks, body, uploaded, by, published)
             VALUES (?1, (SELECT 1 + coalesce(max(number), 0) FROM questionnaire WHERE campaign = ?1),
                     ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            given![
                campaign,
                &new.asks.form.id,
                &new.asks.form.version,
                serde_json::to_string(new.asks)?,
                serde_json::to_string(new.workbook)?,
                new.uploaded,
                new.by,
                published
            ],
        )?;
        Ok(())
    }

    /// Lets go of the draft of a campaign; gives whether there was one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_draft_questionnaire(&self, campaign: &CampaignId) -> Result<bool> {
        let sql = "DELETE FROM questionnaire WHERE campaign = ?1 AND published IS NULL";
        Ok(self.execute(sql, given![campaign])? > 0)
    }

    /// The draft of a campaign becomes what is asked from this moment on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn publish_questionnaire(&self, campaign: &CampaignId, now: i64) -> Result<()> {
        let sql = "UPDATE questionnaire SET published = ?2 WHERE campaign = ?1 AND published IS NULL";
        self.execute(sql, given![campaign, now])?;
        Ok(())
    }

    /// A campaign's draft: what it asks in short, and its rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn draft_questionnaire(&self, campaign: &CampaignId) -> Result<Option<(Asks, Workbook)>> {
        let sql = "SELECT asks, body FROM questionnaire WHERE campaign = ?1 AND published IS NULL";
        let draft: Option<(String, String)> =
            self.one(sql, given![campaign], |row| Ok((row.get(0)?, row.get(1)?)))?;
        draft.map(|(asks, body)| Ok((serde_json::from_str(&asks)?, serde_json::from_str(&body)?))).transpose()
    }

    /// The rows that were published under this version, the last of them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn published_questionnaire(
        &self,
        campaign: &CampaignId,
        form: &FormVersion,
    ) -> Result<Option<Workbook>> {
        let sql = "SELECT body FROM questionnaire WHERE campaign = ?1 AND form = ?2 AND version = ?3
                   AND published IS NOT NULL ORDER BY number DESC LIMIT 1";
        let body: Option<String> =
            self.one(sql, given![campaign, &form.id, &form.version], |row| row.get(0))?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// Every questionnaire of a campaign, newest first, each with its languages.
    ///
    /// # Errors
    /// Those of the database.
    pub fn questionnaires(&self, campaign: &CampaignId) -> Result<Vec<(VersionLine, Vec<String>)>> {
        let sql = "SELECT number, asks, uploaded, published, by FROM questionnaire WHERE campaign = ?1
                   ORDER BY number DESC";
        self.all(sql, given![campaign], |row| {
            let Asks { form, questions, languages } = serde_json::from_str(&row.get::<String>(1)?)?;
            let line = VersionLine {
                number: row.get(0)?,
                form,
                questions,
                uploaded: row.get(2)?,
                by: row.get(4)?,
                published: row.get(3)?,
            };
            Ok((line, languages))
        })
    }
}
