//! What a person chose about models, and the key of that person's own.

use axum::{Json, extract::State, http::StatusCode};
use nimbus_core::{
    asking::KeptKey,
    model::Secret,
    settings::{HOSTED_KEY, LlmSettings, key},
};
use serde_json::Value;

use crate::{
    auth::Person,
    body::ApiJson,
    error::{ApiError, Code},
    state::ServerState,
    wire::Settings,
};

pub(crate) async fn show(State(state): State<ServerState>, person: Person) -> Result<Json<Settings>, ApiError> {
    settings_of(&state, person).await.map(Json)
}

/// Takes the settings as a whole: what is absent is as configured from now on.
pub(crate) async fn put(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(body): ApiJson<Value>,
) -> Result<Json<Settings>, ApiError> {
    let settings = LlmSettings::from_json(&body)?;
    state.store().put_llm_settings(person.user, &settings).await?;
    settings_of(&state, person).await.map(Json)
}

/// Keeps a key. It is read by hand: an error of the JSON reader could repeat it.
pub(crate) async fn put_key(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(body): ApiJson<Value>,
) -> Result<StatusCode, ApiError> {
    let text = match body.as_object() {
        Some(fields) if fields.len() == 1 => fields.get("key").and_then(Value::as_str),
        _ => None,
    };
    let text = text.ok_or_else(|| ApiError::new(Code::Invalid, "a key is sent as `{\"key\": \"…\"}`"))?;
    state.parts.asking.keep_key(person.user, &Secret::new(&key(text)?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove_key(State(state): State<ServerState>, person: Person) -> Result<StatusCode, ApiError> {
    state.store().delete_secret(person.user, HOSTED_KEY).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn settings_of(state: &ServerState, person: Person) -> Result<Settings, ApiError> {
    let account = state.parts.asking.account(person.user).await?;
    Ok(Settings {
        has_key: account.key != KeptKey::None,
        key_problem: (account.key == KeptKey::Unopened)
            .then_some("The kept key cannot be opened: the server's own secret has changed. Enter the key again."),
        spent_this_month: account.spending.cost,
        unpriced_replies: account.spending.unpriced,
        settings: account.settings,
        configured: state.parts.config.models.clone(),
    })
}
