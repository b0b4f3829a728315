//! A throw-away PostgreSQL: made in a temporary folder, reached only through its own socket.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use crate::process::{command, find, is_root, output};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it is stopped and removed when this goes.
pub struct Cluster {
    folder: PathBuf,
    server: Child,
}

/// The folder that holds `initdb`, `postgres` and `pg_isready`: on the `PATH`, or where Debian puts
/// them, the newest first.
pub fn programs() -> Option<PathBuf> {
    let on_path = find("initdb").and_then(|initdb| initdb.parent().map(Path::to_owned));
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            Some((version, path.join("bin")))
        })
        .collect();
    versions.sort();
    let of_debian = versions.into_iter().rev().map(|(_, bin)| bin);
    // All of them: a link to one program is no installation.
    let whole = |bin: &PathBuf| ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).is_file());
    on_path.into_iter().chain(of_debian).find(whole)
}

impl Cluster {
    /// Starts one.
    pub fn start() -> anyhow::Result<Self> {
        let bin = programs().context("PostgreSQL is not installed")?;
        // A temporary folder, not `target/`: PostgreSQL refuses to run as root, and its own user may
        // not enter the folders above a checkout. A socket's path must be short besides.
        let folder = std::env::temp_dir().join(format!("cumulonimbus-postgres-{}", std::process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        let server = initialise(&bin, &folder).and_then(|()| spawn(&bin, &folder));
        let server = server.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
        let mut cluster = Self { folder, server };
        cluster.wait(&bin)?;
        Ok(cluster)
    }

    /// The URL of its one database.
    pub fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@localhost/postgres?host={folder}")
    }

    fn wait(&mut self, bin: &Path) -> anyhow::Result<()> {
        let started = Instant::now();
        let ready = bin.join("pg_isready").display().to_string();
        let folder = self.folder.display().to_string();
        while output(&mut command(&ready, &["-q", "-h", &folder], Path::new("/"))).is_err() {
            if let Some(status) = self.server.try_wait()? {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL ended at its start ({status}):\n{log}");
            }
            if started.elapsed() > PATIENCE {
                bail!("PostgreSQL did not answer within {} s", PATIENCE.as_secs());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown. Failures leave nothing that could be done.
        let id = self.server.id().to_string();
        if output(&mut command("kill", &["-INT", &id], Path::new("/"))).is_err() {
            drop(self.server.kill());
        }
        drop(self.server.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn initialise(bin: &Path, folder: &Path) -> anyhow::Result<()> {
    if is_root() {
        let path = folder.display().to_string();
        output(&mut command("chown", &["postgres", &path], Path::new("/")))
            .context("PostgreSQL refuses to run as root, and there is no user `postgres`")?;
    }
    let mut initdb = as_owner(&bin.join("initdb"));
    initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"]);
    output(initdb.arg(folder.join("data")).current_dir(folder)).map(drop)
}

fn spawn(bin: &Path, folder: &Path) -> anyhow::Result<Child> {
    let log = fs::File::create(folder.join("log"))?;
    // Durability is off: what this server keeps is thrown away.
    let settings =
        ["listen_addresses=", "fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"];
    let mut server = as_owner(&bin.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    for setting in settings {
        server.args(["-c", setting]);
    }
    server.current_dir(folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    server.spawn().context("PostgreSQL could not be started")
}

/// A command that runs as `postgres` when we are root, and that ends when we are killed.
fn as_owner(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut setpriv = Command::new("setpriv");
    if is_root() {
        setpriv.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    setpriv.args(["--pdeathsig=INT", "--"]).arg(program);
    setpriv
}
