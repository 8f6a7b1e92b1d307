//! The campaign as headquarters has it now. One whose questionnaire is newer than this app waits for the app's update, like a
//! record that it cannot read; until then it goes on asking what it asked, and headquarters does not send it again.

use crate::error::Result;
use crate::store::{EnrolmentRow, Tx};
use blon_core::campaign::Campaign;
use blon_core::questionnaire::read::read;

/// The setting that holds a campaign which this app cannot ask.
const UNREAD: &str = "unread_campaign";

/// The sum of the campaign that headquarters sent last.
pub(super) fn known_campaign(tx: &Tx, enrolled: &EnrolmentRow) -> Result<String> {
    Ok(unread_campaign(tx)?.as_ref().unwrap_or(&enrolled.enrolment.campaign).sum())
}

/// Takes in what headquarters sent; gives whether it is asked from now on.
pub(crate) fn renew_campaign(tx: &Tx, campaign: &Campaign) -> Result<bool> {
    let can_be_asked = campaign.questionnaire.as_ref().is_none_or(|workbook| read(workbook).is_ok());
    if can_be_asked {
        tx.forget(UNREAD)?;
        tx.put_campaign(campaign)?;
    } else {
        tx.set(UNREAD, campaign)?;
    }
    Ok(can_be_asked)
}

/// What headquarters sent last, if this app could not ask it then.
pub(crate) fn unread_campaign(tx: &Tx) -> Result<Option<Campaign>> {
    tx.setting(UNREAD)
}
