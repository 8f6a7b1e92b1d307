//! Campaigns as headquarters sets them up. Several stand side by side, and whoever takes part in one sees nothing of another.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::people::known_campaign;
use crate::questionnaires::{form_of, keep_published};
use crate::store::{Person, Tx};
use crate::view::CampaignHere;
use crate::{Headquarters, unix_now};
use age::x25519::Recipient;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::{CampaignId, PersonName};
use blon_core::plan::CampaignFile;
use blon_core::review::Role;
use blon_core::said;

/// The campaign that comes with headquarters: complete, to begin one's own from. Every test is about it, too.
const EXAMPLE: &str = include_str!("../../../tests/fixtures/kangaba-2022.campaign.json");

/// What it asks.
const EXAMPLE_QUESTIONNAIRE: &str = include_str!("../../../tests/fixtures/kangaba-2022.questionnaire.json");

impl Headquarters {
    /// The campaign that comes with headquarters.
    ///
    /// # Errors
    /// An internal error if it cannot be read.
    pub fn example() -> Result<CampaignFile> {
        let mut example: CampaignFile = serde_json::from_str(EXAMPLE)?;
        example.campaign.questionnaire = Some(serde_json::from_str(EXAMPLE_QUESTIONNAIRE)?);
        Ok(example)
    }

    /// Sets a campaign up.
    ///
    /// # Errors
    /// `campaign_taken`; `bad_input` for one that cannot be used.
    pub fn create_campaign(&self, file: &CampaignFile, who: Option<&PersonName>) -> Result<CampaignHere> {
        self.put_campaign(file, who, |tx, id| match tx.campaign(id)? {
            None => Ok(()),
            Some(_) => Err(Error::told(Code::CampaignTaken, format!("there is a campaign {id} already"))),
        })
    }

    /// Changes a campaign; its stories stay, and its questionnaire where the new state brings none.
    ///
    /// # Errors
    /// `campaign_not_found`; `bad_input` for one that cannot be used.
    pub fn change_campaign(&self, file: &CampaignFile, who: Option<&PersonName>) -> Result<CampaignHere> {
        self.put_campaign(file, who, |tx, id| known_campaign(tx, id).map(drop))
    }

    /// Takes in a campaign, replacing one with the same id.
    ///
    /// # Errors
    /// `bad_input` for one that cannot be used.
    pub fn import_campaign(&self, file: &CampaignFile) -> Result<Campaign> {
        self.put_campaign(file, None, |_, _| Ok(()))?;
        self.store.read(|tx| known_campaign(tx, &file.campaign.id))
    }

    fn put_campaign(
        &self,
        file: &CampaignFile,
        who: Option<&PersonName>,
        allowed: impl FnOnce(&Tx, &CampaignId) -> Result<()>,
    ) -> Result<CampaignHere> {
        let mut findings = file.campaign.findings();
        findings.extend(file.plan.findings(&file.campaign));
        if let Some(Err(wrong)) = file.campaign.custodian_key.as_ref().map(|key| key.parse::<Recipient>()) {
            findings.push(said!(
                "the custodian's key cannot be read: {wrong}",
                "la clé du gardien des identités ne peut pas être lue (détail technique : {wrong})"
            ));
        }
        if !findings.is_empty() {
            return Err(Error::Unusable(findings));
        }
        let here = self.store.write(|tx| {
            let mut campaign = file.campaign.clone();
            allowed(tx, &campaign.id)?;
            if campaign.questionnaire.is_none() {
                // Whoever mends a name does not mean to take away what is asked: drafts stand on it.
                campaign.questionnaire = tx.campaign(&campaign.id)?.and_then(|before| before.questionnaire);
            }
            tx.put_campaign(&campaign, &file.plan)?;
            keep_published(tx, &campaign, who, unix_now())?;
            tx.note(who, What::CampaignImported, campaign.id.as_str())?;
            here(tx, campaign)
        })?;
        self.changes.tell();
        Ok(here)
    }

    /// The campaigns that somebody takes part in, by id.
    ///
    /// # Errors
    /// Those of the database.
    pub fn campaigns_of(&self, reader: &Person) -> Result<Vec<CampaignHere>> {
        self.store.read(|tx| {
            let mut campaigns = Vec::new();
            for campaign in tx.campaigns()? {
                if takes_part(tx, &campaign.id, reader)? {
                    campaigns.push(here(tx, campaign)?);
                }
            }
            Ok(campaigns)
        })
    }

    /// A campaign as one file, with its questionnaire and its plan.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn campaign_file(&self, id: &CampaignId) -> Result<CampaignFile> {
        self.store.read(|tx| Ok(CampaignFile { campaign: known_campaign(tx, id)?, plan: tx.plan(id)? }))
    }
}

fn here(tx: &Tx, campaign: Campaign) -> Result<CampaignHere> {
    Ok(CampaignHere {
        plan: tx.plan(&campaign.id)?,
        form: campaign.questionnaire.as_ref().and_then(form_of),
        campaign: campaign.without_questionnaire(),
    })
}

fn takes_part(tx: &Tx, campaign: &CampaignId, reader: &Person) -> Result<bool> {
    let works_for_all = matches!(reader.role, Role::Admin | Role::Analyst | Role::Custodian);
    Ok(works_for_all || tx.plan(campaign)?.takes_part(&reader.team))
}

/// The campaign, for somebody who takes part in it.
///
/// # Errors
/// `campaign_not_found`, also for who takes no part.
pub(crate) fn campaign_for(tx: &Tx, id: &CampaignId, reader: &Person) -> Result<Campaign> {
    let campaign = known_campaign(tx, id)?;
    if takes_part(tx, id, reader)? {
        return Ok(campaign);
    }
    Err(Error::told(Code::CampaignNotFound, format!("there is no campaign {id}")))
}
