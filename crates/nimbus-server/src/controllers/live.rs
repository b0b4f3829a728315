//! `GET /api/sandbox/live`: the changes of an app's records, from any window.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{extract::State, http::HeaderMap, response::Response};
use nimbus_core::{
    bridge::{BridgeCall, Grant, authorize},
    data::{Change, Scope},
};
use serde::Deserialize;
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, interval_at},
};

use crate::{
    body::ApiQuery,
    error::{ApiError, Code},
    sandbox::{
        admit::{admit, still_good},
        live::News,
    },
    sse,
    state::ServerState,
    wire::StreamError,
};

/// How often a stream looks by itself whether its launch goes on: another process on the same
/// database tells nobody here.
const LOOK: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub(crate) struct Followed {
    /// All collections of the app if left out: a browser has six connections to one host.
    collection: Option<String>,
    /// With a collection the viewer's own if left out, else both.
    scope: Option<Scope>,
}

/// Streams changes until the token ends or the launch is ended; then a last event says so. Changes
/// between two streams are not repeated: who follows again reads again.
pub(crate) async fn follow(
    State(state): State<ServerState>,
    ApiQuery(Followed { collection, scope }): ApiQuery<Followed>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (claims, grant) = admit(&state, &headers).await?;
    let scope = collection.as_ref().map(|_| scope.unwrap_or_default()).or(scope);
    authorize(&grant, &BridgeCall::DataSubscribe { collection: collection.clone(), scope })?;
    let follows = move |change: &Change| {
        collection.as_ref().is_none_or(|name| *name == change.collection)
            && scope.is_none_or(|scope| scope == change.scope)
    };
    let Some((mut news, place)) = state.live.follow(grant.app, grant.user) else {
        let message = "this app follows its records too many times at once";
        return Err(ApiError::new(Code::QuotaLive, message).with_hint("close some of its windows"));
    };
    Ok(sse::send(async_stream::stream! {
        let _place = place;
        yield ": following\n\n".to_owned();
        let left = claims.expires_at().duration_since(state.parts.platform.now());
        let mut end = pin!(tokio::time::sleep(Duration::try_from(left).unwrap_or_default()));
        let mut heads = state.parts.jobs.new_heads();
        let mut look = interval_at(Instant::now() + LOOK, LOOK);
        loop {
            let heard = tokio::select! {
                heard = news.recv() => heard,
                Ok(changed) = heads.recv() => {
                    if changed != grant.app {
                        continue;
                    }
                    Ok(News::LookAgain)
                }
                _ = look.tick() => Ok(News::LookAgain),
                () = &mut end => {
                    yield last("sandbox-token", "the sandbox token has expired");
                    break;
                }
                () = state.parts.shutdown.cancelled() => break,
            };
            match heard {
                Ok(News::Changed { app, keeper: of, change }) => {
                    if app == grant.app && of == grant.keeper(change.scope) && follows(&change) {
                        yield sse::message(&*change);
                    }
                }
                Ok(News::LookAgain) => if let Err(error) = still_good(&state, &claims).await {
                    let (code, message) = error.in_stream();
                    yield last(code, message);
                    break;
                },
                Err(RecvError::Lagged(_)) => {
                    yield last("missed", "too much changed at once: read the collection again");
                    break;
                }
                Err(RecvError::Closed) => break,
            }
        }
    }))
}

/// Tells who follows.
pub(crate) fn tell(state: &ServerState, grant: &Grant, change: Change) {
    let keeper = grant.keeper(change.scope);
    state.live.tell(News::Changed { app: grant.app, keeper, change: Arc::new(change) });
}

fn last(code: &str, message: &str) -> String {
    sse::message(&StreamError { kind: "error", code, message })
}
