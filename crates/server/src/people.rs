//! Accounts and enrolment, and who may see whose stories.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::invitations::{invitation, qr_svg};
use crate::store::{DeviceRow, Person, Tx};
use crate::view::{ChangePerson, NewPerson, OpenCode, PersonInvitation, PersonLine};
use crate::{Headquarters, parcels, passwords, secrets, unix_now};
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use blon_core::invitation::is_address;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, OLDEST_PROTOCOL, PROTOCOL};
use blon_core::review::Role;
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// How long a one-time code is good for.
const CODE_HOURS: i64 = 24;

/// How long an invitation to choose a password is good for.
const INVITATION_DAYS: i64 = 7;

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

/// Whose stories somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// One's own.
    Own(PersonName),
    /// Those of a team.
    Team(String),
    /// All.
    All,
    /// None.
    Nothing,
}

impl Sight {
    /// Collectors see their own stories, supervisors their team's, analysts all. Administrators and custodians have no need
    /// to; verifiers are told the claim and nothing else.
    pub fn of(reader: &Person) -> Self {
        match reader.role {
            Role::Collector => Sight::Own(reader.name.clone()),
            Role::Supervisor => Sight::Team(reader.team.clone()),
            Role::Analyst => Sight::All,
            Role::Admin | Role::Custodian | Role::Verifier => Sight::Nothing,
        }
    }

    /// The person or the team whose stories are in sight; empty where all are, or none.
    pub fn whose(&self) -> &str {
        match self {
            Sight::Own(name) => name.as_str(),
            Sight::Team(team) => team,
            Sight::All | Sight::Nothing => "",
        }
    }

    /// Whether the stories of this collector are in sight.
    pub fn holds(&self, collector: &Person) -> bool {
        match self {
            Sight::Own(name) => *name == collector.name,
            Sight::Team(team) => *team == collector.team,
            Sight::All => true,
            Sight::Nothing => false,
        }
    }
}

/// Whether `reader` may read the stories of `collector`.
pub fn may_read(reader: &Person, collector: &Person) -> bool {
    Sight::of(reader).holds(collector)
}

