//! The HTTP client, and what its failures mean.

use std::{error::Error as _, io, sync::Arc, time::Duration};

use futures::StreamExt;
use nimbus_core::model::{ModelError, ModelErrorKind};
use reqwest::{Client, Response, header, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

use crate::{address::Address, patience::spoken};

/// The most that is read of an answer that is not a stream, in bytes. OpenRouter's list of models
/// is about one megabyte.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;
/// The most that is repeated of a message of a provider, in characters.
const MAX_MESSAGE_CHARS: usize = 400;

/// A client for `address`. It follows no redirect, which could carry a key or a prompt elsewhere,
/// and asks no proxy for an address of this network.
///
/// # Errors
/// `NotConfigured` when no TLS can be set up.
pub(crate) fn client(address: &Address, connect: Duration) -> Result<Client, ModelError> {
    // An error means that one is installed already, which is as good.
    let _ = ring::default_provider().install_default();
    let builder = || {
        let builder = Client::builder()
            .connect_timeout(connect)
            .redirect(Policy::none())
            .user_agent(concat!("cumulonimbus/", env!("CARGO_PKG_VERSION")));
        if address.is_local() { builder.no_proxy() } else { builder }
    };
    // The machine's own certificates first, for networks with an authority of their own. A slim
    // container has none, and then Mozilla's list must do.
    let built = builder().build().ok().or_else(|| builder().tls_backend_preconfigured(mozilla_roots()?).build().ok());
    built.ok_or_else(|| {
        ModelError::new(ModelErrorKind::NotConfigured, format!("no TLS could be set up for `{}`", address.shown()))
    })
}

fn mozilla_roots() -> Option<ClientConfig> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    Some(builder.with_root_certificates(roots).with_no_client_auth())
}

/// What a failure to reach `address` means. The library's own text is not repeated: it may hold
/// the address with its credentials.
pub(crate) fn unreachable(error: &reqwest::Error, address: &Address, connect: Duration) -> ModelError {
    let shown = address.shown();
    let io = io_kind(error);
    let message = if error.is_connect() && io == Some(io::ErrorKind::ConnectionRefused) {
        format!("connection refused at `{shown}`")
    } else if error.is_connect() && error.is_timeout() {
        format!("no connection to `{shown}` within {}", spoken(connect))
    } else if error.is_connect() && says(error, "dns error") {
        format!("the host name in `{shown}` cannot be resolved")
    } else if error.is_connect() && (says(error, "certificate") || says(error, "tls")) {
        format!("no TLS connection to `{shown}`: its certificate or protocol is not accepted")
    } else if error.is_connect() {
        format!("`{shown}` cannot be reached")
    } else if matches!(io, Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe))
        || says(error, "connection closed")
    {
        format!("`{shown}` closed the connection without an answer")
    } else {
        format!("`{shown}` did not answer in HTTP")
    };
    ModelError::new(ModelErrorKind::Unreachable, message)
}

/// The answer, unless it is compressed: that was not asked for, and bytes that make no sense would
/// tell nobody why.
///
/// # Errors
/// `Provider` that says so.
pub(crate) fn plain(response: Response, address: &Address) -> Result<Response, ModelError> {
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    if encoding.is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Ok(response);
    }
    let message = format!("`{}` answers in a compressed form that was not asked for", address.shown());
    Err(ModelError::new(ModelErrorKind::Provider, message)
        .with_hint("switch compression off in the proxy before the model's server"))
}

/// The connection broke in the middle of a reply.
pub(crate) fn interrupted(address: &Address) -> ModelError {
    ModelError::new(
        ModelErrorKind::Interrupted,
        format!("the connection to `{}` broke before the reply was complete", address.shown()),
    )
    .with_hint("try again; if it happens often, look into the log of the model's server")
}

/// The whole of a short answer; none when it breaks off or is too long.
pub(crate) async fn body(response: Response) -> Option<Vec<u8>> {
    let mut stream = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(piece) = stream.next().await {
        body.extend_from_slice(&piece.ok()?);
        if body.len() > MAX_BODY_BYTES {
            return None;
        }
    }
    Some(body)
}

/// A provider's own message, fit to be shown: one line and not too long.
pub(crate) fn tidy(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>()
            && io.kind() != io::ErrorKind::Other
        {
            return Some(io.kind());
        }
        source = cause.source();
    }
    None
}

fn says(error: &reqwest::Error, text: &str) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.to_string().to_lowercase().contains(text) {
            return true;
        }
        source = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use reqwest::Client;

    use super::{MAX_MESSAGE_CHARS, mozilla_roots, tidy};

    #[test]
    fn a_machine_without_certificates_still_has_a_client() {
        assert!(Client::builder().tls_backend_preconfigured(mozilla_roots().unwrap()).build().is_ok());
    }

    #[test]
    fn a_message_is_one_short_line() {
        assert_eq!(tidy(" a\n\tb  c "), "a b c");
        assert_eq!(tidy(&"é".repeat(1_000)).chars().count(), MAX_MESSAGE_CHARS + 1);
    }
}
