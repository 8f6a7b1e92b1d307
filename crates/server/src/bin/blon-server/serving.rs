//! `blon-server serve`: devices and pages, until it is told to stop.

use crate::print;
use blon_core::error::Code;
use blon_core::invitation::Pin;
use blon_server::error::{Error, Result};
use blon_server::tls::Tls;
use blon_server::{Headquarters, web};
use chrono::Utc;
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogKind {
    Text,
    Json,
}

/// How to serve.
#[derive(Args)]
pub struct Serving {
    /// The address to listen at; port 0 takes any that is free.
    #[arg(long, env = "BLON_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address that people and devices reach this headquarters at, where that is another.
    #[arg(long, value_name = "URL", env = "BLON_ADDRESS")]
    address: Option<String>,
    /// Speak TLS with this certificate and its chain (PEM). SIGHUP reads both files again.
    #[arg(long, value_name = "FILE", env = "BLON_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, value_name = "FILE", env = "BLON_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// What invitations say of the key of a proxy that speaks TLS for this headquarters: the SHA-256 of its public key in base64.
    #[arg(long, value_name = "BASE64", env = "BLON_PIN", conflicts_with = "tls_cert")]
    pin: Option<Pin>,
    /// Leave the key of --tls-cert out of invitations: it changes with each renewal, and the web's authorities vouch for it.
    #[arg(long, requires = "tls_cert")]
    no_pin: bool,
    /// Give figures of how headquarters runs to Prometheus at /metrics of this address, which is this machine's alone.
    #[arg(long, value_name = "ADDRESS", env = "BLON_METRICS")]
    metrics: Option<SocketAddr>,
    /// How the log is written, on standard error: lines for people, or a JSON object each for programs. RUST_LOG says how much.
    #[arg(long, value_name = "KIND", env = "BLON_LOG", default_value = "text")]
    log: LogKind,
}

impl Serving {
    /// Serves until told to stop.
    ///
    /// # Errors
    /// `bad_input` where it cannot listen there, or for a certificate, a key or an address that cannot be used.
    pub fn serve(&self, json: bool, headquarters: Headquarters) -> Result<()> {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        // A log that cannot be written, as on a full disk, must not end what it speaks of.
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .log_internal_errors(false);
        match self.log {
            LogKind::Text => log.init(),
            LogKind::Json => log.json().init(),
        }
        let tls = match self.tls_cert.as_deref().zip(self.tls_key.as_deref()) {
            Some((certificate, key)) => Some(Arc::new(Tls::read(certificate, key)?)),
            None => None,
        };
        let taken = |e| Error::told(Code::BadInput, format!("cannot listen at {}: {e}", self.listen));
        let listener = std::net::TcpListener::bind(self.listen).map_err(taken)?;
        listener.set_nonblocking(true).map_err(taken)?;
        let local = listener.local_addr().map_err(taken)?;
        if headquarters.is_half_filled()? {
            let message = "a restore or a move into this headquarters was cut off: run it again to its end";
            return Err(Error::told(Code::BadInput, message));
        }
        headquarters.claims_its_files()?;
        // What others are writing now is theirs.
        let untouched = if headquarters.is_shared() { UNTOUCHED } else { Duration::ZERO };
        headquarters.sweep_uploads(Utc::now().timestamp(), untouched)?;
        let own = format!("{}://{local}", if tls.is_some() { "https" } else { "http" });
        let address = self.address.as_deref().unwrap_or(&own);
        let secure = address.to_lowercase().starts_with("https://");
        if tls.is_some() && !secure {
            let message = format!("{address} is no address for TLS, which begins with https://");
            return Err(Error::told(Code::BadInput, message));
        }
        if !secure && !local.ip().is_loopback() {
            let message = format!(
                "plain HTTP is spoken with this machine alone, and {local} is open to others: give --tls-cert and \
                 --tls-key, or the --address https://… of the proxy that speaks TLS"
            );
            return Err(Error::told(Code::BadInput, message));
        }
        headquarters.set_address(address)?;
        headquarters.set_pin(self.told_pin(tls.as_deref())?)?;
        let token = headquarters.set_up_token()?;
        let runtime = tokio::runtime::Runtime::new().map_err(|e| Error::Internal(e.to_string()))?;
        // The threads that judge large batches: where they cannot be made now, a start fails, and not every batch later.
        let judging = rayon::ThreadPoolBuilder::new().build_global();
        judging.map_err(|e| Error::Internal(e.to_string()))?;
        // A connection to the database ends where nothing drives it any more: the last one who holds headquarters is this function.
        let serving = headquarters.clone();
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).map_err(taken)?;
            tokio::spawn(sweep_hourly(serving.clone()));
            if serving.is_shared() {
                tokio::spawn(hear_of_others(serving.clone()));
            }
            if let Some(tls) = &tls {
                let (tls, hangups) = (Arc::clone(tls), Hangups::new());
                tokio::spawn(reload_when_told(serving.clone(), tls, !self.no_pin, hangups));
            }
            if let Some(listen) = self.metrics {
                web::health::serve_figures(listen, serving.clone()).await?;
            }
            print::listening(json, &own, address, token.as_deref())?;
            let tls = tls.as_ref().map(|tls| tls.config());
            web::serve(listener, serving, secure, tls, told_to_stop()).await;
            Ok::<(), Error>(())
        })?;
        // What a connection left behind must not be waited for: every answer that was given is on the disk.
        runtime.shutdown_background();
        Ok(())
    }

    /// What invitations say of the key that answers here.
    fn told_pin(&self, tls: Option<&Tls>) -> Result<Option<Pin>> {
        match tls {
            Some(tls) if !self.no_pin => tls.pin().map(Some),
            _ => Ok(self.pin),
        }
    }
}

