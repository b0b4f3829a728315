//! A store in memory.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use nimbus_core::{
    app::App,
    completion::TOKENS_PER_DAY,
    data::{MAX_STORAGE_BYTES, Record},
    events::JournalEntry,
    generation::{Generation, GenerationState},
    ids::{AppId, GenerationId, RecordId, ReplyId, UserId, VersionId},
    permission::Consent,
    ports::{AppPatch, Limit, Outcome, Store, StoreError, StoredProfile},
    replies::{KeptReply, ReplyHead},
    settings::{LlmSettings, Month, Spending},
    source::SourceTree,
    version::{Bundle, Version, VersionStatus},
};

type Result<T, E = StoreError> = std::result::Result<T, E>;
type Place = (AppId, UserId);

#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    broken: AtomicBool,
}

#[derive(Default)]
struct Tables {
    apps: BTreeMap<AppId, (App, bool)>,
    versions: BTreeMap<VersionId, (Version, SourceTree, Option<Bundle>)>,
    generations: BTreeMap<GenerationId, (Generation, Vec<JournalEntry>)>,
    records: BTreeMap<(Place, String), Vec<Record>>,
    storage: BTreeMap<Place, BTreeMap<String, String>>,
    consents: BTreeMap<Place, Consent>,
    spent: BTreeMap<(AppId, UserId, i64), u64>,
    settings: BTreeMap<UserId, LlmSettings>,
    secrets: BTreeMap<(UserId, String), Vec<u8>>,
    spending: BTreeMap<(UserId, Month), Spending>,
    replies: Vec<KeptReply>,
    profiles: Vec<StoredProfile>,
    ended: BTreeMap<String, Timestamp>,
    signed_out: BTreeMap<UserId, Timestamp>,
}

impl MemoryStore {
    /// From now on the database fails.
    pub fn break_down(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    fn tables(&self) -> Result<MutexGuard<'_, Tables>> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::Database("the disk is on fire at /secret/path".to_owned()));
        }
        Ok(self.tables.lock().unwrap())
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn create_app(&self, app: &App, generation: Option<&Generation>) -> Result<()> {
        let mut tables = self.tables()?;
        tables.apps.insert(app.id, (app.clone(), false));
        if let Some(generation) = generation {
            tables.generations.insert(generation.id, (generation.clone(), Vec::new()));
        }
        Ok(())
    }

    async fn app(&self, id: AppId) -> Result<App> {
        match self.tables()?.apps.get(&id) {
            Some((app, false)) => Ok(app.clone()),
            _ => Err(StoreError::NotFound("this app")),
        }
    }

    async fn apps(&self, owner: UserId) -> Result<Vec<App>> {
        let tables = self.tables()?;
        let kept = tables.apps.values().filter(|(app, deleted)| !deleted && app.owner == owner);
        let mut apps: Vec<App> = kept.map(|(app, _)| app.clone()).collect();
        apps.sort_by_key(|app| std::cmp::Reverse((app.updated_at, app.id)));
        Ok(apps)
    }

    async fn update_app(&self, id: AppId, patch: &AppPatch, now: Timestamp) -> Result<App> {
        let mut tables = self.tables()?;
        let (app, _) = tables.apps.get_mut(&id).ok_or(StoreError::NotFound("this app"))?;
        if let Some(name) = &patch.name {
            app.name.clone_from(name);
        }
        app.local_only = patch.local_only.unwrap_or(app.local_only);
        app.updated_at = now;
        Ok(app.clone())
    }

    async fn delete_app(&self, id: AppId, _: Timestamp) -> Result<()> {
        let mut tables = self.tables()?;
        tables.apps.get_mut(&id).ok_or(StoreError::NotFound("this app"))?.1 = true;
        tables.replies.retain(|reply| reply.app != id);
        Ok(())
    }

