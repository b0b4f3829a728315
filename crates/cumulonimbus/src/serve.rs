//! `cumulonimbus`: opens the store, wires the parts, serves until it is told to stop.

use std::{io, net::SocketAddr, sync::Arc, time::Instant};

use anyhow::{Context, Result, anyhow};
use nimbus_core::{
    generate::{Ports, jobs::Jobs},
    ports::Store,
    vault::Vault,
};
use nimbus_server::{Limits, ServerConfig, ServerParts, ServerState};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{config::Config, data_dir::DataDir, parts, system};

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// One sentence when the product cannot start.
pub async fn serve(config: Config) -> Result<()> {
    let began = Instant::now();
    // The port first: a second start of the same program should say that, not "directory in use".
    let listener = listen(config.bind).await?;
    let data = DataDir::open(&config.data_dir)?;
    let shutdown = CancellationToken::new();
    let address = listener.local_addr().context("the listener has no address")?;
    let Wired { state, jobs, token, interrupted } = wire(&config, &data, address.port(), shutdown.clone()).await?;
    data.announce(address)?;
    let port = address.port();
    announce(&config, &token, port, interrupted, began);
    let server = tokio::spawn(nimbus_server::serve(listener, state));
    stop_signal().await;
    crate::say("Stopping; what is being generated is kept.");
    // The generations end first, so that who watches sees how.
    jobs.shut_down().await;
    shutdown.cancel();
    server.await.context("the server failed")?.context("the server failed")
}

/// The whole server over a data directory.
pub struct Wired {
    /// What answers requests.
    pub state: ServerState,
    /// The generations; to be shut down at the end.
    pub jobs: Jobs,
    /// The owner's token.
    pub token: String,
    /// How many generations the last run left unfinished; what came of them is kept.
    pub interrupted: usize,
}

/// Opens the store and puts the parts together. What runs beside ends with `shutdown`.
///
/// # Errors
/// One sentence when a part cannot be used.
pub async fn wire(config: &Config, data: &DataDir, port: u16, shutdown: CancellationToken) -> Result<Wired> {
    let platform = system::platform();
    let token = match &config.token {
        Some(token) => token.clone(),
        None => data.token(&platform)?,
    };
    let store = open_store(config, data).await?;
    let bundler = Arc::new(parts::bundler()?);
    let models = parts::models(config, shutdown.clone())?;
    let secret = data.secret(&platform)?;
    let ports = Ports {
        models: models.clone(),
        bundler: bundler.clone(),
        store: store.clone(),
        platform: platform.clone(),
        vault: Vault::new(&secret),
    };
    let asking = ports.asking();
    let jobs = Jobs::new(ports);
    let interrupted = jobs.end_interrupted().await.context("the generations of the last run could not be ended")?;
    let state = ServerState::new(ServerParts {
        store,
        models,
        asking,
        bundler,
        exporter: Arc::new(parts::exporter()?),
        fetch: Arc::new(nimbus_fetch::Web::new()?),
        jobs: jobs.clone(),
        platform: platform.clone(),
        assets: Arc::new(parts::EmbeddedAssets),
        config: ServerConfig {
            port,
            apps_domain: config.apps_domain.clone(),
            token: token.clone(),
            secret,
            models: parts::configured(&config.llm),
            version: env!("CARGO_PKG_VERSION"),
            commit: None,
            limits: Limits::default(),
        },
        shutdown,
    })?;
    Ok(Wired { state, jobs, token, interrupted })
}

async fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {} is already in use at {}; stop the program that uses it, or set CUMULONIMBUS_BIND={}:{}",
            address.port(),
            address.ip(),
            address.ip(),
            address.port().wrapping_add(1).max(1024)
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("port {} may not be used by this user; set CUMULONIMBUS_BIND to a port above 1023", address.port())
        }
        _ => anyhow!("cannot listen at {address}: {error}"),
    })
}

async fn open_store(config: &Config, data: &DataDir) -> Result<Arc<dyn Store>> {
    Ok(match &config.database_url {
        Some(url) => Arc::new(nimbus_store::open_postgres(url).await?),
        None => Arc::new(nimbus_store::open_sqlite(&data.database()).await?),
    })
}

fn announce(config: &Config, token: &str, port: u16, interrupted: usize, began: Instant) {
    let took = began.elapsed().as_millis();
    crate::say(&format!("Cumulonimbus {} is ready ({took} ms).\n", env!("CARGO_PKG_VERSION")));
    crate::say(&format!("  Open   http://localhost:{port}/?token={token}"));
    let database = if config.database_url.is_some() { "PostgreSQL" } else { "SQLite" };
    crate::say(&format!("  Data   {} ({database})", config.data_dir.display()));
    crate::say(&format!("  Models {}", parts::describe_models(&config.llm)));
    if interrupted > 0 {
        let apps = if interrupted == 1 { "one app was".to_owned() } else { format!("{interrupted} apps were") };
        crate::say(&format!("\n  The last run ended while {apps} being generated; what came is kept."));
    }
    crate::say("\nStop with Ctrl+C.");
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    let _ = tokio::signal::ctrl_c().await;
}
