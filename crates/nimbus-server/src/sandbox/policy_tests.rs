use std::collections::BTreeMap;

use axum::http::HeaderMap;
use nimbus_core::ids::InvalidId;

use super::{PERMISSIONS, app_headers, framed_app, host_headers};
use crate::hosts::{FrameSite, Sites};

const APP: &str = "018f3c6e7b1a7cc080000123456789ab";
const PAGE: &str = "http://localhost:3000";
const VERSION: &str = "018f3c6e-7b1a-7cc0-8000-0123456789cd";

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn local() -> Sites {
    Sites::new(3000, None)
}

fn domain() -> Sites {
    Sites::new(3000, Some("apps.example.org".to_owned()))
}

/// The places at which an app is served, each with the folder of the version and of the libraries.
fn places() -> Result<Vec<(Sites, FrameSite, String, String)>, InvalidId> {
    let app = APP.parse()?;
    let row = |sites: Sites, site: FrameSite| {
        let (own, libraries) = (format!("{}/v/{VERSION}/", site.base()), format!("{}/lib/abc/", site.origin));
        (sites, site, own, libraries)
    };
    Ok(vec![
        row(local(), local().app_site(app)),
        row(local(), local().swapped_site(app, PAGE)),
        row(local(), local().swapped_site(app, "http://127.0.0.1:3000")),
        row(domain(), domain().app_site(app)),
    ])
}

/// The directives of a policy. A repeated one would count only the first time (CSP3 section 2.2.1).
fn directives(headers: &HeaderMap) -> Result<BTreeMap<String, String>, String> {
    let mut policies = headers.get_all("content-security-policy").iter();
    let policy = policies.next().and_then(|policy| policy.to_str().ok()).ok_or("no policy")?;
    if policies.next().is_some() || policy.contains(',') {
        return Err("more than one policy".to_owned());
    }
    let mut directives = BTreeMap::new();
    for directive in policy.split("; ") {
        let (name, value) = directive.split_once(' ').ok_or(format!("`{directive}` has no value"))?;
        if directives.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("`{name}` is repeated"));
        }
    }
    Ok(directives)
}

/// Every directive of an app's policy: its value where a version is named, and where none is.
/// `OWN` is the version's folder, `LIB` the libraries'.
const APP_DIRECTIVES: &[(&str, &str, &str)] = &[
    ("sandbox", "allow-scripts allow-forms", "allow-scripts allow-forms"),
    ("default-src", "'none'", "'none'"),
    ("script-src", "OWNjs/ LIB", "'none'"),
    ("style-src", "'unsafe-inline' OWN", "'unsafe-inline'"),
    ("img-src", "data: blob: OWN", "data: blob:"),
    ("font-src", "data: OWN", "data:"),
    ("media-src", "data: blob: OWN", "data: blob:"),
    ("connect-src", "'none'", "'none'"),
    ("worker-src", "blob:", "blob:"),
    ("child-src", "blob:", "blob:"),
    ("frame-src", "'none'", "'none'"),
    ("object-src", "'none'", "'none'"),
    ("manifest-src", "'none'", "'none'"),
    ("form-action", "'none'", "'none'"),
    ("base-uri", "'none'", "'none'"),
    ("frame-ancestors", "http://localhost:3000 http://127.0.0.1:3000", "http://localhost:3000 http://127.0.0.1:3000"),
];

#[test]
fn every_directive_of_an_app_at_every_place() -> Outcome {
    for (sites, site, own, libraries) in places()? {
        for (version, named) in [(Some(VERSION.parse()?), true), (None, false)] {
            let mut headers = HeaderMap::new();
            app_headers(&mut headers, &sites, &site, version, "abc");
            let mut found = directives(&headers)?;
            for (name, with, without) in APP_DIRECTIVES {
                let value = if named { with } else { without };
                let expected = value.replace("OWN", &own).replace("LIB", &libraries);
                assert_eq!(found.remove(*name), Some(expected), "{name} at {}", site.base());
            }
            assert_eq!(found, BTreeMap::new(), "directives that no row is about");
        }
    }
    Ok(())
}

