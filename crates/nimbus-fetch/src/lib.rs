//! Requests of apps to the web: the [`Fetch`] port of the core.
//!
//! An app may name a host, but not decide where that leads: a name can point into this network, and
//! can point elsewhere each time it is asked for. So the check stands where the connection is made:
//! the client resolves names only through [`resolve::Checked`], which refuses a name when any of its
//! addresses is not a public one, and the client connects only to what came through it.
//!
//! Invariants: no request without that check, and none to a literal address; no redirect is
//! followed, no proxy asked, no cookie kept, no connection shared by two requests; an answer is read
//! up to a limit, in a limited time, and never unpacked; nothing that an error says is of this
//! network.

mod address;
mod resolve;

use std::{error::Error as _, sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::StreamExt;
use nimbus_core::{
    outgoing::{Fetched, MAX_RESPONSE_BYTES, Outgoing, TIMEOUT, visible_header},
    ports::{Fetch, FetchError},
};
use reqwest::{
    Client, ClientBuilder, Response,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::sync::Semaphore;

use crate::resolve::{Checked, Forbidden, Lookup, Rule, SystemLookup};

/// How many requests may be under way at once, of all apps together.
const MOST: usize = 64;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// No TLS can be set up on this machine.
#[derive(Debug, thiserror::Error)]
#[error("requests of apps to the web cannot be made: no TLS could be set up")]
pub struct NoTls;

/// The web, as apps reach it.
#[derive(Debug)]
pub struct Web {
    client: Client,
    places: Semaphore,
}

impl Web {
    /// The web by the names of the system's resolver.
    ///
    /// # Errors
    /// [`NoTls`].
    pub fn new() -> Result<Self, NoTls> {
        Self::with(Arc::new(SystemLookup), address::is_public)
    }

    fn with(lookup: Arc<dyn Lookup>, rule: Rule) -> Result<Self, NoTls> {
        // An error means that one is installed already, which is as good.
        let _ = ring::default_provider().install_default();
        let builder = || client(Checked { lookup: Arc::clone(&lookup), rule });
        // The machine's own certificates first; a slim container has none, and then Mozilla's must do.
        let built = builder().build().ok();
        let built = built.or_else(|| builder().tls_backend_preconfigured(mozilla_roots()?).build().ok());
        Ok(Self { client: built.ok_or(NoTls)?, places: Semaphore::new(MOST) })
    }
}

#[async_trait]
impl Fetch for Web {
    async fn fetch(&self, request: &Outgoing) -> Result<Fetched, FetchError> {
        let domain = request.domain.to_string();
        let whole = async {
            let _place = self.places.acquire().await.map_err(|_| FetchError::Unreachable(domain.clone()))?;
            self.exchange(request, &domain).await
        };
        tokio::time::timeout(TIMEOUT, whole).await.map_err(|_| FetchError::Timeout(domain.clone()))?
    }
}

impl Web {
    async fn exchange(&self, request: &Outgoing, domain: &str) -> Result<Fetched, FetchError> {
        // The client resolves names through the check, but connects to literal addresses as they are.
        if request.url.domain() != Some(domain) {
            return Err(FetchError::ForbiddenAddress(domain.to_owned()));
        }
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes())
            .map_err(|_| FetchError::Unreachable(domain.to_owned()))?;
        let mut asked = self.client.request(method, request.url.clone()).header(ACCEPT_ENCODING, "identity");
        for (name, value) in &request.headers {
            asked = asked.header(name, value);
        }
        if let Some(body) = &request.body {
            asked = asked.body(body.clone());
        }
        let response = asked.send().await.map_err(|error| failure(&error, domain))?;
        // Unpacking would turn a small answer into a large one; we did not ask for a packed one.
        let packed = response.headers().get_all(CONTENT_ENCODING).iter().any(|value| value.as_bytes() != b"identity");
        if packed {
            return Err(FetchError::Encoded(domain.to_owned()));
        }
        let status = response.status().as_u16();
        let mut headers = std::collections::BTreeMap::<String, String>::new();
        for (name, value) in response.headers() {
            let Ok(value) = value.to_str() else { continue };
            if visible_header(name.as_str()) {
                let joined = headers.entry(name.as_str().to_owned()).or_default();
                joined.push_str(if joined.is_empty() { "" } else { ", " });
                joined.push_str(value);
            }
        }
        let bytes = body(response, domain).await?;
        let (body, base64) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => (STANDARD.encode(error.as_bytes()), true),
        };
        Ok(Fetched { status, headers, body, base64, truncated: false })
    }
}

async fn body(response: Response, domain: &str) -> Result<Vec<u8>, FetchError> {
    let mut stream = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| failure(&error, domain))?;
        if body.len() + piece.len() > MAX_RESPONSE_BYTES {
            return Err(FetchError::TooLarge(domain.to_owned()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn client(resolver: Checked) -> ClientBuilder {
    Client::builder()
        .dns_resolver(resolver)
        .connect_timeout(CONNECT)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        // A kept connection was checked for another request, perhaps of another person.
        .pool_max_idle_per_host(0)
        .user_agent(concat!("cumulonimbus/", env!("CARGO_PKG_VERSION")))
}

fn mozilla_roots() -> Option<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    Some(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What a failure means to an app. Whether a port was closed or a name unknown stays here: it would
/// tell an app what is in this network.
fn failure(error: &reqwest::Error, domain: &str) -> FetchError {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(Forbidden(address)) = cause.downcast_ref() {
            tracing::warn!(domain, %address, "an app asked for a name that leads to a forbidden address");
            return FetchError::ForbiddenAddress(domain.to_owned());
        }
        source = cause.source();
    }
    if error.is_timeout() {
        return FetchError::Timeout(domain.to_owned());
    }
    FetchError::Unreachable(domain.to_owned())
}

#[cfg(test)]
mod tests;
