//! Downloads of models. Each goes on when nobody watches, and whoever asks for the same model again
//! joins it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::StreamExt;
use nimbus_core::{
    model::{ModelError, ModelErrorKind, PullProgress},
    ports::Models,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How many models are downloaded at a time: more would only share the same line.
pub(crate) const MAX_PULLS: usize = 3;

/// How far a download is.
#[derive(Debug, Clone)]
pub(crate) enum State {
    Running(PullProgress),
    Complete,
    Failed(ModelError),
}

/// All downloads of this server.
#[derive(Debug, Default, Clone)]
pub(crate) struct Pulls(Arc<Mutex<BTreeMap<String, Pull>>>);

#[derive(Debug)]
struct Pull {
    stop: CancellationToken,
    state: watch::Receiver<State>,
}

/// As many are under way as may be.
#[derive(Debug)]
pub(crate) struct TooMany;

impl Pulls {
    /// Joins the download of a model, or begins it. It ends with `shutdown` at the latest.
    pub(crate) fn join(
        &self,
        model: &str,
        models: &Arc<dyn Models>,
        shutdown: &CancellationToken,
    ) -> Result<watch::Receiver<State>, TooMany> {
        let mut pulls = self.lock();
        if let Some(pull) = pulls.get(model) {
            return Ok(pull.state.clone());
        }
        if pulls.len() >= MAX_PULLS {
            return Err(TooMany);
        }
        let begun = PullProgress { status: "asking Ollama".to_owned(), completed: None, total: None };
        let (tell, state) = watch::channel(State::Running(begun));
        let stop = shutdown.child_token();
        pulls.insert(model.to_owned(), Pull { stop: stop.clone(), state: state.clone() });
        let (all, model, models) = (self.clone(), model.to_owned(), Arc::clone(models));
        tokio::spawn(async move {
            let end = stop.run_until_cancelled(fetch(&*models, &model, &tell)).await;
            all.lock().remove(&model);
            tell.send_replace(end.unwrap_or_else(|| State::Failed(stopped(&model))));
        });
        Ok(state)
    }

    /// Those under way, by the model's name.
    pub(crate) fn list(&self) -> Vec<(String, PullProgress)> {
        let pulls = self.lock();
        let running = pulls.iter().filter_map(|(model, pull)| match &*pull.state.borrow() {
            State::Running(progress) => Some((model.clone(), progress.clone())),
            State::Complete | State::Failed(_) => None,
        });
        running.collect()
    }

    /// Stops one. Whether there was one.
    pub(crate) fn stop(&self, model: &str) -> bool {
        self.lock().get(model).map(|pull| pull.stop.cancel()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Pull>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fetch(models: &dyn Models, model: &str, tell: &watch::Sender<State>) -> State {
    let mut progress = models.pull(model.to_owned());
    while let Some(step) = progress.next().await {
        match step {
            Ok(step) => drop(tell.send_replace(State::Running(step))),
            Err(error) => return State::Failed(error),
        }
    }
    // Who sees the end should find the model in the lists.
    models.probe().await;
    State::Complete
}

fn stopped(model: &str) -> ModelError {
    let message = format!("the download of `{model}` was stopped");
    ModelError::new(ModelErrorKind::Interrupted, message).with_hint("download it again to go on: what has come is kept")
}
