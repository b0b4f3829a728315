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
pub fn command(program: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder);
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
