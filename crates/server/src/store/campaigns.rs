//! Campaigns, and what headquarters knows of itself.

use super::{Tx, unreadable};
use crate::error::Result;
use crate::view::Asks;
use blon_core::campaign::Campaign;
use blon_core::id::CampaignId;
use blon_core::plan::Plan;
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Keeps a campaign with its plan; one with the same id is replaced, its records stay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_campaign(&self, campaign: &Campaign, plan: &Plan, asks: Option<&Asks>) -> Result<()> {
        self.0.execute(
            "INSERT INTO campaign VALUES (?1, ?2, 0, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body, plan = excluded.plan, asks = excluded.asks",
            params![
                campaign.id.as_str(),
                serde_json::to_string(campaign)?,
                serde_json::to_string(plan)?,
                asks.map(serde_json::to_string).transpose()?
            ],
        )?;
        Ok(())
    }

    /// What a campaign asks, in short.
    ///
    /// # Errors
    /// Those of the database.
    pub fn asks(&self, id: &CampaignId) -> Result<Option<Asks>> {
        let asks: Option<Option<String>> = self
            .0
            .prepare_cached("SELECT asks FROM campaign WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(asks.flatten().map(|asks| serde_json::from_str(&asks)).transpose()?)
    }

    /// The campaigns of which it is not known in short what they ask: an older headquarters kept them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unread_campaigns(&self) -> Result<Vec<CampaignId>> {
        let mut statement = self.0.prepare("SELECT id FROM campaign WHERE asks IS NULL ORDER BY id")?;
        let ids =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        ids.iter().map(|id| id.parse().map_err(unreadable)).collect()
    }

    /// What is planned for a campaign; nothing where there is no such campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn plan(&self, id: &CampaignId) -> Result<Plan> {
        let plan: Option<String> = self
            .0
            .prepare_cached("SELECT plan FROM campaign WHERE id = ?1")?
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?;
        Ok(plan.map(|plan| serde_json::from_str(&plan)).transpose()?.unwrap_or_default())
    }

    /// Every campaign, by id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn campaigns(&self) -> Result<Vec<Campaign>> {
        let mut statement = self.0.prepare("SELECT body FROM campaign ORDER BY id")?;
        let bodies =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        bodies.iter().map(|body| Ok(serde_json::from_str(body)?)).collect()
    }

    /// The campaign with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn campaign(&self, id: &CampaignId) -> Result<Option<Campaign>> {
        let body: Option<String> = self
            .0
            .query_row("SELECT body FROM campaign WHERE id = ?1", [id.as_str()], |row| row.get(0))
            .optional()?;
        body.map(|b| Ok(serde_json::from_str(&b)?)).transpose()
    }

    /// The number of the campaign's last record; 0 before the first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_seq(&self, id: &CampaignId) -> Result<i64> {
        Ok(self
            .0
            .query_row("SELECT last_seq FROM campaign WHERE id = ?1", [id.as_str()], |row| row.get(0))?)
    }

    /// Remembers something headquarters knows of itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        self.0.execute("INSERT OR REPLACE INTO setting VALUES (?1, ?2)", [name, value])?;
        Ok(())
    }

    /// Something headquarters knows of itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        let value = self
            .0
            .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        Ok(value)
    }
}
