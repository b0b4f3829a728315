//! What the way of a reply through this program costs: the same streams are read directly and through
//! router, parser and journal, in processes of their own, so that the CPU of each is its own.
//!
//! `cargo xtask bench relay` runs it. The journal is kept in memory: what a database adds is not here.

#![expect(clippy::print_stdout, reason = "a program of the command line speaks on standard output")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be made ends")]

mod reading;
#[path = "../../../nimbus-server/tests/server/store.rs"]
#[expect(dead_code, reason = "the server's tests use all of it")]
mod store;
mod upstream;

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use reading::Figures;

/// Streams at once, and chunks per second of each.
const LOADS: [(usize, u64); 4] = [(1, 50), (100, 50), (500, 50), (1_000, 20)];
/// How long each stream lasts, in seconds.
const SECONDS: u64 = 6;
/// Rounds, of which the medians are told.
const ROUNDS: usize = 3;
/// Both ends and the relay share this many threads each.
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build().unwrap();
    match arguments.as_slice() {
        ["upstream"] => runtime.block_on(upstream::serve()),
        [way @ ("direct" | "relay"), url, streams] => {
            let figures = runtime.block_on(reading::read(way, url, streams.parse().unwrap()));
            println!("{}", figures.line());
        }
        _ => measure(),
    }
}

fn measure() {
    let mut upstream = itself(&["upstream"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut address = String::new();
    BufReader::new(upstream.stdout.take().unwrap()).read_line(&mut address).unwrap();
    println!(
        "| streams | chunks/s each | way | CPU per chunk (ms) | median (ms) | p99 (ms) | memory per stream (KiB) |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (streams, rate) in LOADS {
        let url = format!("http://{}/{rate}/{}/v1", address.trim(), rate * SECONDS);
        let mut rounds = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            rounds.0.push(run("direct", &url, streams));
            rounds.1.push(run("relay", &url, streams));
        }
        let (direct, relay) = (Figures::median(rounds.0), Figures::median(rounds.1));
        for (way, figures) in [("direct", &direct), ("relay", &relay), ("added", &relay.less(&direct))] {
            println!("| {streams} | {rate} | {way} | {} |", figures.cells(streams));
        }
    }
    let _ = upstream.kill();
    let _ = upstream.wait();
}

fn run(way: &str, url: &str, streams: usize) -> Figures {
    let output = itself(&[way, url, &streams.to_string()]).stderr(Stdio::inherit()).output().unwrap();
    Figures::parse(&String::from_utf8_lossy(&output.stdout)).unwrap()
}

fn itself(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments);
    command
}
