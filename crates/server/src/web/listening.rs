//! Taking connections: how many, how long one may stand still, and how they end.
//!
//! `axum::serve` has no limits: a few hundred silent connections would make headquarters deaf, and one of them
//! would keep it from ending. A slow line is welcome all the same; only one that stands still is closed.

use super::guests::Guests;
use super::limits::Peer;
use axum::Router;
use axum::extract::Request;
use axum::serve::Listener;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Connections at once: below the 1,024 files that systems let a process open, with room for the database and
/// for evidence.
const CONNECTIONS: usize = 768;

/// Connections of one address at once: it never takes every place, and an office behind one has more than enough.
const FROM_ONE_ADDRESS: usize = CONNECTIONS / 3;

/// How long a request's head may take, and how long a connection may wait for its next request.
const HEAD: Duration = Duration::from_secs(60);

/// The same while two thirds of the places are taken.
const HURRIED: Duration = Duration::from_secs(10);

/// How long a TLS handshake may take: two exchanges of some kilobytes, on the slowest line there is.
const HANDSHAKE: Duration = Duration::from_secs(60);

/// How long an answer may wait for somebody to read it.
const STALL: Duration = Duration::from_secs(60);

/// How long what is under way may take to end once headquarters is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` is done, then lets what is under way finish within [`GRACE`]. With `tls` every connection begins with a
/// handshake, which keeps nobody else waiting.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    tls: Option<Arc<ServerConfig>>,
    stop: impl Future<Output = ()>,
) {
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    let (ending, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let guests = Guests::at_most(FROM_ONE_ADDRESS);
    let tls = tls.map(TlsAcceptor::from);
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            // Axum's own way to accept waits and goes on where the system is out of files.
            (place, Listener::accept(&mut listener).await)
        };
        // Also while every place is taken it is heard that headquarters is to end.
        let (Ok(place), (stream, peer)) = (tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        }) else {
            break;
        };
        let address = peer.ip().to_canonical();
        let Some(guest) = guests.welcome(address) else { continue };
        let service = TowerToHyperService::new(router.clone().map_request(move |mut r: Request<_>| {
            r.extensions_mut().insert(Peer(address));
            r.map(axum::body::Body::new)
        }));
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STALL));
        // While few places are left nobody holds one by saying nothing.
        let hurried = room.available_permits() < CONNECTIONS / 3;
        builder.http1().header_read_timeout(if hurried { HURRIED } else { HEAD });
        let stream = Box::pin(stream);
        let (builder, tls, watcher) = (builder.clone(), tls.clone(), ending.watcher());
        tokio::spawn(async move {
            // A connection that broke concerns nobody but the one who sees it at the other end.
            match tls {
                None => {
                    let connection = builder.serve_connection(TokioIo::new(stream), service);
                    let _ = watcher.watch(connection.into_owned()).await;
                }
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                        let connection = builder.serve_connection(TokioIo::new(stream), service);
                        let _ = watcher.watch(connection.into_owned()).await;
                    }
                }
            }
            drop((place, guest));
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, ending.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in {GRACE:?} and are closed");
    }
}
