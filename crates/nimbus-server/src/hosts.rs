//! Which site a request is for, by an exact list of host names.
//!
//! The person's pages and the API are at `localhost`, `127.0.0.1` and `[::1]`; each app has a name
//! of its own below `localhost`, which browsers resolve to this machine without DNS (RFC 6761) and
//! which gives the app a process of its own. Where a browser does not, the app is served in a folder
//! under the other of the two names that pages have. Everything else is refused, so that a name that an
//! attacker points at this machine (DNS rebinding) reaches nothing.

use axum::http::{HeaderMap, Uri, header};
use nimbus_core::ids::AppId;

/// Which site a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Site {
    /// The person's pages and the API.
    Host(HostOrigin),
    /// Code of apps.
    Frame(FrameSite),
}

/// The origin (RFC 6454) of the person's pages, as the request addressed them, such as
/// `http://localhost:3000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostOrigin(pub String);

/// Where one app's code is served, or what all apps share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameSite {
    /// The app; none for what all apps share.
    pub app: Option<AppId>,
    /// The origin, such as `http://018f….localhost:3000`.
    pub origin: String,
    /// The folder of the app there, without a slash at its end: empty under a name of its own,
    /// `/frame/018f…` under a name that pages have too.
    pub folder: String,
}

/// The names under which this server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sites {
    port: u16,
    apps_domain: Option<String>,
}

const PROBE: &str = "probe";
/// Where an app is served under a name that pages have too.
const FOLDER: &str = "/frame/";
const LIBRARIES: &str = "/lib/";

impl Sites {
    /// The sites at a port of this machine. With `apps_domain`, apps have their names below that
    /// domain, reached by https at its usual port through a proxy, instead of below `localhost`.
    #[must_use]
    pub fn new(port: u16, apps_domain: Option<String>) -> Self {
        Self { port, apps_domain }
    }

    /// The site of a request, from its `Host` header; none when it is not on the list, is missing or
    /// repeated, or contradicts the request line. The path comes back as that site knows it.
    #[must_use]
    pub fn site<'a>(&self, headers: &HeaderMap, uri: &'a Uri) -> Option<(Site, &'a str)> {
        let mut values = headers.get_all(header::HOST).iter();
        let host = values.next()?.to_str().ok()?;
        if values.next().is_some() || uri.authority().is_some_and(|authority| authority.as_str() != host) {
            return None;
        }
        if let Some(domain) = &self.apps_domain
            && let Some(label) = host.strip_suffix(domain.as_str()).and_then(|rest| rest.strip_suffix('.'))
        {
            return Some((named(label, format!("https://{host}"))?, uri.path()));
        }
        let name = name_at_port(host, self.port)?;
        let origin = format!("http://{host}");
        if matches!(name, "localhost" | "127.0.0.1") {
            if let Some((app, path)) = uri.path().strip_prefix(FOLDER).and_then(app_and_path) {
                let folder = format!("{FOLDER}{}", app.to_hex());
                return Some((Site::Frame(FrameSite { app: Some(app), origin, folder }), path));
            }
            if uri.path().starts_with(LIBRARIES) {
                return Some((Site::Frame(FrameSite { app: None, origin, folder: String::new() }), uri.path()));
            }
            return Some((Site::Host(HostOrigin(origin)), uri.path()));
        }
        if name == "[::1]" {
            return Some((Site::Host(HostOrigin(origin)), uri.path()));
        }
        if self.apps_domain.is_some() {
            return None;
        }
        Some((named(name.strip_suffix(".localhost")?, origin)?, uri.path()))
    }

    /// Where an app's code is served, such as `http://018f….localhost:3000`.
    #[must_use]
    pub fn app_site(&self, app: AppId) -> FrameSite {
        let label = app.to_hex();
        let origin = match &self.apps_domain {
            Some(domain) => format!("https://{label}.{domain}"),
            None => format!("http://{}", at_port(&format!("{label}.localhost"), self.port)),
        };
        FrameSite { app: Some(app), origin, folder: String::new() }
    }

    /// Where an app's code is served for browsers that do not resolve names below `localhost`: the
    /// other name of this machine than the page's, so that the app is cross-site to it. Where apps
    /// have a domain, that is the only place.
    #[must_use]
    pub fn swapped_site(&self, app: AppId, page: &str) -> FrameSite {
        if self.apps_domain.is_some() {
            return self.app_site(app);
        }
        let [localhost, address] = self.framing_origins();
        let origin = if page == address { localhost } else { address };
        FrameSite { app: Some(app), origin, folder: format!("{FOLDER}{}", app.to_hex()) }
    }

    /// Where a page finds out whether its browser resolves names below `localhost`; none where that
    /// does not matter.
    #[must_use]
    pub fn probe(&self) -> Option<String> {
        let name = at_port(&format!("{PROBE}.localhost"), self.port);
        self.apps_domain.is_none().then(|| format!("http://{name}/ping"))
    }

    /// The origins of the person's pages that may frame an app. `[::1]` is missing because content
    /// security policies cannot name it; pages opened there are sent to `localhost`.
    #[must_use]
    pub fn framing_origins(&self) -> [String; 2] {
        ["localhost", "127.0.0.1"].map(|name| format!("http://{}", at_port(name, self.port)))
    }

    /// What is served here, for the person who came to a name that is not.
    #[must_use]
    pub fn served(&self) -> String {
        let [a, b, c] = ["localhost", "127.0.0.1", "[::1]"].map(|name| at_port(name, self.port));
        format!("`{a}`, `{b}` and `{c}`")
    }
}

