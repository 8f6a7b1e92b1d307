//! What headquarters is told once and for all: by flags, by the environment, or in one file, in this order.
//!
//! The file is TOML with the names of the flags: `listen = "127.0.0.1:8080"`, `database = "postgres://…"`, `connections = 8`.

use crate::arguments::Arguments;
use blon_core::error::Code;
use blon_server::error::{Error, Result};
use blon_server::store::place_of;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What may stand in the file, by the names of the flags; those of `serve` after those of every command.
const EVERYWHERE: [&str; 4] = ["data", "database", "connections", "files"];
const SERVING: [&str; 8] = ["listen", "address", "tls-cert", "tls-key", "pin", "no-pin", "metrics", "log"];

/// One setting, as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The name of its flag.
    pub name: &'static str,
    /// What it is; absent where it is not set. Of a database only where it is and who asks.
    pub value: Option<String>,
    /// Who says so: `flag`, `environment`, `file`, `default`.
    pub from: &'static str,
}

/// What a command line says, and what the file says.
pub struct Read {
    /// The command line, with what stands in for what it does not say.
    pub arguments: Arguments,
    matches: ArgMatches,
    file: BTreeMap<String, String>,
}

/// Reads the command line, the environment and the file.
///
/// # Errors
/// What clap says of a command line; `bad_input` for a file that cannot be read, or says something else.
pub fn read() -> std::result::Result<Read, Failed> {
    let asked = Arguments::command().ignore_errors(true).try_get_matches_from(std::env::args_os());
    let path = asked.ok().and_then(|matches| matches.get_one::<PathBuf>("config").cloned());
    let file = path.as_deref().map(settings).transpose()?.unwrap_or_default();
    let matches = with_defaults(&file).try_get_matches()?;
    let arguments = Arguments::from_arg_matches(&matches)?;
    Ok(Read { arguments, matches, file })
}

/// Why it cannot be read.
pub enum Failed {
    /// The command line.
    Line(clap::Error),
    /// The file.
    File(Error),
}

impl From<clap::Error> for Failed {
    fn from(error: clap::Error) -> Self {
        Failed::Line(error)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Failed::File(error)
    }
}

/// What the file says.
fn settings(path: &Path) -> Result<BTreeMap<String, String>> {
    let told =
        |why: &dyn std::fmt::Display| Error::told(Code::BadInput, format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| told(&e))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| told(&e.message()))?;
    let mut settings = BTreeMap::new();
    for (name, value) in table {
        if !EVERYWHERE.iter().chain(&SERVING).any(|known| *known == name) {
            let known = [&EVERYWHERE[..], &SERVING].concat().join(", ");
            return Err(told(&format!("{name:?} is no setting; there are {known}")));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(truth) => truth.to_string(),
            other => return Err(told(&format!("{name} cannot be {}", other.type_str()))),
        };
        settings.insert(name, value);
    }
    Ok(settings)
}

/// The command line, where what the file says stands in for what nobody says.
fn with_defaults(file: &BTreeMap<String, String>) -> Command {
    let stand_in = |mut command: Command, names: &[&str]| {
        for (name, value) in file.iter().filter(|(name, _)| names.contains(&name.as_str())) {
            // Once, for as long as the program runs.
            let value: &'static str = value.clone().leak();
            command = command.mut_arg(id(name), |argument| argument.default_value(value));
        }
        command
    };
    stand_in(Arguments::command(), &EVERYWHERE)
        .mut_subcommand("serve", |serve| stand_in(serve, &SERVING))
        .mut_subcommand("config", |config| config.mut_subcommand("show", |show| stand_in(show, &SERVING)))
}

/// What clap calls the flag inside.
fn id(name: &str) -> String {
    name.replace('-', "_")
}

impl Read {
    /// Every setting as it counts for `serve`.
    pub fn shown(&self) -> Vec<Setting> {
        let show = self.matches.subcommand_matches("config").and_then(|c| c.subcommand_matches("show"));
        let one = |name: &'static str, matches: Option<&ArgMatches>| {
            let raw = matches.and_then(|m| m.get_raw(&id(name))).and_then(|mut values| values.next());
            let value = raw.map(|value| value.to_string_lossy().into_owned());
            let value = if name == "database" { value.as_deref().map(place_of) } else { value };
            let source = matches.and_then(|m| m.value_source(&id(name)));
            let from = match source {
                Some(ValueSource::CommandLine) => "flag",
                Some(ValueSource::EnvVariable) => "environment",
                _ if self.file.contains_key(name) => "file",
                _ => "default",
            };
            Setting { name, value, from }
        };
        let everywhere = EVERYWHERE.map(|name| one(name, Some(&self.matches)));
        everywhere.into_iter().chain(SERVING.map(|name| one(name, show))).collect()
    }
}
