//! What must hold for any request, as functions that panic where it does not. The fuzz targets below
//! `fuzz/` call them with inputs that they make up, the tests with the seeds in `fuzz/corpus/`.

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a panic is how a finding is told")]

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use jiff::Timestamp;
use nimbus_core::{
    bridge::{BridgeCall, Grant, authorize},
    ids::{AppId, UserId},
    permission::{Domain, Permissions},
};

use crate::{
    auth::bearer,
    controllers::bridge::read,
    hosts::{FrameSite, Site, Sites},
    sandbox::token::{Claims, LIFETIME_SECONDS, Started, TokenError, mint, verify},
    wire::Call,
};

const ID: &str = "018f3c6e7b1a7cc080000123456789ab";
const SECRET: [u8; 32] = [7; 32];
const NOW: i64 = 1000;

/// A call, with the value of `Authorization` on the first line: the header is no token that we made,
/// and a call that is allowed without permissions touches nothing that needs one.
pub fn bridge(data: &[u8]) {
    let (first, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (&[][..], data),
    };
    if let Ok(value) = HeaderValue::from_bytes(first) {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        if let Some(token) = bearer(&headers) {
            assert_eq!(verify(&SECRET, token, at(NOW), 0).err(), Some(TokenError::Forged));
        }
    }
    let Ok(call) = serde_json::from_slice::<Call>(body) else { return };
    let Ok(call) = read(call) else { return };
    let none = authorize(&grant(false, &[], false), &call);
    let all = authorize(&grant(true, &["api.example.org"], true), &call);
    if none.is_ok() {
        assert_eq!(all, Ok(()), "a permission took something away");
        assert!(!matches!(call, BridgeCall::HttpFetch(_) | BridgeCall::AiComplete(_)));
    }
    if all.is_ok() {
        check_allowed(&call, none.is_ok());
    }
}

fn check_allowed(call: &BridgeCall, without_permission: bool) {
    use nimbus_core::data::Scope;
    let name = |name: &str| {
        assert!((1..=64).contains(&name.len()), "{name:?}");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'), "{name:?}");
    };
    let key = |key: &String| assert!(key.len() <= 1024 && !key.contains('\0'), "{key:?}");
    match call {
        BridgeCall::DataList { collection, .. }
        | BridgeCall::DataQuery { collection, .. }
        | BridgeCall::DataGet { collection, .. } => name(collection),
        BridgeCall::DataCreate { collection, scope, data } | BridgeCall::DataUpdate { collection, scope, data, .. } => {
            name(collection);
            assert!(data.is_object());
            assert!(!(without_permission && *scope == Scope::Shared));
        }
        BridgeCall::DataDelete { collection, scope, .. } => {
            name(collection);
            assert!(!(without_permission && *scope == Scope::Shared));
        }
        BridgeCall::StorageSet { key: one, .. } | BridgeCall::StorageRemove { key: one } => key(one),
        BridgeCall::StoragePatch { set, remove } => set.keys().chain(remove).for_each(key),
        BridgeCall::HttpFetch(fetch) => {
            let outgoing = fetch.outgoing().expect("an allowed request");
            assert_eq!(outgoing.url.host_str(), Some("api.example.org"));
        }
        BridgeCall::DataSubscribe { .. } | BridgeCall::AiComplete(_) => panic!("a stream was read as a call"),
        BridgeCall::StorageClear {} | BridgeCall::UserGet {} => {}
    }
}

/// `Host` on the first line, the path on the second: what is served is on the list, and the origin
/// and folder that are found are ones that we give out.
pub fn hosts(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let (Some(host), Some(path)) = (lines.next(), lines.next()) else { return };
    let (Ok(value), Ok(uri)) = (HeaderValue::from_bytes(host), Uri::try_from(path)) else { return };
    let headers = HeaderMap::from_iter([(header::HOST, value)]);
    for sites in [Sites::new(3000, None), Sites::new(80, None), Sites::new(3000, Some("apps.example.org".to_owned()))] {
        let Some((site, rest)) = sites.site(&headers, &uri) else { continue };
        let host = std::str::from_utf8(host).expect("a host that is served is ASCII");
        assert!(uri.path().ends_with(rest));
        match site {
            Site::Host(origin) => {
                assert!(sites.served().contains(&format!("`{host}`")), "{host}");
                assert_eq!((origin.0, rest), (format!("http://{host}"), uri.path()));
            }
            Site::Frame(frame) => check_frame(&sites, &frame, host, rest, uri.path()),
        }
    }
}

