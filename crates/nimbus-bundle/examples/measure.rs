//! Builds every app below a folder and prints how long each step took.
//!
//! `cargo run --release -p nimbus-bundle --example measure -- FOLDER [ROUNDS] [OUT]`: each folder in
//! FOLDER is an app. After a warm-up it is built ROUNDS times (default 30) as it is, then ROUNDS
//! times with a class in its App file that it never had; the medians of each step are printed in
//! milliseconds. With OUT, each program and sheet is written there.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use nimbus_bundle::{Bundling, BundlingAssets};
use nimbus_core::ids::AppId;
use nimbus_core::ports::Bundler as _;
use nimbus_core::source::{SourcePath, SourceTree};

fn read(root: &Path, folder: &Path, tree: &mut SourceTree) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, tree)?;
        } else {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            tree.insert(SourcePath::parse(&name)?, fs::read_to_string(&path)?)?;
        }
    }
    Ok(())
}

fn bundler() -> Result<Bundling, Box<dyn Error>> {
    let text = |path: &str| -> Result<String, Box<dyn Error>> {
        Ok(nimbus_web::asset(path).ok_or_else(|| format!("the web build has no `{path}`"))?.text()?.into_owned())
    };
    let mut stylesheets = BTreeMap::new();
    for name in ["index", "theme", "preflight", "utilities", "tw-animate", "ui-theme", "dark-by-class"] {
        stylesheets.insert(name.to_owned(), text(&format!("tailwind/{name}.css"))?);
    }
    let (manifest_json, tailwind_js) = (text("lib/manifest.json")?, text("tailwind/compiler.js")?);
    let icon_pack = |name: &str| Some(nimbus_web::asset(&format!("icons/{name}.txt"))?.text().ok()?.into_owned());
    Ok(Bundling::new(BundlingAssets { manifest_json, tailwind_js, stylesheets, icon_pack })?)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder of apps")?;
    let rounds: usize = arguments.next().map_or(Ok(30), |text| text.parse())?;
    let out = arguments.next();
    let bundler = bundler()?;
    let mut stdout = std::io::stdout();
    let mut apps: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    apps.sort_by_key(fs::DirEntry::path);
    for (index, app) in apps.iter().enumerate() {
        let mut tree = SourceTree::default();
        read(&app.path(), &app.path(), &mut tree)?;
        let id: AppId = format!("018f3c6e-7b1a-7cc0-8000-{index:012}").parse()?;
        write!(stdout, "{} ({} files)", app.file_name().to_string_lossy(), tree.len())?;
        for (name, changing) in [("unchanged", false), ("changing", true)] {
            let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
            for round in 0..rounds + 2 {
                let mut built = tree.clone();
                if changing {
                    let path = SourcePath::parse("src/App.tsx")?;
                    let text =
                        format!("{}\nexport const round = \"p-[{round}px]\";\n", built.get(&path).unwrap_or_default());
                    built.insert(path, text)?;
                }
                let build = bundler.build(id, built).await;
                if let (Some(out), Some(bundle), false) = (&out, &build.bundle, changing) {
                    let folder = Path::new(out).join(app.file_name());
                    fs::create_dir_all(&folder)?;
                    fs::write(folder.join("app.js"), &bundle.js)?;
                    fs::write(folder.join("app.css"), &bundle.css)?;
                }
                for (step, time) in build.timings.into_iter().filter(|_| round >= 2) {
                    times.entry(step).or_default().push(time);
                }
            }
            write!(stdout, "\n  {name:<10}")?;
            for (step, times) in &mut times {
                write!(stdout, "  {step} {:.2}", median(times))?;
            }
        }
        writeln!(stdout)?;
    }
    Ok(())
}
