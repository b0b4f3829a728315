//! Reads many streams at once, directly or through the relay, and says what that took.

use std::{fs, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt, future::join_all};
use nimbus_core::{
    generate::{Jobs, Ports},
    ids::{AppId, UserId},
    model::{ProviderChoice, Secret},
    platform::{Platform, fixed},
    ports::{Build, Bundler},
    source::SourceTree,
    vault::Vault,
    version::Bundle,
};
use nimbus_llm::{LlmConfig, Router};

use crate::{
    store::MemoryStore,
    upstream::{MARK, now},
};

/// Clock ticks of `/proc/self/stat` in a second, the same on every Linux.
const TICKS: f64 = 100.0;

/// What reading took: of the CPU and of delays in milliseconds, of memory in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    cpu_per_chunk: f64,
    median: f64,
    p99: f64,
    memory: f64,
}

impl Figures {
    pub fn line(&self) -> String {
        format!("{} {} {} {}", self.cpu_per_chunk, self.median, self.p99, self.memory)
    }

    pub fn parse(line: &str) -> Option<Self> {
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        Some(Self { cpu_per_chunk: next()?, median: next()?, p99: next()?, memory: next()? })
    }

    pub fn median(rounds: Vec<Self>) -> Self {
        let of = |figure: fn(&Self) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(figure).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        Self {
            cpu_per_chunk: of(|f| f.cpu_per_chunk),
            median: of(|f| f.median),
            p99: of(|f| f.p99),
            memory: of(|f| f.memory),
        }
    }

    pub fn less(&self, other: &Self) -> Self {
        Self {
            cpu_per_chunk: self.cpu_per_chunk - other.cpu_per_chunk,
            median: self.median - other.median,
            p99: self.p99 - other.p99,
            memory: self.memory - other.memory,
        }
    }

    pub fn cells(&self, streams: usize) -> String {
        let memory = self.memory / streams as f64;
        format!("{:.4} | {:.1} | {:.1} | {memory:.0}", self.cpu_per_chunk, self.median, self.p99)
    }
}

/// Reads `streams` streams of the server at `url`.
pub async fn read(way: &str, url: &str, streams: usize) -> Figures {
    let relay = (way == "relay").then(|| jobs(url));
    // An error means that one is installed already; nothing here is encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let (cpu, memory) = (cpu(), resident());
    let reading = (0..streams).map(|n| {
        let (url, relay, client) = (url.to_owned(), relay.clone(), client.clone());
        tokio::spawn(async move {
            match relay {
                Some(jobs) => through(&jobs, n as u128).await,
                None => directly(&client, &url).await,
            }
        })
    });
    let mut delays: Vec<u64> = join_all(reading).await.into_iter().flat_map(Result::unwrap).collect();
    let spent = self::cpu() - cpu;
    delays.sort_unstable();
    let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize] as f64 / 1_000.0;
    Figures {
        cpu_per_chunk: spent * 1_000.0 / delays.len() as f64,
        median: at(0.5),
        p99: at(0.99),
        memory: peak().saturating_sub(memory) as f64,
    }
}

async fn directly(client: &reqwest::Client, url: &str) -> Vec<u64> {
    let request = client.post(format!("{url}/chat/completions")).body("{}");
    let mut body = request.send().await.unwrap().bytes_stream();
    let mut delays = Vec::new();
    while let Some(Ok(bytes)) = body.next().await {
        delays_in(&String::from_utf8_lossy(&bytes), &mut delays);
    }
    delays
}

async fn through(jobs: &Jobs, n: u128) -> Vec<u64> {
    let request = serde_json::from_value(serde_json::json!({ "prompt": "a counter" })).unwrap();
    let owner: UserId = format!("{:032x}", n + 2).parse().unwrap();
    let generation = jobs.start(owner, request).await.unwrap();
    let mut entries = Box::pin(jobs.follow(generation.id, 0));
    let mut delays = Vec::new();
    while let Some(entry) = entries.next().await {
        delays_in(&entry.unwrap().json, &mut delays);
    }
    delays
}

/// How long ago the chunks in `text` were sent.
fn delays_in(text: &str, delays: &mut Vec<u64>) {
    let now = now();
    for (at, _) in text.match_indices(MARK) {
        let digits = text[at + MARK.len()..].split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        if let Ok(sent) = digits.parse::<u64>() {
            delays.push(now.saturating_sub(sent));
        }
    }
}

/// Takes every source as it is.
struct Plain;

#[async_trait]
impl Bundler for Plain {
    async fn build(&self, _: AppId, files: SourceTree) -> Build {
        let bundle = Bundle { js: String::new(), css: String::new(), source_map: None, libraries: Vec::new() };
        Build { files, bundle: Some(bundle), ..Build::default() }
    }

    fn libraries(&self) -> Vec<String> {
        Vec::new()
    }
}

fn jobs(url: &str) -> Jobs {
    let config = LlmConfig {
        provider: ProviderChoice::Openrouter,
        ollama_enabled: false,
        openrouter_base_url: url.to_owned(),
        openrouter_model: Some("bench".to_owned()),
        openrouter_api_key: Secret::default(),
        ..LlmConfig::default()
    };
    let platform: Platform = fixed::platform().0;
    Jobs::new(Ports {
        models: Arc::new(Router::new(config).unwrap()),
        bundler: Arc::new(Plain),
        store: Arc::new(MemoryStore::default()),
        platform,
        vault: Vault::new(&[7; 32]),
    })
}

/// Seconds of CPU of this process so far, of all threads.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let after_name: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |field: usize| after_name[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / TICKS
}

/// KiB in memory now.
fn resident() -> u64 {
    status("VmRSS:")
}

/// The most KiB that were.
fn peak() -> u64 {
    status("VmHWM:")
}

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
