//! `POST /api/sandbox/call`: what an app in its frame asks for, passed on by its host page.
//!
//! Which app and which person a call is for comes from the sandbox token alone; neither a cookie
//! nor the call's own words count.

use std::collections::BTreeMap;

use axum::{Json, extract::State, http::HeaderMap};
use nimbus_core::{
    bridge::{BridgeCall, Grant, Refusal, authorize, query_of},
    data::{Change, ChangeKind, MAX_RECORD_BYTES, Record},
    ids::RecordId,
    query::{MAX_ANSWER_BYTES, fitting},
};
use serde_json::{Map, Value, json};

use super::{launches::viewer, live::tell};
use crate::{
    body::ApiJson,
    error::{ApiError, Code},
    limits::rates::Doing,
    sandbox::{admit::admit, pace::Asked},
    state::ServerState,
    wire::{Call, CallResult},
};

/// Every method, so that an unknown one is told from one with wrong parameters.
const METHODS: [&str; 12] = [
    "data.list",
    "data.query",
    "data.get",
    "data.create",
    "data.update",
    "data.delete",
    "storage.set",
    "storage.remove",
    "storage.patch",
    "storage.clear",
    "user.get",
    "http.fetch",
];

pub(crate) async fn call(
    State(state): State<ServerState>,
    headers: HeaderMap,
    ApiJson(call): ApiJson<Call>,
) -> Result<Json<CallResult>, ApiError> {
    let (_, grant) = admit(&state, &headers).await?;
    state.rates.count(Doing::Call, grant.user)?;
    state.pace.count(Asked::Data, grant.app, grant.user)?;
    let call = read(call)?;
    authorize(&grant, &call)?;
    Ok(Json(CallResult { result: carry_out(&state, &grant, call).await? }))
}

/// The call, or why it is none.
pub(crate) fn read(call: Call) -> Result<BridgeCall, ApiError> {
    if !METHODS.contains(&call.method.as_str()) {
        return Err(unknown(&call.method));
    }
    let params = if call.params.is_null() { Value::Object(Map::new()) } else { call.params };
    let method = call.method;
    serde_json::from_value(json!({ "method": method, "params": params }))
        .map_err(|error| ApiError::new(Code::BadCall, format!("the parameters of `{method}` do not fit: {error}")))
}

async fn carry_out(state: &ServerState, grant: &Grant, call: BridgeCall) -> Result<Value, ApiError> {
    match call {
        BridgeCall::DataList { .. } | BridgeCall::DataQuery { .. } | BridgeCall::DataGet { .. } => {
            find(state, grant, call).await
        }
        BridgeCall::DataCreate { .. } | BridgeCall::DataUpdate { .. } | BridgeCall::DataDelete { .. } => {
            change(state, grant, call).await
        }
        BridgeCall::StorageSet { key, value } => keep(state, grant, BTreeMap::from([(key, value)]), &[]).await,
        BridgeCall::StorageRemove { key } => keep(state, grant, BTreeMap::new(), &[key]).await,
        BridgeCall::StoragePatch { set, remove } => keep(state, grant, set, &remove).await,
        BridgeCall::StorageClear {} => {
            state.store().clear_storage(grant.app, grant.user).await?;
            Ok(Value::Null)
        }
        BridgeCall::UserGet {} => json_of(&viewer(state, grant.app, grant.user)),
        BridgeCall::HttpFetch(fetch) => {
            let outgoing = fetch.outgoing().map_err(Refusal::Unfit)?;
            state.pace.count(Asked::Fetch, grant.app, grant.user)?;
            json_of(&state.parts.fetch.fetch(&outgoing).await?)
        }
        // These have routes of their own, because their answers are streams.
        BridgeCall::AiComplete(_) | BridgeCall::DataSubscribe { .. } => Err(unknown("a stream")),
    }
}

