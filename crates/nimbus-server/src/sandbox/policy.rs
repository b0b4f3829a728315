//! The headers that seal apps and the pages around them: the only place that writes them.
//!
//! No nonce and no hash, ever: copied to another script, either lets that script's request out.
//! Hence no inline script and no import map. Everything that runs under an app's origin comes from
//! two folders that hold nothing but JavaScript beginning with the lock.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use nimbus_core::ids::{AppId, VersionId};

use crate::hosts::{FrameSite, Sites};

/// What an app's document may do beyond a plain one; repeated as the frame's attribute.
const SANDBOX: &str = "allow-scripts allow-forms";

const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), payment=(), \
                           publickey-credentials-get=(), identity-credentials-get=(), attribution-reporting=()";

/// The headers of every response under an app's address. `version` is none where the address names
/// none: then nothing at all may load.
pub(crate) fn app_headers(
    headers: &mut HeaderMap,
    sites: &Sites,
    site: &FrameSite,
    version: Option<VersionId>,
    library: &str,
) {
    let own = site.app.and(version).map(|version| format!("{}/v/{version}/", site.base()));
    let libraries = format!("{}/lib/{library}/", site.origin);
    set(headers, header::CONTENT_SECURITY_POLICY, &app_policy(own.as_deref(), &libraries, sites));
    let reachable = own.map(|own| format!("\"{own}*\" \"{libraries}*\"")).unwrap_or_default();
    set(headers, HeaderName::from_static("connection-allowlist"), &format!("({reachable})"));
    set(headers, header::X_DNS_PREFETCH_CONTROL, "off");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin");
    set(headers, CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    // Module scripts are fetched with CORS, and a sealed document's origin is `null`.
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The headers of every response of the person's pages and the API. A page that shows an app may
/// frame that app's address and no other: this stops a frame from taking data along to another
/// address by navigating itself. `page` is the page's own origin.
pub(crate) fn host_headers(headers: &mut HeaderMap, sites: &Sites, page: &str, path: &str) {
    let frame = framed_app(path).map_or_else(|| "'none'".to_owned(), |app| frame_sources(sites, app, page));
    set(headers, header::CONTENT_SECURITY_POLICY, &host_policy(&frame, sites));
    // The page shows addresses that apps name, as when it asks whether to open one. Browsers look
    // the names of links up ahead of time, and a name can carry data.
    set(headers, header::X_DNS_PREFETCH_CONTROL, "off");
    set(headers, CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    set(headers, CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The two places of one app: its name, and its folder under the other name of this machine.
fn frame_sources(sites: &Sites, app: AppId, page: &str) -> String {
    let (named, swapped) = (sites.app_site(app), sites.swapped_site(app, page));
    if named == swapped { named.origin } else { format!("{} {}/", named.origin, swapped.base()) }
}

/// Content Security Policy Level 3 of an app. `own` is the folder of the version, with a slash.
fn app_policy(own: Option<&str>, libraries: &str, sites: &Sites) -> String {
    let script = own.map_or_else(|| "'none'".to_owned(), |own| format!("{own}js/ {libraries}"));
    let own = own.map(|own| format!(" {own}")).unwrap_or_default();
    let ancestors = sites.framing_origins().join(" ");
    [
        format!("sandbox {SANDBOX}"),
        "default-src 'none'".to_owned(),
        format!("script-src {script}"),
        format!("style-src 'unsafe-inline'{own}"),
        format!("img-src data: blob:{own}"),
        format!("font-src data:{own}"),
        format!("media-src data: blob:{own}"),
        "connect-src 'none'".to_owned(),
        "worker-src blob:".to_owned(),
        "child-src blob:".to_owned(),
        "frame-src 'none'".to_owned(),
        "object-src 'none'".to_owned(),
        "manifest-src 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        format!("frame-ancestors {ancestors}"),
        "webrtc 'block'".to_owned(),
    ]
    .join("; ")
}

/// Content Security Policy Level 3 of the person's pages.
fn host_policy(frame: &str, sites: &Sites) -> String {
    let probe = sites.probe().map(|probe| format!(" {probe}")).unwrap_or_default();
    // Not `'self'`: where apps have no host names of their own, their scripts come from this origin.
    let [here, there] = sites.framing_origins();
    [
        "default-src 'none'",
        &format!("script-src {here}/assets/ {there}/assets/"),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        &format!("connect-src 'self'{probe}"),
        &format!("frame-src {frame}"),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ]
    .join("; ")
}

/// The app that a page of ours shows: `/apps/{id}` and `/studio/{id}`.
fn framed_app(path: &str) -> Option<AppId> {
    let id = path.strip_prefix("/apps/").or_else(|| path.strip_prefix("/studio/"))?;
    id.trim_end_matches('/').parse().ok()
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Every value is made here of ids, ports and literals, all of them ASCII.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use nimbus_core::ids::InvalidId;

    use super::{app_headers, framed_app, host_headers};
    use crate::hosts::Sites;

    const APP: &str = "018f3c6e7b1a7cc080000123456789ab";
    const PAGE: &str = "http://localhost:3000";
    const VERSION: &str = "018f3c6e-7b1a-7cc0-8000-0123456789cd";

    fn local() -> Sites {
        Sites::new(3000, None)
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, value) in headers {
            let value = value.to_str().unwrap_or("not text");
            if name == "content-security-policy" {
                lines.extend(value.split("; ").map(|directive| format!("csp {directive}")));
            } else {
                lines.push(format!("{name}: {value}"));
            }
        }
        lines.sort();
        lines
    }

    #[test]
    fn an_app_is_sealed() -> Result<(), InvalidId> {
        let mut headers = HeaderMap::new();
        app_headers(&mut headers, &local(), &local().app_site(APP.parse()?), Some(VERSION.parse()?), "abc");
        let origin = "http://018f3c6e7b1a7cc080000123456789ab.localhost:3000";
        let own = format!("{origin}/v/018f3c6e-7b1a-7cc0-8000-0123456789cd/");
        let mut expected = vec![
            "access-control-allow-origin: *".to_owned(),
            "cache-control: no-store".to_owned(),
            format!("connection-allowlist: (\"{own}*\" \"{origin}/lib/abc/*\")"),
            "cross-origin-opener-policy: same-origin".to_owned(),
            "cross-origin-resource-policy: cross-origin".to_owned(),
            "csp base-uri 'none'".to_owned(),
            "csp child-src blob:".to_owned(),
            "csp connect-src 'none'".to_owned(),
            "csp default-src 'none'".to_owned(),
            format!("csp font-src data: {own}"),
            "csp form-action 'none'".to_owned(),
            "csp frame-ancestors http://localhost:3000 http://127.0.0.1:3000".to_owned(),
            "csp frame-src 'none'".to_owned(),
            format!("csp img-src data: blob: {own}"),
            "csp manifest-src 'none'".to_owned(),
            format!("csp media-src data: blob: {own}"),
            "csp object-src 'none'".to_owned(),
            "csp sandbox allow-scripts allow-forms".to_owned(),
            format!("csp script-src {own}js/ {origin}/lib/abc/"),
            format!("csp style-src 'unsafe-inline' {own}"),
            "csp webrtc 'block'".to_owned(),
            "csp worker-src blob:".to_owned(),
            format!("permissions-policy: {}", super::PERMISSIONS),
            "referrer-policy: no-referrer".to_owned(),
            "x-content-type-options: nosniff".to_owned(),
            "x-dns-prefetch-control: off".to_owned(),
        ];
        expected.sort();
        assert_eq!(lines(&headers), expected);
        Ok(())
    }

    #[test]
    fn in_a_folder_an_app_reaches_that_folder_only() -> Result<(), InvalidId> {
        let mut headers = HeaderMap::new();
        let site = local().swapped_site(APP.parse()?, PAGE);
        app_headers(&mut headers, &local(), &site, Some(VERSION.parse()?), "abc");
        let own = format!("http://127.0.0.1:3000/frame/{APP}/v/{VERSION}/");
        let lines = lines(&headers);
        for line in [
            format!("csp script-src {own}js/ http://127.0.0.1:3000/lib/abc/"),
            format!("csp style-src 'unsafe-inline' {own}"),
            format!("csp img-src data: blob: {own}"),
            "csp connect-src 'none'".to_owned(),
            "csp sandbox allow-scripts allow-forms".to_owned(),
            format!("connection-allowlist: (\"{own}*\" \"http://127.0.0.1:3000/lib/abc/*\")"),
        ] {
            assert!(lines.contains(&line), "{line} is missing in {lines:#?}");
        }
        Ok(())
    }

    #[test]
    fn with_a_domain_for_apps_a_page_frames_only_that() {
        let sites = Sites::new(3000, Some("apps.example.org".to_owned()));
        let mut headers = HeaderMap::new();
        host_headers(&mut headers, &sites, PAGE, &format!("/apps/{APP}"));
        let lines = lines(&headers);
        for line in [format!("csp frame-src https://{APP}.apps.example.org"), "csp connect-src 'self'".to_owned()] {
            assert!(lines.contains(&line), "{line} is missing in {lines:#?}");
        }
    }

    #[test]
    fn without_a_version_nothing_loads() -> Result<(), InvalidId> {
        let mut headers = HeaderMap::new();
        app_headers(&mut headers, &local(), &local().app_site(APP.parse()?), None, "abc");
        let lines = lines(&headers);
        for line in [
            "csp script-src 'none'",
            "csp style-src 'unsafe-inline'",
            "csp img-src data: blob:",
            "csp font-src data:",
            "csp media-src data: blob:",
            "csp sandbox allow-scripts allow-forms",
            "connection-allowlist: ()",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line} is missing in {lines:#?}");
        }
        Ok(())
    }

    #[test]
    fn neither_policy_has_a_nonce_a_hash_or_eval() -> Result<(), InvalidId> {
        let mut app = HeaderMap::new();
        app_headers(&mut app, &local(), &local().app_site(APP.parse()?), Some(VERSION.parse()?), "abc");
        let mut host = HeaderMap::new();
        host_headers(&mut host, &local(), PAGE, "/");
        for line in lines(&app).iter().chain(&lines(&host)) {
            assert!(!line.contains("nonce-") && !line.contains("sha256-") && !line.contains("eval"), "{line}");
            assert!(!line.starts_with("csp script-src") || !line.contains("unsafe-inline"), "{line}");
        }
        Ok(())
    }

    #[test]
    fn a_page_frames_its_own_app_and_no_other() {
        let expected = [
            "cache-control: no-store",
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "csp base-uri 'none'",
            "csp connect-src 'self' http://probe.localhost:3000/ping",
            "csp default-src 'none'",
            "csp font-src 'self'",
            "csp form-action 'self'",
            "csp frame-ancestors 'none'",
            "csp frame-src 'none'",
            "csp img-src 'self' data: blob:",
            "csp require-trusted-types-for 'script'",
            "csp script-src http://localhost:3000/assets/ http://127.0.0.1:3000/assets/",
            "csp style-src 'self' 'unsafe-inline'",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "x-dns-prefetch-control: off",
        ];
        let mut headers = HeaderMap::new();
        host_headers(&mut headers, &local(), PAGE, "/settings");
        assert_eq!(lines(&headers), expected);

        for page in ["/apps/018f3c6e-7b1a-7cc0-8000-0123456789ab", "/studio/018f3c6e7b1a7cc080000123456789ab"] {
            let mut headers = HeaderMap::new();
            host_headers(&mut headers, &local(), PAGE, page);
            let frames: Vec<_> = lines(&headers).into_iter().filter(|line| line.starts_with("csp frame-src")).collect();
            let own = format!("csp frame-src http://{APP}.localhost:3000 http://127.0.0.1:3000/frame/{APP}/");
            assert_eq!(frames, [own], "{page}");
        }
        for page in ["/apps/x", "/apps/*", "/apps/", "/new", "/apps/018f3c6e7b1a7cc080000123456789ab/x; script-src *"] {
            assert_eq!(framed_app(page), None, "{page}");
        }
    }
}
