//! Accounts.

use super::{Tx, moment, unreadable};
use crate::error::Result;
use crate::view::PersonLine;
use blon_core::id::PersonName;
use blon_core::review::Role;
use rusqlite::{OptionalExtension, Params, params};

/// Somebody who works with headquarters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: PersonName,
    /// What they do.
    pub role: Role,
    /// Their team; empty for those without one.
    pub team: String,
    /// The argon2id hash of their password, if they sign in.
    pub password: Option<String>,
    /// Whether they may neither sign in nor sync any more.
    pub disabled: bool,
    /// The secret of their second factor, in base 32, if they have one.
    pub second_factor: Option<String>,
    /// The step of time whose code was used last: it is used once.
    pub factor_step: Option<i64>,
}

impl Person {
    /// Somebody new, who has neither a password nor a second factor.
    pub fn new(name: PersonName, role: Role, team: &str) -> Self {
        let team = team.to_owned();
        Person { name, role, team, password: None, disabled: false, second_factor: None, factor_step: None }
    }
}

fn columns(person: &Person) -> impl Params {
    (
        person.name.as_str(),
        person.role.as_str(),
        &person.team,
        &person.password,
        person.disabled,
        &person.second_factor,
        person.factor_step,
    )
}

impl Tx<'_> {
    /// Adds a person; gives whether the name was free.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_person(&self, person: &Person) -> Result<bool> {
        let added = self
            .0
            .execute("INSERT OR IGNORE INTO person VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", columns(person))?;
        Ok(added == 1)
    }

    /// Keeps what is known of a person now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_person(&self, person: &Person) -> Result<()> {
        self.0.execute(
            "UPDATE person SET role = ?2, team = ?3, password = ?4, disabled = ?5, second_factor = ?6, factor_step = ?7
             WHERE name = ?1",
            columns(person),
        )?;
        Ok(())
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn people(&self) -> Result<Vec<Person>> {
        let mut statement = self.0.prepare_cached("SELECT name FROM person ORDER BY name")?;
        let names =
            statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
        let mut people = Vec::new();
        for name in names {
            people.extend(self.person(&name.parse().map_err(unreadable)?)?);
        }
        Ok(people)
    }

    /// Everybody as the pages list them, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn person_lines(&self, now: i64) -> Result<Vec<PersonLine>> {
        self.people()?.into_iter().map(|person| self.person_line(person, now)).collect()
    }

    /// A person as the pages list them.
    ///
    /// # Errors
    /// Those of the database.
    pub fn person_line(&self, person: Person, now: i64) -> Result<PersonLine> {
        let (invited, devices, sessions) = self
            .0
            .prepare_cached(
                "SELECT (SELECT expires FROM invitation WHERE person = ?1 AND expires > ?2),
                        (SELECT count(*) FROM device WHERE person = ?1 AND NOT revoked AND last_sync IS NOT NULL),
                        (SELECT count(*) FROM session WHERE person = ?1 AND expires > ?2)",
            )?
            .query_row(params![person.name.as_str(), now], |row| {
                Ok((row.get::<_, Option<i64>>(0)?, row.get(1)?, row.get(2)?))
            })?;
        Ok(PersonLine {
            invited_until: invited.map(moment),
            has_password: person.password.is_some(),
            second_factor: person.second_factor.is_some(),
            name: person.name,
            role: person.role,
            team: person.team,
            disabled: person.disabled,
            devices,
            sessions,
        })
    }

    /// Everybody who does this and still may, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn people_who(&self, role: Role) -> Result<Vec<PersonName>> {
        let mut statement = self
            .0
            .prepare_cached("SELECT name FROM person WHERE role = ?1 AND NOT disabled ORDER BY name")?;
        let names = statement
            .query_map([role.as_str()], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        names.iter().map(|name| name.parse().map_err(unreadable)).collect()
    }

    /// The person with this name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn person(&self, name: &PersonName) -> Result<Option<Person>> {
        let row = self
            .0
            .prepare_cached(
                "SELECT role, team, password, disabled, second_factor, factor_step FROM person WHERE name = ?1",
            )?
            .query_row([name.as_str()], |row| {
                let rest = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?);
                Ok((row.get::<_, String>(0)?, rest))
            })
            .optional()?;
        row.map(|(role, (team, password, disabled, second_factor, factor_step))| {
            let role = role.parse().map_err(unreadable)?;
            Ok(Person { name: name.clone(), role, team, password, disabled, second_factor, factor_step })
        })
        .transpose()
    }

    /// Keeps an invitation in place of the person's earlier one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_invitation(&self, person: &PersonName, hash: &str, expires: i64) -> Result<()> {
        self.0.execute(
            "INSERT INTO invitation VALUES (?1, ?2, ?3)
             ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, expires = excluded.expires",
            params![person.as_str(), hash, expires],
        )?;
        Ok(())
    }

    /// Whom the invitation with this hash is for, while it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn invited(&self, hash: &str, now: i64) -> Result<Option<PersonName>> {
        let name: Option<String> = self
            .0
            .query_row(
                "SELECT person FROM invitation WHERE hash = ?1 AND expires > ?2",
                params![hash, now],
                |row| row.get(0),
            )
            .optional()?;
        name.map(|name| name.parse().map_err(unreadable)).transpose()
    }

    /// A person needs no invitation any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_invitation(&self, person: &PersonName) -> Result<()> {
        self.0.execute("DELETE FROM invitation WHERE person = ?1", [person.as_str()])?;
        Ok(())
    }
}
