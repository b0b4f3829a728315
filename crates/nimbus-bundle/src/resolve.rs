//! What an import means: a file of the app, a library, or nothing that is allowed.

use crate::draft::{Draft, extension, folder};
use crate::library::Libraries;

/// What a specifier stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A file of the app, and how it is wanted.
    File(String, Form),
    /// A library by its name in the manifest.
    Library(String),
    /// Meant as a file of the app, which does not exist. The path is what was looked for, without
    /// a guessed extension; none when it would lie outside the app.
    NoFile(Option<String>),
    /// Meant as a package that is not among the libraries.
    NoLibrary,
    /// A kind of address that an app may not import.
    Forbidden(&'static str),
}

/// How a file is turned into a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// By its extension.
    Module,
    /// As a string of its text: `?raw`.
    Text,
    /// As a `data:` URL: `?url`, and images.
    Url,
    /// As a component that shows it: `?react`, for SVG.
    Component,
}

const GUESSED: [&str; 9] = ["tsx", "ts", "jsx", "js", "mjs", "mts", "cjs", "cts", "json"];

/// Decides a specifier written in the file at `importer`.
pub(crate) fn resolve(draft: &Draft, libraries: &Libraries, importer: &str, specifier: &str) -> Target {
    if specifier.contains('\0') || specifier.contains('\\') {
        return Target::Forbidden("it contains a character that no file or library has");
    }
    // The set's names look like the app's own files, and those come first.
    if !specifier.starts_with("@/") && libraries.get(specifier).is_some() {
        return Target::Library(specifier.to_owned());
    }
    let (path, query) = specifier.split_once('?').unwrap_or((specifier, ""));
    if let Some(scheme) = scheme(path) {
        return match scheme {
            "node" => Target::Forbidden("an app runs in the browser and has no Node modules"),
            "data" => Target::Forbidden("code comes from the app's own files, not from `data:` addresses"),
            "file" => Target::Forbidden("an app has its own files only"),
            _ => Target::Forbidden("an app loads nothing from the network; use one of the libraries"),
        };
    }
    let form = match query {
        "raw" => Form::Text,
        "url" | "inline" => Form::Url,
        "react" | "component" => Form::Component,
        _ => Form::Module,
    };
    let meant = if let Some(rest) = path.strip_prefix("@/").or_else(|| path.strip_prefix("~/")) {
        vec![join("src", rest), join("", rest)]
    } else if path.starts_with("//") {
        return Target::Forbidden("an app loads nothing from the network; use one of the libraries");
    } else if let Some(rest) = path.strip_prefix('/') {
        vec![join("", rest), join("src", rest), join("public", rest)]
    } else if is_relative(path) {
        vec![join(folder(importer), path)]
    } else {
        // Not a library: perhaps a path from the top, as some tools allow.
        let from_top = [join("", path), join("src", path)].into_iter().flatten().find_map(|path| exists(draft, &path));
        return from_top.map_or_else(|| in_set(libraries, path).unwrap_or(Target::NoLibrary), |path| file(path, form));
    };
    if let Some(path) = meant.iter().flatten().find_map(|path| exists(draft, path)) {
        return file(path, form);
    }
    let meant = meant.into_iter().flatten().next();
    meant.as_deref().and_then(|path| in_set(libraries, path)).unwrap_or(Target::NoFile(meant))
}

/// The component of the set that a missing file means.
fn in_set(libraries: &Libraries, path: &str) -> Option<Target> {
    libraries.in_set(path).map(|name| Target::Library(name.to_owned()))
}

/// Whether a specifier is written as a path from the importing file.
pub(crate) fn is_relative(specifier: &str) -> bool {
    specifier.starts_with("./") || specifier.starts_with("../") || matches!(specifier, "." | "..")
}

fn file(path: String, form: Form) -> Target {
    let image = extension(&path) == "svg" || nimbus_core::asset::media_type(&path).is_some();
    let form = if image && form == Form::Module { Form::Url } else { form };
    Target::File(path, form)
}

/// The scheme of an absolute address such as `https://…`, `node:fs` or `data:…`.
fn scheme(specifier: &str) -> Option<&str> {
    let (scheme, _) = specifier.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (!scheme.is_empty() && scheme.chars().all(plain)).then_some(scheme)
}

/// Joins and normalises; none when the path leaves the app or names no file.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The file that a path without or with its extension means.
fn exists(draft: &Draft, path: &str) -> Option<String> {
    if draft.has(path) {
        return Some(path.to_owned());
    }
    let with = |extension: &str| format!("{path}.{extension}");
    if let Some(found) = GUESSED.iter().map(|extension| with(extension)).find(|path| draft.has(path)) {
        return Some(found);
    }
    // TypeScript lets `./x.js` stand for `x.ts`.
    if let Some((bare, "js" | "jsx" | "ts" | "tsx")) = path.rsplit_once('.')
        && let Some(found) = GUESSED.iter().map(|extension| format!("{bare}.{extension}")).find(|path| draft.has(path))
    {
        return Some(found);
    }
    let index = if path.is_empty() { "index".to_owned() } else { format!("{path}/index") };
    GUESSED.iter().map(|extension| format!("{index}.{extension}")).find(|path| draft.has(path))
}

