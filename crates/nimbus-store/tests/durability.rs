//! What was acknowledged survives `kill -9`, on SQLite: a child process writes a journal, is
//! killed while it writes, and everything that it had reported as stored is there.

use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use jiff::Timestamp;
use nimbus_core::{
    app::{App, ExecutionMode},
    events::JournalEntry,
    generation::{GenerateRequest, Generation, GenerationState},
    ids::{AppId, GenerationId, UserId},
    model::ModelChoice,
    platform::fixed,
    ports::Store,
};
use nimbus_store::open_sqlite;
use tempfile::TempDir;

const WRITE: &str = "--write-until-killed";
const ROUNDS: u64 = 5;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let result = match arguments.iter().position(|argument| argument == WRITE) {
        Some(index) => run(write_until_killed(Path::new(&arguments[index + 1]))),
        None => run(kill_and_look()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "durability: FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(work: impl Future<Output = Result<(), Box<dyn Error>>>) -> Result<(), Box<dyn Error>> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

async fn kill_and_look() -> Result<(), Box<dyn Error>> {
    let folder = TempDir::new()?;
    let path = folder.path().join("x.db");
    let mut stored = 0;
    for round in 1..=ROUNDS {
        let mut child = Command::new(std::env::current_exe()?).arg(WRITE).arg(&path).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        // Killed at another moment each time, always in the middle of writing.
        let mut reported = stored;
        for line in lines {
            reported = line?.parse()?;
            if reported >= stored + 50 * round {
                child.kill()?;
            }
        }
        let status = child.wait()?;
        if status.success() || reported < stored + 50 * round {
            return Err(format!("the child ended by itself, at {reported}: {status}").into());
        }

        let store = open_sqlite(&path).await?;
        let running = store.unfinished_generations().await?;
        let [generation] = running.as_slice() else { return Err("there is not one generation".into()) };
        let journal = store.journal(generation.id, 0, u32::MAX).await?;
        stored = generation.last_seq;
        if stored < reported {
            return Err(format!("entry {reported} was reported as stored, but the last one is {stored}").into());
        }
        if !journal.iter().map(|entry| entry.seq).eq(1..=stored) {
            return Err("the journal has a gap, or does not end where the generation says".into());
        }
        store.close().await;
    }
    writeln!(std::io::stdout(), "durability: ok, {stored} entries after {ROUNDS} kills")?;
    Ok(())
}

async fn write_until_killed(path: &Path) -> Result<(), Box<dyn Error>> {
    let store = open_sqlite(path).await?;
    let generation = match store.unfinished_generations().await?.pop() {
        Some(generation) => generation,
        None => begin(&store).await?,
    };
    let mut output = std::io::stdout();
    for seq in generation.last_seq + 1.. {
        let entry = JournalEntry { seq, json: format!("{{\"content\":\"{}\"}}", "x".repeat(500)), last: false };
        store.append_journal(generation.id, &[entry], None).await?;
        writeln!(output, "{seq}")?;
        output.flush()?;
    }
    Ok(())
}

async fn begin(store: &dyn Store) -> Result<Generation, Box<dyn Error>> {
    let (platform, _) = fixed::platform();
    let app = App {
        id: AppId::new(&platform),
        owner: UserId::LOCAL_OWNER,
        name: "Durable".to_owned(),
        description: String::new(),
        execution_mode: ExecutionMode::Sandbox,
        sample: false,
        local_only: false,
        head: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    };
    let generation = Generation {
        id: GenerationId::new(&platform),
        app_id: app.id,
        owner: app.owner,
        request: GenerateRequest {
            prompt: "write".to_owned(),
            execution_mode: ExecutionMode::Sandbox,
            app_id: None,
            choice: ModelChoice::default(),
            auto_fix: false,
            reuse: None,
        },
        state: GenerationState::Running,
        version_id: None,
        last_seq: 0,
        started_at: Timestamp::UNIX_EPOCH,
        finished_at: None,
    };
    store.create_app(&app, Some(&generation)).await?;
    Ok(generation)
}
