//! Campaigns as they were read last: to read a questionnaire takes longer than to take in fifty stories.

use crate::error::{Error, Result};
use crate::questionnaires::Read;
use crate::store::Tx;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::CampaignId;
use blon_core::plan::Plan;
use blon_core::questionnaire::form::Questionnaire;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How many are kept.
const KEPT: usize = 16;

/// A campaign, and what is made of it.
pub(crate) struct KnownCampaign {
    /// The campaign.
    pub campaign: Campaign,
    /// What is planned for it.
    pub plan: Plan,
    edition: String,
    sum: OnceLock<String>,
    asked: OnceLock<Option<Arc<Questionnaire>>>,
}

impl KnownCampaign {
    /// Whether nothing of it has changed since it was that one.
    pub fn is(&self, that: &KnownCampaign) -> bool {
        (&self.campaign.id, &self.edition) == (&that.campaign.id, &that.edition)
    }

    /// What tells it from another state of it.
    pub fn sum(&self) -> &str {
        self.sum.get_or_init(|| self.campaign.sum())
    }

    /// What it asks, if that can be read.
    pub fn asked(&self, read: &Read) -> Option<&Arc<Questionnaire>> {
        let asked = || self.campaign.questionnaire.clone().and_then(|workbook| read.of(workbook).ok());
        self.asked.get_or_init(asked).as_ref()
    }
}

/// The campaigns that were read last.
#[derive(Default)]
pub(crate) struct Known(Mutex<Vec<Arc<KnownCampaign>>>);

impl Known {
    /// The campaign with this id, as it is now. One that stayed as it was is the same as before.
    ///
    /// # Errors
    /// `campaign_not_found`; those of the database.
    pub fn campaign(&self, tx: &Tx, id: &CampaignId) -> Result<Arc<KnownCampaign>> {
        let missing = || Error::told(Code::CampaignNotFound, format!("there is no campaign {id}"));
        let edition = tx.edition(id)?.ok_or_else(missing)?;
        if let Some(known) = self.known(id, &edition) {
            return Ok(known);
        }
        let campaign = tx.campaign(id)?.ok_or_else(missing)?;
        let plan = tx.plan(id)?;
        let known =
            Arc::new(KnownCampaign { campaign, plan, edition, sum: OnceLock::new(), asked: OnceLock::new() });
        let mut kept = self.kept();
        kept.retain(|other| other.campaign.id != *id);
        kept.truncate(KEPT - 1);
        kept.insert(0, Arc::clone(&known));
        Ok(known)
    }

    /// One that is the same as it was; it is the last to be let go of then.
    fn known(&self, id: &CampaignId, edition: &str) -> Option<Arc<KnownCampaign>> {
        let mut kept = self.kept();
        let place = kept.iter().position(|known| known.campaign.id == *id && known.edition == edition)?;
        kept.get_mut(..=place)?.rotate_right(1);
        kept.first().map(Arc::clone)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Arc<KnownCampaign>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
