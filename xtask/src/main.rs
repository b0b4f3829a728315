//! The project's own commands: `cargo xtask test`, `tidy`, `bench`, `eval` and `fuzz`.
//!
//! Invariants: a part that cannot run fails and says what is missing, it is never skipped; what was
//! started is stopped, also when a part fails.

#![expect(clippy::print_stdout, reason = "a command line speaks on standard output")]

mod bench;
mod eval;
mod files;
mod fuzz;
mod postgres;
mod process;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use anyhow::bail;

const USAGE: &str = "\
cargo xtask test [rust] [web] [e2e] [tidy]   run everything, or the named parts
cargo xtask tidy                             check the rules of the code base
cargo xtask bench relay                      measure what the way of a reply through this program costs
cargo xtask eval [--model MODEL] [--arm ARM] …  ask a model for apps, and count those that run
cargo xtask fuzz TARGET [--seconds N]        look for inputs that break a target of `fuzz/`";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test", parts @ ..] => test::run(&test::parts(parts)?),
        ["tidy"] => tidy::run(),
        ["bench", name] => bench::bench(name),
        ["eval", options @ ..] => eval::run(options),
        ["fuzz", target, options @ ..] => fuzz::run(target, options),
        _ => bail!("what to do?\n{USAGE}"),
    }
}
