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
use postgres::{Client, Config, NoTls, Statement};
use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::Display;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

/// How every process of headquarters is called among those who are connected; each adds something of its own.
const NAME: &str = "blon-server";

/// The lock that whoever writes holds until the commit.
const WRITER: i64 = 0x426c_6f6e;

/// How long to wait for a connection of the pool.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the other side may say nothing, or a transaction stand still.
const SILENCE: Duration = Duration::from_secs(60);

/// What a page costs that is looked up, of which one that is read in turn costs 1. By PostgreSQL's own 4 a small table is read from
/// its beginning to its end for each batch; what is asked here lies in memory, or on a disk without a head.
const PAGE_COST: f64 = 1.1;

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
        config.application_name(own_name());
        config.connect_timeout(PATIENCE).keepalives_idle(SILENCE).tcp_user_timeout(SILENCE);
        if config.get_options().is_none() {
            config.options(&format!(
                "-c idle_in_transaction_session_timeout={} -c random_page_cost={PAGE_COST}",
                SILENCE.as_millis()
            ));
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
            .test_on_check_out(false)
            .build(connections)
            .map_err(|e| unavailable(&e))?;
        Ok(Postgres { pool, writing: Mutex::default() })
    }

    fn once(&self, kind: Kind, work: &mut dyn FnMut(&dyn Engine) -> Result<()>) -> Result<()> {
        let _turn = (kind != Kind::Read).then(|| self.writing.lock().unwrap_or_else(PoisonError::into_inner));
        let mut connection = self.begun(kind)?;
        let open = Open { connection: RefCell::new(&mut connection), committed: false };
        work(&open)?;
        open.commit()
    }

    /// A connection of the pool in whose transaction nothing was done yet. One that has broken off since it was last used says so
    /// when it is to begin, and another is taken: nobody asks each before whether it is there, which would be one more way there and
    /// back.
    fn begun(&self, kind: Kind) -> Result<r2d2::PooledConnection<Connections>> {
        let begin = match kind {
            // Each statement sees what was committed before it, and nobody else commits meanwhile.
            Kind::Write | Kind::Share => &format!(
                "START TRANSACTION ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER})"
            ),
            // How a statement is best read depends on what it asks for: a state may be that of all stories, or of none.
            Kind::Read => {
                "START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan"
            }
        };
        let mut others = self.pool.max_size();
        loop {
            let mut connection = self.pool.get().map_err(|e| unavailable(&e))?;
            match connection.client.batch_execute(begin) {
                Ok(()) => return Ok(connection),
                Err(e) => {
                    // It may have begun, and waited in vain for its turn. One that does not hear this either has broken off.
                    connection.has_broken_off = connection.client.batch_execute("ROLLBACK").is_err();
                    if others == 0 || !connection.has_broken_off {
                        return Err(e.into());
                    }
                    others -= 1;
                }
            }
        }
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
        let sql = "SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT)";
        let mut version = None;
        self.run(Kind::Read, &mut |engine| {
            engine.query(sql, &[], &mut |row| {
                version = Some(row.get(0)?);
                Ok(())
            })
        })?;
        Ok(version)
    }

    fn is_used_by_others(&self) -> Result<bool> {
        let sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
                   AND starts_with(application_name, ?1) AND application_name <> ?2 LIMIT 1";
        let given = [Value::Text(NAME.to_owned()), Value::Text(own_name().to_owned())];
        let mut found = false;
        self.run(Kind::Read, &mut |engine| {
            engine.query(sql, &given, &mut |_| {
                found = true;
                Ok(())
            })
        })?;
        Ok(found)
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

/// What this process is called there, and no other.
fn own_name() -> &'static str {
    static OWN: LazyLock<String> = LazyLock::new(|| format!("{NAME} {}", Uuid::now_v7().simple()));
    &OWN
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
    /// Nobody gets it again.
    has_broken_off: bool,
}

impl Connection {
    fn prepared(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&sql.replace('?', "$"))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl r2d2::ManageConnection for Connections {
    type Connection = Connection;
    type Error = postgres::Error;

    fn connect(&self) -> std::result::Result<Connection, postgres::Error> {
        Ok(Connection { client: self.client()?, statements: HashMap::new(), has_broken_off: false })
    }

    fn is_valid(&self, connection: &mut Connection) -> std::result::Result<(), postgres::Error> {
        connection.client.simple_query("").map(|_| ())
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.has_broken_off || connection.client.is_closed()
    }
}

/// A transaction; what is not committed is undone.
struct Open<'c> {
    connection: RefCell<&'c mut Connection>,
    committed: bool,
}

impl Open<'_> {
    fn commit(mut self) -> Result<()> {
        self.connection.get_mut().client.batch_execute("COMMIT")?;
        self.committed = true;
        Ok(())
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.committed {
            // Where this does not reach it, the connection has broken off, and the database undoes it by itself.
            let _ = self.connection.get_mut().client.batch_execute("ROLLBACK");
        }
    }
}

impl Engine for Open<'_> {
    fn execute(&self, sql: &str, given: &[Value]) -> Result<u64> {
        let mut connection = self.connection.borrow_mut();
        let statement = connection.prepared(sql)?;
        Ok(connection.client.execute(&statement, &params(given))?)
    }

    fn query(&self, sql: &str, given: &[Value], row: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        let found = {
            let mut connection = self.connection.borrow_mut();
            let statement = connection.prepared(sql)?;
            connection.client.query(&statement, &params(given))?
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