    async fn undelete_app(&self, id: AppId, _: Timestamp) -> Result<App> {
        let mut tables = self.tables()?;
        let (app, deleted) = tables.apps.get_mut(&id).ok_or(StoreError::NotFound("this app"))?;
        *deleted = false;
        Ok(app.clone())
    }

    async fn put_version(&self, version: &Version, files: &SourceTree, bundle: Option<&Bundle>) -> Result<u32> {
        let mut tables = self.tables()?;
        let number = 1 + tables.versions.values().filter(|(other, ..)| other.app_id == version.app_id).count();
        let stored = Version { number: number.try_into().unwrap(), ..version.clone() };
        if stored.status == VersionStatus::Runnable {
            tables.apps.get_mut(&version.app_id).unwrap().0.head = Some(version.id);
        }
        tables.versions.insert(version.id, (stored, files.clone(), bundle.cloned()));
        Ok(number.try_into().unwrap())
    }

    async fn version(&self, id: VersionId) -> Result<Version> {
        let tables = self.tables()?;
        tables.versions.get(&id).map(|(version, ..)| version.clone()).ok_or(StoreError::NotFound("this version"))
    }

    async fn versions(&self, app: AppId) -> Result<Vec<Version>> {
        let tables = self.tables()?;
        let versions = tables.versions.values().rev().filter(|(version, ..)| version.app_id == app);
        Ok(versions.map(|(version, ..)| version.clone()).collect())
    }

    async fn version_files(&self, id: VersionId) -> Result<SourceTree> {
        let tables = self.tables()?;
        tables.versions.get(&id).map(|(_, files, _)| files.clone()).ok_or(StoreError::NotFound("this version"))
    }

    async fn version_bundle(&self, id: VersionId) -> Result<Option<Bundle>> {
        let tables = self.tables()?;
        tables.versions.get(&id).map(|(.., bundle)| bundle.clone()).ok_or(StoreError::NotFound("this version"))
    }

    async fn create_generation(&self, generation: &Generation) -> Result<()> {
        self.tables()?.generations.insert(generation.id, (generation.clone(), Vec::new()));
        Ok(())
    }

    async fn generation(&self, id: GenerationId) -> Result<Generation> {
        let tables = self.tables()?;
        tables.generations.get(&id).map(|(kept, _)| kept.clone()).ok_or(StoreError::NotFound("this generation"))
    }

    async fn generations(&self, app: AppId) -> Result<Vec<Generation>> {
        let tables = self.tables()?;
        let of_app = tables.generations.values().rev().filter(|(generation, _)| generation.app_id == app);
        Ok(of_app.map(|(generation, _)| generation.clone()).collect())
    }

    async fn running_generations(&self, owner: UserId) -> Result<Vec<Generation>> {
        let mut running = self.unfinished_generations().await?;
        running.retain(|generation| generation.owner == owner);
        Ok(running)
    }

    async fn append_journal(
        &self,
        id: GenerationId,
        entries: &[JournalEntry],
        outcome: Option<&Outcome>,
    ) -> Result<()> {
        let mut tables = self.tables()?;
        let (generation, journal) = tables.generations.get_mut(&id).ok_or(StoreError::NotFound("this generation"))?;
        journal.extend_from_slice(entries);
        generation.last_seq = journal.len().try_into().unwrap();
        if let Some(outcome) = outcome {
            generation.state = outcome.state;
            generation.version_id = outcome.version_id;
            generation.finished_at = Some(outcome.finished_at);
        }
        Ok(())
    }

    async fn journal(&self, id: GenerationId, after: u64, limit: u32) -> Result<Vec<JournalEntry>> {
        let tables = self.tables()?;
        let (_, journal) = tables.generations.get(&id).ok_or(StoreError::NotFound("this generation"))?;
        Ok(journal.iter().filter(|entry| entry.seq > after).take(limit.try_into().unwrap()).cloned().collect())
    }

