//! The questionnaires that were uploaded for a campaign. What is asked now stands in the campaign itself.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::VersionLine;
use blon_core::id::{CampaignId, PersonName};
use blon_core::questionnaire::workbook::Workbook;
use blon_core::story::FormVersion;
use rusqlite::{OptionalExtension, params};

/// A questionnaire to keep.
pub struct NewQuestionnaire<'q> {
    /// What it calls itself.
    pub form: &'q FormVersion,
    /// How many questions it asks.
    pub questions: u32,
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
        self.0.execute(
            "INSERT INTO questionnaire VALUES (
                 ?1, (SELECT 1 + coalesce(max(number), 0) FROM questionnaire WHERE campaign = ?1),
                 ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
            params![
                campaign.as_str(),
                new.form.id,
                new.form.version,
                new.questions,
                serde_json::to_string(new.workbook)?,
                new.uploaded,
                new.by.map(PersonName::as_str)
            ],
        )?;
        Ok(())
    }

    /// Lets go of the draft of a campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_draft_questionnaire(&self, campaign: &CampaignId) -> Result<()> {
        self.0.execute(
            "DELETE FROM questionnaire WHERE campaign = ?1 AND published IS NULL",
            [campaign.as_str()],
        )?;
        Ok(())
    }

    /// The draft of a campaign becomes what is asked from this moment on.
    ///
    /// # Errors
    /// Those of the database.
    pub fn publish_questionnaire(&self, campaign: &CampaignId, now: i64) -> Result<()> {
        self.0.execute(
            "UPDATE questionnaire SET published = ?2 WHERE campaign = ?1 AND published IS NULL",
            params![campaign.as_str(), now],
        )?;
        Ok(())
    }

    /// The rows of a campaign's draft.
    ///
    /// # Errors
    /// Those of the database.
    pub fn draft_questionnaire(&self, campaign: &CampaignId) -> Result<Option<Workbook>> {
        let body: Option<String> = self
            .0
            .query_row(
                "SELECT body FROM questionnaire WHERE campaign = ?1 AND published IS NULL",
                [campaign.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
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
        let body: Option<String> = self
            .0
            .query_row(
                "SELECT body FROM questionnaire WHERE campaign = ?1 AND form = ?2 AND version = ?3
                 AND published IS NOT NULL ORDER BY number DESC LIMIT 1",
                params![campaign.as_str(), form.id, form.version],
                |row| row.get(0),
            )
            .optional()?;
        body.map(|body| Ok(serde_json::from_str(&body)?)).transpose()
    }

    /// Every questionnaire of a campaign, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn questionnaires(&self, campaign: &CampaignId) -> Result<Vec<VersionLine>> {
        let mut statement = self.0.prepare_cached(
            "SELECT number, form, version, questions, uploaded, published, by FROM questionnaire
             WHERE campaign = ?1 ORDER BY number DESC",
        )?;
        let rows = statement
            .query_map([campaign.as_str()], |row| {
                let form = FormVersion { id: row.get(1)?, version: row.get(2)? };
                let times = (row.get(4)?, row.get::<_, Option<i64>>(5)?);
                Ok((row.get(0)?, form, row.get(3)?, times, row.get::<_, Option<String>>(6)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(number, form, questions, (uploaded, published), by)| {
                Ok(VersionLine {
                    number,
                    form,
                    questions,
                    uploaded: moment(uploaded),
                    by: by.map(|by| by.parse().map_err(unreadable)).transpose()?,
                    published: published.map(moment),
                })
            })
            .collect()
    }
}
