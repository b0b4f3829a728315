//! The API, for commands: of the server that uses the data directory, or of one in this process.
//!
//! Both answer the same requests, so that a command does the same whether a server runs or not.

use std::net::SocketAddr;

use anyhow::{Context, Result, anyhow, bail};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, Response, header},
};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use nimbus_core::generate::jobs::Jobs;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{config::Config, data_dir::DataDir, serve};

/// The largest answer that is taken whole, in bytes: a page with every library inside.
const MAX_ANSWER: usize = 256 * 1024 * 1024;

/// Where requests go.
pub struct Reach {
    place: Place,
    token: String,
    /// As the server knows itself.
    host: String,
}

enum Place {
    /// The directory is ours while this lives.
    Here {
        router: Router,
        jobs: Jobs,
        stop: CancellationToken,
        _data: DataDir,
    },
    There(SocketAddr),
}

impl Reach {
    /// Finds the server that uses the data directory, or opens the directory.
    ///
    /// # Errors
    /// One sentence when neither is possible.
    pub async fn open(config: &Config) -> Result<Self> {
        if let Some(data) = DataDir::open_unless_used(&config.data_dir)? {
            let (stop, port) = (CancellationToken::new(), config.bind.port());
            let wired = serve::wire(config, &data, port, stop.clone()).await?;
            let place = Place::Here { router: nimbus_server::router(wired.state), jobs: wired.jobs, stop, _data: data };
            return Ok(Self { place, token: wired.token, host: format!("localhost:{port}") });
        }
        let (address, kept) = DataDir::of_running(&config.data_dir);
        let shown = config.data_dir.display();
        let Some(address) = address else {
            bail!(
                "another Cumulonimbus is using the data directory `{shown}`, and it is no server; wait until it is done"
            );
        };
        let token = config.token.clone().or(kept);
        let token = token.with_context(|| {
            format!("the server at {address} has a token of its own; set CUMULONIMBUS_TOKEN as it was set there")
        })?;
        Ok(Self { place: Place::There(address), token, host: format!("localhost:{}", address.port()) })
    }

    /// Reads something.
    ///
    /// # Errors
    /// One sentence when it cannot be had.
    pub async fn get(&self, path: &str) -> Result<Vec<u8>> {
        let answer = self.send(Method::GET, path, "", Body::empty()).await?;
        Ok(to_bytes(answer.into_body(), MAX_ANSWER).await?.to_vec())
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// One sentence when it cannot be had.
    pub async fn get_json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.get(path).await?)?)
    }

    /// Sends something; the answer's body is still to be read.
    ///
    /// # Errors
    /// The server's own words when it refuses.
    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Result<Response<Body>> {
        self.send(Method::POST, path, content_type, body.into()).await
    }

    async fn send(&self, method: Method, path: &str, content_type: &str, body: Body) -> Result<Response<Body>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(body)?;
        let answer = match &self.place {
            Place::Here { router, .. } => match router.clone().oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            },
            Place::There(address) => {
                let failed = || format!("the server at {address} does not answer");
                let stream = TcpStream::connect(address).await.with_context(failed)?;
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.with_context(failed)?;
                // Ends with the answer; what goes wrong with it the answer tells.
                tokio::spawn(connection);
                sender.send_request(request).await.with_context(failed)?.map(Body::new)
            }
        };
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), MAX_ANSWER).await?;
        let error: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let part = |name: &str| error["error"][name].as_str();
        let message = part("message").map_or_else(|| format!("the server answered {status}"), str::to_owned);
        let hint = part("hint").map(|hint| format!("; {hint}")).unwrap_or_default();
        Err(anyhow!("{message}{hint}"))
    }

    /// Ends what runs in this process.
    pub async fn close(self) {
        if let Place::Here { jobs, stop, .. } = self.place {
            jobs.shut_down().await;
            stop.cancel();
        }
    }
}
