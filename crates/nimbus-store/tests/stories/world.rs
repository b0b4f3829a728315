//! What every story begins with: an empty store, a clock that stands still, ids that count up.

use std::{
    error::Error,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use nimbus_core::{
    app::{App, ExecutionMode},
    generation::{GenerateRequest, Generation, GenerationState},
    ids::{AppId, GenerationId, UserId, VersionId},
    model::{ModelChoice, ModelRef, ProviderChoice, ProviderId, Usage},
    permission::Declared,
    platform::{
        Platform,
        fixed::{self, FixedClock},
    },
    ports::Store,
    source::{SourcePath, SourceTree},
    version::{Bundle, Version, VersionOrigin, VersionStatus},
};
use nimbus_store::{Limits, OpenError, open_postgres, open_sqlite};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub type Outcome = Result<(), Box<dyn Error>>;

/// Small enough that a story reaches them.
pub const LIMITS: Limits =
    Limits { records: 20, data_bytes: 2000, storage_bytes: 1000, tokens_per_day: 100, replies: 4, reply_bytes: 1000 };

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database of a story's own.
pub enum Database {
    File(TempDir),
    Schema { admin: String, name: String },
}

pub struct World {
    pub store: Arc<dyn Store>,
    pub platform: Platform,
    pub clock: Arc<FixedClock>,
    pub database: Database,
}

impl Database {
    /// An empty one, without tables.
    pub async fn new(backend: Backend) -> Result<Self, Box<dyn Error>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if backend == Backend::Sqlite {
            return Ok(Self::File(TempDir::new()?));
        }
        let admin = std::env::var("CUMULONIMBUS_TEST_POSTGRES").map_err(|_| {
            "`CUMULONIMBUS_TEST_POSTGRES` is not set: the stories need a PostgreSQL to make schemas in. \
             `cargo xtask test rust` starts one; or set it to a URL such as \
             `postgres://postgres@localhost:5432/postgres`."
        })?;
        let name = format!("story_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&admin).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")))
            .execute(&mut connection)
            .await?;
        Ok(Self::Schema { admin, name })
    }

    pub fn backend(&self) -> Backend {
        match self {
            Self::File(_) => Backend::Sqlite,
            Self::Schema { .. } => Backend::Postgres,
        }
    }

    /// Opens it as one server would; a second call is a second server.
    pub async fn open(&self) -> Result<Arc<dyn Store>, OpenError> {
        Ok(match self {
            Self::File(_) => Arc::new(open_sqlite(Path::new(&self.url())).await?.with_limits(LIMITS)),
            Self::Schema { .. } => Arc::new(open_postgres(&self.url()).await?.with_limits(LIMITS)),
        })
    }

    /// Changes it behind the store's back.
    pub async fn execute(&self, sql: &'static str) -> Outcome {
        match self {
            Self::File(_) => {
                sqlx::raw_sql(sql).execute(&mut SqliteConnection::connect(&self.url()).await?).await?;
            }
            Self::Schema { .. } => {
                sqlx::raw_sql(sql).execute(&mut PgConnection::connect(&self.url()).await?).await?;
            }
        }
        Ok(())
    }

    /// The one number that a query gives.
    pub async fn count(&self, sql: &'static str) -> Result<i64, Box<dyn Error>> {
        Ok(match self {
            Self::File(_) => {
                sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(&self.url()).await?).await?
            }
            Self::Schema { .. } => {
                sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(&self.url()).await?).await?
            }
        })
    }

    /// Removes it. A file goes with its folder.
    pub async fn end(self) -> Outcome {
        if let Self::Schema { admin, name } = &self {
            let mut connection = PgConnection::connect(admin).await?;
            sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).execute(&mut connection).await?;
        }
        Ok(())
    }

    /// The file of SQLite, or the URL of PostgreSQL.
    fn url(&self) -> String {
        match self {
            Self::File(folder) => folder.path().join("cumulonimbus.db").display().to_string(),
            Self::Schema { admin, name } => {
                let joint = if admin.contains('?') { '&' } else { '?' };
                format!("{admin}{joint}options[search_path]={name}")
            }
        }
    }
}

impl World {
    pub async fn new(backend: Backend) -> Result<Self, Box<dyn Error>> {
        let database = Database::new(backend).await?;
        let (platform, clock) = fixed::platform();
        let store = database.open().await?;
        Ok(Self { store, platform, clock, database })
    }

    pub fn user(&self) -> UserId {
        UserId::new(&self.platform)
    }

    /// An app that is not stored yet.
    pub fn new_app(&self, owner: UserId, name: &str) -> App {
        App {
            id: AppId::new(&self.platform),
            owner,
            name: name.to_owned(),
            description: "a list of things,\nwith a „filter“ 🌩".to_owned(),
            execution_mode: ExecutionMode::Sandbox,
            sample: false,
            local_only: false,
            head: None,
            created_at: self.platform.now(),
            updated_at: self.platform.now(),
        }
    }

    /// A stored app.
    pub async fn app(&self, owner: UserId) -> Result<App, Box<dyn Error>> {
        let app = self.new_app(owner, "Things");
        self.store.create_app(&app, None).await?;
        Ok(app)
    }

    /// A version that is not stored yet.
    pub fn new_version(&self, app: &App, status: VersionStatus) -> Version {
        Version {
            id: VersionId::new(&self.platform),
            app_id: app.id,
            parent: None,
            number: 0,
            status,
            origin: VersionOrigin::Generated,
            prompt: "make it blue".to_owned(),
            model: Some(ModelRef { provider: ProviderId::Ollama, model: "qwen3:4b".to_owned() }),
            usage: Usage::default(),
            sandbox_permissions: Declared::default(),
            hash: "abc".to_owned(),
            diagnostics: Vec::new(),
            created_at: self.platform.now(),
        }
    }

    /// A running generation that is not stored yet.
    pub fn new_generation(&self, app: &App) -> Generation {
        Generation {
            id: GenerationId::new(&self.platform),
            app_id: app.id,
            owner: app.owner,
            request: GenerateRequest {
                prompt: "make it blue".to_owned(),
                execution_mode: ExecutionMode::Sandbox,
                app_id: Some(app.id),
                choice: ModelChoice {
                    provider: Some(ProviderChoice::Ollama),
                    model: Some("qwen3:4b".to_owned()),
                    ..ModelChoice::default()
                },
                auto_fix: true,
                reuse: None,
            },
            state: GenerationState::Running,
            version_id: None,
            last_seq: 0,
            started_at: self.platform.now(),
            finished_at: None,
        }
    }
}

/// A tree of the given paths and texts.
pub fn tree(files: &[(&str, &str)]) -> Result<SourceTree, Box<dyn Error>> {
    let mut tree = SourceTree::default();
    for (path, text) in files {
        tree.insert(SourcePath::parse(path)?, (*text).to_owned())?;
    }
    Ok(tree)
}

pub fn bundle(js: &str) -> Bundle {
    Bundle {
        js: js.to_owned(),
        css: ".blue{color:blue}".to_owned(),
        source_map: Some("{\"version\":3}".to_owned()),
        libraries: vec!["/lib/abc/react.js".to_owned()],
    }
}
