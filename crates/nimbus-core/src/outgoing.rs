//! What an app fetches through the server: what it may ask for, and what comes back.
//!
//! This checks the request itself. That its host does not lead into this network is checked where
//! the connection is made, because names change what they mean ([`crate::ports::Fetch`]).

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::permission::Domain;

/// The largest body of a request, in bytes.
pub const MAX_REQUEST_BYTES: usize = 1024 * 1024;
/// The largest body of a response, in bytes.
pub const MAX_RESPONSE_BYTES: usize = 5 * 1024 * 1024;
/// How long a request may take in all.
pub const TIMEOUT: Duration = Duration::from_secs(20);
/// The longest address, in bytes.
const MAX_URL_BYTES: usize = 8 * 1024;
/// The most headers of a request.
const MAX_HEADERS: usize = 32;
/// The longest value of a header, in bytes.
const MAX_HEADER_BYTES: usize = 8 * 1024;

/// A request as the app writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpFetch {
    /// The address.
    pub url: String,
    /// The method; none: `GET`.
    #[serde(default)]
    pub method: Option<String>,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, as text.
    #[serde(default)]
    pub body: Option<String>,
}

/// The methods (RFC 9110 section 9, RFC 5789) that an app may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete]
            .into_iter()
            .find(|method| method.as_str().eq_ignore_ascii_case(text))
    }
}

/// A request that may be made, once its domain is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The method.
    pub method: Method,
    /// An `http` or `https` address at port 80 or 443, without credentials and fragment.
    pub url: Url,
    /// The host of `url`.
    pub domain: Domain,
    /// Allowed headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// The status (RFC 9110 section 15). Redirects come back as they are.
    pub status: u16,
    /// The headers that apps may see.
    pub headers: BTreeMap<String, String>,
    /// The body: as text where it is UTF-8, else in base64 (RFC 4648 section 4).
    pub body: String,
    /// Whether `body` is in base64.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub base64: bool,
    /// Whether the body was cut. Always false: a response that is too large is an error.
    pub truncated: bool,
}

/// Whether an app may see a header of a response. `name` is in lower case.
#[must_use]
pub fn visible_header(name: &str) -> bool {
    matches!(name, "content-type" | "location" | "etag" | "last-modified" | "cache-control") || name.starts_with("x-")
}

impl HttpFetch {
    /// Checks the request.
    ///
    /// # Errors
    /// A sentence that says what is not allowed.
    pub fn outgoing(&self) -> Result<Outgoing, String> {
        let method = match &self.method {
            None => Method::Get,
            Some(name) => Method::parse(name)
                .ok_or("the method must be `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`".to_owned())?,
        };
        let (url, domain) = address(&self.url)?;
        if self.headers.len() > MAX_HEADERS {
            return Err(format!("a request has at most {MAX_HEADERS} headers"));
        }
        let headers = self.headers.iter().map(|(name, value)| header(name, value)).collect::<Result<_, _>>()?;
        if self.body.as_ref().is_some_and(|body| body.len() > MAX_REQUEST_BYTES) {
            return Err(format!("the body must be at most {} KiB", MAX_REQUEST_BYTES / 1024));
        }
        if self.body.is_some() && matches!(method, Method::Get | Method::Head) {
            return Err(format!("`{}` takes no body", method.as_str()));
        }
        Ok(Outgoing { method, url, domain, headers, body: self.body.clone() })
    }
}

/// Reads an address as browsers do (WHATWG URL), so that what is checked is what is asked.
fn address(text: &str) -> Result<(Url, Domain), String> {
    if text.len() > MAX_URL_BYTES {
        return Err(format!("the address is longer than {MAX_URL_BYTES} bytes"));
    }
    let mut url = Url::parse(text).map_err(|_| "the address is not an absolute URL".to_owned())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("only `https` and `http` addresses can be fetched".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address must hold no user and no password; use the `authorization` header".to_owned());
    }
    if !matches!(url.port_or_known_default(), Some(80 | 443)) {
        return Err("only the ports 80 and 443 can be reached".to_owned());
    }
    let domain = match url.host() {
        Some(Host::Domain(name)) => Domain::parse(name).map_err(|error| error.to_string())?,
        _ => return Err("addresses of machines cannot be fetched, only names such as `api.example.org`".to_owned()),
    };
    url.set_fragment(None);
    Ok((url, domain))
}

