//! Measurements that are not tests: their figures depend on the machine, so none of them fails.

use std::path::Path;

use anyhow::bail;

use crate::process::{command, run};

/// Runs one of them with everything optimised.
///
/// # Errors
/// When there is none of that name, or it could not run.
pub fn bench(name: &str) -> anyhow::Result<()> {
    match name {
        "relay" => {
            let cargo = ["run", "--release", "--quiet", "--package", "nimbus-llm", "--example", "relay"];
            run(&mut command("cargo", &cargo, Path::new(env!("CARGO_MANIFEST_DIR"))))
        }
        _ => bail!("there is no measurement `{name}`; there is `relay`"),
    }
}