    async fn unfinished_generations(&self) -> Result<Vec<Generation>> {
        let tables = self.tables()?;
        let running = tables.generations.values().rev().filter(|(kept, _)| kept.state == GenerationState::Running);
        Ok(running.map(|(generation, _)| generation.clone()).collect())
    }

    async fn records(&self, app: AppId, user: UserId, collection: &str) -> Result<Vec<Record>> {
        Ok(self.tables()?.records.get(&((app, user), collection.to_owned())).cloned().unwrap_or_default())
    }

    async fn record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<Record> {
        let records = self.records(app, user, collection).await?;
        records.into_iter().find(|record| record.id == id).ok_or(StoreError::NotFound("this record"))
    }

    async fn create_record(&self, app: AppId, user: UserId, collection: &str, record: &Record) -> Result<()> {
        self.tables()?.records.entry(((app, user), collection.to_owned())).or_default().push(record.clone());
        Ok(())
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
    ) -> Result<Record> {
        let mut tables = self.tables()?;
        let records = tables.records.entry(((app, user), collection.to_owned())).or_default();
        let record = records.iter_mut().find(|record| record.id == id).ok_or(StoreError::NotFound("this record"))?;
        if expected.is_some_and(|expected| expected != record.revision) {
            return Err(StoreError::Conflict { current: record.revision });
        }
        record.data = data.clone();
        record.revision += 1;
        record.updated_at = now;
        Ok(record.clone())
    }

    async fn delete_record(&self, app: AppId, user: UserId, collection: &str, id: RecordId) -> Result<()> {
        let mut tables = self.tables()?;
        let records = tables.records.entry(((app, user), collection.to_owned())).or_default();
        let before = records.len();
        records.retain(|record| record.id != id);
        if records.len() == before { Err(StoreError::NotFound("this record")) } else { Ok(()) }
    }

    async fn storage(&self, app: AppId, user: UserId) -> Result<BTreeMap<String, String>> {
        Ok(self.tables()?.storage.get(&(app, user)).cloned().unwrap_or_default())
    }

    async fn patch_storage(
        &self,
        app: AppId,
        user: UserId,
        set: &BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<()> {
        let mut tables = self.tables()?;
        let storage = tables.storage.entry((app, user)).or_default();
        let mut changed = storage.clone();
        changed.retain(|key, _| !remove.contains(key));
        changed.extend(set.clone());
        let bytes: usize = changed.iter().map(|(key, value)| key.len() + value.len()).sum();
        if bytes > MAX_STORAGE_BYTES {
            return Err(StoreError::Quota(Limit::StorageBytes, "the storage of this app is full".to_owned()));
        }
        *storage = changed;
        Ok(())
    }

    async fn clear_storage(&self, app: AppId, user: UserId) -> Result<()> {
        self.tables()?.storage.remove(&(app, user));
        Ok(())
    }

    async fn put_consent(&self, consent: &Consent) -> Result<()> {
        self.tables()?.consents.insert((consent.app, consent.user), consent.clone());
        Ok(())
    }

    async fn consent(&self, app: AppId, user: UserId) -> Result<Option<Consent>> {
        Ok(self.tables()?.consents.get(&(app, user)).cloned())
    }

    async fn consents(&self, user: UserId) -> Result<Vec<Consent>> {
        Ok(self.tables()?.consents.values().filter(|consent| consent.user == user).cloned().collect())
    }

    async fn delete_consent(&self, app: AppId, user: UserId) -> Result<()> {
        self.tables()?.consents.remove(&(app, user));
        Ok(())
    }

    async fn spend_tokens(&self, app: AppId, user: UserId, day: i64, tokens: i64) -> Result<u64> {
        let mut tables = self.tables()?;
        let spent = tables.spent.entry((app, user, day)).or_default();
        let sum = spent.checked_add_signed(tokens).unwrap_or(0);
        if tokens > 0 && sum > TOKENS_PER_DAY {
            return Err(StoreError::Quota(Limit::AiTokens, "the tokens of this day are used up".to_owned()));
        }
        *spent = sum;
        Ok(sum)
    }

    async fn llm_settings(&self, user: UserId) -> Result<LlmSettings> {
        Ok(self.tables()?.settings.get(&user).cloned().unwrap_or_default())
    }

    async fn put_llm_settings(&self, user: UserId, settings: &LlmSettings) -> Result<()> {
        self.tables()?.settings.insert(user, settings.clone());
        Ok(())
    }

    async fn secret(&self, user: UserId, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.tables()?.secrets.get(&(user, name.to_owned())).cloned())
    }

