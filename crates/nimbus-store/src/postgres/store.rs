//! The port, method by method: where each is done.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use nimbus_core::{
    app::App,
    data::Record,
    events::JournalEntry,
    generation::Generation,
    ids::{AppId, GenerationId, RecordId, ReplyId, UserId, VersionId},
    permission::Consent,
    ports::{AppPatch, Outcome, Store, StoreError, StoredProfile},
    replies::{KeptReply, ReplyHead},
    settings::{LlmSettings, Month, Spending},
    source::SourceTree,
    version::{Bundle, Version},
};

use super::{PostgresStore, apps, generations, launches, permissions, records, replies, settings, storage, versions};
use crate::rows::failed;

#[async_trait]
impl Store for PostgresStore {
    async fn create_app(&self, app: &App, generation: Option<&Generation>) -> Result<(), StoreError> {
        apps::create_app(self, app, generation).await
    }

    async fn app(&self, id: AppId) -> Result<App, StoreError> {
        apps::app(self, id).await
    }

    async fn apps(&self, owner: UserId) -> Result<Vec<App>, StoreError> {
        apps::apps(self, owner).await
    }

    async fn update_app(&self, id: AppId, patch: &AppPatch, now: Timestamp) -> Result<App, StoreError> {
        apps::update_app(self, id, patch, now).await
    }

    async fn delete_app(&self, id: AppId, now: Timestamp) -> Result<(), StoreError> {
        apps::delete_app(self, id, now).await
    }

    async fn undelete_app(&self, id: AppId, _now: Timestamp) -> Result<App, StoreError> {
        // It comes back where it was in the list: its name, head and source did not change.
        apps::undelete_app(self, id).await
    }

    async fn put_version(
        &self,
        version: &Version,
        files: &SourceTree,
        bundle: Option<&Bundle>,
    ) -> Result<u32, StoreError> {
        versions::put_version(self, version, files, bundle).await
    }

    async fn version(&self, id: VersionId) -> Result<Version, StoreError> {
        versions::version(self, id).await
    }

    async fn versions(&self, app: AppId) -> Result<Vec<Version>, StoreError> {
        versions::versions(self, app).await
    }

    async fn version_files(&self, id: VersionId) -> Result<SourceTree, StoreError> {
        versions::version_files(self, id).await
    }

    async fn version_bundle(&self, id: VersionId) -> Result<Option<Bundle>, StoreError> {
        versions::version_bundle(self, id).await
    }

    async fn create_generation(&self, generation: &Generation) -> Result<(), StoreError> {
        generations::create_generation(self, generation).await
    }

    async fn generation(&self, id: GenerationId) -> Result<Generation, StoreError> {
        generations::generation(self, id).await
    }

    async fn generations(&self, app: AppId) -> Result<Vec<Generation>, StoreError> {
        generations::generations(self, app).await
    }

    async fn running_generations(&self, owner: UserId) -> Result<Vec<Generation>, StoreError> {
        generations::running_generations(self, owner).await
    }

    async fn append_journal(
        &self,
        id: GenerationId,
        entries: &[JournalEntry],
        outcome: Option<&Outcome>,
    ) -> Result<(), StoreError> {
        generations::append_journal(self, id, entries, outcome).await
    }

    async fn journal(&self, id: GenerationId, after: u64, limit: u32) -> Result<Vec<JournalEntry>, StoreError> {
        generations::journal(self, id, after, limit).await
    }

    async fn unfinished_generations(&self) -> Result<Vec<Generation>, StoreError> {
        generations::unfinished_generations(self).await
    }

    async fn records(&self, app: AppId, user: UserId, collection: &str) -> Result<Vec<Record>, StoreError> {
        records::records(self, app, user, collection).await
    }

    async fn record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<Record, StoreError> {
        records::record(self, app, user, collection, id).await
    }

