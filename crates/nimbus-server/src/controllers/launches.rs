//! Launches: how a host page starts an app in its frame, and acts for it while it runs.

use axum::{Json, extract::State, http::StatusCode};
use jiff::SignedDuration;
use nimbus_core::{
    ids::{AppId, UserId, VersionId},
    permission::Consent,
};

use super::{own_app, sessions::OWNER_NAME};
use crate::{
    auth::{Origin, Person, sign},
    body::{ApiJson, ApiPath},
    bundles::bundle,
    error::{ApiError, Code},
    limits::rates::Doing,
    sandbox::{
        admit::{split, still_good},
        launch::Launch,
        live::News,
        token::{self, Claims, LIFETIME_SECONDS, RENEWABLE_SECONDS, Started},
    },
    state::ServerState,
    wire::{FrameOrigin, LaunchBody, LaunchPermissions, Launched, Renewed, Storage, TokenBody, Viewer},
};

/// Prepares one start of an app: an address that opens once, and the token for its calls.
pub(crate) async fn create(
    State(state): State<ServerState>,
    person: Person,
    Origin(host): Origin,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<LaunchBody>,
) -> Result<Json<Launched>, ApiError> {
    state.rates.count(Doing::Launch, person.user)?;
    let app = own_app(&state, person.user, id).await?;
    let Some(version) = body.version_id.or(app.head) else {
        return Err(ApiError::new(Code::NothingToRun, "this app has no version that runs yet")
            .with_hint("open it in the studio to see how its generation ended"));
    };
    if bundle(&state, id, version).await?.is_none() {
        return Err(ApiError::new(Code::NothingToRun, "this version does not run")
            .with_hint("open another version, or ask for a repair in the studio"));
    }
    let local = state.store().storage(id, person.user).await?;
    let now = state.parts.platform.now();
    let site = match body.origin {
        FrameOrigin::Own => state.sites.app_site(id),
        FrameOrigin::Swap => state.sites.swapped_site(id, &host),
    };
    let launch = state.random_hex::<16>();
    state.launches.issue(launch.clone(), Launch { app: id, version, user: person.user, host, issued_at: now });
    // After the person last signed out, also within the same millisecond.
    let signed_out = state.store().signed_out(person.user).await?;
    let since = signed_out.map_or(now, |counts_from| counts_from.max(now)).as_millisecond();
    let started = Started { app: id, version, user: person.user, launch: launch.clone(), since, head: app.head };
    if app.head == Some(version) {
        narrow_consent(&state, id, person.user, version).await?;
    }
    let renewed = token_for(&state, started).await?;
    Ok(Json(Launched {
        url: format!("{}/v/{version}/?launch={launch}", site.base()),
        launch,
        token: renewed.token,
        app_id: id,
        version_id: version,
        expires_at: renewed.expires_at,
        storage: Storage { local },
        permissions: renewed.permissions,
        user: viewer(&state, id, person.user),
    }))
}

/// A consent is for one version's set of permissions. A later version that declares less takes the
/// rest away, so that one after it that declares more again asks again.
async fn narrow_consent(state: &ServerState, app: AppId, user: UserId, head: VersionId) -> Result<(), ApiError> {
    let Some(consent) = state.store().consent(app, user).await? else { return Ok(()) };
    let version = state.store().version(head).await?;
    if consent.version_hash == version.hash {
        return Ok(());
    }
    let permissions = version.sandbox_permissions.permissions.and(&consent.permissions);
    if permissions == consent.permissions {
        return Ok(());
    }
    if permissions.is_empty() {
        state.store().delete_consent(app, user).await?;
    } else {
        state.store().put_consent(&Consent { permissions, version_hash: version.hash, ..consent }).await?;
    }
    Ok(())
}

/// A fresh token for a launch: its token ends, or its viewer granted something. The old one may have
/// ended up to a day ago.
pub(crate) async fn renew(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<TokenBody>,
) -> Result<Json<Renewed>, ApiError> {
    let claims = own_claims(&state, person.user, id, &body.token)?;
    still_good(&state, &claims).await?;
    Ok(Json(token_for(&state, claims.started()).await?))
}

/// Ends a launch: its frame was removed, or misbehaved.
pub(crate) async fn revoke(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
    ApiJson(body): ApiJson<TokenBody>,
) -> Result<StatusCode, ApiError> {
    let claims = own_claims(&state, person.user, id, &body.token)?;
    let now = state.parts.platform.now();
    state.launches.drop_one(&claims.launch);
    // Until then a token of it could be renewed.
    let until = now + SignedDuration::from_secs(LIFETIME_SECONDS + RENEWABLE_SECONDS);
    state.store().end_launch(&claims.launch, until, now).await?;
    state.live.tell(News::LookAgain);
    Ok(StatusCode::NO_CONTENT)
}

fn own_claims(state: &ServerState, user: UserId, app: AppId, text: &str) -> Result<Claims, ApiError> {
    let claims = token::verify(&state.parts.config.secret, text, state.parts.platform.now(), RENEWABLE_SECONDS)
        .map_err(|error| ApiError::new(Code::SandboxToken, error.to_string()).with_hint("load the app again"))?;
    if claims.app == app && claims.user == user {
        return Ok(claims);
    }
    Err(ApiError::new(Code::SandboxToken, "the sandbox token is for another app or person"))
}

async fn token_for(state: &ServerState, started: Started) -> Result<Renewed, ApiError> {
    let declared = state.store().version(started.version).await?.sandbox_permissions;
    let consent = state.store().consent(started.app, started.user).await?;
    let (granted, missing) = split(&declared, consent.as_ref().map(|consent| &consent.permissions));
    let claims = Claims::new(started, granted.clone(), state.random_hex::<8>(), state.parts.platform.now());
    let token = token::mint(&state.parts.config.secret, &claims);
    let permissions = LaunchPermissions { declared, granted, missing };
    Ok(Renewed { token, expires_at: claims.expires_at(), permissions })
}

/// The viewer as one app may know them: an id that tells two apps nothing about each other.
pub(super) fn viewer(state: &ServerState, app: AppId, user: UserId) -> Viewer {
    let who = format!("{app} {user}");
    let id = hex::encode(&sign(&state.parts.config.secret, "viewer of an app v1", who.as_bytes())[..16]);
    Viewer { id, name: OWNER_NAME }
}
