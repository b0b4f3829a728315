//! The program: reads the command line and the variables, and wires the parts. The only crate that
//! names every other.

mod commands;
mod config;
mod data_dir;
mod models;
mod parts;
mod serve;
mod system;

use std::{io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use config::{Config, VARIABLES};

/// Describe an app; a model writes it; it runs here.
///
/// Without a command, serves the product.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the product (the default).
    Serve,
    /// Lists the models that Ollama has.
    Models,
    /// Has Ollama download a model, such as `qwen3:4b`.
    Pull {
        /// Its name.
        model: String,
    },
    /// Brings apps in, takes them out, lists them.
    ///
    /// Works through the server that uses the data directory, or on the directory itself while
    /// none does.
    #[command(subcommand)]
    Apps(commands::apps::Command),
    /// Builds a folder, a zip archive or a single file into one HTML page.
    ///
    /// Needs no data directory. Ends with 1 when the app does not build.
    Bundle(commands::bundle::Arguments),
    /// Has an app written from a description, and writes its files into a folder.
    ///
    /// The app is kept like one that was made in the browser. Ends with 1 when it does not run; the
    /// folder then has what came.
    Generate(commands::generate::Arguments),
    /// Prints the effective settings, secrets masked.
    Config {
        /// Prints the table of variables as Markdown instead: docs/configuration.md.
        #[arg(long)]
        markdown: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            // Alone on standard error: what was tried, then why, in one line.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Some(Command::Config { markdown: true }) = arguments.command {
        say(markdown_table().trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::from_vars(|name| std::env::var(name).ok())?;
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| anyhow::anyhow!("CUMULONIMBUS_LOG is `{}`, which is no filter: {error}", config.log))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => runtime()?.block_on(serve::serve(config)).map(|()| ExitCode::SUCCESS),
        Command::Apps(command) => runtime()?.block_on(commands::apps::run(&config, command)),
        Command::Bundle(arguments) => runtime()?.block_on(commands::bundle::run(arguments)),
        Command::Generate(arguments) => runtime()?.block_on(commands::generate::run(&config, arguments)),
        Command::Models => runtime()?.block_on(models::list(&config.llm)).map(|()| ExitCode::SUCCESS),
        Command::Pull { model } => runtime()?.block_on(models::pull(&config.llm, &model)).map(|()| ExitCode::SUCCESS),
        Command::Config { .. } => {
            print_settings();
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Prints a line to standard output; a closed pipe is no reason to fail.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn print_settings() {
    for variable in VARIABLES {
        let set = std::env::var(variable.name).ok().filter(|value| !value.trim().is_empty());
        let shown = match (set, variable.secret) {
            (Some(_), true) => "(set, not shown)".to_owned(),
            (Some(value), false) => value,
            (None, _) => format!("(default: {})", variable.default),
        };
        say(&format!("{}={shown}", variable.name));
    }
}

fn markdown_table() -> String {
    let mut page = "# Configuration\n\nVariables of the environment. Written by `cumulonimbus config --markdown`.\n\n\
                    | variable | default | allowed | meaning |\n| --- | --- | --- | --- |\n"
        .to_owned();
    for variable in VARIABLES {
        page.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            variable.name, variable.default, variable.allowed, variable.meaning
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_about_configuration_is_up_to_date() -> std::io::Result<()> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let page = std::fs::read_to_string(path)?;
        assert_eq!(page, super::markdown_table(), "write it with `cumulonimbus config --markdown`");
        Ok(())
    }
}
