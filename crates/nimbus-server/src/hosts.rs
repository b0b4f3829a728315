//! Which site a request is for, by an exact list of host names.
//!
//! The person's pages and the API are at `localhost`, `127.0.0.1` and `[::1]`; each app has a name
//! of its own below `localhost`, which browsers resolve to this machine without DNS (RFC 6761) and
//! which gives the app a process of its own. Everything else is refused, so that a name that an
//! attacker points at this machine (DNS rebinding) reaches nothing.

use axum::http::{HeaderMap, Uri, header};
use nimbus_core::ids::AppId;

/// Which site a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// The person's pages and the API.
    Host(HostOrigin),
    /// One app.
    App(AppId),
}

/// The origin (RFC 6454) of the person's pages, as the request addressed them, such as
/// `http://localhost:3000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostOrigin(pub String);

/// The site of a request, from its `Host` header; none when it is not on the list, is missing or
/// repeated, or contradicts the request line.
#[must_use]
pub fn site(headers: &HeaderMap, uri: &Uri, port: u16) -> Option<Site> {
    let mut values = headers.get_all(header::HOST).iter();
    let host = values.next()?.to_str().ok()?;
    if values.next().is_some() || uri.authority().is_some_and(|authority| authority.as_str() != host) {
        return None;
    }
    let name = name_at_port(host, port)?;
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        return Some(Site::Host(HostOrigin(format!("http://{host}"))));
    }
    let label = name.strip_suffix(".localhost")?;
    let hexadecimal = label.len() == 32 && label.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if hexadecimal { label.parse().ok().map(Site::App) } else { None }
}

/// The origin of an app, such as `http://018f….localhost:3000`.
#[must_use]
pub fn app_origin(app: AppId, port: u16) -> String {
    format!("http://{}", at_port(&format!("{}.localhost", app.to_hex()), port))
}

/// The origins of the person's pages that may frame an app. `[::1]` is missing because content
/// security policies cannot name it; pages opened there are sent to `localhost`.
#[must_use]
pub fn framing_origins(port: u16) -> [String; 2] {
    ["localhost", "127.0.0.1"].map(|name| format!("http://{}", at_port(name, port)))
}

/// What is served here, for the person who came to a name that is not.
#[must_use]
pub fn served(port: u16) -> String {
    format!("`{}`, `{}` and `{}`", at_port("localhost", port), at_port("127.0.0.1", port), at_port("[::1]", port))
}

/// Port 80 is left out of URLs and `Host` headers (RFC 9110 section 4.2.3).
fn at_port(name: &str, port: u16) -> String {
    if port == 80 { name.to_owned() } else { format!("{name}:{port}") }
}

fn name_at_port(host: &str, port: u16) -> Option<&str> {
    if port == 80 && !host.ends_with(":80") {
        return Some(host);
    }
    host.strip_suffix(&port.to_string())?.strip_suffix(':')
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri, header::HOST};

    use super::{HostOrigin, Site, app_origin, site};

    const APP: &str = "018f3c6e7b1a7cc080000123456789ab";

    fn of(host: &str, port: u16) -> Option<Site> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).ok()?);
        site(&headers, &Uri::from_static("/"), port)
    }

    #[test]
    fn only_listed_names_are_served() {
        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
            assert_eq!(of(host, 3000), Some(Site::Host(HostOrigin(format!("http://{host}")))));
        }
        for host in [
            "evil.example",
            "evil.example:3000",
            "localhost",
            "localhost:3001",
            "localhost:03000",
            "localhost.:3000",
            "localhost:3000.evil.example",
            "LOCALHOST:3000",
            "0.0.0.0:3000",
            "127.1:3000",
            "[::ffff:127.0.0.1]:3000",
            "x@localhost:3000",
            ".localhost:3000",
            "probe.localhost:3000",
            "018F3C6E7B1A7CC080000123456789AB.localhost:3000",
            "018f3c6e-7b1a-7cc0-8000-0123456789ab.localhost:3000",
            "x.018f3c6e7b1a7cc080000123456789ab.localhost:3000",
            "",
        ] {
            assert_eq!(of(host, 3000), None, "{host}");
        }
        assert_eq!(of("localhost", 80), Some(Site::Host(HostOrigin("http://localhost".to_owned()))));
    }

    #[test]
    fn an_app_has_a_name_of_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let app = APP.parse()?;
        assert_eq!(of(&format!("{APP}.localhost:3000"), 3000), Some(Site::App(app)));
        assert_eq!(app_origin(app, 3000), format!("http://{APP}.localhost:3000"));
        Ok(())
    }

    #[test]
    fn a_repeated_or_contradicted_host_is_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost:3000"));
        assert_eq!(site(&headers, &Uri::from_static("http://evil.example:3000/"), 3000), None);
        assert!(site(&headers, &Uri::from_static("http://localhost:3000/"), 3000).is_some());
        headers.append(HOST, HeaderValue::from_static("evil.example"));
        assert_eq!(site(&headers, &Uri::from_static("/"), 3000), None);
        assert_eq!(site(&HeaderMap::new(), &Uri::from_static("/"), 3000), None);
    }
}
