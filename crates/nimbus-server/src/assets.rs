//! The built web files, as the server needs them: found by path, sent compressed when asked.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Where the built web files come from. Paths are as the web build writes them, such as
/// `studio/index.html`; a path that was not built is simply absent, so none can leave the set.
pub trait Assets: Send + Sync {
    /// The file as it is kept.
    fn get(&self, path: &str) -> Option<AssetRef>;

    /// The file's bytes without compression.
    fn plain(&self, path: &str) -> Option<Bytes>;
}

/// One built file as it is kept.
#[derive(Debug, Clone)]
pub struct AssetRef {
    /// Its media type, such as `text/javascript; charset=utf-8`.
    pub content_type: &'static str,
    /// Whether `bytes` are compressed with brotli (RFC 7932).
    pub brotli: bool,
    /// The bytes.
    pub bytes: Bytes,
}

/// May be kept for ever: the address changes with the content.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// May be kept, but is asked for again each time; an unchanged file costs a 304.
pub(crate) const REVALIDATE: &str = "no-cache";
/// Is never kept.
pub(crate) const NO_STORE: &str = "no-store";

/// Answers with a built file, compressed when the client takes brotli. `None` when there is none.
pub(crate) fn send(assets: &dyn Assets, path: &str, request: &HeaderMap, cache: &'static str) -> Option<Response> {
    let asset = assets.get(path)?;
    let compressed = asset.brotli && accepts_brotli(request);
    let bytes = if asset.brotli && !compressed { assets.plain(path)? } else { asset.bytes };
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if asset.brotli {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if compressed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    Some(response)
}

/// Answers with a text that may change behind its address: with an `ETag`, and 304 when the client
/// has it already.
pub(crate) fn send_text(text: String, content_type: &'static str, request: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(text.as_bytes())[..16]));
    let known = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag);
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(text).into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(REVALIDATE));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// Whether `Accept-Encoding` (RFC 9110 section 12.5.3) names `br` and does not refuse it.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
            let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse::<f32>() == Ok(0.0)));
            named && !refused
        })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT_ENCODING};

    use super::accepts_brotli;

    #[test]
    fn brotli_is_sent_only_to_who_takes_it() {
        for (value, taken) in [
            ("gzip, deflate, br, zstd", true),
            ("BR;q=0.5", true),
            ("br;q=0", false),
            ("br; q=0.0, gzip", false),
            ("gzip", false),
            ("", false),
            ("brotli", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            assert_eq!(accepts_brotli(&headers), taken, "{value}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }
}