/// Reads the certificate again at each SIGHUP, as systems do after a renewal. One that is wrong is told in the log, and the
/// one before goes on.
async fn reload_when_told(headquarters: Headquarters, tls: Arc<Tls>, pins: bool, mut hangups: Hangups) {
    while hangups.next().await {
        let tls = Arc::clone(&tls);
        let reloaded = headquarters.blocking(move |hq| {
            tls.reload()?;
            if pins { hq.set_pin(Some(tls.pin()?)) } else { Ok(()) }
        });
        match reloaded.await {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!("the certificate cannot be used, the one before goes on: {error}"),
        }
    }
}

/// How long a file that nobody's upload names lies still before it is let go while headquarters serves.
const UNTOUCHED: Duration = Duration::from_secs(24 * 3600);

/// How often it is asked whether another process wrote something.
const HEARING: Duration = Duration::from_secs(1);

/// Tells whoever looks at pages what other processes wrote.
async fn hear_of_others(headquarters: Headquarters) {
    let mut before = None;
    loop {
        tokio::time::sleep(HEARING).await;
        // A database that is away is told elsewhere.
        if let Ok(now) = headquarters.blocking(|hq| hq.store.version()).await
            && now != before
        {
            before = now;
            headquarters.changes.tell();
        }
    }
}

/// Lets go, now and then, of what nobody will end.
async fn sweep_hourly(headquarters: Headquarters) {
    loop {
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let sweep = |hq: &Headquarters| {
            hq.erase_what_is_left()?;
            hq.sweep_uploads(Utc::now().timestamp(), UNTOUCHED)
        };
        let swept = headquarters.blocking(sweep).await;
        if let Err(error) = swept {
            tracing::error!("what nobody will end could not be swept: {error}");
        }
    }
}

/// Waits for Ctrl-C or, where the system has it, SIGTERM.
async fn told_to_stop() {
    let interrupt = async {
        // Without a handler there is nothing to wait for; the default action then ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// Hears SIGHUP, from the moment it is made, where the system has it.
struct Hangups(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

impl Hangups {
    fn new() -> Self {
        Hangups(
            #[cfg(unix)]
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        )
    }

    /// Waits for the next; gives whether there may be one.
    async fn next(&mut self) -> bool {
        #[cfg(unix)]
        if let Some(stream) = &mut self.0 {
            return stream.recv().await.is_some();
        }
        false
    }
}
