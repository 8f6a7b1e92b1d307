//! Taking devices in: one-time codes, the address to bring them to, and the secret that a device gets for one.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::invitations::{invitation, qr_svg};
use crate::people::{known_campaign, known_person};
use crate::store::{DeviceRow, Person, Tx};
use crate::view::OpenCode;
use crate::{Headquarters, parcels, secrets, unix_now};
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use blon_core::invitation::is_address;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, OLDEST_PROTOCOL, PROTOCOL};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// How long a one-time code is good for.
const CODE_HOURS: i64 = 24;

/// The most codes that are made at once: a sheet for a large training.
const CODES: usize = 200;

/// The setting that holds the address devices enrol at.
pub(crate) const ADDRESS: &str = "address";

/// A one-time code, as it is handed to a collector.
#[derive(Debug, Clone, Serialize, TS, JsonSchema)]
#[ts(export)]
pub struct EnrolmentCode {
    /// For whom.
    pub person: PersonName,
    /// What to type.
    pub code: String,
    /// Where.
    pub url: String,
    /// Both, and the key that answers there where it is known, as one line: a link ([`blon_core::invitation`]).
    pub invitation: String,
    /// The same as a QR code, SVG.
    pub qr: String,
    /// Until when.
    #[ts(type = "string")]
    pub expires: DateTime<Utc>,
}

impl Headquarters {
    /// Makes a one-time code for a person's device. Without a campaign, the only one there is.
    ///
    /// # Errors
    /// `person_not_found`, `campaign_not_found`; `campaign_archived`, `not_in_campaign`; `bad_input` where the campaign must be
    /// named, and for who works without a device.
    pub fn make_code(
        &self,
        name: &PersonName,
        campaign: Option<&CampaignId>,
        url: Option<&str>,
    ) -> Result<EnrolmentCode> {
        let made = self.store.write(|tx| {
            let campaign = chosen_campaign(tx, campaign)?;
            let address = match url {
                Some(given) => check_address(given)?.to_owned(),
                None => address(tx)?,
            };
            code(tx, name, &campaign, &address, None)
        })?;
        drawn(made)
    }

    /// Makes one-time codes for the devices of several people, all or none.
    ///
    /// # Errors
    /// Those of [`Headquarters::make_code`].
    pub fn make_codes(
        &self,
        names: &[PersonName],
        campaign: &CampaignId,
        who: &PersonName,
    ) -> Result<Vec<EnrolmentCode>> {
        if names.len() > CODES {
            return Err(Error::told(Code::BadInput, format!("at most {CODES} codes are made at once")));
        }
        let made: Vec<_> = self.store.write(|tx| {
            let (campaign, address) = (known_campaign(tx, campaign)?.id, address(tx)?);
            names.iter().map(|name| code(tx, name, &campaign, &address, Some(who))).collect()
        })?;
        self.changes.tell();
        made.into_iter().map(drawn).collect()
    }

    /// The codes of a campaign that nobody has used yet.
    ///
    /// # Errors
    /// `campaign_not_found`.
    pub fn open_codes(&self, campaign: &CampaignId) -> Result<Vec<OpenCode>> {
        self.store.read(|tx| {
            known_campaign(tx, campaign)?;
            tx.codes(campaign, unix_now())
        })
    }

    /// Takes a code back.
    ///
    /// # Errors
    /// `not_found` where nobody can use it any more anyway.
    pub fn revoke_code(&self, campaign: &CampaignId, id: i64, who: Option<&PersonName>) -> Result<()> {
        self.store.write(|tx| match tx.revoke_code(campaign, id)? {
            Some(person) => tx.note(who, What::CodeRevoked, person.as_str()),
            None => Err(Error::told(Code::NotFound, "there is no such code, or it was used")),
        })?;
        self.changes.tell();
        Ok(())
    }

    /// Remembers the address that devices enrol at.
    ///
    /// # Errors
    /// `bad_input` for what is no web address.
    pub fn set_address(&self, address: &str) -> Result<()> {
        check_address(address)?;
        self.store.write(|tx| tx.set(ADDRESS, address))
    }

    /// The address that devices and people come to.
    ///
    /// # Errors
    /// Those of the database.
    pub fn address(&self) -> Result<String> {
        self.store.read(address)
    }

