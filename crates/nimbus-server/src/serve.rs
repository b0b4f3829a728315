//! Connections: how many, how slow, and how they end.
//!
//! hyper is driven directly because `axum::serve` sets no time limits: a client that sends its head
//! byte by byte, or never reads its answer, would keep a connection for ever.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::{
    limits::{Limits, Peer},
    router::router,
    state::ServerState,
};

/// How long open connections may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(5);
/// How long to wait when no connection can be taken, as when the process has too many files open.
const PAUSE: Duration = Duration::from_secs(1);
/// What hyper reads of a head before it answers 431 by itself, without words. Above what our own
/// limits refuse with words.
const HEAD_BYTES: usize = 128 * 1024;
const HEAD_FIELDS: usize = 256;

/// Serves until the state's `shutdown` is cancelled; then takes no further connection and gives the
/// open ones 5 seconds to end.
///
/// # Errors
/// None at present: a connection that fails ends alone, and one that cannot be taken is tried again.
pub async fn serve(listener: TcpListener, state: ServerState) -> io::Result<()> {
    let limits = state.parts.config.limits;
    let shutdown = state.parts.shutdown.clone();
    let router = router(state);
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let (stream, peer, place) = tokio::select! {
            taken = take(&listener, &places) => taken,
            () = shutdown.cancelled() => break,
        };
        tokio::spawn(attend(stream, peer, place, router.clone(), limits, open.watcher()));
    }
    drop(listener);
    if tokio::time::timeout(GRACE, open.shutdown()).await.is_err() {
        tracing::info!("connections were still open when the server stopped");
    }
    Ok(())
}

/// The next connection, once there is a place for it.
async fn take(listener: &TcpListener, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(places).acquire_owned().await else { continue };
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Serves one connection to its end, then gives its place back.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    router: Router,
    limits: Limits,
    watcher: Watcher,
) {
    // Events are small and should not wait for each other; a connection without works too.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write_time));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(HEAD_FIELDS)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    if let Err(error) = watcher.watch(connection).await {
        // Clients go away and stall as they like.
        tracing::debug!(%error, "a connection ended early");
    }
    drop(place);
}
