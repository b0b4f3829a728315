//! Builds `web/` and packs the result into one blob and one table for `include!`.
//!
//! `CUMULONIMBUS_WEB_DIST` names a ready-made output of the web build instead; then neither Node
//! nor npm is needed. Several cargo builds may run at once and share `web/node_modules`, so
//! installing and building hold a file lock.

#![expect(clippy::print_stderr, reason = "stderr of a build script is what cargo shows the person when it fails")]

use std::env;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the web build needs, as its tools state it: `^20.19.0 || >=22.12.0`.
const NODE_WANTED: &str = "Node.js 20.19 or newer (of the 22 line, 22.12)";

/// Files without which the program cannot serve an app; absence means a wrong or partial folder.
const REQUIRED: &[&str] = &[
    "studio/index.html",
    "runtime/boot.js",
    "runtime/lock.js",
    "lib/manifest.json",
    "tailwind/compiler.js",
    "licenses.json",
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CUMULONIMBUS_WEB_DIST");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo did not set `OUT_DIR`")?);

    let dist = match env::var_os("CUMULONIMBUS_WEB_DIST") {
        Some(ready) => {
            println!("cargo::rerun-if-changed={}", Path::new(&ready).display());
            PathBuf::from(ready)
        }
        None => build_web(&out)?,
    };
    for file in REQUIRED {
        if !dist.join(file).is_file() {
            return Err(format!(
                "`{}` holds no `{file}`: it is not a whole output of the web build (`npm run build` in `web/`)",
                dist.display()
            ));
        }
    }
    pack(&dist, &out)
}

/// Installs the packages when needed, builds into `out/web` and returns that folder.
fn build_web(out: &Path) -> Result<PathBuf, String> {
    let web = env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or("cargo did not set `CARGO_MANIFEST_DIR`")?
        .join("../../web");
    if !web.join("package.json").is_file() {
        return Err(format!(
            "`{}` has no web sources; set `CUMULONIMBUS_WEB_DIST` to a ready-made web build",
            web.display()
        ));
    }
    watch(&web)?;
    check_node()?;

    let lock = File::create(web.join(".install.lock"))
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| format!("cannot lock `{}`: {error}", web.display()))?;
    let installed =
        command("node").arg("installed.mjs").current_dir(&web).status().is_ok_and(|status| status.success());
    if !installed {
        let mut install = command("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        // What only checks and tests need is half of the download; a tree that has it keeps it.
        if !web.join("node_modules/vitest").is_dir() {
            install.arg("--omit=dev");
        }
        execute(&mut install, &web, "installing the web packages (`npm ci` in `web/`)")?;
    }
    let dist = out.join("web");
    execute(
        command("node").arg("build.mjs").env("CUMULONIMBUS_WEB_OUT", &dist),
        &web,
        "building the web part (`npm run build` in `web/`)",
    )?;
    drop(lock);
    Ok(dist)
}

/// Tells cargo which sources matter. `node_modules`, build output and tests are left out: cargo
/// looks through a watched folder as a whole, so each is named by what lies beside them.
fn watch(web: &Path) -> Result<(), String> {
    const IGNORED: &[&str] = &["node_modules", "dist", "test", ".install.lock", ".gitignore"];
    const PACKAGES: &[&str] = &["protocol", "runtime", "studio", "vendor"];
    let mut folders = vec![web.to_path_buf()];
    folders.extend(PACKAGES.iter().map(|name| web.join(name)));
    for folder in folders {
        let entries = fs::read_dir(&folder).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !IGNORED.contains(&&*name) && !PACKAGES.contains(&&*name) {
                println!("cargo::rerun-if-changed={}", entry.path().display());
            }
        }
    }
    Ok(())
}

fn check_node() -> Result<(), String> {
    let hint =
        "install Node.js from your system or nodejs.org, or set `CUMULONIMBUS_WEB_DIST` to a ready-made web build";
    let output = command("node")
        .arg("--version")
        .output()
        .map_err(|_| format!("Node.js was not found, and the web part needs {NODE_WANTED}; {hint}"))?;
    let version = String::from_utf8_lossy(&output.stdout);
    let mut numbers =
        version.trim().trim_start_matches('v').split('.').map(|number| number.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let enough = match found {
        (20, minor) => minor >= 19,
        (22, minor) => minor >= 12,
        (major, _) => major > 22,
    };
    if !enough {
        return Err(format!("Node.js {} is too old: the web part needs {NODE_WANTED}; {hint}", version.trim()));
    }
    command("npm")
        .arg("--version")
        .output()
        .map_err(|_| format!("npm was not found beside Node.js, and the web part needs it; {hint}"))?;
    Ok(())
}

/// A command by its name, which on Windows is a script for npm.
fn command(name: &str) -> Command {
    if cfg!(windows) && name == "npm" { Command::new("npm.cmd") } else { Command::new(name) }
}

fn execute(command: &mut Command, folder: &Path, doing: &str) -> Result<(), String> {
    let output = command.current_dir(folder).output().map_err(|error| format!("{doing} could not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = said.lines().collect();
    let tail = lines[lines.len().saturating_sub(40)..].join("\n");
    Err(format!("{doing} failed:\n{tail}"))
}

/// Writes `assets.bin`, all files one after another, and `assets.rs`, the table over it. A file
/// with a `.br` beside it is taken in that form. One blob, because thousands of `include_bytes!`
/// cost the compiler seconds.
fn pack(dist: &Path, out: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    collect(dist, "", &mut files).map_err(|error| format!("cannot read `{}`: {error}", dist.display()))?;
    files.sort();

    let mut blob = Vec::new();
    let mut table = String::from("/// Every file, sorted by path.\nstatic ASSETS: &[Asset] = &[\n");
    for path in files.iter().filter(|path| !path.ends_with(".br")) {
        let compressed = dist.join(format!("{path}.br"));
        let brotli = compressed.is_file();
        let source = if brotli { compressed } else { dist.join(path) };
        let bytes = fs::read(&source).map_err(|error| format!("cannot read `{}`: {error}", source.display()))?;
        let (offset, length) = (blob.len(), bytes.len());
        blob.extend_from_slice(&bytes);
        let content_type = content_type(path);
        writeln!(
            table,
            "Asset {{ path: {path:?}, content_type: {content_type:?}, brotli: {brotli}, bytes: part({offset}, {length}) }},"
        )
        .map_err(|error| error.to_string())?;
    }
    table.push_str("];\n/// All files one after another.\nstatic BLOB: &[u8] = include_bytes!(concat!(env!(\"OUT_DIR\"), \"/assets.bin\"));\n");

    for (name, content) in [("assets.bin", blob), ("assets.rs", table.into_bytes())] {
        let file = out.join(name);
        fs::write(&file, content).map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
    }
    Ok(())
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| io::Error::other(format!("the file name {name:?} is not UTF-8")))?;
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json" | "map") => "application/json; charset=utf-8",
        Some("webmanifest") => "application/manifest+json; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