    async fn put_secret(&self, user: UserId, name: &str, sealed: &[u8]) -> Result<()> {
        self.tables()?.secrets.insert((user, name.to_owned()), sealed.to_vec());
        Ok(())
    }

    async fn delete_secret(&self, user: UserId, name: &str) -> Result<()> {
        self.tables()?.secrets.remove(&(user, name.to_owned()));
        Ok(())
    }

    async fn spending(&self, user: UserId, month: Month) -> Result<Spending> {
        Ok(self.tables()?.spending.get(&(user, month)).copied().unwrap_or_default())
    }

    async fn add_spending(&self, user: UserId, month: Month, added: Spending) -> Result<Spending> {
        let mut tables = self.tables()?;
        let sum = tables.spending.entry((user, month)).or_default();
        *sum = Spending { cost: sum.cost.plus(added.cost), unpriced: sum.unpriced + added.unpriced };
        Ok(*sum)
    }

    async fn put_reply(&self, reply: &KeptReply, oldest: Timestamp) -> Result<()> {
        let mut tables = self.tables()?;
        let key = reply.head.key();
        tables.replies.retain(|other| other.head.key() != key && other.head.created_at >= oldest);
        tables.replies.push(reply.clone());
        Ok(())
    }

    async fn replies(&self, owner: UserId, setting: &str, oldest: Timestamp) -> Result<Vec<ReplyHead>> {
        let tables = self.tables()?;
        let fit = tables.replies.iter().filter(|reply| reply.owner == owner && reply.head.setting == setting);
        Ok(fit.map(|reply| reply.head.clone()).filter(|head| head.created_at >= oldest).collect())
    }

    async fn reply(&self, id: ReplyId) -> Result<KeptReply> {
        let tables = self.tables()?;
        tables.replies.iter().find(|reply| reply.head.id == id).cloned().ok_or(StoreError::NotFound("the kept reply"))
    }

    async fn put_model_profile(&self, profile: &StoredProfile) -> Result<()> {
        self.tables()?.profiles.push(profile.clone());
        Ok(())
    }

    async fn model_profiles(&self) -> Result<Vec<StoredProfile>> {
        Ok(self.tables()?.profiles.clone())
    }

    async fn end_launch(&self, launch: &str, until: Timestamp, now: Timestamp) -> Result<()> {
        let mut tables = self.tables()?;
        tables.ended.retain(|_, until| *until > now);
        tables.ended.insert(launch.to_owned(), until);
        Ok(())
    }

    async fn launch_ended(&self, launch: &str) -> Result<bool> {
        Ok(self.tables()?.ended.contains_key(launch))
    }

    async fn sign_out(&self, user: UserId, since: Timestamp) -> Result<()> {
        let mut tables = self.tables()?;
        let next = tables.signed_out.get(&user).map(|before| *before + SignedDuration::from_millis(1));
        tables.signed_out.insert(user, next.map_or(since, |next| next.max(since)));
        Ok(())
    }

    async fn signed_out(&self, user: UserId) -> Result<Option<Timestamp>> {
        Ok(self.tables()?.signed_out.get(&user).copied())
    }

    async fn ping(&self) -> Result<()> {
        self.tables().map(|_| ())
    }
}
