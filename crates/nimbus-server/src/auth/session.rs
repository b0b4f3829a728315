//! The local owner's session: a cookie that survives restarts and needs no table.

use axum::http::{HeaderMap, HeaderValue, header};

use super::{same_secret, sign};
use crate::state::ServerConfig;

/// How long a browser stays signed in: 180 days.
const MAX_AGE_SECONDS: u32 = 180 * 24 * 60 * 60;

/// The `Set-Cookie` value that signs a browser in.
pub(crate) fn session_cookie(config: &ServerConfig) -> HeaderValue {
    cookie(config, &value(config), MAX_AGE_SECONDS)
}

/// The `Set-Cookie` value that signs it out.
pub(crate) fn clear_cookie(config: &ServerConfig) -> HeaderValue {
    cookie(config, "", 0)
}

/// Whether a request carries the session cookie.
pub(super) fn signed_in(config: &ServerConfig, headers: &HeaderMap) -> bool {
    let expected = value(config);
    let name = name(config);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .any(|(key, value)| key == name && same_secret(value, &expected))
}

/// Cookies are shared by all ports of a host name, so the port is part of the name.
fn name(config: &ServerConfig) -> String {
    format!("cumulonimbus_{}", config.port)
}

/// Bound to the owner's token: who changes the token signs every browser out.
fn value(config: &ServerConfig) -> String {
    hex::encode(sign(&config.secret, "session v1", config.token.as_bytes()))
}

fn cookie(config: &ServerConfig, value: &str, max_age: u32) -> HeaderValue {
    let name = name(config);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age}");
    // Name and value are letters, digits and `_`, so this cannot fail; an empty header signs nobody in.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
