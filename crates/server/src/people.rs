//! Accounts, and who may see whose stories.

use crate::audit::What;
use crate::error::{Error, Result};
use crate::store::{Person, Tx};
use crate::view::{ChangePerson, NewPerson, PersonInvitation, PersonLine};
use crate::{Headquarters, passwords, secrets, unix_now};
use blon_core::campaign::{Campaign, SHORT, is_short};
use blon_core::error::Code;
use blon_core::id::{CampaignId, PersonName};
use blon_core::review::Role;
use chrono::{TimeDelta, Utc};
use std::collections::BTreeSet;

/// How long an invitation to choose a password is good for.
const INVITATION_DAYS: i64 = 7;

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
            let mut known: BTreeSet<String> =
                tx.people()?.iter().map(|person| person.name.as_str().to_lowercase()).collect();
            let added = people.iter().map(|new| {
                team_fits(&new.team)?;
                let person = Person::new(new.name.clone(), new.role, new.team.trim());
                let person = Person { password: password.clone(), ..person };
                // Names that differ in capitals alone are taken for one another, by people and by who counts wrong passwords.
                if !known.insert(person.name.as_str().to_lowercase()) || !tx.add_person(&person)? {
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
        to.team.as_deref().map_or(Ok(()), team_fits)?;
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
            person.password = Some(hash.clone());
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
        change: impl Fn(&Tx, &mut Person) -> Result<()>,
    ) -> Result<PersonLine> {
        self.store.write(|tx| {
            let mut person = known_person(tx, name)?;
            let before = person.clone();
            change(tx, &mut person)?;
            tx.put_person(&person)?;
            // Who was invited and has no password yet administers nothing.
            let administers =
                |one: &Person| one.role == Role::Admin && !one.disabled && one.password.is_some();
            if who.is_some() && administers(&before) && !tx.people()?.iter().any(administers) {
                let message = "nobody else administers headquarters: add another administrator first";
                return Err(Error::told(Code::LastAdmin, message));
            }
            if person.disabled || !person.role.signs_in() {
                tx.end_invitation(name)?;
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
                let message =
                    format!("{name} signs in nowhere, or is shut out: there is nothing to invite them to");
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
            let person = Person { password: Some(hash.clone()), ..known_person(tx, &name)? };
            tx.end_invitation(&name)?;
            tx.put_person(&person)?;
            tx.end_sessions_of(&name, None)?;
            tx.note(Some(&name), What::InvitationTaken, "")?;
            Ok(person)
        })
    }
}

/// Whether this can be the name of a team.
fn team_fits(team: &str) -> Result<()> {
    if is_short(team) {
        return Ok(());
    }
    Err(Error::told(Code::BadInput, format!("a team has at most {SHORT} plain characters")))
}

/// Whom an invitation is for.
fn invited(tx: &Tx, secret: &str) -> Result<PersonName> {
    tx.invited(&secrets::token_hash(secret), unix_now())?.ok_or_else(|| {
        Error::told(Code::InvitationInvalid, "the invitation is unknown, was used, or is too old")
    })
}

pub(crate) fn known_person(tx: &Tx, name: &PersonName) -> Result<Person> {
    tx.person(name)?.ok_or_else(|| Error::told(Code::PersonNotFound, format!("nobody is called {name}")))
}

pub(crate) fn known_campaign(tx: &Tx, id: &CampaignId) -> Result<Campaign> {
    tx.campaign(id)?.ok_or_else(|| Error::told(Code::CampaignNotFound, format!("there is no campaign {id}")))
}