    /// Takes a device in for a one-time code.
    ///
    /// # Errors
    /// `protocol_unsupported`, `headquarters_older`; `code_invalid` if the code is unknown, used or past its time; `already_enrolled` if
    /// the device belongs to somebody else.
    pub fn enrol(&self, ask: &EnrolRequest) -> Result<EnrolAnswer> {
        speaks(ask.protocol)?;
        let (token, now) = (secrets::token()?, unix_now());
        let answer = self.store.write(|tx| {
            let (person, campaign) = tx
                .take_code(&secrets::code_hash(&ask.code), now)?
                .ok_or_else(|| Error::told(Code::CodeInvalid, "the code is unknown, used or too old"))?;
            if let Some(before) = ask.person.as_ref().filter(|before| **before != person) {
                // An error undoes the transaction, so the code stays good for whom it was made.
                let message = format!("this device is {before}'s, and the code is for {person}");
                return Err(Error::told(Code::AlreadyEnrolled, message));
            }
            for earlier in &ask.earlier {
                // Nobody has its secret; it says whose records are those that were made under it.
                let row = DeviceRow { id: *earlier, person: person.clone(), campaign: campaign.clone() };
                tx.add_device_unless_known(&row, &secrets::token_hash(&secrets::token()?), now)?;
            }
            let device = DeviceId(Uuid::now_v7());
            let row = DeviceRow { id: device, person: person.clone(), campaign: campaign.clone() };
            tx.add_device(&row, &secrets::token_hash(&token), now)?;
            let known = known_person(tx, &person)?;
            if known.disabled {
                return Err(Error::told(Code::CodeInvalid, "the code is of somebody who is shut out"));
            }
            may_have_a_device(tx, &known, &campaign)?;
            let role = known.role;
            tx.note(Some(&person), What::DeviceEnrolled, &device.to_string())?;
            let campaign = known_campaign(tx, &campaign)?;
            let parcel_key = Some(parcels::key(tx)?.to_public().to_string());
            Ok(EnrolAnswer { device, token: token.clone(), person, role, campaign, parcel_key })
        })?;
        self.changes.tell();
        Ok(answer)
    }

    /// The device with this secret.
    ///
    /// # Errors
    /// `device_unknown`.
    pub fn device(&self, token: &str) -> Result<DeviceRow> {
        self.store
            .read(|tx| tx.device_by_token(&secrets::token_hash(token)))?
            .ok_or_else(|| Error::told(Code::DeviceUnknown, "the device's token is unknown or was revoked"))
    }
}

/// An address as a device can be given it: `https://blon.example`, or `http://` for this machine.
fn check_address(address: &str) -> Result<&str> {
    if !is_address(address) {
        let message = format!("{address:?} is not a web address such as https://blon.example");
        return Err(Error::told(Code::BadInput, message));
    }
    Ok(address)
}

/// Whether headquarters understands this version of the protocol, and who must be updated if not.
pub(crate) fn speaks(spoken: u32) -> Result<()> {
    let told = |code, who| {
        let message = format!(
            "this headquarters speaks versions {OLDEST_PROTOCOL} to {PROTOCOL} of the protocol, not {spoken}: \
             {who} must be updated"
        );
        Err(Error::told(code, message))
    };
    match spoken {
        ..OLDEST_PROTOCOL => told(Code::ProtocolUnsupported, "the app"),
        OLDEST_PROTOCOL..=PROTOCOL => Ok(()),
        _ => told(Code::HeadquartersOlder, "headquarters"),
    }
}

/// The address that devices enrol at.
fn address(tx: &Tx) -> Result<String> {
    Ok(tx.setting(ADDRESS)?.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned()))
}

/// Whether a person's device may be taken in: asked when a code is made, and again when it is used.
fn may_have_a_device(tx: &Tx, person: &Person, campaign: &CampaignId) -> Result<()> {
    let Person { name, role, team, .. } = person;
    if !role.has_a_device() {
        let message = format!("{name} is {role} and works at headquarters' pages, without a device");
        return Err(Error::told(Code::BadInput, message));
    }
    let plan = tx.plan(campaign)?;
    if plan.archived {
        let message = format!("{campaign} is over: no device is taken in any more");
        return Err(Error::told(Code::CampaignArchived, message));
    }
    if !plan.takes_part(team) {
        let message = format!("{name}'s team takes no part in {campaign}");
        return Err(Error::told(Code::NotInCampaign, message));
    }
    Ok(())
}

/// A code with its picture: drawn once nobody waits for the store.
fn drawn(code: EnrolmentCode) -> Result<EnrolmentCode> {
    Ok(EnrolmentCode { qr: qr_svg(&code.invitation)?, ..code })
}

/// Makes one code, but for its picture.
fn code(
    tx: &Tx,
    name: &PersonName,
    campaign: &CampaignId,
    address: &str,
    who: Option<&PersonName>,
) -> Result<EnrolmentCode> {
    may_have_a_device(tx, &known_person(tx, name)?, campaign)?;
    let (code, expires) = (secrets::code()?, Utc::now() + TimeDelta::hours(CODE_HOURS));
    tx.add_code(&secrets::code_hash(&code), name, campaign, expires.timestamp())?;
    tx.note(who, What::CodeMade, name.as_str())?;
    let invitation = invitation(tx, address, &code)?.to_string();
    let (url, qr) = (address.to_owned(), String::new());
    Ok(EnrolmentCode { person: name.clone(), code, url, invitation, qr, expires })
}

fn chosen_campaign(tx: &Tx, wanted: Option<&CampaignId>) -> Result<CampaignId> {
    if let Some(id) = wanted {
        return Ok(known_campaign(tx, id)?.id);
    }
    match tx.campaigns()?.as_slice() {
        [] => Err(Error::told(Code::CampaignNotFound, "there is no campaign yet: import one first")),
        [only] => Ok(only.id.clone()),
        _ => Err(Error::told(Code::BadInput, "there are several campaigns: say which with --campaign")),
    }
}