async fn find(state: &ServerState, grant: &Grant, call: BridgeCall) -> Result<Value, ApiError> {
    let query = query_of(&call);
    match call {
        BridgeCall::DataList { collection, scope } => {
            let records = state.store().records(grant.app, grant.keeper(scope), &collection).await?;
            if fitting(records.iter()) < records.len() {
                let most = MAX_ANSWER_BYTES / 1024;
                let message = format!("the records of `{collection}` are more than the {most} KiB of one answer");
                return Err(ApiError::new(Code::TooLarge, message).with_hint("read them in pages with `data.query`"));
            }
            json_of(&records)
        }
        BridgeCall::DataQuery { collection, scope, .. } => {
            let plan = query.plan().map_err(Refusal::Unfit)?;
            json_of(&plan.page(state.store().records(grant.app, grant.keeper(scope), &collection).await?))
        }
        BridgeCall::DataGet { collection, scope, id } => {
            json_of(&state.store().record(grant.app, grant.keeper(scope), &collection, id).await?)
        }
        _ => Err(ApiError::internal("a call that finds nothing")),
    }
}

/// Changes a record, and tells who follows its collection.
async fn change(state: &ServerState, grant: &Grant, call: BridgeCall) -> Result<Value, ApiError> {
    let (store, app, now) = (state.store(), grant.app, state.parts.platform.now());
    let (collection, scope, op, id, record) = match call {
        BridgeCall::DataCreate { collection, scope, data } => {
            check_size(&data)?;
            let id = RecordId::new(&state.parts.platform);
            let record = Record { id, data, revision: 1, created_at: now, updated_at: now };
            store.create_record(app, grant.keeper(scope), &collection, &record).await?;
            (collection, scope, ChangeKind::Create, id, Some(record))
        }
        BridgeCall::DataUpdate { collection, scope, id, data, revision } => {
            check_size(&data)?;
            let keeper = grant.keeper(scope);
            let record = store.update_record(app, keeper, &collection, id, &data, revision, now).await?;
            (collection, scope, ChangeKind::Update, id, Some(record))
        }
        BridgeCall::DataDelete { collection, scope, id } => {
            store.delete_record(app, grant.keeper(scope), &collection, id).await?;
            (collection, scope, ChangeKind::Delete, id, None)
        }
        _ => return Err(ApiError::internal("a call that changes nothing")),
    };
    let revision = record.as_ref().map(|record| record.revision);
    tell(state, grant, Change { collection, scope, id, op, revision });
    json_of(&record)
}

async fn keep(
    state: &ServerState,
    grant: &Grant,
    set: BTreeMap<String, String>,
    remove: &[String],
) -> Result<Value, ApiError> {
    state.store().patch_storage(grant.app, grant.user, &set, remove).await?;
    Ok(Value::Null)
}

fn unknown(method: &str) -> ApiError {
    let name: String = method.chars().filter(|c| !c.is_control()).take(64).collect();
    ApiError::new(Code::UnknownMethod, format!("there is no method `{name}`"))
}

fn json_of(value: &impl serde::Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(value).map_err(|error| ApiError::internal(error.to_string()))
}

fn check_size(data: &Value) -> Result<(), ApiError> {
    if data.to_string().len() <= MAX_RECORD_BYTES {
        return Ok(());
    }
    let limit = MAX_RECORD_BYTES / 1024;
    Err(ApiError::new(Code::TooLarge, format!("a record must be at most {limit} KiB of JSON")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{METHODS, read};
    use crate::wire::Call;

    #[test]
    fn every_method_listed_is_one_of_the_core() {
        let params = json!({
            "url": "https://a.org/", "collection": "notes", "id": "018f3c6e7b1a7cc080000123456789ab", "data": {}, "key": "k", "value": "v",
        });
        for method in METHODS {
            let wanted: &[&str] = match method {
                "data.list" | "data.query" => &["collection"],
                "http.fetch" => &["url"],
                "data.get" | "data.delete" => &["collection", "id"],
                "data.create" => &["collection", "data"],
                "data.update" => &["collection", "id", "data"],
                "storage.set" => &["key", "value"],
                "storage.remove" => &["key"],
                _ => &[],
            };
            let params = wanted.iter().map(|name| ((*name).to_owned(), params[*name].clone())).collect();
            let result = read(Call { method: method.to_owned(), params });
            assert!(result.is_ok(), "{method}: {result:?}");
        }
    }

    #[test]
    fn names_of_objects_own_parts_are_no_methods() {
        for method in ["constructor", "__proto__", "toString", "", "data.list ", "DATA.LIST"] {
            assert!(read(Call { method: method.to_owned(), params: json!({}) }).is_err(), "{method}");
        }
        let more = json!({ "collection": "notes", "app": "018f3c6e7b1a7cc080000123456789ab" });
        assert!(read(Call { method: "data.list".to_owned(), params: more }).is_err());
    }
}