impl Headquarters {
    /// Adds people, all or none, with a password for those who get one here.
    ///
    /// # Errors
    /// `name_taken`; `password_weak`.
    pub fn add_people(
        &self,
        people: &[NewPerson],
        password: Option<&str>,
        who: Option<&PersonName>,
    ) -> Result<Vec<PersonLine>> {
        for person in people.iter().filter(|_| password.is_some()) {
            passwords::is_strong(password.unwrap_or_default(), &person.name)?;
        }
        let password = password.map(secrets::hash_password).transpose()?;
        self.store.write(|tx| {
            let added = people.iter().map(|new| {
                let person = Person::new(new.name.clone(), new.role, new.team.trim());
                let person = Person { password: password.clone(), ..person };
                if !tx.add_person(&person)? {
                    let message = format!("somebody is called {} already", person.name);
                    return Err(Error::told(Code::NameTaken, message));
                }
                tx.note(who, What::PersonAdded, person.name.as_str())?;
                tx.person_line(person, unix_now())
            });
            added.collect()
        })
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn people(&self) -> Result<Vec<PersonLine>> {
        self.store.read(|tx| tx.person_lines(unix_now()))
    }

    /// Gives a person another role or team, shuts them out with their sessions and devices, or lets them in again; their
    /// devices hear of it with their next sync.
    ///
    /// # Errors
    /// `person_not_found`; `last_admin`.
    pub fn change_person(
        &self,
        name: &PersonName,
        to: &ChangePerson,
        who: Option<&PersonName>,
    ) -> Result<PersonLine> {
        self.change(name, who, |tx, person| {
            if to.role.is_some() || to.team.is_some() {
                person.role = to.role.unwrap_or(person.role);
                person.team = to.team.as_deref().map_or_else(|| person.team.clone(), |t| t.trim().to_owned());
                tx.note(who, What::PersonChanged, name.as_str())?;
            }
            if let Some(disabled) = to.disabled.filter(|disabled| *disabled != person.disabled) {
                person.disabled = disabled;
                let what = if disabled { What::PersonDisabled } else { What::PersonEnabled };
                tx.note(who, what, name.as_str())?;
            }
            Ok(())
        })
    }

    /// Gives a person another password; whoever was signed in with the old one is signed out.
    ///
    /// # Errors
    /// `person_not_found`; `password_weak`.
    pub fn reset_password(
        &self,
        name: &PersonName,
        password: &str,
        who: Option<&PersonName>,
    ) -> Result<PersonLine> {
        passwords::is_strong(password, name)?;
        let hash = secrets::hash_password(password)?;
        self.change(name, who, |tx, person| {
            person.password = Some(hash);
            tx.end_invitation(name)?;
            tx.note(who, What::PasswordReset, name.as_str())
        })
    }

    /// A person signs in without a second factor again: the way out for who lost it.
    ///
    /// # Errors
    /// `person_not_found`.
    pub fn remove_second_factor(&self, name: &PersonName, who: Option<&PersonName>) -> Result<PersonLine> {
        self.change(name, who, |tx, person| {
            (person.second_factor, person.factor_step) = (None, None);
            tx.note(who, What::SecondFactorGivenUp, name.as_str())
        })
    }

    fn change(
        &self,
        name: &PersonName,
        who: Option<&PersonName>,
        change: impl FnOnce(&Tx, &mut Person) -> Result<()>,
    ) -> Result<PersonLine> {
        self.store.write(|tx| {
            let mut person = known_person(tx, name)?;
            let before = person.clone();
            change(tx, &mut person)?;
            tx.put_person(&person)?;
            let admins = tx.people_who(Role::Admin)?;
            if who.is_some() && before.role == Role::Admin && !before.disabled && admins.is_empty() {
                let message = "nobody else administers headquarters: add another administrator first";
                return Err(Error::told(Code::LastAdmin, message));
            }
            if person != before {
                // Who they are to headquarters has changed: they come in anew.
                tx.end_sessions_of(name, None)?;
            }
            tx.person_line(person, unix_now())
        })
    }

    /// Invites a person to choose a password: whoever has the secret can, once, within some days. Until then the old one is
    /// good.
    ///
    /// # Errors
    /// `person_not_found`; `bad_input` for who signs in nowhere.
    pub fn invite(&self, name: &PersonName, who: Option<&PersonName>) -> Result<PersonInvitation> {
        let secret = secrets::token()?;
        let expires = Utc::now() + TimeDelta::days(INVITATION_DAYS);
        self.store.write(|tx| {
            let person = known_person(tx, name)?;
            if !person.role.signs_in() || person.disabled {
                let message = format!("{name} is a {}: they need no password", person.role);
                return Err(Error::told(Code::BadInput, message));
            }
            tx.put_invitation(name, &secrets::token_hash(&secret), expires.timestamp())?;
            tx.note(who, What::PersonInvited, name.as_str())
        })?;
        Ok(PersonInvitation { person: name.clone(), secret, expires })
    }

    /// Whom an invitation is for.
    ///
    /// # Errors
    /// `invitation_invalid`.
    pub fn invited(&self, secret: &str) -> Result<PersonName> {
        self.store.read(|tx| invited(tx, secret))
    }

    /// Somebody takes their invitation, with a password of their own.
    ///
    /// # Errors
    /// `invitation_invalid`; `password_weak`.
    pub fn take_invitation(&self, secret: &str, password: &str) -> Result<Person> {
        let name = self.invited(secret)?;
        passwords::is_strong(password, &name)?;
        let hash = secrets::hash_password(password)?;
        self.store.write(|tx| {
            let name = invited(tx, secret)?;
            let person = Person { password: Some(hash), ..known_person(tx, &name)? };
            tx.end_invitation(&name)?;
            tx.put_person(&person)?;
            tx.end_sessions_of(&name, None)?;
            tx.note(Some(&name), What::InvitationTaken, "")?;
            Ok(person)
        })
    }

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
        self.store.write(|tx| {
            let campaign = chosen_campaign(tx, campaign)?;
            let address = match url {
                Some(given) => check_address(given)?.to_owned(),
                None => address(tx)?,
            };
            code(tx, name, &campaign, &address, None)
        })
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
        self.store.write(|tx| {
            let (campaign, address) = (known_campaign(tx, campaign)?.id, address(tx)?);
            names.iter().map(|name| code(tx, name, &campaign, &address, Some(who))).collect()
        })
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
        })
    }

    /// Remembers the address that devices enrol at.
    ///
    /// # Errors
    /// `bad_input` for what is no web address.
    pub fn set_address(&self, address: &str) -> Result<()> {
        check_address(address)?;
        self.store.write(|tx| tx.set(ADDRESS, address))
    }

    /// Takes a device in for a one-time code.
    ///
    /// # Errors
    /// `protocol_unsupported`, `headquarters_older`; `code_invalid` if the code is unknown, used or past its time; `already_enrolled` if
    /// the device belongs to somebody else.
    pub fn enrol(&self, ask: &EnrolRequest) -> Result<EnrolAnswer> {
        speaks(ask.protocol)?;
        let (token, now) = (secrets::token()?, unix_now());
        self.store.write(|tx| {
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
            let Person { role, disabled, .. } = known_person(tx, &person)?;
            if disabled {
                return Err(Error::told(Code::CodeInvalid, "the code is of somebody who is shut out"));
            }
            tx.note(Some(&person), What::DeviceEnrolled, &device.to_string())?;
            let campaign = known_campaign(tx, &campaign)?;
            let parcel_key = Some(parcels::key(tx)?.to_public().to_string());
            Ok(EnrolAnswer { device, token: token.clone(), person, role, campaign, parcel_key })
        })
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

/// Makes one code.
fn code(
    tx: &Tx,
    name: &PersonName,
    campaign: &CampaignId,
    address: &str,
    who: Option<&PersonName>,
) -> Result<EnrolmentCode> {
    let Person { role, team, .. } = known_person(tx, name)?;
    if !role.has_a_device() {
        let message = format!("{name} is {role} and works at headquarters' pages, without a device");
        return Err(Error::told(Code::BadInput, message));
    }
    let plan = tx.plan(campaign)?;
    if plan.archived {
        let message = format!("{campaign} is over: no device is taken in any more");
        return Err(Error::told(Code::CampaignArchived, message));
    }
    if !plan.takes_part(&team) {
        let message = format!("{name}'s team takes no part in {campaign}");
        return Err(Error::told(Code::NotInCampaign, message));
    }
    let (code, expires) = (secrets::code()?, Utc::now() + TimeDelta::hours(CODE_HOURS));
    tx.add_code(&secrets::code_hash(&code), name, campaign, expires.timestamp())?;
    tx.note(who, What::CodeMade, name.as_str())?;
    let invitation = invitation(tx, address, &code)?.to_string();
    let qr = qr_svg(&invitation)?;
    Ok(EnrolmentCode { person: name.clone(), code, url: address.to_owned(), invitation, qr, expires })
}

/// Whom an invitation is for.
fn invited(tx: &Tx, secret: &str) -> Result<PersonName> {
    tx.invited(&secrets::token_hash(secret), unix_now())?.ok_or_else(|| {
        Error::told(Code::InvitationInvalid, "the invitation is unknown, was used, or is too old")
    })
}

pub(crate) fn known_person(tx: &Tx, name: &PersonName) -> Result<Person> {
    tx.person(name)?.ok_or_else(|| {
        Error::told(Code::PersonNotFound, format!("nobody is called {name}: add them first with `user add`"))
    })
}

pub(crate) fn known_campaign(tx: &Tx, id: &CampaignId) -> Result<Campaign> {
    tx.campaign(id)?.ok_or_else(|| Error::told(Code::CampaignNotFound, format!("there is no campaign {id}")))
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
