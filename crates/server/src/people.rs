//! Accounts and enrolment, and who may see whose stories.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::invitations::{invitation, qr_svg};
use crate::store::{DeviceRow, Person, SessionRow, Tx};
use crate::{Headquarters, parcels, secrets, unix_now, view};
use age::x25519::Recipient;
use blon_core::campaign::Campaign;
use blon_core::error::Code;
use blon_core::id::{CampaignId, DeviceId, PersonName};
use blon_core::invitation::is_address;
use blon_core::protocol::{EnrolAnswer, EnrolRequest, OLDEST_PROTOCOL, PROTOCOL};
use blon_core::review::Role;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::time::Instant;
use uuid::Uuid;

/// How long a one-time code is good for.
const CODE_HOURS: i64 = 24;

/// How long somebody stays signed in.
const SESSION_HOURS: i64 = 12;

/// The setting that holds the address devices enrol at.
const ADDRESS: &str = "address";

/// A one-time code, as it is handed to a collector.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolmentCode {
    /// What to type.
    pub code: String,
    /// Where.
    pub url: String,
    /// Both, and the key that answers there where it is known, as one line: a link ([`blon_core::invitation`]).
    pub invitation: String,
    /// The same as a QR code, SVG.
    pub qr: String,
    /// Until when.
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
    /// Takes in a campaign, replacing one with the same id; its stories stay, and its questionnaire where the new one brings
    /// none. Gives it as it is then.
    ///
    /// # Errors
    /// `bad_input` for one that cannot be used; those of the database.
    pub fn import_campaign(&self, campaign: &Campaign) -> Result<Campaign> {
        let mut findings = campaign.findings();
        if let Some(Err(wrong)) = campaign.custodian_key.as_ref().map(|key| key.parse::<Recipient>()) {
            findings.push(format!("the custodian's key cannot be read: {wrong}"));
        }
        if !findings.is_empty() {
            return Err(Error::told(Code::BadInput, findings.join("; ")));
        }
        self.store.write(|tx| {
            let mut campaign = campaign.clone();
            if campaign.questionnaire.is_none() {
                // Whoever mends a name does not mean to take away what is asked: drafts stand on it.
                campaign.questionnaire = tx.campaign(&campaign.id)?.and_then(|before| before.questionnaire);
            }
            tx.put_campaign(&campaign)?;
            tx.note(None, What::CampaignImported, campaign.id.as_str())?;
            Ok(campaign)
        })
    }

    /// Adds a person; `password` for those who sign in.
    ///
    /// # Errors
    /// `name_taken`.
    pub fn add_person(&self, name: PersonName, role: Role, team: &str, password: Option<&str>) -> Result<()> {
        let password = password.map(secrets::hash_password).transpose()?;
        let person = Person { name, role, team: team.to_owned(), password, disabled: false };
        self.store.write(|tx| {
            if !tx.add_person(&person)? {
                let message = format!("somebody is called {} already", person.name);
                return Err(Error::told(Code::NameTaken, message));
            }
            tx.note(None, What::PersonAdded, person.name.as_str())
        })
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn people(&self) -> Result<Vec<Person>> {
        self.store.read(|tx| tx.people())
    }

    /// Gives a person another role or team; their devices hear of it with their next sync.
    ///
    /// # Errors
    /// `person_not_found`.
    pub fn change_person(&self, name: &PersonName, role: Option<Role>, team: Option<&str>) -> Result<Person> {
        self.change(name, What::PersonChanged, |person| {
            person.role = role.unwrap_or(person.role);
            person.team = team.map_or_else(|| person.team.clone(), str::to_owned);
        })
    }

    /// Shuts a person out, with their sessions and devices, or lets them in again.
    ///
    /// # Errors
    /// `person_not_found`.
    pub fn disable_person(&self, name: &PersonName, disabled: bool) -> Result<Person> {
        let what = if disabled { What::PersonDisabled } else { What::PersonEnabled };
        self.change(name, what, |person| person.disabled = disabled)
    }

    /// Gives a person another password; whoever was signed in with the old one is signed out.
    ///
    /// # Errors
    /// `person_not_found`.
    pub fn reset_password(&self, name: &PersonName, password: &str) -> Result<Person> {
        let hash = secrets::hash_password(password)?;
        self.change(name, What::PasswordReset, |person| person.password = Some(hash))
    }

    fn change(&self, name: &PersonName, what: What, change: impl FnOnce(&mut Person)) -> Result<Person> {
        self.store.write(|tx| {
            let mut person = known_person(tx, name)?;
            change(&mut person);
            tx.put_person(&person)?;
            // Who they are to headquarters has changed: they come in anew.
            tx.end_sessions_of(name)?;
            tx.note(None, what, name.as_str())?;
            Ok(person)
        })
    }

    /// Makes a one-time code for a person's device. Without a campaign, the only one there is.
    ///
    /// # Errors
    /// `person_not_found`, `campaign_not_found`; `bad_input` where the campaign must be named, and for who works without a
    /// device.
    pub fn make_code(
        &self,
        name: &PersonName,
        campaign: Option<&CampaignId>,
        url: Option<&str>,
    ) -> Result<EnrolmentCode> {
        let code = secrets::code()?;
        let expires = Utc::now() + TimeDelta::hours(CODE_HOURS);
        self.store.write(|tx| {
            let role = known_person(tx, name)?.role;
            if !role.has_a_device() {
                let message = format!("{name} is {role} and works at headquarters' pages, without a device");
                return Err(Error::told(Code::BadInput, message));
            }
            let campaign = chosen_campaign(tx, campaign)?;
            tx.add_code(&secrets::code_hash(&code), name, &campaign, expires.timestamp())?;
            tx.note(None, What::CodeMade, name.as_str())?;
            let address = match url {
                Some(given) => check_address(given)?.to_owned(),
                None => tx.setting(ADDRESS)?.unwrap_or_else(|| "http://127.0.0.1:8080".to_owned()),
            };
            let invitation = invitation(tx, &address, &code)?.to_string();
            let qr = qr_svg(&invitation)?;
            Ok(EnrolmentCode { code: code.clone(), url: address, invitation, qr, expires })
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

    /// Signs somebody in; gives the secret for the cookie, and the session.
    ///
    /// # Errors
    /// `sign_in_failed`, the same for an unknown name and a wrong password; `too_many_attempts` where that was so too often.
    pub fn sign_in(&self, ask: &view::SignIn) -> Result<(String, view::Session)> {
        if let Some(wait) = self.attempts.wait(&ask.name, Instant::now()) {
            let message = format!("the password was wrong too often; try again in {} s", wait.as_secs() + 1);
            return Err(Error::told(Code::TooManyAttempts, message));
        }
        let name: Option<PersonName> = ask.name.trim().parse().ok();
        let person = match name {
            Some(name) => self.store.read(|tx| tx.person(&name))?,
            None => None,
        };
        let hash = person.as_ref().and_then(|p| p.password.as_deref());
        let matches = secrets::password_matches(&ask.password, hash);
        let Some(person) = person.filter(|person| matches && !person.disabled) else {
            self.attempts.wrong(&ask.name, Instant::now());
            return Err(Error::told(Code::SignInFailed, "the name or the password is wrong"));
        };
        self.attempts.right(&ask.name);
        let (secret, csrf, now) = (secrets::token()?, secrets::token()?, unix_now());
        let session = SessionRow { person: person.name.clone(), csrf: csrf.clone() };
        let expires = now + SESSION_HOURS * 3600;
        self.store.write(|tx| {
            tx.add_session(&secrets::token_hash(&secret), &session, expires, now)?;
            tx.note(Some(&person.name), What::SignedIn, "")
        })?;
        Ok((secret, session_view(&person, csrf)))
    }

    /// Who is signed in with this cookie's secret.
    ///
    /// # Errors
    /// `signed_out`.
    pub fn session(&self, secret: &str) -> Result<(Person, view::Session)> {
        let signed_out = || Error::told(Code::SignedOut, "nobody is signed in");
        self.store.read(|tx| {
            let row = tx.session(&secrets::token_hash(secret), unix_now())?.ok_or_else(signed_out)?;
            let person = tx.person(&row.person)?.filter(|person| !person.disabled).ok_or_else(signed_out)?;
            let session = session_view(&person, row.csrf);
            Ok((person, session))
        })
    }

    /// Ends the session with this cookie's secret.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sign_out(&self, secret: &str) -> Result<()> {
        self.store.write(|tx| tx.end_session(&secrets::token_hash(secret)))
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

fn session_view(person: &Person, csrf: String) -> view::Session {
    view::Session { person: person.name.clone(), role: person.role, team: person.team.clone(), csrf }
}
