//! Campaigns as they were read last: to read a questionnaire takes longer than to take in fifty stories.

use crate::error::{Error, Result};
use crate::questionnaires::Read;
use crate::store::Tx;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::CampaignId;
use blon_core::questionnaire::form::Questionnaire;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How many are kept.
const KEPT: usize = 16;

/// A campaign, and what is made of it.
pub(crate) struct KnownCampaign {
    /// The campaign.
    pub campaign: Campaign,
    /// As the database holds it.
    body: String,
    sum: OnceLock<String>,
    asked: OnceLock<Option<Arc<Questionnaire>>>,
}

impl KnownCampaign {
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
        let body = tx
            .campaign_body(id)?
            .ok_or_else(|| Error::told(Code::CampaignNotFound, format!("there is no campaign {id}")))?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| known.body == body) {
            return Ok(Arc::clone(known));
        }
        let campaign = serde_json::from_str(&body)?;
        let known = Arc::new(KnownCampaign { campaign, body, sum: OnceLock::new(), asked: OnceLock::new() });
        kept.retain(|other| other.campaign.id != *id);
        kept.truncate(KEPT - 1);
        kept.insert(0, Arc::clone(&known));
        Ok(known)
    }
}
