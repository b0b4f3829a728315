//! What an app in its frame may ask of the server, and the one function that decides it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    completion::Completion,
    data::{MAX_COLLECTION_CHARS, MAX_KEY_BYTES, MAX_PATCH_KEYS, Scope},
    ids::{AppId, RecordId, UserId, VersionId},
    outgoing::HttpFetch,
    permission::{Domain, Permission, Permissions},
    query::{Query, Sort},
};

/// For whom and for what a frame was launched. Comes only from the sandbox token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The app.
    pub app: AppId,
    /// The version that runs.
    pub version: VersionId,
    /// The viewer, whose data it sees.
    pub user: UserId,
    /// What the version declares and the viewer agreed to.
    pub caps: Permissions,
}

impl Grant {
    /// Under whom a collection of this scope is kept.
    #[must_use]
    pub const fn keeper(&self, scope: Scope) -> UserId {
        match scope {
            Scope::Mine => self.user,
            Scope::Shared => UserId::EVERYBODY,
        }
    }
}

/// One call. Anything else is "method not found" (JSON-RPC 2.0, −32601).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "method", content = "params", deny_unknown_fields)]
pub enum BridgeCall {
    /// All records of a collection, oldest first.
    #[serde(rename = "data.list")]
    DataList {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
    },
    /// Some records of a collection. The fields are those of [`Query`].
    #[serde(rename = "data.query")]
    DataQuery {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
        /// What they must be.
        #[serde(default)]
        filter: Option<Map<String, Value>>,
        /// In which order.
        #[serde(default)]
        sort: Option<Vec<Sort>>,
        /// How many.
        #[serde(default)]
        limit: Option<u32>,
        /// After which.
        #[serde(default)]
        cursor: Option<String>,
    },
    /// One record.
    #[serde(rename = "data.get")]
    DataGet {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
        /// The record.
        id: RecordId,
    },
    /// A new record.
    #[serde(rename = "data.create")]
    DataCreate {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
        /// Its fields: a JSON object.
        data: Value,
    },
    /// Replaces a record's fields.
    #[serde(rename = "data.update")]
    DataUpdate {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
        /// The record.
        id: RecordId,
        /// Its new fields: a JSON object.
        data: Value,
        /// The revision that the app saw; a later one refuses the write.
        #[serde(default)]
        revision: Option<u64>,
    },
    /// Removes a record.
    #[serde(rename = "data.delete")]
    DataDelete {
        /// The collection.
        collection: String,
        /// Whose.
        #[serde(default)]
        scope: Scope,
        /// The record.
        id: RecordId,
    },
    /// Sets a key of `localStorage`.
    #[serde(rename = "storage.set")]
    StorageSet {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// Removes a key of `localStorage`.
    #[serde(rename = "storage.remove")]
    StorageRemove {
        /// The key.
        key: String,
    },
    /// Removes and sets several keys of `localStorage` at once, removals first.
    #[serde(rename = "storage.patch")]
    StoragePatch {
        /// Keys and their new values.
        #[serde(default)]
        set: BTreeMap<String, String>,
        /// Keys to remove.
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Removes every key of `localStorage`.
    #[serde(rename = "storage.clear")]
    StorageClear {},
    /// Who views the app.
    #[serde(rename = "user.get")]
    UserGet {},
    /// Fetches from the web, through the server.
    #[serde(rename = "http.fetch")]
    HttpFetch(HttpFetch),
    /// Asks a model. Its answer is a stream, so it has a route of its own.
    #[serde(rename = "ai.complete")]
    AiComplete(Completion),
    /// Follows the changes of records that the app can read. A stream too.
    #[serde(rename = "data.subscribe")]
    DataSubscribe {
        /// Of this collection; none: of all.
        #[serde(default)]
        collection: Option<String>,
        /// Of this scope; none: of both.
        #[serde(default)]
        scope: Option<Scope>,
    },
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A collection's name is not allowed.
    #[error("`{0}` cannot name a collection: use 1 to {MAX_COLLECTION_CHARS} letters, digits, `_` or `-`")]
    CollectionName(String),
    /// A record is not a JSON object.
    #[error("a record must be a JSON object")]
    NotAnObject,
    /// A storage key is not allowed.
    #[error("a storage key must be at most {MAX_KEY_BYTES} bytes without NUL")]
    StorageKey,
    /// Too many keys at once.
    #[error("at most {MAX_PATCH_KEYS} keys can be changed at once")]
    PatchSize,
    /// A query, a request or a question does not fit; the sentence says why.
    #[error("{0}")]
    Unfit(String),
    /// The viewer has not agreed to this.
    #[error("{}", needed(*permission, domain.as_ref()))]
    PermissionNeeded {
        /// What is needed.
        permission: Permission,
        /// From which domain, with [`Permission::Http`].
        domain: Option<Domain>,
    },
}

fn needed(permission: Permission, domain: Option<&Domain>) -> String {
    match (permission, domain) {
        (Permission::Ai, _) => "this app has no permission to ask a model".to_owned(),
        (Permission::SharedData, _) => "this app has no permission to change what all its users see".to_owned(),
        (Permission::Http, Some(domain)) => format!("this app has no permission to fetch from `{domain}`"),
        (Permission::Http, None) => "this app has no permission to fetch from the web".to_owned(),
    }
}

/// Decides whether a call may be carried out for this grant. Pure: no clock, no store.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn authorize(grant: &Grant, call: &BridgeCall) -> Result<(), Refusal> {
    match call {
        BridgeCall::DataList { collection, .. } | BridgeCall::DataGet { collection, .. } => {
            check_collection(collection)
        }
        BridgeCall::DataSubscribe { collection, .. } => collection.as_deref().map_or(Ok(()), check_collection),
        BridgeCall::DataQuery { collection, .. } => {
            check_collection(collection)?;
            query_of(call).plan().map(drop).map_err(Refusal::Unfit)
        }
        BridgeCall::DataDelete { collection, scope, .. } => {
            check_collection(collection)?;
            check_write(grant, *scope)
        }
        BridgeCall::DataCreate { collection, scope, data } | BridgeCall::DataUpdate { collection, scope, data, .. } => {
            check_collection(collection)?;
            if !data.is_object() {
                return Err(Refusal::NotAnObject);
            }
            check_write(grant, *scope)
        }
        BridgeCall::StorageSet { key, .. } | BridgeCall::StorageRemove { key } => check_key(key),
        BridgeCall::StoragePatch { set, remove } => {
            if set.len() + remove.len() > MAX_PATCH_KEYS {
                return Err(Refusal::PatchSize);
            }
            set.keys().chain(remove).try_for_each(|key| check_key(key))
        }
        BridgeCall::StorageClear {} | BridgeCall::UserGet {} => Ok(()),
        BridgeCall::HttpFetch(fetch) => {
            let domain = fetch.outgoing().map_err(Refusal::Unfit)?.domain;
            if grant.caps.domains.contains(&domain) {
                return Ok(());
            }
            Err(Refusal::PermissionNeeded { permission: Permission::Http, domain: Some(domain) })
        }
        BridgeCall::AiComplete(completion) => {
            completion.request().map_err(Refusal::Unfit)?;
            if grant.caps.ai { Ok(()) } else { Err(lacks(Permission::Ai)) }
        }
    }
}

/// The query of a [`BridgeCall::DataQuery`]; of any other call, one that asks for everything.
#[must_use]
pub fn query_of(call: &BridgeCall) -> Query {
    let BridgeCall::DataQuery { filter, sort, limit, cursor, .. } = call else { return Query::default() };
    Query {
        filter: filter.clone().unwrap_or_default(),
        sort: sort.clone().unwrap_or_default(),
        limit: *limit,
        cursor: cursor.clone(),
    }
}

fn lacks(permission: Permission) -> Refusal {
    Refusal::PermissionNeeded { permission, domain: None }
}

fn check_write(grant: &Grant, scope: Scope) -> Result<(), Refusal> {
    if scope == Scope::Shared && !grant.caps.shared_data { Err(lacks(Permission::SharedData)) } else { Ok(()) }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if key.len() > MAX_KEY_BYTES || key.contains('\0') { Err(Refusal::StorageKey) } else { Ok(()) }
}

fn check_collection(name: &str) -> Result<(), Refusal> {
    let allowed = !name.is_empty()
        && name.len() <= MAX_COLLECTION_CHARS
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if allowed {
        Ok(())
    } else {
        Err(Refusal::CollectionName(name.chars().filter(|c| !c.is_control()).take(64).collect()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const ID: &str = "018f3c6e7b1a7cc080000123456789ab";

    fn grant(ai: bool, domains: &[&str], shared_data: bool) -> Result<Grant, Box<dyn std::error::Error>> {
        let domains = domains.iter().map(|domain| Domain::parse(domain)).collect::<Result<_, _>>()?;
        let caps = Permissions { ai, domains, shared_data };
        Ok(Grant { app: ID.parse()?, version: ID.parse()?, user: UserId::LOCAL_OWNER, caps })
    }

    fn decide(grant: &Grant, method: &str, params: &Value) -> Result<String, Box<dyn std::error::Error>> {
        let call: BridgeCall = serde_json::from_value(json!({ "method": method, "params": params }))?;
        Ok(match authorize(grant, &call) {
            Ok(()) => "yes".to_owned(),
            Err(Refusal::PermissionNeeded { permission, domain }) => {
                let domain = domain.map(|domain| format!(" {domain}")).unwrap_or_default();
                format!("needs {permission:?}{domain}")
            }
            Err(refusal) => format!("no: {refusal}"),
        })
    }

    /// Each call, and what is decided with no permission and with all of them.
    #[test]
    fn every_call_is_decided() -> Outcome {
        let none = grant(false, &[], false)?;
        let all = grant(true, &["a.org"], true)?;
        let long = "x".repeat(MAX_KEY_BYTES + 1);
        let many: BTreeMap<String, String> = (0..=MAX_PATCH_KEYS).map(|n| (n.to_string(), String::new())).collect();
        let name = "no: `../x` cannot name a collection: use 1 to 64 letters, digits, `_` or `-`";
        let key = "no: a storage key must be at most 1024 bytes without NUL";
        for (method, params, without, with) in [
            ("data.list", json!({"collection": "x"}), "yes", "yes"),
            ("data.list", json!({"collection": "x", "scope": "shared"}), "yes", "yes"),
            ("data.list", json!({"collection": "../x"}), name, name),
            ("data.query", json!({"collection": "x", "scope": "shared", "filter": null, "cursor": null}), "yes", "yes"),
            ("data.query", json!({"collection": "../x"}), name, name),
            (
                "data.query",
                json!({"collection": "x", "limit": 0}),
                "no: `limit` is 0, but must be 1 to 500",
                "no: `limit` is 0, but must be 1 to 500",
            ),
            ("data.get", json!({"collection": "x", "scope": "shared", "id": ID}), "yes", "yes"),
            ("data.get", json!({"collection": "../x", "id": ID}), name, name),
            ("data.subscribe", json!({"collection": "x", "scope": "shared"}), "yes", "yes"),
            ("data.subscribe", json!({}), "yes", "yes"),
            ("data.subscribe", json!({"collection": "../x"}), name, name),
            ("data.create", json!({"collection": "x", "data": {}}), "yes", "yes"),
            ("data.create", json!({"collection": "x", "scope": "mine", "data": {}}), "yes", "yes"),
            ("data.create", json!({"collection": "x", "scope": "shared", "data": {}}), "needs SharedData", "yes"),
            (
                "data.create",
                json!({"collection": "x", "scope": "shared", "data": 1}),
                "no: a record must be a JSON object",
                "no: a record must be a JSON object",
            ),
            ("data.update", json!({"collection": "x", "id": ID, "data": {}}), "yes", "yes"),
            (
                "data.update",
                json!({"collection": "x", "scope": "shared", "id": ID, "data": {}, "revision": 1}),
                "needs SharedData",
                "yes",
            ),
            ("data.delete", json!({"collection": "x", "id": ID}), "yes", "yes"),
            ("data.delete", json!({"collection": "x", "scope": "shared", "id": ID}), "needs SharedData", "yes"),
            ("data.delete", json!({"collection": "../x", "scope": "shared", "id": ID}), name, name),
            ("storage.set", json!({"key": "a", "value": "b"}), "yes", "yes"),
            ("storage.set", json!({"key": "a\u{0}", "value": "b"}), key, key),
            ("storage.remove", json!({"key": long}), key, key),
            ("storage.patch", json!({"set": {"a": "b"}, "remove": ["c"]}), "yes", "yes"),
            ("storage.patch", json!({"set": {"a": "b"}, "remove": [long]}), key, key),
            ("storage.patch", json!({"set": {"a\u{0}": "b"}}), key, key),
            (
                "storage.patch",
                json!({"set": many}),
                "no: at most 20000 keys can be changed at once",
                "no: at most 20000 keys can be changed at once",
            ),
            ("storage.clear", json!({}), "yes", "yes"),
            ("user.get", json!({}), "yes", "yes"),
            ("http.fetch", json!({"url": "https://a.org/x"}), "needs Http a.org", "yes"),
            ("http.fetch", json!({"url": "https://b.org/x"}), "needs Http b.org", "needs Http b.org"),
            ("http.fetch", json!({"url": "https://www.a.org/x"}), "needs Http www.a.org", "needs Http www.a.org"),
            (
                "http.fetch",
                json!({"url": "https://a.org.evil.org/"}),
                "needs Http a.org.evil.org",
                "needs Http a.org.evil.org",
            ),
            ("ai.complete", json!({"prompt": "hi"}), "needs Ai", "yes"),
            ("ai.complete", json!({"messages": [{"role": "user", "content": "hi"}]}), "needs Ai", "yes"),
        ] {
            assert_eq!(decide(&none, method, &params)?, without, "{method} {params} without permissions");
            assert_eq!(decide(&all, method, &params)?, with, "{method} {params} with all permissions");
        }
        for params in [json!({"url": "http://127.0.0.1/"}), json!({"url": "https://a.org:8080/"})] {
            assert!(decide(&all, "http.fetch", &params)?.starts_with("no: "), "{params}");
        }
        assert!(decide(&all, "ai.complete", &json!({}))?.starts_with("no: "));
        Ok(())
    }

    #[test]
    fn one_permission_is_not_another() -> Outcome {
        let shared = json!({"collection": "x", "scope": "shared", "data": {}});
        let fetch = json!({"url": "https://a.org/"});
        let ask = json!({"prompt": "hi"});
        for (grant, expected) in [
            (grant(true, &[], false)?, ["yes", "needs Http a.org", "needs SharedData"]),
            (grant(false, &["a.org"], false)?, ["needs Ai", "yes", "needs SharedData"]),
            (grant(false, &[], true)?, ["needs Ai", "needs Http a.org", "yes"]),
        ] {
            let found = [
                decide(&grant, "ai.complete", &ask)?,
                decide(&grant, "http.fetch", &fetch)?,
                decide(&grant, "data.create", &shared)?,
            ];
            assert_eq!(found, expected);
        }
        Ok(())
    }

    #[test]
    fn what_a_call_says_of_itself_beyond_its_fields_is_refused() {
        for (method, params) in [
            ("data.list", json!({"collection": "x", "app": ID})),
            ("data.list", json!({"collection": "x", "scope": "everyone"})),
            ("data.query", json!({"collection": "x", "user": ID})),
            ("http.fetch", json!({"url": "https://a.org/", "redirect": "follow"})),
            ("ai.complete", json!({"prompt": "x", "model": "gpt"})),
            ("user.get", json!({"id": ID})),
            ("constructor", json!({})),
        ] {
            let call = serde_json::from_value::<BridgeCall>(json!({ "method": method, "params": params }));
            assert!(call.is_err(), "{method} {params}");
        }
    }

    #[test]
    fn shared_data_is_kept_under_nobody_in_particular() -> Outcome {
        let grant = grant(false, &[], false)?;
        assert_eq!(grant.keeper(Scope::Mine), UserId::LOCAL_OWNER);
        assert_eq!(grant.keeper(Scope::Shared), UserId::EVERYBODY);
        Ok(())
    }
}
