//! `POST /api/llm/calibrate`: tries a model for about a minute and keeps what was found.

use axum::{extract::State, response::Response};
use nimbus_core::{
    calibrate::{Step, calibrate},
    model::{ModelChoice, ProviderChoice, ProviderId},
    ports::{Models, StoredProfile},
    profile::Profile,
};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::{
    auth::Person,
    body::ApiJson,
    error::{ApiError, Code},
    sse,
    state::ServerState,
};

/// Which model to try; without a name the one that would write code.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Wanted {
    #[serde(default)]
    provider: Option<ProviderChoice>,
    #[serde(default)]
    model: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Told<'a> {
    Step { step: Step, message: &'static str },
    Complete { profile: &'a Profile },
    Error { code: &'static str, error: &'a str, hint: Option<&'a str> },
}

/// Tries a model. Dropping the response stops it; nothing is kept then.
pub(crate) async fn create(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(wanted): ApiJson<Wanted>,
) -> Result<Response, ApiError> {
    // Two at once would measure each other.
    let turn = state.calibrating.clone().try_lock_owned().map_err(|_| {
        ApiError::new(Code::Conflict, "another model is being tried").with_hint("try again in a minute")
    })?;
    let models = state.parts.asking.for_person(person.user).await?;
    let choice = ModelChoice { provider: wanted.provider, model: wanted.model, ..ModelChoice::default() };
    let (model, _) = models.select(&choice).map_err(ApiError::model)?;
    // What is tried is one model: no other may take its place.
    let choice = ModelChoice { provider: Some(choice_of(model.provider)), model: Some(model.model), ..choice };
    Ok(sse::send(async_stream::stream! {
        let (tell, mut told) = mpsc::unbounded_channel();
        let work = calibrate(&models, &state.parts.platform, &choice, |step| _ = tell.send(step));
        tokio::pin!(work);
        let found = loop {
            tokio::select! {
                biased;
                Some(step) = told.recv() => yield sse::message(&Told::Step { step, message: step.describe() }),
                found = &mut work => break found,
            }
        };
        drop(turn);
        // A step may have begun in the same moment in which all ended.
        while let Ok(step) = told.try_recv() {
            yield sse::message(&Told::Step { step, message: step.describe() });
        }
        match found {
            Ok(profile) => {
                let stored = StoredProfile { digest: String::new(), profile };
                yield match state.store().put_model_profile(&stored).await {
                    Ok(()) => sse::message(&Told::Complete { profile: &stored.profile }),
                    Err(error) => {
                        let error = ApiError::from(error);
                        let (code, message) = error.in_stream();
                        sse::message(&Told::Error { code, error: message, hint: None })
                    }
                };
            }
            Err(error) => {
                let hint = error.hint.as_deref();
                yield sse::message(&Told::Error { code: error.kind.code(), error: &error.message, hint });
            }
        }
    }))
}

const fn choice_of(provider: ProviderId) -> ProviderChoice {
    match provider {
        ProviderId::Ollama => ProviderChoice::Ollama,
        ProviderId::Openrouter => ProviderChoice::Openrouter,
        ProviderId::Demo => ProviderChoice::Demo,
    }
}