/// The specifier by which `importer` imports the file at `path`: relative, code without extension.
pub(crate) fn specifier_between(importer: &str, path: &str) -> String {
    let from: Vec<&str> = folder(importer).split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = path.split('/').collect();
    let shared = from.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let mut specifier = if from.len() == shared { "./".to_owned() } else { "../".repeat(from.len() - shared) };
    specifier.push_str(&to[shared..].join("/"));
    for extension in [".tsx", ".ts", ".jsx", ".js"] {
        if let Some(bare) = specifier.strip_suffix(extension) {
            return bare.to_owned();
        }
    }
    specifier
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        let mut draft = Draft::default();
        for path in [
            "src/App.tsx",
            "src/components/Board.tsx",
            "src/components/ui/card.tsx",
            "src/lib/index.ts",
            "src/data.json",
            "src/logo.svg",
            "x.css",
        ] {
            draft.put(path, String::new());
        }
        draft
    }

    fn libraries() -> Libraries {
        let library = r#"{"file":"x.js","exports":["x"],"closure":[]}"#;
        let names = [
            "react",
            "@/components/ui",
            "@/components/ui/card",
            "@/components/ui/dropdown-menu",
            "@/lib/utils",
            "path",
        ];
        let libraries: Vec<String> = names.iter().map(|name| format!("{name:?}:{library}")).collect();
        Libraries::parse(&format!(r#"{{"hash":"h","libraries":{{{}}}}}"#, libraries.join(",")))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn specifiers_are_decided_by_the_app_and_the_manifest_alone() {
        let file = |path: &str| Target::File(path.to_owned(), Form::Module);
        let cases = [
            ("./components/Board", file("src/components/Board.tsx")),
            ("./components/Board.js", file("src/components/Board.tsx")),
            ("@/components/Board", file("src/components/Board.tsx")),
            ("/src/components/Board", file("src/components/Board.tsx")),
            ("components/Board", file("src/components/Board.tsx")),
            ("./lib", file("src/lib/index.ts")),
            ("../x.css", file("x.css")),
            ("./data.json?raw", Target::File("src/data.json".to_owned(), Form::Text)),
            ("./logo.svg", Target::File("src/logo.svg".to_owned(), Form::Url)),
            ("./Board", Target::NoFile(Some("src/Board".to_owned()))),
            ("../../x.css", Target::NoFile(None)),
            ("../../../../etc/passwd", Target::NoFile(None)),
            ("/etc/passwd", Target::NoFile(Some("etc/passwd".to_owned()))),
            ("react", Target::Library("react".to_owned())),
            ("left-pad", Target::NoLibrary),
            ("fs", Target::NoLibrary),
        ];
        for (specifier, expected) in cases {
            assert_eq!(resolve(&draft(), &libraries(), "src/App.tsx", specifier), expected, "{specifier}");
        }
        let library = |name: &str| Target::Library(name.to_owned());
        for (specifier, expected) in [
            // The app's own file, although the set has one of that name.
            ("@/components/ui/card", file("src/components/ui/card.tsx")),
            ("@/components/ui/dropdown-menu", library("@/components/ui/dropdown-menu")),
            ("./components/ui/DropdownMenu", library("@/components/ui/dropdown-menu")),
            ("components/ui/dropdown-menu.tsx", library("@/components/ui/dropdown-menu")),
            ("@/components/ui", library("@/components/ui")),
            ("./lib/utils", library("@/lib/utils")),
            ("@/lib/cn", library("@/lib/utils")),
            ("@/components/ui/left-pad", Target::NoFile(Some("src/components/ui/left-pad".to_owned()))),
        ] {
            assert_eq!(resolve(&draft(), &libraries(), "src/App.tsx", specifier), expected, "{specifier}");
        }
        for specifier in ["node:fs", "data:text/javascript,1", "file:///etc/passwd", "http://x/y.js", "//x/y", "a\\b"] {
            let target = resolve(&draft(), &libraries(), "src/App.tsx", specifier);
            assert!(matches!(target, Target::Forbidden(_)), "{specifier}: {target:?}");
        }
    }

    #[test]
    fn specifiers_between_files_are_relative() {
        for (importer, path, expected) in [
            ("src/App.tsx", "src/components/Board.tsx", "./components/Board"),
            ("src/components/Board.tsx", "src/styles.css", "../styles.css"),
            ("App.tsx", "src/x.ts", "./src/x"),
            ("src/a/b/c.ts", "src/d/e.ts", "../../d/e"),
        ] {
            assert_eq!(specifier_between(importer, path), expected);
        }
    }
}
