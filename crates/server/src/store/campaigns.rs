//! Campaigns, and what headquarters knows of itself.

use super::Tx;
use super::sql::given;
use crate::error::Result;
use crate::view::Asks;
use blon_core::campaign::Campaign;
use blon_core::id::CampaignId;
use blon_core::plan::Plan;
use uuid::Uuid;

impl Tx<'_> {
    /// Keeps a campaign with its plan; one with the same id is replaced, its records stay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_campaign(&self, campaign: &Campaign, plan: &Plan, asks: Option<&Asks>) -> Result<()> {
        self.execute(
            "INSERT INTO campaign (id, body, plan, asks) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body, plan = excluded.plan, asks = excluded.asks",
            given![
                &campaign.id,
                serde_json::to_string(campaign)?,
                serde_json::to_string(plan)?,
                asks.map(serde_json::to_string).transpose()?
            ],
        )?;
        self.execute(
            "INSERT INTO numbered (campaign, last, edition) VALUES (?1, 0, ?2)
             ON CONFLICT (campaign) DO UPDATE SET edition = excluded.edition",
            given![&campaign.id, Uuid::now_v7().to_string()],
        )?;
        Ok(())
    }

    /// What a campaign asks, in short.
    ///
    /// # Errors
    /// Those of the database.
    pub fn asks(&self, id: &CampaignId) -> Result<Option<Asks>> {
        let asks: Option<Option<String>> =
            self.one("SELECT asks FROM campaign WHERE id = ?1", given![id], |row| row.get(0))?;
        Ok(asks.flatten().map(|asks| serde_json::from_str(&asks)).transpose()?)
    }

    /// The campaigns of which it is not known in short what they ask: an older headquarters kept them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unread_campaigns(&self) -> Result<Vec<CampaignId>> {
        self.all("SELECT id FROM campaign WHERE asks IS NULL ORDER BY id", given![], |row| row.get(0))
    }

    /// What is planned for a campaign; nothing where there is no such campaign.
    ///
    /// # Errors
    /// Those of the database.
    pub fn plan(&self, id: &CampaignId) -> Result<Plan> {
        let plan = self.one("SELECT plan FROM campaign WHERE id = ?1", given![id], |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })?;
        Ok(plan.unwrap_or_default())
    }

    /// Every campaign, by id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn campaigns(&self) -> Result<Vec<Campaign>> {
        self.all("SELECT body FROM campaign ORDER BY id", given![], |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }

    /// A text that is another whenever the campaign with this id or its plan was changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn edition(&self, id: &CampaignId) -> Result<Option<String>> {
        self.one("SELECT edition FROM numbered WHERE campaign = ?1", given![id], |row| row.get(0))
    }

    /// The campaign with this id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn campaign(&self, id: &CampaignId) -> Result<Option<Campaign>> {
        self.one("SELECT body FROM campaign WHERE id = ?1", given![id], |row| {
            Ok(serde_json::from_str(&row.get::<String>(0)?)?)
        })
    }

    /// The number of the campaign's last record; 0 before the first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_seq(&self, id: &CampaignId) -> Result<i64> {
        self.number("SELECT last FROM numbered WHERE campaign = ?1", given![id])
    }

    /// Remembers something headquarters knows of itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set(&self, name: &str, value: &str) -> Result<()> {
        self.execute(
            "INSERT INTO setting (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            given![name, value],
        )?;
        Ok(())
    }

    /// Something headquarters knows of itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        self.one("SELECT value FROM setting WHERE name = ?1", given![name], |row| row.get(0))
    }
}
