//! Other programs.

use std::{path::Path, process::Command};

use anyhow::{Context, bail};

/// Runs a program with our own output, after naming it.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = line(command);
    println!("\n==> {name}");
    let status = command.status().with_context(|| format!("`{name}` could not be started"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs a program and gives what it prints.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = line(command);
    let output = command.output().with_context(|| format!("`{name}` could not be started"))?;
    if !output.status.success() {
        bail!("`{name}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command of `program` with `arguments`, in `folder`.
///
/// What cargo says of this package to the programs that it runs is not passed on: build scripts that
/// look at it would find it changed, and be run again with all that depends on them.
pub fn command(program: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
    let ours = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(ours)) {
        command.env_remove(name);
    }
    command
}

/// Where a program is, when it is on the `PATH`.
pub fn find(program: &str) -> Option<std::path::PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Whether this process is root.
pub fn is_root() -> bool {
    output(&mut command("id", &["-u"], Path::new("/"))).is_ok_and(|id| id == "0")
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
