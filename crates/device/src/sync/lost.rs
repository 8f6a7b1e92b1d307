//! Headquarters may be brought back from a backup: then it has forgotten what it had acknowledged, and has given numbers
//! anew. Whoever was told otherwise must notice, whether it hears by network or by a receipt.

use crate::error::Result;
use crate::store::Tx;
use blon_core::protocol::IdSum;

/// The setting that holds which records headquarters had when this device's own were last sent again.
const SENT_AGAIN: &str = "sent_again";

/// Whether headquarters has other records of this person's own than it said it had: it was brought back from a backup, or
/// made anew. What it lost it gets again, no file counts as confirmed, and what it has given other numbers since is to be
/// fetched from the start.
pub fn brought_back(tx: &Tx, count: Option<u64>, sum: Option<&IdSum>) -> Result<bool> {
    let Some(enrolled) = tx.enrolment()? else { return Ok(false) };
    let person = enrolled.enrolment.person;
    let held = tx.own_held(&person)?;
    let other = match sum {
        Some(theirs) => *theirs != held.iter().copied().collect(),
        // Before version 3 it told only how many they are.
        None => count.is_some_and(|theirs| theirs < held.len() as u64),
    };
    // What was sent again once for this very state and is still another is no use to send again.
    if !other || (sum.is_some() && tx.setting::<IdSum>(SENT_AGAIN)?.as_ref() == sum) {
        return Ok(false);
    }
    if let Some(theirs) = sum {
        tx.set(SENT_AGAIN, theirs)?;
    }
    tx.send_again(&person)?;
    tx.tell_sealed_again()?;
    tx.confirm_nothing()?;
    Ok(true)
}
