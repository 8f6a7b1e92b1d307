//! The questionnaires that were uploaded for a campaign. What is asked now stands in the campaign itself.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::{Asks, VersionLine};
use blon_core::id::{CampaignId, PersonName};
use blon_core::questionnaire::workbook::Workbook;
use blon_core::story::FormVersion;
use rusqlite::{OptionalExtension, params};

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
        self.0.execute(
            "INSERT INTO questionnaire VALUES (
                 ?1, (SELECT 1 + coalesce(max(number), 0) FROM questionnaire WHERE campaign = ?1),
                 ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                campaign.as_str(),
                new.asks.form.id,
                new.asks.form.version,
                serde_json::to_string(new.asks)?,
                serde_json::to_string(new.workbook)?,
                new.uploaded,
                new.by.map(PersonName::as_str),
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
        Ok(self.0.execute(sql, [campaign.as_str()])? > 0)
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

    /// A campaign's draft: what it asks in short, and its rows.
    ///
    /// # Errors
    /// Those of the database.
    pub fn draft_questionnaire(&self, campaign: &CampaignId) -> Result<Option<(Asks, Workbook)>> {
        let draft: Option<(String, String)> = self
            .0
            .query_row(
                "SELECT asks, body FROM questionnaire WHERE campaign = ?1 AND published IS NULL",
                [campaign.as_str()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
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

    /// Every questionnaire of a campaign, newest first, each with its languages.
    ///
    /// # Errors
    /// Those of the database.
    pub fn questionnaires(&self, campaign: &CampaignId) -> Result<Vec<(VersionLine, Vec<String>)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT number, asks, uploaded, published, by FROM questionnaire WHERE campaign = ?1 ORDER BY number DESC",
        )?;
        let rows = statement
            .query_map([campaign.as_str()], |row| {
                let times = (row.get(2)?, row.get::<_, Option<i64>>(3)?);
                Ok((row.get(0)?, row.get::<_, String>(1)?, times, row.get::<_, Option<String>>(4)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        rows.into_iter()
            .map(|(number, asks, (uploaded, published), by)| {
                let Asks { form, questions, languages } = serde_json::from_str(&asks)?;
                let by = by.map(|by| by.parse().map_err(unreadable)).transpose()?;
                let (uploaded, published) = (moment(uploaded), published.map(moment));
                Ok((VersionLine { number, form, questions, uploaded, by, published }, languages))
            })
            .collect()
    }
}