    async fn create_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        record: &Record,
    ) -> Result<(), StoreError> {
        records::create_record(self, app, user, collection, record).await
    }

    async fn update_record(
        &self,
        app: AppId,
        user: UserId,
        collection: &str,
        id: RecordId,
        data: &serde_json::Value,
        expected: Option<u64>,
        now: Timestamp,
    ) -> Result<Record, StoreError> {
        records::update_record(self, app, user, collection, id, data, expected, now).await
    }

    async fn delete_record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<(), StoreError> {
        records::delete_record(self, app, user, collection, id).await
    }

    async fn storage(&self, app: AppId, user: UserId) -> Result<BTreeMap<String, String>, StoreError> {
        storage::storage(self, app, user).await
    }

    async fn patch_storage(
        &self,
        app: AppId,
        user: UserId,
        set: &BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), StoreError> {
        storage::patch_storage(self, app, user, set, remove).await
    }

    async fn clear_storage(&self, app: AppId, user: UserId) -> Result<(), StoreError> {
        storage::clear_storage(self, app, user).await
    }

    async fn put_consent(&self, consent: &Consent) -> Result<(), StoreError> {
        permissions::put_consent(self, consent).await
    }

    async fn consent(&self, app: AppId, user: UserId) -> Result<Option<Consent>, StoreError> {
        permissions::consent(self, app, user).await
    }

    async fn consents(&self, user: UserId) -> Result<Vec<Consent>, StoreError> {
        permissions::consents(self, user).await
    }

    async fn delete_consent(&self, app: AppId, user: UserId) -> Result<(), StoreError> {
        permissions::delete_consent(self, app, user).await
    }

    async fn spend_tokens(&self, app: AppId, user: UserId, day: i64, tokens: i64) -> Result<u64, StoreError> {
        permissions::spend_tokens(self, app, user, day, tokens).await
    }

    async fn llm_settings(&self, user: UserId) -> Result<LlmSettings, StoreError> {
        settings::llm_settings(self, user).await
    }

    async fn put_llm_settings(&self, user: UserId, chosen: &LlmSettings) -> Result<(), StoreError> {
        settings::put_llm_settings(self, user, chosen).await
    }

    async fn secret(&self, user: UserId, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        settings::secret(self, user, name).await
    }

    async fn put_secret(&self, user: UserId, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        settings::put_secret(self, user, name, sealed).await
    }

    async fn delete_secret(&self, user: UserId, name: &str) -> Result<(), StoreError> {
        settings::delete_secret(self, user, name).await
    }

    async fn spending(&self, user: UserId, month: Month) -> Result<Spending, StoreError> {
        settings::spending(self, user, month).await
    }

    async fn add_spending(&self, user: UserId, month: Month, added: Spending) -> Result<Spending, StoreError> {
        settings::add_spending(self, user, month, added).await
    }

    async fn put_reply(&self, reply: &KeptReply, oldest: Timestamp) -> Result<(), StoreError> {
        replies::put_reply(self, reply, oldest).await
    }

    async fn replies(&self, owner: UserId, setting: &str, oldest: Timestamp) -> Result<Vec<ReplyHead>, StoreError> {
        replies::replies(self, owner, setting, oldest).await
    }

    async fn reply(&self, id: ReplyId) -> Result<KeptReply, StoreError> {
        replies::reply(self, id).await
    }

    async fn put_model_profile(&self, profile: &StoredProfile) -> Result<(), StoreError> {
        settings::put_model_profile(self, profile).await
    }

    async fn model_profiles(&self) -> Result<Vec<StoredProfile>, StoreError> {
        settings::model_profiles(self).await
    }

    async fn end_launch(&self, launch: &str, until: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        launches::end_launch(self, launch, until, now).await
    }

    async fn launch_ended(&self, launch: &str) -> Result<bool, StoreError> {
        launches::launch_ended(self, launch).await
    }

    async fn sign_out(&self, user: UserId, since: Timestamp) -> Result<(), StoreError> {
        launches::sign_out(self, user, since).await
    }

    async fn signed_out(&self, user: UserId) -> Result<Option<Timestamp>, StoreError> {
        launches::signed_out(self, user).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop).map_err(failed)
    }
}
