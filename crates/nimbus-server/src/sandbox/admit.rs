//! What a sandbox token is good for now.

use axum::http::HeaderMap;
use nimbus_core::{
    bridge::Grant,
    permission::{Declared, Permissions},
    ports::StoreError,
};

use super::token::{self, Claims};
use crate::{
    auth::bearer,
    error::{ApiError, Code},
    state::Inner,
};

/// What the token of a request grants.
///
/// # Errors
/// As [`still_good`]; 401 when there is no token, or it is not ours or over.
pub(crate) async fn admit(state: &Inner, headers: &HeaderMap) -> Result<(Claims, Grant), ApiError> {
    let refused = |message: &str| ApiError::new(Code::SandboxToken, message);
    let text = bearer(headers).ok_or_else(|| {
        refused("the call brings no sandbox token")
            .with_hint("send `Authorization: Bearer` with the `token` that the launch gave")
    })?;
    let claims = token::verify(&state.parts.config.secret, text, state.parts.platform.now(), 0).map_err(|error| {
        refused(&error.to_string()).with_hint("renew it at `/api/apps/{id}/launch/renew`, or load the app again")
    })?;
    let grant = still_good(state, &claims).await?;
    Ok((claims, grant))
}

/// Whether a launch goes on, and what it may do now. That the version is the app's was made sure of
/// when the token was minted.
///
/// # Errors
/// 401 with the cause in words when the launch was ended: by its page, by a new version, by the
/// deletion of the app, or because its person signed out.
pub(crate) async fn still_good(state: &Inner, claims: &Claims) -> Result<Grant, ApiError> {
    let ended = |cause: &str| ApiError::new(Code::LaunchRevoked, cause).with_hint("load the app again");
    if state.store().launch_ended(&claims.launch).await? {
        return Err(ended("this launch was ended by its page"));
    }
    let signed_out = state.store().signed_out(claims.user).await?;
    if signed_out.is_some_and(|counts_from| claims.since < counts_from.as_millisecond()) {
        return Err(ended("the person signed out"));
    }
    let app = match state.store().app(claims.app).await {
        Err(StoreError::NotFound(_)) => return Err(ended("the app was deleted")),
        found => found?,
    };
    if app.owner != claims.user {
        return Err(ApiError::new(Code::SandboxToken, "the sandbox token is for another person"));
    }
    if app.head != claims.head {
        return Err(ended("the app has another version now"));
    }
    // What was granted may have been taken back since the token was made.
    let caps = if claims.caps.is_empty() {
        Permissions::default()
    } else {
        let consent = state.store().consent(claims.app, claims.user).await?;
        consent.map(|consent| claims.caps.and(&consent.permissions)).unwrap_or_default()
    };
    Ok(Grant { app: claims.app, version: claims.version, user: claims.user, caps })
}

/// What a launch may do: what its version declares and its viewer granted; and what is missing.
pub(crate) fn split(declared: &Declared, granted: Option<&Permissions>) -> (Permissions, Permissions) {
    let granted = granted.map(|granted| declared.permissions.and(granted)).unwrap_or_default();
    let missing = declared.permissions.without(&granted);
    (granted, missing)
}
