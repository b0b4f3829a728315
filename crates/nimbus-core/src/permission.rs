//! What an app may do beyond its own person's data, and who agreed to it.
//!
//! An app declares what it wants in [`FILE`]; the viewer, not the author, grants it. What a frame
//! may do is what its version declares *and* its viewer granted.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    diagnostic::Diagnostic,
    ids::{AppId, UserId},
    source::{SourcePath, SourceTree},
};

/// Where an app declares what it wants, at the root of its source.
pub const FILE: &str = "cumulonimbus.json";
/// The most domains of one app.
pub const MAX_DOMAINS: usize = 16;
/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 300;
/// The longest DNS name in text form, in bytes (RFC 1035 section 2.3.4).
const MAX_DOMAIN_BYTES: usize = 253;

/// A DNS name of at least two labels, in lower case, such as `api.example.org`.
///
/// It cannot hold what would widen a policy or an address: no `;`, `,`, quote, white space, `*`,
/// port, scheme, path, IP address or single label. Punycode stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(String);

/// Why a text is no [`Domain`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{domain}` is not a domain: {reason}")]
pub struct InvalidDomain {
    /// What was given, cut to 80 visible characters.
    pub domain: String,
    /// What is wrong with it, as the end of a sentence.
    pub reason: &'static str,
}

impl Domain {
    /// Takes a domain in any case.
    ///
    /// # Errors
    /// [`InvalidDomain`] names what was wrong.
    pub fn parse(text: &str) -> Result<Self, InvalidDomain> {
        let fail = |reason| Err(InvalidDomain { domain: shown(text, 80), reason });
        let name = text.to_ascii_lowercase();
        if name.is_empty() || name.len() > MAX_DOMAIN_BYTES {
            return fail("it must have 1 to 253 characters");
        }
        if !name.is_ascii() {
            return fail("write other letters than a to z in punycode, as in `xn--…`");
        }
        let labels: Vec<&str> = name.split('.').collect();
        let fits = |label: &&str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !labels.iter().all(fits) {
            return fail("use only letters, digits, `-` and `.`; no scheme, port, path or `*`");
        }
        if labels.len() < 2 {
            return fail("it needs at least two parts, as in `example.org`");
        }
        // The rule by which browsers tell addresses from names (WHATWG URL, "ends in a number").
        if labels.last().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit())) {
            return fail("addresses of machines are not allowed, only names");
        }
        if url::Host::parse(&name).is_ok_and(|host| host == url::Host::Domain(name.as_str())) {
            return Ok(Self(name));
        }
        fail("browsers do not take it: what follows `xn--` is not valid punycode")
    }

    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Domain {
    type Err = InvalidDomain;

    fn from_str(text: &str) -> Result<Self, InvalidDomain> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// One kind of permission, as calls that lack it name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Permission {
    /// Asking a model.
    Ai,
    /// Fetching from a domain.
    Http,
    /// Writing what all users of the app see.
    SharedData,
}

/// A set of permissions: declared, granted, missing, or in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Permissions {
    /// Asking a model, which may cost.
    pub ai: bool,
    /// The domains that may be fetched from, through the server.
    pub domains: BTreeSet<Domain>,
    /// Writing what all users of the app see.
    pub shared_data: bool,
}

impl Permissions {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            ai: self.ai && other.ai,
            domains: self.domains.intersection(&other.domains).cloned().collect(),
            shared_data: self.shared_data && other.shared_data,
        }
    }

    /// What is here and not in `other`.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self {
            ai: self.ai && !other.ai,
            domains: self.domains.difference(&other.domains).cloned().collect(),
            shared_data: self.shared_data && !other.shared_data,
        }
    }
}

/// Why an app wants something, in its author's words. Free of control and reordering characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reasons {
    /// Why it asks a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai: Option<String>,
    /// Why it fetches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// Why it writes shared data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_data: Option<String>,
}

/// What a version wants. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Declared {
    /// What.
    #[serde(flatten)]
    pub permissions: Permissions,
    /// Why.
    pub reasons: Reasons,
}

