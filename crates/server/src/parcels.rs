//! What comes without any network: a device's outbox as one sealed file, and the answer to it.

use crate::error::{Error, Result};
use crate::store::Tx;
use age::secrecy::ExposeSecret;
use age::x25519::Identity;

/// The setting that holds the key to which devices seal parcels. It is headquarters' own and opens no identity.
const KEY: &str = "parcel_key";

/// The key to which devices seal parcels, made when it is first asked for.
pub(crate) fn key(tx: &Tx) -> Result<Identity> {
    if let Some(kept) = tx.setting(KEY)? {
        return kept.parse().map_err(|e: &str| Error::Internal(format!("the key of parcels: {e}")));
    }
    let made = Identity::generate();
    tx.set(KEY, made.to_string().expose_secret())?;
    Ok(made)
}
