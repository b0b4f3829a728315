//! `cargo xtask fuzz`: builds one fuzz target with instrumentation and runs it for a time.
//!
//! What cargo-fuzz does, without its nightly toolchain: no sanitizer, which code without `unsafe`
//! hardly needs. Whoever has cargo-fuzz can use it instead: `cargo +nightly fuzz run TARGET`.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, bail};

use crate::{
    files::root,
    process::{command, output, run as run_program},
};

/// How long a target runs when nothing is said, in seconds.
const SECONDS: u32 = 300;
/// Coverage of every edge and comparison, and all checks that a release build leaves out.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1";

/// Builds and runs the target `name`.
pub fn run(name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let seconds = seconds(arguments)?;
    let folder = root().join("fuzz");
    if !folder.join("fuzz_targets").join(format!("{name}.rs")).is_file() {
        bail!("`{name}` is no fuzz target: there are {}", targets(&folder)?.join(", "));
    }
    let target = crate::test::target()?.join("fuzz");
    let host = host()?;
    let mut build = command("cargo", &["build", "--release", "--target", &host, "--bin", name], &folder);
    run_program(build.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &target))?;

    // What is found beyond the seeds is kept apart from them, for the next run.
    let (found, findings) = (target.join("corpus").join(name), target.join("artifacts").join(name));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&findings)?;
    let program = target.join(&host).join("release").join(name);
    let mut fuzzer = Command::new(&program);
    fuzzer.arg(&found).arg(folder.join("corpus").join(name));
    fuzzer.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={}/", findings.display()));
    fuzzer.args(["-timeout=10", "-print_final_stats=1"]).current_dir(&folder);
    run_program(&mut fuzzer).with_context(|| format!("a finding: look below {}", findings.display()))
}

fn seconds(arguments: &[&str]) -> anyhow::Result<u32> {
    match arguments {
        [] => Ok(SECONDS),
        ["--seconds", count] => match count.parse() {
            Ok(count) if count > 0 => Ok(count),
            _ => bail!("`--seconds` takes a whole number from 1, not `{count}`"),
        },
        _ => bail!("after the target comes `--seconds N` or nothing, not `{}`", arguments.join(" ")),
    }
}

fn targets(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.join("fuzz_targets")).context("there are no fuzz targets")? {
        let path = entry?.path();
        names.extend(path.file_stem().map(|name| format!("`{}`", name.to_string_lossy())));
    }
    names.sort();
    Ok(names)
}

/// The triple of this machine. Named, so that build scripts and macros are not instrumented.
fn host() -> anyhow::Result<String> {
    let version = output(&mut command("rustc", &["-vV"], &root()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("`rustc -vV` names no host")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{SECONDS, root, seconds, targets};

    #[test]
    fn a_time_is_a_number_of_seconds() -> anyhow::Result<()> {
        assert_eq!((seconds(&[])?, seconds(&["--seconds", "7"])?), (SECONDS, 7));
        for wrong in [&["7"][..], &["--seconds"], &["--seconds", "0"], &["--seconds", "x"]] {
            assert!(seconds(wrong).is_err(), "{wrong:?}");
        }
        Ok(())
    }

    #[test]
    fn every_target_is_built_and_has_seeds() -> anyhow::Result<()> {
        let folder = root().join("fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml"))?;
        let targets = targets(&folder)?;
        assert!(targets.len() >= 7, "{targets:?}");
        for target in targets {
            let name = target.trim_matches('`');
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not in Cargo.toml");
            assert!(folder.join("corpus").join(name).read_dir()?.next().is_some(), "{name} has no seed");
        }
        Ok(())
    }
}
