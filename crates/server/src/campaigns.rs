//! Campaigns as headquarters sets them up. Several stand side by side, and whoever takes part in one sees nothing of another.

use crate::Headquarters;
use crate::audit::What;
use crate::error::{Error, Result};
use crate::people::known_campaign;
use crate::questionnaires::{asks_of, keep_published, version_is_free};
use crate::secrets::token_hash;
use crate::store::{Person, Tx};
use crate::view::CampaignHere;
use age::x25519::Recipient;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::CampaignId;
use blon_core::plan::{CampaignFile, Plan};
use blon_core::questionnaire::read::read;
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
    pub fn create_campaign(&self, file: &CampaignFile, who: &Person) -> Result<CampaignHere> {
        self.put_campaign(file, Some(who), |_, before| match before {
            None => Ok(()),
            Some(Before { campaign, .. }) => {
                let message = format!("there is a campaign {} already", campaign.id);
                Err(Error::told(Code::CampaignTaken, message))
            }
        })
    }

    /// Changes a campaign; its stories stay, and its questionnaire and its custodian's key where the new state brings none.
    /// `seen` is the sum of what was read before.
    ///
    /// # Errors
    /// `campaign_not_found`; `campaign_changed` where it is not what was read any more; `version_taken`; `bad_input` for one that
    /// cannot be used.
    pub fn change_campaign(
        &self,
        file: &CampaignFile,
        seen: Option<&str>,
        who: &Person,
    ) -> Result<CampaignHere> {
        self.put_campaign(file, Some(who), |tx, before| {
            let id = &file.campaign.id;
            let Some(before) = before else { return known_campaign(tx, id).map(drop) };
            if seen.is_some_and(|seen| seen != before.sum()) {
                let message = format!("somebody changed {id} since it was read");
                return Err(Error::told(Code::CampaignChanged, message));
            }
            Ok(())
        })
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
        author: Option<&Person>,
        allowed: impl Fn(&Tx, Option<&Before>) -> Result<()>,
    ) -> Result<CampaignHere> {
        let mut findings = file.campaign.findings();
        findings.extend(file.plan.iter().flat_map(|plan| plan.findings(&file.campaign)));
        for wrong in file.campaign.custodian_keys.iter().filter_map(|key| key.parse::<Recipient>().err()) {
            findings.push(said!(
                "a custodian's key cannot be read: {wrong}",
                "la clé d’un gardien des identités ne peut pas être lue (détail technique : {wrong})"
            ));
        }
        if !findings.is_empty() {
            return Err(Error::Unusable(findings));
        }
        let brings = file.campaign.questionnaire.as_ref().and_then(|rows| read(rows).ok());
        let brings = brings.as_ref().map(asks_of);
        let who = author.map(|author| &author.name);
        let here = self.store.write(|tx| {
            let id = &file.campaign.id;
            let before = match tx.campaign(id)? {
                Some(campaign) => Some(Before { campaign, plan: tx.plan(id)? }),
                None => None,
            };
            allowed(tx, before.as_ref())?;
            let mut campaign = file.campaign.clone();
            let mut asks = brings.clone();
            if let Some(before) = &before {
                // Whoever mends a name does not mean to take away what is asked, for drafts stand on it, nor whose key it is.
                if campaign.questionnaire.is_none() {
                    campaign.questionnaire = before.campaign.questionnaire.clone();
                    asks = tx.asks(id)?;
                }
                if campaign.custodian_keys.is_empty() {
                    campaign.custodian_keys = before.campaign.custodian_keys.clone();
                }
                if let Some((workbook, asks)) =
                    campaign.questionnaire.as_ref().zip(brings.as_ref()).filter(|_| who.is_some())
                {
                    version_is_free(tx, &before.campaign, &asks.form, workbook)?;
                }
            }
            let sealed_before = before.as_ref().map(|before| before.campaign.custodian_keys.clone());
            if campaign.custodian_keys != sealed_before.unwrap_or_default() {
                // Whoever reads stories does not say who can open what is sealed about them.
                if author.is_some_and(|author| author.role != Role::Admin) {
                    return Err(Error::told(
                        Code::Forbidden,
                        "the custodian's key is an administrator's to set",
                    ));
                }
                tx.note(who, What::CustodianKeyChanged, id.as_str())?;
            }
            let plan =
                file.plan.clone().or(before.as_ref().map(|before| before.plan.clone())).unwrap_or_default();
            tx.put_campaign(&campaign, &plan, asks.as_ref())?;
            keep_published(tx, &campaign, asks.as_ref(), who)?;
            let what = if before.is_some() { What::CampaignChanged } else { What::CampaignImported };
            tx.note(who, what, id.as_str())?;
            here(tx, campaign)
        })?;
        self.changes.tell();
        Ok(here)
    }

    /// Reads once what campaigns ask that an older headquarters kept.
    pub(crate) fn read_campaigns(&self) -> Result<()> {
        for id in self.store.read(|tx| tx.unread_campaigns())? {
            let campaign = self.store.read(|tx| known_campaign(tx, &id))?;
            let Some(Ok(questionnaire)) = campaign.questionnaire.as_ref().map(read) else { continue };
            let asks = asks_of(&questionnaire);
            self.store.write(|tx| {
                tx.put_campaign(&campaign, &tx.plan(&id)?, Some(&asks))?;
                keep_published(tx, &campaign, Some(&asks), None)
            })?;
        }
        Ok(())
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
        self.store.read(|tx| Ok(CampaignFile { campaign: known_campaign(tx, id)?, plan: Some(tx.plan(id)?) }))
    }
}

/// A campaign as it stood.
struct Before {
    campaign: Campaign,
    plan: Plan,
}

impl Before {
    /// What tells it from another state.
    fn sum(&self) -> String {
        let written = serde_json::to_string(&self.plan).unwrap_or_default();
        token_hash(&format!("{}{written}", self.campaign.sum())).chars().take(16).collect()
    }
}

fn here(tx: &Tx, campaign: Campaign) -> Result<CampaignHere> {
    let before = Before { plan: tx.plan(&campaign.id)?, campaign };
    let (sum, form) = (before.sum(), tx.asks(&before.campaign.id)?.map(|asks| asks.form));
    let Before { campaign, plan } = before;
    Ok(CampaignHere { plan, form, campaign: campaign.without_questionnaire(), sum })
}

fn takes_part(tx: &Tx, campaign: &CampaignId, reader: &Person) -> Result<bool> {
    let works_for_all = matches!(reader.role, Role::Admin | Role::Analyst | Role::Custodian);
    Ok(works_for_all || tx.plan(campaign)?.takes_part(&reader.team))
}

/// The campaign, for somebody who takes part in it; for everybody where there is no reader, which is whoever can read the data
/// folder anyway.
///
/// # Errors
/// `campaign_not_found`, also for who takes no part.
pub(crate) fn campaign_for(tx: &Tx, id: &CampaignId, reader: Option<&Person>) -> Result<Campaign> {
    let campaign = known_campaign(tx, id)?;
    match reader {
        Some(reader) if !takes_part(tx, id, reader)? => {
            Err(Error::told(Code::CampaignNotFound, format!("there is no campaign {id}")))
        }
        _ => Ok(campaign),
    }
}
