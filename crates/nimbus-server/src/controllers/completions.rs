//! `POST /api/sandbox/ai`: a question of an app to a model, answered as it is written. Keys and
//! addresses of models stay on the server; tokens are counted per app, person and day.

use axum::{extract::State, http::HeaderMap, response::Response};
use futures::StreamExt;
use nimbus_core::{
    asking::Personal,
    bridge::{BridgeCall, Refusal, authorize},
    completion::{Completion, prompt_tokens},
    ids::{AppId, UserId},
    model::{ChatEvent, ChatRequest, ModelChoice, ModelErrorKind, ProviderId, Usage, estimate_tokens},
    permission::Permission,
    ports::Models,
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    body::ApiJson,
    error::{ApiError, Code},
    sandbox::{
        admit::{admit, still_good},
        live::News,
        pace::Asked,
        token::Claims,
    },
    sse,
    state::ServerState,
    wire::Told,
};

/// Begins the answer. Dropping the response stops the model.
pub(crate) async fn create(
    State(state): State<ServerState>,
    headers: HeaderMap,
    ApiJson(completion): ApiJson<Completion>,
) -> Result<Response, ApiError> {
    let (claims, grant) = admit(&state, &headers).await?;
    let call = BridgeCall::AiComplete(completion);
    authorize(&grant, &call)?;
    let BridgeCall::AiComplete(completion) = call else {
        return Err(ApiError::internal("a question became another call"));
    };
    let request = completion.request().map_err(|problem| ApiError::internal(format!("unchecked: {problem}")))?;
    state.pace.count(Asked::Model, grant.app, grant.user)?;
    let models = state.parts.asking.for_app(grant.user, grant.app).await?;
    let chosen = models.select(&ModelChoice::default());
    if chosen.is_ok_and(|(model, _)| model.provider == ProviderId::Demo) {
        let message = "no model is connected, and the sample generator answers no questions";
        return Err(ApiError::new(Code::Model(ModelErrorKind::NoModel), message)
            .with_hint("connect Ollama or a hosted model in the settings"));
    }
    let bill = Bill::open(&state, grant.app, grant.user, &request).await?;
    let ends = Ends { news: state.live.news(), heads: state.parts.jobs.new_heads() };
    Ok(sse::send(answer(state, claims, models, request, bill, ends)))
}

fn answer(
    state: ServerState,
    claims: Claims,
    models: Personal,
    request: ChatRequest,
    mut bill: Bill,
    mut ends: Ends,
) -> impl futures::Stream<Item = String> + Send {
    async_stream::stream! {
        let mut events = match models.open(&ModelChoice::default(), request).await {
            Ok(events) => events,
            Err(error) => {
                // No model read it.
                bill.give_back().await;
                yield sse::message(&Told::Error { code: error.kind.code(), message: &error.message });
                return;
            }
        };
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                () = ends.next(claims.app) => {
                    if let Err(error) = goes_on(&state, &claims).await {
                        let (code, message) = error.in_stream();
                        yield sse::message(&Told::Error { code, message });
                        return;
                    }
                    continue;
                }
            };
            match event {
                Some(Ok(ChatEvent::Text(content))) => {
                    bill.used += estimate_tokens(&content);
                    yield sse::message(&Told::Text { content: &content });
                }
                Some(Ok(ChatEvent::Thinking(content))) => bill.used += estimate_tokens(&content),
                Some(Ok(ChatEvent::Done { usage, .. })) => {
                    let told = usage.prompt_tokens + usage.completion_tokens;
                    if told > 0 {
                        bill.used = told;
                    }
                    bill.settle().await;
                    yield sse::message(&Told::Done { usage: Usage { context_tokens: 0, cost: None, ..usage } });
                    return;
                }
                Some(Ok(
                    ChatEvent::Routed { .. }
                    | ChatEvent::Fallback { .. }
                    | ChatEvent::Loading
                    | ChatEvent::Waiting { .. },
                )) => {}
                Some(Err(error)) => {
                    yield sse::message(&Told::Error { code: error.kind.code(), message: &error.message });
                    return;
                }
                None => {
                    let (code, message) = ("model-interrupted", "the model's answer broke off");
                    yield sse::message(&Told::Error { code, message });
                    return;
                }
            }
        }
    }
}

/// What may have ended a launch.
struct Ends {
    news: Receiver<News>,
    heads: Receiver<AppId>,
}

impl Ends {
    /// Waits for the next of them that may concern an app.
    async fn next(&mut self, app: AppId) {
        loop {
            let matters = tokio::select! {
                heard = self.news.recv() => matches!(heard, Ok(News::LookAgain) | Err(RecvError::Lagged(_))),
                heard = self.heads.recv() => match heard {
                    Ok(changed) => changed == app,
                    Err(RecvError::Lagged(_)) => true,
                    // The server stops, which ends the stream.
                    Err(RecvError::Closed) => std::future::pending().await,
                },
            };
            if matters {
                return;
            }
        }
    }
}

/// Whether the launch goes on and may still ask models.
async fn goes_on(state: &ServerState, claims: &Claims) -> Result<(), ApiError> {
    if still_good(state, claims).await?.caps.ai {
        return Ok(());
    }
    Err(Refusal::PermissionNeeded { permission: Permission::Ai, domain: None }.into())
}

/// Tokens that were set aside, and what they will have been. What is not used is given back, also
/// when the client goes away in the middle; after a crash it stays spent.
struct Bill {
    state: ServerState,
    app: AppId,
    user: UserId,
    day: i64,
    reserved: u64,
    used: u64,
    settled: bool,
}

impl Bill {
    async fn open(state: &ServerState, app: AppId, user: UserId, request: &ChatRequest) -> Result<Self, ApiError> {
        let read = prompt_tokens(request);
        let reserved = read + u64::from(request.max_tokens);
        let day = state.parts.platform.now().as_second().div_euclid(24 * 60 * 60);
        state.store().spend_tokens(app, user, day, signed(reserved)).await?;
        Ok(Self { state: state.clone(), app, user, day, reserved, used: read, settled: false })
    }

    async fn give_back(mut self) {
        self.used = 0;
        self.settle().await;
    }

    async fn settle(&mut self) {
        self.settled = true;
        pay(&self.state, self.app, self.user, self.day, signed(self.used) - signed(self.reserved)).await;
    }
}

impl Drop for Bill {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        let (state, app, user, day) = (self.state.clone(), self.app, self.user, self.day);
        let rest = signed(self.used) - signed(self.reserved);
        // Outside a runtime the process ends, and the reservation stands.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { pay(&state, app, user, day, rest).await });
        }
    }
}

async fn pay(state: &ServerState, app: AppId, user: UserId, day: i64, tokens: i64) {
    // A quota here means that the model used a little more than was set aside: the day is over anyway.
    if let Err(error) = state.store().spend_tokens(app, user, day, tokens).await {
        tracing::warn!(%error, "the tokens of an answer could not be counted");
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
