//! Accounts.

use super::sql::{Row, Value, given};
use super::{Tx, unreadable};
use crate::error::Result;
use crate::view::PersonLine;
use blon_core::id::PersonName;
use blon_core::review::Role;

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

fn columns(person: &Person) -> [Value; 7] {
    [
        (&person.name).into(),
        person.role.as_str().into(),
        (&person.team).into(),
        person.password.as_ref().into(),
        person.disabled.into(),
        person.second_factor.as_ref().into(),
        person.factor_step.into(),
    ]
}

impl Tx<'_> {
    /// Adds a person; gives whether the name was free.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_person(&self, person: &Person) -> Result<bool> {
        let sql = "INSERT INTO person (name, role, team, password, disabled, second_factor, factor_step)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";
        Ok(self.execute(sql, &columns(person))? == 1)
    }

    /// Keeps what is known of a person now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_person(&self, person: &Person) -> Result<()> {
        let sql = "UPDATE person SET role = ?2, team = ?3, password = ?4, disabled = ?5, second_factor = ?6,
                       factor_step = ?7
                   WHERE name = ?1";
        self.execute(sql, &columns(person))?;
        Ok(())
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn people(&self) -> Result<Vec<Person>> {
        self.people_where("1 = 1 ORDER BY name", given![])
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
        let sql = "SELECT (SELECT expires FROM invitation WHERE person = ?1 AND expires > ?2),
                          (SELECT count(*) FROM device
                           WHERE person = ?1 AND revoked = 0 AND last_sync IS NOT NULL),
                          (SELECT count(*) FROM session WHERE person = ?1 AND expires > ?2)";
        let read = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let (invited_until, devices, sessions) =
            self.one(sql, given![&person.name, now], read)?.unwrap_or_default();
        Ok(PersonLine {
            invited_until,
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
        let sql = "SELECT name FROM person WHERE role = ?1 AND disabled = 0 ORDER BY name";
        self.all(sql, given![role.as_str()], |row| row.get(0))
    }

    /// The person with this name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn person(&self, name: &PersonName) -> Result<Option<Person>> {
        Ok(self.people_where("name = ?1", given![name])?.into_iter().next())
    }

    fn people_where(&self, condition: &str, given: &[Value]) -> Result<Vec<Person>> {
        let sql = format!(
            "SELECT name, role, team, password, disabled, second_factor, factor_step FROM person WHERE {condition}"
        );
        self.all(&sql, given, |row| {
            Ok(Person {
                name: row.get(0)?,
                role: row.get::<String>(1)?.parse().map_err(unreadable)?,
                team: row.get(2)?,
                password: row.get(3)?,
                disabled: row.get(4)?,
                second_factor: row.get(5)?,
                factor_step: row.get(6)?,
            })
        })
    }

    /// Keeps an invitation in place of the person's earlier one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_invitation(&self, person: &PersonName, hash: &str, expires: i64) -> Result<()> {
        let sql = "INSERT INTO invitation (person, hash, expires) VALUES (?1, ?2, ?3)
                   ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, expires = excluded.expires";
        self.execute(sql, given![person, hash, expires])?;
        Ok(())
    }

    /// Whom the invitation with this hash is for, while it is good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn invited(&self, hash: &str, now: i64) -> Result<Option<PersonName>> {
        let sql = "SELECT person FROM invitation WHERE hash = ?1 AND expires > ?2";
        self.one(sql, given![hash, now], |row| row.get(0))
    }

    /// A person needs no invitation any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end_invitation(&self, person: &PersonName) -> Result<()> {
        self.execute("DELETE FROM invitation WHERE person = ?1", given![person])?;
        Ok(())
    }
}