#[test]
fn every_other_header_of_an_app() -> Outcome {
    for (sites, site, own, libraries) in places()? {
        for (version, reachable) in
            [(Some(VERSION.parse()?), format!("(\"{own}*\" \"{libraries}*\")")), (None, "()".to_owned())]
        {
            let mut headers = HeaderMap::new();
            app_headers(&mut headers, &sites, &site, version, "abc");
            headers.remove("content-security-policy");
            for (name, expected) in [
                ("access-control-allow-origin", "*"),
                ("cache-control", "no-store"),
                ("connection-allowlist", reachable.as_str()),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "cross-origin"),
                ("permissions-policy", PERMISSIONS),
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
                ("x-dns-prefetch-control", "off"),
            ] {
                let value = headers.remove(name).ok_or(format!("{name} is missing"))?;
                assert_eq!(value.to_str()?, expected, "{name}");
            }
            assert!(headers.is_empty(), "{headers:?}");
        }
    }
    Ok(())
}

/// Every directive of the person's pages; `FRAME` is what the page frames, `PROBE` where it looks
/// whether apps can be reached.
const HOST_DIRECTIVES: &[(&str, &str)] = &[
    ("default-src", "'none'"),
    ("script-src", "http://localhost:3000/assets/ http://127.0.0.1:3000/assets/"),
    ("style-src", "'self' 'unsafe-inline'"),
    ("img-src", "'self' data: blob:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'PROBE"),
    ("frame-src", "FRAME"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
    ("frame-ancestors", "'none'"),
    ("require-trusted-types-for", "'script'"),
];

#[test]
fn every_directive_of_a_page() -> Outcome {
    let named = format!("http://{APP}.localhost:3000");
    let here = format!("{named} http://127.0.0.1:3000/frame/{APP}/");
    let there = format!("{named} http://localhost:3000/frame/{APP}/");
    let dashed = "/apps/018f3c6e-7b1a-7cc0-8000-0123456789ab";
    let probe = " http://probe.localhost:3000/ping";
    for (sites, page, path, frame, probe) in [
        (local(), PAGE, "/", "'none'", probe),
        (local(), PAGE, "/settings", "'none'", probe),
        (local(), PAGE, "", "'none'", probe),
        (local(), PAGE, dashed, here.as_str(), probe),
        (local(), PAGE, &format!("/studio/{APP}"), &here, probe),
        (local(), PAGE, &format!("/studio/{APP}/"), &here, probe),
        (local(), "http://127.0.0.1:3000", dashed, &there, probe),
        (local(), PAGE, &format!("/api/apps/{APP}"), "'none'", probe),
        (domain(), PAGE, dashed, &format!("https://{APP}.apps.example.org"), ""),
        (domain(), PAGE, "/", "'none'", ""),
    ] {
        let mut headers = HeaderMap::new();
        host_headers(&mut headers, &sites, page, path);
        let mut found = directives(&headers)?;
        for (name, value) in HOST_DIRECTIVES {
            let expected = value.replace("FRAME", frame).replace("PROBE", probe);
            assert_eq!(found.remove(*name), Some(expected), "{name} of {path}");
        }
        assert_eq!(found, BTreeMap::new(), "directives that no row is about");
        headers.remove("content-security-policy");
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-dns-prefetch-control", "off"),
        ] {
            let value = headers.remove(name).ok_or(format!("{name} is missing"))?;
            assert_eq!(value.to_str()?, expected, "{name}");
        }
        assert!(headers.is_empty(), "{headers:?}");
    }
    Ok(())
}

#[test]
fn only_an_apps_own_page_frames_it() {
    for page in ["/apps/x", "/apps/*", "/apps/", "/new", "/apps/018f3c6e7b1a7cc080000123456789ab/x; script-src *"] {
        assert_eq!(framed_app(page), None, "{page}");
    }
}

/// Copied to another script, a nonce or a hash lets that script's request out.
#[test]
fn neither_policy_has_a_nonce_a_hash_or_eval() -> Outcome {
    for (sites, site, ..) in places()? {
        let (mut app, mut host) = (HeaderMap::new(), HeaderMap::new());
        app_headers(&mut app, &sites, &site, Some(VERSION.parse()?), "abc");
        host_headers(&mut host, &sites, PAGE, "/");
        for directives in [directives(&app)?, directives(&host)?] {
            for (name, value) in &directives {
                for wrong in ["nonce-", "sha256-", "sha384-", "sha512-", "eval", "strict-dynamic", "*", "same-origin"] {
                    assert!(!value.contains(wrong), "{name} {value}");
                }
            }
            assert!(!directives["script-src"].contains("unsafe-inline"));
        }
    }
    Ok(())
}
