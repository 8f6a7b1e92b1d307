//! PostgreSQL, which several processes share.
//!
//! Whoever writes takes a lock of the whole database first, and so is alone, as with the embedded one: the same rules hold, and the
//! numbers of records follow the order of their commits. Readers wait for nobody: each sees the state of one moment.

mod migrate;
mod tls;

pub use self::tls::AUTHORITIES;

use super::sql::{Dialect, Engine, Row, Value};
use super::{Database, Kind};
use crate::error::{Error, Result, is_away};
use blon_core::error::Code;
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, IsolationLevel, NoTls, Statement, Transaction};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::Display;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The lock that whoever writes holds until the commit.
const WRITER: i64 = 0x426c_6f6e;

/// How long to wait for a connection of the pool.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the other side may say nothing, or a transaction stand still.
const SILENCE: Duration = Duration::from_secs(60);

/// How often a transaction is run that the database breaks off for the sake of another.
const TRIES: u32 = 8;

/// A database somewhere.
pub struct Postgres {
    pool: r2d2::Pool<Connections>,
    /// Who writes here: they wait in one line without a connection each, so that whoever reads finds one.
    writing: Mutex<()>,
}

impl Postgres {
    /// Connects to the database at `postgres://…`, with at most so many connections, and brings its tables up to date: several
    /// processes may do so at once.
    ///
    /// # Errors
    /// `bad_input` for what is no such address, or one that would have stories cross a network in plain without saying so, or where
    /// nobody vouches for who answers; `store_newer` if a newer headquarters wrote it; `store_unavailable` where it cannot be reached.
    pub fn connect(address: &str, most: u32, authorities: Option<&Path>) -> Result<Self> {
        let told = |why: &dyn Display| Error::told(Code::BadInput, format!("the database's address: {why}"));
        let mut config = read(address).map_err(|e| told(&e))?;
        // One that is cut off must not hold the others up for the hours that systems wait.
        config.connect_timeout(PATIENCE).keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
        if config.get_options().is_none() {
            config.options(&format!("-c idle_in_transaction_session_timeout={}", SILENCE.as_millis()));
        }
        let refused = |e: postgres::Error| match e.code() {
            Some(state) if !is_away(&e) => {
                Error::told(Code::BadInput, format!("the database refuses ({}): {e}", state.code()))
            }
            // Trying it again would help nobody.
            None if e.to_string().contains("TLS") => {
                let why = e.source().map(ToString::to_string).unwrap_or_default();
                told(&format!("{e}: {why}"))
            }
            _ => Error::Postgres(e),
        };
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            SslMode::Require => Some(tls::connector(authorities)?),
            _ if is_elsewhere(&config) => {
                return Err(told(
                    &"on another machine it is asked by TLS (sslmode=verify-full), or in plain where the \
                                  network is yours alone (sslmode=disable)",
                ));
            }
            _ => None,
        };
        let connections = Connections { config, tls };
        migrate::up(&mut connections.client().map_err(refused)?)?;
        let pool = r2d2::Pool::builder()
            .max_size(most.max(1))
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            .build(connections)
            .map_err(|e| unavailable(&e))?;
        Ok(Postgres { pool, writing: Mutex::default() })
    }

    fn once(&self, kind: Kind, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        let _turn =
            (kind == Kind::Write).then(|| self.writing.lock().unwrap_or_else(PoisonError::into_inner));
        let mut connection = self.pool.get().map_err(|e| unavailable(&e))?;
        let Connection { client, statements } = &mut *connection;
        let begun = client.build_transaction();
        let mut transaction = match kind {
            // Each statement sees what was committed before it, and nobody else commits meanwhile.
            Kind::Write => begun.isolation_level(IsolationLevel::ReadCommitted).start()?,
            Kind::Read => begun.isolation_level(IsolationLevel::RepeatableRead).read_only(true).start()?,
        };
        if kind == Kind::Write {
            transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&WRITER])?;
        }
        let open = Open { inside: RefCell::new((transaction, statements)) };
        work(&open)?;
        Ok(open.inside.into_inner().0.commit()?)
    }
}

