//! How far a campaign has come, for whoever may see that. Administrators read no story, but count them.

use crate::Headquarters;
use crate::campaigns::campaign_for;
use crate::error::Result;
use crate::people::Sight;
use crate::store::Person;
use blon_core::coverage::Coverage;
use blon_core::id::CampaignId;
use blon_core::review::Role;

impl Headquarters {
    /// How far a campaign has come, as far as `reader` may see.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn coverage(&self, campaign: &CampaignId, reader: &Person) -> Result<Coverage> {
        self.refresh_if_there_is_room()?;
        let sight = if reader.role == Role::Admin { Sight::All } else { Sight::of(reader) };
        self.store.read(|tx| {
            let (campaign, plan) = (campaign_for(tx, campaign, Some(reader))?, tx.plan(campaign)?);
            let of = |sight: &Sight| -> Result<Coverage> {
                let collectors = tx.collectors_in(&plan, sight)?;
                let (tallies, apart) = (tx.tallies(&campaign.id, sight)?, tx.apart(&campaign.id, sight)?);
                Ok(Coverage::of(&campaign, &plan, &collectors, &tallies, apart))
            };
            let own = of(&sight)?;
            if sight == Sight::All {
                return Ok(own);
            }
            // What is wanted is wanted of the whole campaign: who supervises a part of it hears how far that has come.
            Ok(own.within(of(&Sight::All)?))
        })
    }
}
