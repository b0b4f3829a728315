//! Replies that are kept: offered before a model is asked, played instead of asking, and kept after
//! an app ran. What fits a request is [`crate::replies`].

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Draft, Jobs, Ports, StartError, jobs::checked};
use crate::{
    app::{App, ExecutionMode},
    generation::{GenerateRequest, Generation},
    ids::{AppId, ReplyId, UserId},
    model::{ModelChoice, ModelRef, Preferences, ProviderId},
    ports::{Models, StoreError},
    replies::{KeptReply, MAX_AGE, Offer, Played, ReplyHead, Setting, offers, reply_of},
    source::SourceTree,
};

impl Jobs {
    /// Which kept replies fit a description, for a new app or for one that is changed. None where no
    /// model can be asked: then there is none to have replied.
    ///
    /// # Errors
    /// [`StartError`] as of [`Jobs::start`] with such a request.
    pub async fn similar(
        &self,
        owner: UserId,
        prompt: &str,
        app: Option<AppId>,
        choice: &ModelChoice,
    ) -> Result<Vec<Offer>, StartError> {
        let prompt = checked(prompt, choice)?;
        let app = match app {
            Some(id) => Some(self.own_app(owner, id).await?),
            None => None,
        };
        let asking = self.ports.asking();
        let models = match &app {
            Some(app) => asking.for_app(owner, app.id).await?,
            None => asking.for_person(owner).await?,
        };
        let Ok((model, _)) = models.select(choice) else { return Ok(Vec::new()) };
        if model.provider == ProviderId::Demo {
            return Ok(Vec::new());
        }
        let files = self.files(app.as_ref()).await?;
        let setting = setting(&model, &files, ExecutionMode::Sandbox, models.preferences()).hash();
        let kept = self.ports.store.replies(owner, &setting, oldest(self.ports.platform.now())).await?;
        Ok(offers(&prompt, kept))
    }

    /// Who answers a request for the app `id`, which may not be there yet: a kept reply when the request
    /// names one, else every model as the person may ask it.
    pub(super) async fn models_for(
        &self,
        owner: UserId,
        id: AppId,
        request: &mut GenerateRequest,
        app: Option<&App>,
    ) -> Result<Arc<dyn Models>, StartError> {
        let models = self.ports.asking().for_app(owner, id).await?;
        request.choice.preferences = models.preferences().clone();
        let Some(id) = request.reuse else { return Ok(Arc::new(models)) };
        let reply = self.ports.store.reply(id).await?;
        if reply.owner != owner {
            return Err(StoreError::NotFound("the kept reply").into());
        }
        let files = self.files(app).await?;
        if setting(&reply.head.model, &files, request.execution_mode, models.preferences()).hash() != reply.head.setting
        {
            return Err(StartError::OtherFiles);
        }
        // It was kept because it ran without; and no model is asked.
        request.auto_fix = false;
        Ok(Arc::new(Played::new(reply)))
    }

    /// The files that a request starts from.
    async fn files(&self, app: Option<&App>) -> Result<SourceTree, StoreError> {
        match app.and_then(|app| app.head) {
            Some(head) => self.ports.store.version_files(head).await,
            None => Ok(SourceTree::default()),
        }
    }
}

/// Keeps what a generation wrote that ended in a version that runs. The app is there already, so a
/// failure here is for the log only.
pub(super) async fn remember(ports: &Ports, generation: &Generation, before: &SourceTree, draft: &Draft) {
    let Some(model) = &draft.model else { return };
    if generation.request.reuse.is_some() {
        return;
    }
    let Some(text) = reply_of(model, before, &draft.files) else { return };
    let now = ports.platform.now();
    let request = &generation.request;
    let head = ReplyHead {
        id: ReplyId::new(&ports.platform),
        setting: setting(model, before, request.execution_mode, &request.choice.preferences).hash(),
        prompt: request.prompt.clone(),
        model: model.clone(),
        created_at: now,
    };
    let reply = KeptReply { head, owner: generation.owner, app: generation.app_id, text };
    if let Err(error) = ports.store.put_reply(&reply, oldest(now)).await {
        tracing::warn!(%error, generation = %generation.id, "a reply could not be kept");
    }
}

fn setting<'a>(
    model: &'a ModelRef,
    files: &'a SourceTree,
    execution_mode: ExecutionMode,
    preferences: &Preferences,
) -> Setting<'a> {
    Setting { model, files, execution_mode, thinking: preferences.thinking }
}

fn oldest(now: Timestamp) -> Timestamp {
    let age = SignedDuration::try_from(MAX_AGE).unwrap_or_default();
    now.checked_sub(age).unwrap_or(Timestamp::UNIX_EPOCH)
}
