//! `POST /api/sandbox/call`: what an app in its frame asks for, passed on by its host page.
//!
//! Which app and which person a call is for comes from the sandbox token alone; neither a cookie
//! nor the call's own words count.

use axum::{Json, extract::State, http::HeaderMap};
use nimbus_core::{
    bridge::{BridgeCall, Grant, authorize},
    data::{MAX_RECORD_BYTES, Record},
    ids::RecordId,
};
use serde_json::{Map, Value, json};

use crate::{
    auth::bearer,
    body::ApiJson,
    error::{ApiError, Code},
    sandbox::token,
    state::ServerState,
    wire::{Call, CallResult},
};

/// Every method, so that an unknown one is told from one with wrong parameters.
const METHODS: [&str; 9] = [
    "data.list",
    "data.get",
    "data.create",
    "data.update",
    "data.delete",
    "storage.set",
    "storage.remove",
    "storage.patch",
    "storage.clear",
];

pub(crate) async fn call(
    State(state): State<ServerState>,
    headers: HeaderMap,
    ApiJson(call): ApiJson<Call>,
) -> Result<Json<CallResult>, ApiError> {
    let grant = grant(&state, &headers).await?;
    let call = read(call)?;
    authorize(&grant, &call)?;
    Ok(Json(CallResult { result: carry_out(&state, &grant, call).await? }))
}

/// What the token grants, while its app exists and its launch was not ended. That the version is the
/// app's was made sure of when the token was minted.
async fn grant(state: &ServerState, headers: &HeaderMap) -> Result<Grant, ApiError> {
    let refused = |message: &str| ApiError::new(Code::SandboxToken, message);
    let text = bearer(headers).ok_or_else(|| {
        refused("the call brings no sandbox token")
            .with_hint("send `Authorization: Bearer` with the `token` that the launch gave")
    })?;
    let claims = token::verify(&state.parts.config.secret, text, state.parts.platform.now(), 0).map_err(|error| {
        refused(&error.to_string()).with_hint("renew it at `/api/apps/{id}/launch/renew`, or load the app again")
    })?;
    if state.launches.is_revoked(&claims.launch) {
        return Err(refused("this launch was ended").with_hint("load the app again"));
    }
    let app = state.store().app(claims.app).await?;
    if app.owner != claims.user {
        return Err(refused("the sandbox token is for another person"));
    }
    Ok(Grant { app: claims.app, version: claims.version, user: claims.user })
}

fn read(call: Call) -> Result<BridgeCall, ApiError> {
    if !METHODS.contains(&call.method.as_str()) {
        let name: String = call.method.chars().filter(|c| !c.is_control()).take(64).collect();
        return Err(ApiError::new(Code::UnknownMethod, format!("there is no method `{name}`")));
    }
    let params = if call.params.is_null() { Value::Object(Map::new()) } else { call.params };
    let method = call.method;
    serde_json::from_value(json!({ "method": method, "params": params }))
        .map_err(|error| ApiError::new(Code::BadCall, format!("the parameters of `{method}` do not fit: {error}")))
}

async fn carry_out(state: &ServerState, grant: &Grant, call: BridgeCall) -> Result<Value, ApiError> {
    let (app, user, store) = (grant.app, grant.user, state.store());
    match call {
        BridgeCall::DataList { collection } => json_of(&store.records(app, user, &collection).await?),
        BridgeCall::DataGet { collection, id } => json_of(&store.record(app, user, &collection, id).await?),
        BridgeCall::DataCreate { collection, data } => {
            check_size(&data)?;
            let now = state.parts.platform.now();
            let id = RecordId::new(&state.parts.platform);
            let record = Record { id, data, revision: 1, created_at: now, updated_at: now };
            store.create_record(app, user, &collection, &record).await?;
            json_of(&record)
        }
        BridgeCall::DataUpdate { collection, id, data, revision } => {
            check_size(&data)?;
            let now = state.parts.platform.now();
            json_of(&store.update_record(app, user, &collection, id, &data, revision, now).await?)
        }
        BridgeCall::DataDelete { collection, id } => {
            store.delete_record(app, user, &collection, id).await?;
            Ok(Value::Null)
        }
        BridgeCall::StorageSet { key, value } => {
            store.set_storage(app, user, &key, &value).await?;
            Ok(Value::Null)
        }
        BridgeCall::StorageRemove { key } => {
            store.remove_storage(app, user, &key).await?;
            Ok(Value::Null)
        }
        BridgeCall::StoragePatch { set, remove } => {
            for key in &remove {
                store.remove_storage(app, user, key).await?;
            }
            for (key, value) in &set {
                store.set_storage(app, user, key, value).await?;
            }
            Ok(Value::Null)
        }
        BridgeCall::StorageClear {} => {
            store.clear_storage(app, user).await?;
            Ok(Value::Null)
        }
    }
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
            "collection": "notes", "id": "018f3c6e7b1a7cc080000123456789ab", "data": {}, "key": "k", "value": "v",
        });
        for method in METHODS {
            let wanted: &[&str] = match method {
                "data.list" => &["collection"],
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