/// What one person agreed to for one app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The app.
    pub app: AppId,
    /// The viewer.
    pub user: UserId,
    /// The files of the version for which it was given: [`SourceTree::hash`].
    pub version_hash: String,
    /// To what.
    pub permissions: Permissions,
    /// When.
    pub granted_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    #[serde(default)]
    permissions: Wants,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wants {
    ai: Option<Plain>,
    http: Option<Http>,
    shared_data: Option<Plain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Http {
    domains: BTreeSet<Domain>,
    reason: String,
}

/// What an app's source declares; nothing when there is no [`FILE`].
///
/// # Errors
/// A finding for the build: a declaration that is wrong in any part declares nothing.
pub fn declared(files: &SourceTree) -> Result<Declared, Box<Diagnostic>> {
    let Some(text) = files.get_str(FILE) else { return Ok(Declared::default()) };
    read(text).map_err(|problem| {
        let message = format!("`{FILE}` declares no permissions: {problem}");
        let finding = Diagnostic::warning("bad-permissions", message).with_hint(
            "an example is `{\"permissions\":{\"http\":{\"domains\":[\"api.example.org\"],\"reason\":\"Shows the weather\"}}}`",
        );
        Box::new(match SourcePath::parse(FILE) {
            Ok(path) => finding.with_file(path),
            Err(_) => finding,
        })
    })
}

fn read(text: &str) -> Result<Declared, String> {
    let wants = serde_json::from_str::<Declaration>(text).map_err(|error| error.to_string())?.permissions;
    let mut declared = Declared::default();
    if let Some(ai) = wants.ai {
        declared.permissions.ai = true;
        declared.reasons.ai = Some(reason("ai", &ai.reason)?);
    }
    if let Some(http) = wants.http {
        if http.domains.is_empty() || http.domains.len() > MAX_DOMAINS {
            return Err(format!("`http` names 1 to {MAX_DOMAINS} domains"));
        }
        declared.permissions.domains = http.domains;
        declared.reasons.http = Some(reason("http", &http.reason)?);
    }
    if let Some(shared) = wants.shared_data {
        declared.permissions.shared_data = true;
        declared.reasons.shared_data = Some(reason("sharedData", &shared.reason)?);
    }
    Ok(declared)
}

fn reason(of: &str, text: &str) -> Result<String, String> {
    let tidy = shown(text.trim(), MAX_REASON_CHARS + 1);
    if tidy.is_empty() || tidy.chars().count() > MAX_REASON_CHARS {
        return Err(format!("the reason of `{of}` must have 1 to {MAX_REASON_CHARS} characters"));
    }
    Ok(tidy)
}

/// A text without characters that control or reorder what a person sees (Unicode UAX #9), cut to
/// `most` characters.
fn shown(text: &str, most: usize) -> String {
    let reorders = |c: char| matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    text.chars().filter(|c| !c.is_control() && !reorders(*c)).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn of(text: &str) -> Result<Declared, Box<Diagnostic>> {
        let files = serde_json::from_value(serde_json::json!({ (FILE): text }));
        declared(&files.unwrap_or_default())
    }

    #[test]
    fn only_plain_names_are_domains() {
        for (given, kept) in [
            ("api.example.org", "api.example.org"),
            ("API.Example.ORG", "api.example.org"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("1.example.org", "1.example.org"),
        ] {
            assert_eq!(Domain::parse(given).map(|domain| domain.to_string()), Ok(kept.to_owned()));
        }
        for bad in [
            "",
            "localhost",
            "example",
            "*.example.org",
            "evil; script-src *",
            "a.org,b.org",
            "'self'.org",
            "\"a.org\"",
            "a .org",
            " a.org",
            "a.org\n",
            "a.org:443",
            "https://a.org",
            "a.org/",
            "user@a.org",
            "a.org.",
            ".a.org",
            "a..org",
            "-a.org",
            "a-.org",
            "127.0.0.1",
            "127.1",
            "a.0x7f",
            "0x7f000001",
            "2130706433",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "bücher.example",
            "a_b.org",
            "a.org\0",
            "xn--bxn--bcher-kva.echer-1va.e",
            "xn--a.org",
            &format!("{}.org", "a".repeat(64)),
            &"a.".repeat(200),
        ] {
            assert!(Domain::parse(bad).is_err(), "{bad:?} was accepted");
        }
    }

    #[test]
    fn a_declaration_says_what_and_why() -> Outcome {
        assert_eq!(declared(&SourceTree::default()), Ok(Declared::default()));
        assert_eq!(of("{}"), Ok(Declared::default()));
        let declared = of(
            r#"{"permissions":{"ai":{"reason":"Sums up \u202eyour notes"},"http":{"domains":["API.example.org"],"reason":"Weather"},"sharedData":{"reason":"Votes"}}}"#,
        )
        .map_err(|finding| finding.message)?;
        let json = serde_json::to_string(&declared)?;
        assert_eq!(
            json,
            r#"{"ai":true,"domains":["api.example.org"],"sharedData":true,"reasons":{"ai":"Sums up your notes","http":"Weather","sharedData":"Votes"}}"#
        );
        assert_eq!(serde_json::from_str::<Declared>(&json)?, declared);
        Ok(())
    }

    #[test]
    fn a_wrong_declaration_is_a_finding_and_declares_nothing() {
        let many: Vec<String> = (0..=MAX_DOMAINS).map(|n| format!("\"a{n}.org\"")).collect();
        for bad in [
            "",
            "1",
            "{\"permissions\":{\"ai\":true}}",
            "{\"permissions\":{\"ai\":{}}}",
            "{\"permissions\":{\"ai\":{\"reason\":\" \"}}}",
            "{\"permissions\":{\"camera\":{\"reason\":\"x\"}}}",
            "{\"permissions\":{\"http\":{\"domains\":[],\"reason\":\"x\"}}}",
            "{\"permissions\":{\"http\":{\"domains\":[\"evil; script-src *\"],\"reason\":\"x\"}}}",
            "{\"permissions\":{\"http\":{\"domains\":[\"a.org\"]}}}",
            "{\"more\":1}",
            &format!("{{\"permissions\":{{\"http\":{{\"domains\":[{}],\"reason\":\"x\"}}}}}}", many.join(",")),
            &format!("{{\"permissions\":{{\"ai\":{{\"reason\":\"{}\"}}}}}}", "x".repeat(MAX_REASON_CHARS + 1)),
        ] {
            let found = of(bad);
            assert!(matches!(&found, Err(finding) if finding.code == "bad-permissions"), "{bad}: {found:?}");
        }
    }

    #[test]
    fn sets_are_cut_and_subtracted() -> Outcome {
        let set = |ai, domains: &[&str], shared_data| -> Result<Permissions, InvalidDomain> {
            let domains = domains.iter().map(|domain| Domain::parse(domain)).collect::<Result<_, _>>()?;
            Ok(Permissions { ai, domains, shared_data })
        };
        let declared = set(true, &["a.org", "b.org"], false)?;
        let granted = set(false, &["b.org", "c.org"], true)?;
        assert_eq!(declared.and(&granted), set(false, &["b.org"], false)?);
        assert_eq!(declared.without(&granted), set(true, &["a.org"], false)?);
        assert!(declared.without(&declared).is_empty());
        Ok(())
    }
}
