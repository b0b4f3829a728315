//! How much a client may ask, how often and for how long: what is the same for every route.
//!
//! [`serve`](crate::serve()) bounds connections and the time that a request's head takes,
//! [`bound`] the head's size, the pace of an address and the time of an answer, `body.rs` the
//! body. Limits of apps are in `sandbox::pace`.

pub(crate) mod rates;

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::{ApiError, Code},
    state::ServerState,
};

/// The largest body that any route takes, in bytes.
pub(crate) const MAX_BODY: usize = 8 * 1024 * 1024;

/// What one client can take of the server. [`Limits::default`] is what the product runs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Further ones wait until one ends.
    pub connections: usize,
    /// How long the head of a request may take to arrive, and how long a connection may idle.
    pub head_time: Duration,
    /// The longest address, in bytes (414, RFC 9110 section 15.5.15).
    pub uri_bytes: usize,
    /// Names and values of all header fields together, in bytes (431, RFC 6585 section 5).
    pub head_bytes: usize,
    /// The number of header fields (431).
    pub head_fields: usize,
    /// How long a request's body may take to arrive (408).
    pub body_time: Duration,
    /// How long an answer may take to begin (503). Streams begin at once and may then take any time.
    pub answer_time: Duration,
    /// How long a client may take none of its answer.
    pub write_time: Duration,
    /// Requests of one address at once (429).
    pub requests_at_once: u32,
    /// Requests of one address per second, after those at once.
    pub requests_per_second: u32,
    /// Wrong tokens of one address at once (429); then one every [`Limits::wrong_token_every`].
    pub wrong_tokens_at_once: u32,
    /// How long an address waits after too many wrong tokens before it may try again.
    pub wrong_token_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Well below the 1024 files that a process may usually open, and above what one browser
            // opens in all (256).
            connections: 512,
            head_time: Duration::from_secs(30),
            // A description may be part of an address, as in `/new?prompt=…`.
            uri_bytes: 16 * 1024,
            // Cookies of all ports of this machine come along.
            head_bytes: 32 * 1024,
            head_fields: 64,
            body_time: Duration::from_secs(60),
            // A large app may have to be built first.
            answer_time: Duration::from_secs(120),
            write_time: Duration::from_secs(60),
            // Ten apps that each call as often as an app may.
            requests_at_once: 2000,
            requests_per_second: 1000,
            wrong_tokens_at_once: 10,
            wrong_token_every: Duration::from_secs(6),
        }
    }
}

/// The address at the other end of the connection. Of a proxy on this machine it is the proxy's:
/// what a request says of itself (`X-Forwarded-For`) is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Peer {
    /// The peer of a request. Requests that came by no connection count as one peer.
    pub(crate) fn of(extensions: &Extensions) -> IpAddr {
        extensions.get::<Self>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::of(&parts.extensions)))
    }
}

/// Lets through what is within the limits; the answer to the rest says which one it met.
pub(crate) async fn bound(State(state): State<ServerState>, request: Request, next: Next) -> Response {
    let limits = &state.parts.config.limits;
    if let Err(error) = check_head(limits, request.uri(), request.headers()) {
        return error.into_response();
    }
    if let Err(wait) = state.rates.requests.draw(Peer::of(request.extensions())) {
        let message = "this address sends more requests than the server takes from one";
        return ApiError::new(Code::TooManyRequests, message).retry_after(wait).into_response();
    }
    match tokio::time::timeout(limits.answer_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let seconds = limits.answer_time.as_secs();
            ApiError::new(Code::AnswerTimeout, format!("this took longer than {seconds} seconds and was given up"))
                .with_hint("the server may be busy: try again later")
                .into_response()
        }
    }
}

fn check_head(limits: &Limits, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let uri_bytes = uri.path_and_query().map_or(0, |text| text.as_str().len());
    if uri_bytes > limits.uri_bytes {
        let message = format!("the address has {uri_bytes} bytes, but at most {} are taken", limits.uri_bytes);
        return Err(ApiError::new(Code::UriTooLong, message).with_hint("send what is long in the request's body"));
    }
    if headers.len() > limits.head_fields {
        let message =
            format!("the request has {} header fields, but at most {} are taken", headers.len(), limits.head_fields);
        return Err(ApiError::new(Code::HeadTooLarge, message));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > limits.head_bytes {
        let message =
            format!("the request's header fields have {bytes} bytes, but at most {} are taken", limits.head_bytes);
        return Err(ApiError::new(Code::HeadTooLarge, message)
            .with_hint("cookies that other programs of this machine left behind may be the reason: delete them"));
    }
    // Each route has its own limit too; what none takes need not be read.
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BODY as u64) {
        return Err(ApiError::new(Code::TooLarge, format!("a request's body must be at most {MAX_BODY} bytes")));
    }
    Ok(())
}