impl Database for Postgres {
    fn run(&self, kind: Kind, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        let mut tries = 1;
        loop {
            match self.once(kind, work) {
                Err(Error::Postgres(e)) if is_broken_off(&e) && tries < TRIES => {
                    tracing::debug!("the database broke a transaction off; once more");
                    std::thread::sleep(Duration::from_millis(5 << tries));
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    fn forget_log(&self) -> Result<bool> {
        Ok(true)
    }

    fn version(&self) -> Result<Option<String>> {
        // Every transaction that writes takes the next number.
        let mut connection = self.pool.get().map_err(|e| unavailable(&e))?;
        let sql = "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)";
        Ok(Some(connection.client.query_one(sql, &[])?.try_get(0)?))
    }

    fn connections(&self) -> Vec<(&'static str, u32)> {
        let state = self.pool.state();
        vec![("all", state.connections), ("idle", state.idle_connections)]
    }

    fn complaints(&self) -> Result<Vec<String>> {
        // Its own `pg_amcheck` looks into its files; from here they cannot be seen.
        Ok(Vec::new())
    }
}

/// Where a database is and who asks, without anything else that its address may say, such as a password.
pub fn place_of(address: &str) -> String {
    let Ok(config) = read(address) else { return "…".to_owned() };
    let host = config.get_hosts().first().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let [user, name] = [config.get_user(), config.get_dbname()].map(Option::unwrap_or_default);
    format!("{user}@{}/{name}", host.unwrap_or_default())
}

/// Whether a transaction did nothing, and may do it when it is run again (40001, 40P01).
fn is_broken_off(error: &postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

fn unavailable(error: &r2d2::Error) -> Error {
    Error::told(Code::StoreUnavailable, format!("the database cannot be reached: {error}"))
}

/// Reads an address. TLS is the same by all its names: whoever answers is always asked for their certificate.
fn read(address: &str) -> std::result::Result<Config, postgres::Error> {
    address.replace("sslmode=verify-full", "sslmode=require").parse()
}

/// Whether what is asked and answered leaves this machine.
fn is_elsewhere(config: &Config) -> bool {
    let is_named = config.get_hosts().iter().any(|host| match host {
        Host::Tcp(name) => {
            name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    });
    is_named || config.get_hostaddrs().iter().any(|address| !address.is_loopback())
}

/// How the pool makes connections.
struct Connections {
    config: Config,
    /// Where the address asks for it.
    tls: Option<MakeRustlsConnect>,
}

impl Connections {
    fn client(&self) -> std::result::Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }
}

/// A connection, with the statements that it has prepared.
struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl r2d2::ManageConnection for Connections {
    type Connection = Connection;
    type Error = postgres::Error;

    fn connect(&self) -> std::result::Result<Connection, postgres::Error> {
        Ok(Connection { client: self.client()?, statements: HashMap::new() })
    }

    fn is_valid(&self, connection: &mut Connection) -> std::result::Result<(), postgres::Error> {
        connection.client.simple_query("").map(|_| ())
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.client.is_closed()
    }
}

/// A transaction.
struct Open<'c> {
    inside: RefCell<(Transaction<'c>, &'c mut HashMap<String, Statement>)>,
}

impl Engine for Open<'_> {
    fn execute(&self, sql: &str, given: &[Value]) -> Result<u64> {
        let (transaction, statements) = &mut *self.inside.borrow_mut();
        let statement = prepared(transaction, statements, sql)?;
        Ok(transaction.execute(&statement, &params(given))?)
    }

    fn query(&self, sql: &str, given: &[Value], row: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let found = {
            let (transaction, statements) = &mut *self.inside.borrow_mut();
            let statement = prepared(transaction, statements, sql)?;
            transaction.query(&statement, &params(given))?
        };
        for found in found {
            let values = (0..found.len()).map(|column| value(&found, column));
            row(Row(values.collect::<Result<_>>()?))?;
        }
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }
}

fn prepared(
    transaction: &mut Transaction,
    statements: &mut HashMap<String, Statement>,
    sql: &str,
) -> Result<Statement> {
    if let Some(statement) = statements.get(sql) {
        return Ok(statement.clone());
    }
    let statement = transaction.prepare(&sql.replace('?', "$"))?;
    statements.insert(sql.to_owned(), statement.clone());
    Ok(statement)
}

fn params(given: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    given.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn value(row: &postgres::Row, column: usize) -> Result<Value> {
    let kind = row.columns().get(column).map(postgres::Column::type_);
    let read = match kind {
        Some(&Type::INT8) => row.try_get::<_, Option<i64>>(column)?.map(Value::Integer),
        Some(&Type::INT4) => row.try_get::<_, Option<i32>>(column)?.map(|n| Value::Integer(n.into())),
        Some(&Type::BOOL) => row.try_get::<_, Option<bool>>(column)?.map(|b| Value::Integer(b.into())),
        Some(&Type::BYTEA) => row.try_get::<_, Option<Vec<u8>>>(column)?.map(Value::Bytes),
        _ => row.try_get::<_, Option<String>>(column)?.map(Value::Text),
    };
    Ok(read.unwrap_or(Value::Null))
}

type Written = std::result::Result<IsNull, Box<dyn StdError + Sync + Send>>;

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut postgres::types::private::BytesMut) -> Written {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Value::Integer(number) => number.to_sql(kind, out),
            Value::Text(text) => text.to_sql(kind, out),
            Value::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT4 | Type::INT8 | Type::TEXT | Type::VARCHAR | Type::NAME | Type::BYTEA | Type::UNKNOWN
        )
    }

    to_sql_checked!();
}
