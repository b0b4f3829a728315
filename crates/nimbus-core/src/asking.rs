//! Asking models in a person's name: with that person's settings and key, within their monthly cap,
//! and with what it cost put on their account.

mod booked;

use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    ids::{AppId, UserId},
    model::{
        Budget, ChatRequest, ChatStream, InstalledModel, ModelChoice, ModelError, ModelErrorKind, ModelRef,
        Preferences, ProviderHealth, PullStream, Secret,
    },
    platform::Platform,
    ports::{Models, Sample, Store, StoreError},
    settings::{HOSTED_KEY, LlmSettings, Month, Spending},
    vault::{Unopened, Vault},
};

/// Every model, for people. Cheap to clone.
#[derive(Clone)]
pub struct Asking {
    models: Arc<dyn Models>,
    store: Arc<dyn Store>,
    vault: Vault,
    platform: Platform,
}

/// What is kept of a person's settings, and how far the month is.
#[derive(Debug, Clone)]
pub struct Account {
    /// What the person chose.
    pub settings: LlmSettings,
    /// Whether a key is kept, and whether it can be opened.
    pub key: KeptKey,
    /// What this month's hosted replies came to so far.
    pub spending: Spending,
}

/// A person's own key for the hosted provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptKey {
    /// There is none.
    None,
    /// This one.
    Opened(Secret),
    /// One that cannot be opened: the server's own secret is another than when it was sealed.
    Unopened,
}

impl Account {
    /// All of it, as models are chosen by.
    #[must_use]
    pub fn preferences(&self) -> Preferences {
        let hosted_key = match &self.key {
            KeptKey::Opened(key) => Some(key.clone()),
            KeptKey::None | KeptKey::Unopened => None,
        };
        let hosted_budget = self.settings.monthly_cap.map(|cap| Budget { cap, spent: self.spending.cost });
        Preferences { hosted_key, hosted_budget, ..self.settings.preferences.clone() }
    }
}

impl Asking {
    /// Puts together what it needs.
    #[must_use]
    pub fn new(models: Arc<dyn Models>, store: Arc<dyn Store>, vault: Vault, platform: Platform) -> Self {
        Self { models, store, vault, platform }
    }

    /// What is kept of a person's settings.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn account(&self, user: UserId) -> Result<Account, StoreError> {
        let settings = self.store.llm_settings(user).await?;
        let spending = self.store.spending(user, self.month()).await?;
        let key = match self.store.secret(user, HOSTED_KEY).await? {
            None => KeptKey::None,
            Some(sealed) => match self.vault.open(user, HOSTED_KEY, &sealed) {
                Ok(key) => KeptKey::Opened(Secret::new(&key)),
                Err(Unopened) => {
                    tracing::warn!("a kept key cannot be opened: the secret of this server has changed");
                    KeptKey::Unopened
                }
            },
        };
        Ok(Account { settings, key, spending })
    }

    /// Seals and keeps a person's key for the hosted provider.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn keep_key(&self, user: UserId, key: &Secret) -> Result<(), StoreError> {
        let sealed = self.vault.seal(&self.platform, user, HOSTED_KEY, key.expose());
        self.store.put_secret(user, HOSTED_KEY, &sealed).await
    }

    /// Every model as this person may ask it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn for_person(&self, user: UserId) -> Result<Personal, StoreError> {
        let preferences = self.account(user).await?.preferences();
        Ok(Personal { asking: self.clone(), user, app: None, local_only: false, preferences })
    }

    /// The same for an app: one that never leaves this machine is written, and answered, by models
    /// that are on it. An app that is about to be made may not be stored yet.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn for_app(&self, user: UserId, app: AppId) -> Result<Personal, StoreError> {
        let local_only = self.local_only(app).await?;
        Ok(Personal { app: Some(app), local_only, ..self.for_person(user).await? })
    }

    /// Whether an app never leaves this machine. One that is not there has nothing to say.
    async fn local_only(&self, app: AppId) -> Result<bool, StoreError> {
        match self.store.app(app).await {
            Ok(app) => Ok(app.local_only),
            Err(StoreError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn month(&self) -> Month {
        Month::of(self.platform.now())
    }

    /// Puts something on a person's account.
    async fn book(&self, user: UserId, added: Spending) {
        if added == Spending::default() {
            return;
        }
        if let Err(error) = self.store.add_spending(user, self.month(), added).await {
            tracing::error!(%error, cost = %added.cost, "the cost of a reply could not be counted");
        }
    }
}

/// Every model as one person may ask it. Settings are those of when it was made; before each reply
/// they and the app's label are read again, so that a cap holds, a removed key is gone, and an app
/// stays on this machine within one generation, too.
#[derive(Clone)]
pub struct Personal {
    asking: Asking,
    user: UserId,
    app: Option<AppId>,
    local_only: bool,
    preferences: Preferences,
}

impl Personal {
    /// What the person prefers.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    fn fill(&self, choice: &ModelChoice) -> ModelChoice {
        let local_only = choice.local_only || self.local_only;
        ModelChoice { preferences: self.preferences.clone(), local_only, ..choice.clone() }
    }

    /// The same with what is kept now.
    async fn again(&self) -> Result<Self, StoreError> {
        let preferences = self.asking.account(self.user).await?.preferences();
        let local_only = match self.app {
            Some(app) => self.local_only || self.asking.local_only(app).await?,
            None => self.local_only,
        };
        Ok(Self { preferences, local_only, ..self.clone() })
    }
}

#[async_trait]
impl Models for Personal {
    async fn open(&self, choice: &ModelChoice, request: ChatRequest) -> Result<ChatStream, ModelError> {
        let now = self.again().await.map_err(|error| {
            tracing::error!(%error, "settings of models could not be read");
            let message = "your settings could not be read, so no model was asked";
            ModelError::new(ModelErrorKind::Provider, message).with_hint("the server's log names the cause")
        })?;
        let reply = self.asking.models.open(&now.fill(choice), request).await?;
        Ok(booked::booked(reply, self.asking.clone(), self.user))
    }

    fn select(&self, choice: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        self.asking.models.select(&self.fill(choice))
    }

    fn health(&self) -> Vec<ProviderHealth> {
        self.asking.models.health()
    }

    async fn probe(&self) -> Vec<ProviderHealth> {
        self.asking.models.probe().await
    }

    async fn models(&self) -> Vec<InstalledModel> {
        self.asking.models.models().await
    }

    fn context_length(&self, choice: &ModelChoice) -> Option<u32> {
        self.asking.models.context_length(&self.fill(choice))
    }

    fn pull(&self, model: String) -> PullStream {
        self.asking.models.pull(model)
    }

    fn samples(&self) -> Vec<Sample> {
        self.asking.models.samples()
    }
}
