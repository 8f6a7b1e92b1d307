//! Accounts.

use super::{Tx, unreadable};
use crate::error::Result;
use blon_core::id::PersonName;
use blon_core::review::Role;
use rusqlite::{OptionalExtension, Params};

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
}

fn columns(person: &Person) -> impl Params {
    (person.name.as_str(), person.role.as_str(), &person.team, &person.password, person.disabled)
}

impl Tx<'_> {
    /// Adds a person; gives whether the name was free.
    ///
    /// # Errors
    /// Those of the database.
    pub fn add_person(&self, person: &Person) -> Result<bool> {
        let added =
            self.0.execute("INSERT OR IGNORE INTO person VALUES (?1, ?2, ?3, ?4, ?5)", columns(person))?;
        Ok(added == 1)
    }

    /// Keeps what is known of a person now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_person(&self, person: &Person) -> Result<()> {
        self.0.execute(
            "UPDATE person SET role = ?2, team = ?3, password = ?4, disabled = ?5 WHERE name = ?1",
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
            .prepare_cached("SELECT role, team, password, disabled FROM person WHERE name = ?1")?
            .query_row([name.as_str()], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        row.map(|(role, team, password, disabled)| {
            Ok(Person {
                name: name.clone(),
                role: role.parse().map_err(unreadable)?,
                team,
                password,
                disabled,
            })
        })
        .transpose()
    }
}
