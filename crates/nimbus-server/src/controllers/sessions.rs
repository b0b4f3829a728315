//! `/api/session`: who is signed in.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use jiff::SignedDuration;

use crate::{
    auth::{Person, clear_cookie, same_secret, session_cookie},
    body::ApiJson,
    error::{ApiError, Code},
    limits::{Peer, rates::Door},
    sandbox::live::News,
    state::ServerState,
    wire::{Session, TokenBody, User},
};

/// What the one person of an installation without accounts is called.
pub(super) const OWNER_NAME: &str = "Local owner";

pub(crate) async fn show(person: Person) -> Json<Session> {
    Json(session_of(person))
}

/// Signs a browser in by the owner's token.
pub(crate) async fn create(
    State(state): State<ServerState>,
    Peer(address): Peer,
    ApiJson(body): ApiJson<TokenBody>,
) -> Result<Response, ApiError> {
    let config = &state.parts.config;
    state.rates.attempts.may_try(Door::SignIn, address)?;
    if !same_secret(body.token.trim(), &config.token) {
        state.rates.attempts.was_wrong(Door::SignIn, address);
        return Err(ApiError::new(Code::WrongToken, "this token is wrong").with_hint(
            "it is `CUMULONIMBUS_TOKEN`, or the part after `token=` in the address that the server printed",
        ));
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, session_cookie(config));
    let person = Person { user: nimbus_core::ids::UserId::LOCAL_OWNER };
    Ok((headers, Json(session_of(person))).into_response())
}

/// Signs a browser out, signed in or not. Whoever was signed in: what they launched ends.
///
/// # Errors
/// When that they ended could not be stored; the cookie stays then.
pub(crate) async fn remove(
    State(state): State<ServerState>,
    person: Result<Person, ApiError>,
) -> Result<Response, ApiError> {
    if let Ok(person) = person {
        state.launches.drop_all_of(person.user);
        // What began in this millisecond is over as well.
        let since = state.parts.platform.now() + SignedDuration::from_millis(1);
        state.store().sign_out(person.user, since).await?;
        state.live.tell(News::LookAgain);
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, clear_cookie(&state.parts.config));
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

fn session_of(person: Person) -> Session {
    Session { user: User { id: person.user, name: OWNER_NAME } }
}
