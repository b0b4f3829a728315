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

/// Chromium 156 knows `attribution-reporting` no more and says so in its console; its predecessors and
/// their kin allow it to every frame unless it is refused.
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
        // No `webrtc 'block'`: no browser that we tested knows it. The lock takes WebRTC away.
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
#[path = "policy_tests.rs"]
mod tests;