fn header(name: &str, value: &str) -> Result<(String, String), String> {
    let lower = name.to_ascii_lowercase();
    let is_token = !lower.is_empty() && lower.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let allowed = matches!(lower.as_str(), "accept" | "content-type" | "authorization") || lower.starts_with("x-");
    if !is_token || !allowed {
        let shown: String = lower.chars().filter(char::is_ascii_graphic).take(64).collect();
        return Err(format!(
            "the header `{shown}` cannot be set; apps set `accept`, `content-type`, `authorization` and `x-…`"
        ));
    }
    if value.len() > MAX_HEADER_BYTES || !value.bytes().all(|b| (b' '..=b'~').contains(&b) || b == b'\t') {
        return Err(format!("the value of `{lower}` must be at most {MAX_HEADER_BYTES} visible ASCII characters"));
    }
    Ok((lower, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(url: &str) -> Result<Outgoing, String> {
        HttpFetch { url: url.to_owned(), ..HttpFetch::default() }.outgoing()
    }

    #[test]
    fn an_address_is_a_public_looking_name_at_a_web_port() {
        for (url, kept) in [
            ("https://api.example.org/a?b=c#d", "https://api.example.org/a?b=c"),
            ("HTTP://API.example.org:80/", "http://api.example.org/"),
            ("http://api.example.org:443/", "http://api.example.org:443/"),
            ("https:\\\\api.example.org\\x", "https://api.example.org/x"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(to(url).map(|out| out.url.to_string()), Ok(kept.to_owned()), "{url}");
        }
        for url in [
            "",
            "/api",
            "//api.example.org",
            "ftp://api.example.org",
            "file:///etc/passwd",
            "data:text/plain,x",
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://017700000001/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://169.254.169.254./",
            "http://①②⑦.0.0.1/",
            "http://localhost/",
            "http://metadata/",
            "http://api.example.org:8080/",
            "https://api.example.org:22/",
            "https://user@api.example.org/",
            "https://user:password@api.example.org/",
            "https://api.example.org@127.0.0.1/",
            "https://api.example.org./",
            "https://a_b.example.org/",
            &format!("https://api.example.org/{}", "x".repeat(MAX_URL_BYTES)),
        ] {
            assert!(to(url).is_err(), "{url} was accepted");
        }
    }

    #[test]
    fn only_listed_headers_and_methods_leave() {
        let with = |method: &str, name: &str, value: &str, body: Option<String>| {
            HttpFetch {
                url: "https://a.org/".to_owned(),
                method: Some(method.to_owned()),
                headers: BTreeMap::from([(name.to_owned(), value.to_owned())]),
                body,
            }
            .outgoing()
        };
        for name in ["Accept", "content-type", "Authorization", "X-Api-Key"] {
            assert!(with("post", name, "x", Some("{}".to_owned())).is_ok(), "{name}");
        }
        for name in [
            "host",
            "Cookie",
            "connection",
            "transfer-encoding",
            "content-length",
            "te",
            "upgrade",
            "proxy-authorization",
            "origin",
            "referer",
            "accept-encoding",
            "range",
            "x-a\r\nhost: b",
            "x ",
            "",
        ] {
            assert!(with("GET", name, "x", None).is_err(), "{name:?}");
        }
        for value in ["a\r\nhost: b", "a\0", "é", &"x".repeat(MAX_HEADER_BYTES + 1)] {
            assert!(with("GET", "x-a", value, None).is_err(), "{value:?}");
        }
        for method in ["CONNECT", "TRACE", "OPTIONS", "GET /", ""] {
            assert!(with(method, "x-a", "1", None).is_err(), "{method}");
        }
        assert!(with("GET", "x-a", "1", Some(String::new())).is_err());
        assert!(with("PUT", "x-a", "1", Some("x".repeat(MAX_REQUEST_BYTES + 1))).is_err());
    }
}