fn check_frame(sites: &Sites, frame: &FrameSite, host: &str, rest: &str, path: &str) {
    let (_, named) = frame.origin.split_once("://").expect("an origin");
    assert_eq!(named, host);
    assert_eq!(format!("{}{rest}", frame.folder), path);
    match frame.app {
        Some(app) if frame.folder.is_empty() => assert_eq!(*frame, sites.app_site(app)),
        Some(app) => {
            let [localhost, address] = sites.framing_origins();
            let page = if frame.origin == address { localhost } else { address };
            let swapped =
                FrameSite { folder: format!("/frame/{}", app.to_hex()), origin: frame.origin.clone(), app: Some(app) };
            assert_eq!(*frame, swapped);
            let expected = sites.swapped_site(app, &page);
            assert!(*frame == expected || expected == sites.app_site(app), "{frame:?}");
            assert!(rest.starts_with('/'));
        }
        None => assert!(host.starts_with("probe.") || rest.starts_with("/lib/"), "{host}{path}"),
    }
}

/// A token and changes to one of ours: only the very token that we made counts. The first line is a
/// token as it is; each further line changes ours at a place: `=` sets, `+` puts in, `-` takes out,
/// followed by the place as two hexadecimal digits times four and the text.
pub fn token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let ours = mint(&SECRET, &claims());
    let check = |text: &str| {
        let result = verify(&SECRET, text, at(NOW), LIFETIME_SECONDS);
        if text == ours {
            assert_eq!(result, Ok(claims()));
        } else {
            assert_eq!(result, Err(TokenError::Forged), "{text}");
        }
    };
    check(lines.next().unwrap_or_default());
    let mut changed = ours.clone();
    for line in lines {
        change(&mut changed, line);
        check(&changed);
        // Forged for this server, a token of another one is no better.
        assert!(verify(&[8; 32], &changed, at(NOW), 0).is_err());
    }
}

fn change(token: &mut String, line: &str) -> Option<()> {
    let mut characters = line.chars();
    let operation = characters.next()?;
    let high = characters.next()?.to_digit(16)?;
    let low = characters.next()?.to_digit(16)?;
    let more = characters.as_str();
    let place = ((high * 16 + low) as usize * 4 + more.len() % 4).min(token.len());
    let place = (0..=place).rev().find(|place| token.is_char_boundary(*place))?;
    let end = token[place..].chars().next().map_or(place, |c| place + c.len_utf8());
    match operation {
        '=' => token.replace_range(place..end, more),
        '+' => token.insert_str(place, more),
        '-' => token.truncate(place),
        _ => {}
    }
    Some(())
}

fn claims() -> Claims {
    let started = Started {
        app: app(),
        version: ID.parse().expect("an id"),
        user: UserId::LOCAL_OWNER,
        launch: "0123456789abcdef".to_owned(),
        since: NOW * 1000,
        head: Some(ID.parse().expect("an id")),
    };
    Claims::new(started, Permissions::default(), "1".to_owned(), at(NOW))
}

fn grant(ai: bool, domains: &[&str], shared_data: bool) -> Grant {
    let domains = domains.iter().map(|domain| Domain::parse(domain).expect("a domain")).collect();
    let caps = Permissions { ai, domains, shared_data };
    Grant { app: app(), version: ID.parse().expect("an id"), user: UserId::LOCAL_OWNER, caps }
}

fn app() -> AppId {
    ID.parse().expect("an id")
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

#[cfg(test)]
mod tests {
    use super::{bridge, claims, hosts, mint, token};

    #[test]
    fn every_seed_holds() -> std::io::Result<()> {
        for (target, check) in [("bridge", bridge as fn(&[u8])), ("hosts", hosts), ("token", token)] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
            let mut count = 0;
            for entry in std::fs::read_dir(folder)? {
                check(&std::fs::read(entry?.path())?);
                count += 1;
            }
            assert!(count >= 3, "{target} has only {count} seeds");
        }
        Ok(())
    }

    #[test]
    fn our_own_token_counts() {
        token(mint(&super::SECRET, &claims()).as_bytes());
    }
}