impl FrameSite {
    /// Origin and folder, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> String {
        format!("{}{}", self.origin, self.folder)
    }
}

/// The site of a label below the domain of apps.
fn named(label: &str, origin: String) -> Option<Site> {
    let app = if label == PROBE { None } else { Some(app_of(label)?) };
    Some(Site::Frame(FrameSite { app, origin, folder: String::new() }))
}

fn app_of(label: &str) -> Option<AppId> {
    let hexadecimal = label.len() == 32 && label.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if hexadecimal { label.parse().ok() } else { None }
}

/// `{app}/rest`, where the rest keeps its slash.
fn app_and_path(text: &str) -> Option<(AppId, &str)> {
    let (label, path) = text.split_at_checked(32)?;
    let app = app_of(label)?;
    path.starts_with('/').then_some((app, path))
}

/// Port 80 is left out of URLs and `Host` headers (RFC 9110 section 4.2.3).
fn at_port(name: &str, port: u16) -> String {
    if port == 80 { name.to_owned() } else { format!("{name}:{port}") }
}

fn name_at_port(host: &str, port: u16) -> Option<&str> {
    if port == 80 {
        // Browsers never write it, so an origin with it would be nobody's.
        return Some(host);
    }
    host.strip_suffix(&port.to_string())?.strip_suffix(':')
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri, header::HOST};

    use super::{FrameSite, HostOrigin, Site, Sites};

    const APP: &str = "018f3c6e7b1a7cc080000123456789ab";

    fn on(sites: &Sites, host: &str, path: &'static str) -> Option<(Site, String)> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).ok()?);
        let uri = Uri::from_static(path);
        let (site, rest) = sites.site(&headers, &uri)?;
        Some((site, rest.to_owned()))
    }

    fn of(host: &str, port: u16) -> Option<Site> {
        on(&Sites::new(port, None), host, "/").map(|(site, _)| site)
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
            "prober.localhost:3000",
            "018F3C6E7B1A7CC080000123456789AB.localhost:3000",
            "018f3c6e-7b1a-7cc0-8000-0123456789ab.localhost:3000",
            "x.018f3c6e7b1a7cc080000123456789ab.localhost:3000",
            "018f3c6e7b1a7cc080000123456789ab.apps.example.org",
            "",
        ] {
            assert_eq!(of(host, 3000), None, "{host}");
        }
        assert_eq!(of("localhost:80", 80), None);
        assert_eq!(of("localhost", 80), Some(Site::Host(HostOrigin("http://localhost".to_owned()))));
    }

    #[test]
    fn an_app_has_a_name_of_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let sites = Sites::new(3000, None);
        let site = sites.app_site(APP.parse()?);
        assert_eq!(of(&format!("{APP}.localhost:3000"), 3000), Some(Site::Frame(site.clone())));
        assert_eq!(site.base(), format!("http://{APP}.localhost:3000"));
        let origin = "http://probe.localhost:3000".to_owned();
        let probe = FrameSite { app: None, origin, folder: String::new() };
        assert_eq!(of("probe.localhost:3000", 3000), Some(Site::Frame(probe)));
        assert_eq!(sites.probe().as_deref(), Some("http://probe.localhost:3000/ping"));
        Ok(())
    }

    #[test]
    fn where_names_do_not_resolve_an_app_has_a_folder_under_the_other_name() -> Result<(), Box<dyn std::error::Error>> {
        let sites = Sites::new(3000, None);
        let app = APP.parse()?;
        for (page, host) in [("http://localhost:3000", "127.0.0.1:3000"), ("http://127.0.0.1:3000", "localhost:3000")] {
            let site = sites.swapped_site(app, page);
            assert_eq!(site.base(), format!("http://{host}/frame/{APP}"));
            let found = on(&sites, host, "/frame/018f3c6e7b1a7cc080000123456789ab/v/1/?launch=2");
            assert_eq!(found, Some((Site::Frame(site), "/v/1/".to_owned())));
        }
        for path in ["/frame/", "/frame/x/v/1/", "/frame/018f3c6e7b1a7cc080000123456789ab", "/frames/"] {
            assert!(matches!(on(&sites, "localhost:3000", path), Some((Site::Host(_), _))), "{path}");
        }
        assert!(matches!(
            on(&sites, "localhost:3000", "/lib/a/b.js"),
            Some((Site::Frame(FrameSite { app: None, .. }), _))
        ));
        Ok(())
    }

    #[test]
    fn a_domain_for_apps_takes_the_place_of_localhost() -> Result<(), Box<dyn std::error::Error>> {
        let sites = Sites::new(3000, Some("apps.example.org".to_owned()));
        let app = APP.parse()?;
        let site = sites.app_site(app);
        assert_eq!(site.base(), format!("https://{APP}.apps.example.org"));
        assert_eq!(sites.swapped_site(app, "http://localhost:3000"), site);
        assert_eq!(sites.probe(), None);
        let find = |host: &str| on(&sites, host, "/").map(|(site, _)| site);
        assert_eq!(find(&format!("{APP}.apps.example.org")), Some(Site::Frame(site)));
        assert!(matches!(find("localhost:3000"), Some(Site::Host(_))));
        for host in [
            "apps.example.org",
            "x.apps.example.org",
            &format!("{APP}.localhost:3000"),
            &format!("{APP}xapps.example.org"),
        ] {
            assert_eq!(find(host), None, "{host}");
        }
        Ok(())
    }

    #[test]
    fn a_repeated_or_contradicted_host_is_refused() {
        let sites = Sites::new(3000, None);
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost:3000"));
        assert_eq!(sites.site(&headers, &Uri::from_static("http://evil.example:3000/")), None);
        assert!(sites.site(&headers, &Uri::from_static("http://localhost:3000/")).is_some());
        headers.append(HOST, HeaderValue::from_static("evil.example"));
        assert_eq!(sites.site(&headers, &Uri::from_static("/")), None);
        assert_eq!(sites.site(&HeaderMap::new(), &Uri::from_static("/")), None);
    }
}
