//! `cargo xtask eval`: of the apps that a model is asked for, how many render and do what was asked.
//!
//! Each prompt goes through the product as a person's would and is opened in a browser (the arm
//! `product`), and once more as one plain request whose first code block is taken as it is (the arm
//! `baseline`). What our steps add is the ratio of the two.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::{
    files::root,
    process::{command, run as run_program},
    test::{program, target},
    tools::{self, Tool},
};

const USAGE: &str = "cargo xtask eval [--provider ollama|openrouter|demo|auto] [--model MODEL] [--prompts FILE] \
                     [--arm product|baseline|both] [--only NAME,…] [--out FOLDER]";

/// What is evaluated.
#[derive(Debug, PartialEq)]
struct Options {
    provider: String,
    model: String,
    prompts: PathBuf,
    arms: String,
    only: String,
    out: Option<PathBuf>,
}

/// Runs the prompts, and writes a table, pictures and everything that came into a folder.
///
/// # Errors
/// When the options are wrong, or it could not be measured. That apps fail is a result.
pub fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let options = parse(arguments)?;
    tools::ensure(&[Tool::Node, Tool::Chromium])?;
    let folder = root().join("e2e");
    tools::ensure_packages(&folder)?;
    if options.arms.contains("baseline") {
        tools::ensure_packages(&root().join("web"))?;
    }
    let out = match &options.out {
        Some(out) => std::path::absolute(out)?,
        None => target()?.join("eval"),
    };
    std::fs::create_dir_all(&out).with_context(|| format!("`{}` cannot be made", out.display()))?;
    let mut evaluation = command("npx", &["--no-install", "playwright", "test", "--config", "eval"], &folder);
    if !options.only.is_empty() {
        evaluation.args(["--grep", &format!(" ({})$", options.only.replace(',', "|"))]);
    }
    evaluation
        .env("CUMULONIMBUS_PROGRAM", program()?)
        .env("CUMULONIMBUS_EVAL_PROVIDER", &options.provider)
        .env("CUMULONIMBUS_EVAL_MODEL", &options.model)
        .env("CUMULONIMBUS_EVAL_PROMPTS", std::path::absolute(&options.prompts)?)
        .env("CUMULONIMBUS_EVAL_ARMS", &options.arms)
        .env("CUMULONIMBUS_EVAL_OUT", &out);
    run_program(&mut evaluation)?;
    println!("the table, the pictures and every reply are in `{}`", out.display());
    Ok(())
}

fn parse(arguments: &[&str]) -> anyhow::Result<Options> {
    let mut options = Options {
        provider: "auto".to_owned(),
        model: String::new(),
        prompts: root().join("e2e/eval/prompts.json"),
        arms: "product".to_owned(),
        only: String::new(),
        out: None,
    };
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().with_context(|| format!("`{name}` has no value\n{USAGE}"))?;
        match *name {
            "--provider" => options.provider = (*value).to_owned(),
            "--model" => options.model = (*value).to_owned(),
            "--prompts" => options.prompts = Path::new(value).to_owned(),
            "--only" => options.only = (*value).to_owned(),
            "--out" => options.out = Some(Path::new(value).to_owned()),
            "--arm" => {
                options.arms = match *value {
                    "both" => "product,baseline".to_owned(),
                    "product" | "baseline" => (*value).to_owned(),
                    other => bail!("`{other}` is no arm: there are `product`, `baseline` and `both`"),
                }
            }
            other => bail!("`{other}` is no option\n{USAGE}"),
        }
    }
    if options.arms.contains("baseline") && options.model.is_empty() {
        bail!("the baseline asks one model of Ollama by its name: give `--model`");
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn options_are_read_and_wrong_ones_are_named() -> anyhow::Result<()> {
        let options = parse(&["--provider", "ollama", "--model", "m:1b", "--arm", "both", "--only", "todo"])?;
        assert_eq!((options.arms.as_str(), options.model.as_str()), ("product,baseline", "m:1b"));
        for (arguments, complaint) in [
            (&["--arm", "third"] as &[&str], "no arm"),
            (&["--arm", "both"], "give `--model`"),
            (&["--speed", "9"], "no option"),
            (&["--model"], "no value"),
        ] {
            let Err(error) = parse(arguments) else { anyhow::bail!("{arguments:?} was accepted") };
            assert!(error.to_string().contains(complaint), "{error}");
        }
        Ok(())
    }
}
