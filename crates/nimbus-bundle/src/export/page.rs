//! One HTML page that holds an app, its libraries and its style sheet.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use nimbus_core::diagnostic::Diagnostic;
use nimbus_core::source::SourceTree;
use nimbus_core::version::Bundle;
use nimbus_rolldown::{Input, Module, Resolution, Severity, Syntax};

use super::Exporting;
use crate::report;

/// A `:` cannot occur in a library's file name.
const START: &str = "cumulonimbus:page.js";
const STANDALONE: &str = "cumulonimbus:standalone.js";
const APP: &str = "cumulonimbus:app.js";
/// Every script of the web build that runs in a frame begins with this statement. A page of its own
/// is no frame, and needs it not once for every library.
const LOCK: &str = "runtime/lock.js";

/// All libraries of an app together are linked and made small: seconds, in an unoptimised build.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// What a page may do: what the app's frame may, so that an app does not learn to call home by
/// being exported. Inline scripts are all that the page has.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; \
                      font-src data:; media-src data: blob:; worker-src blob:; form-action 'none'; base-uri 'none'";

/// Links an app with the text of its libraries into one module that imports nothing.
pub(super) async fn link(export: &Exporting, bundle: &Bundle) -> Result<String, Diagnostic> {
    let mut modules = BTreeMap::new();
    let mut add = |key: &str, code: &str| {
        modules.insert(key.to_owned(), Module { code: code.into(), syntax: Syntax::Js });
    };
    add(START, "import \"standalone\";\nimport \"app\";\n");
    add(STANDALONE, &export.standalone);
    add(APP, &bundle.js);
    let files = library_files(export, bundle).map_err(|file| {
        let message = format!("The library file `{file}` is missing.");
        Diagnostic::error("missing-library", message).with_hint("Build the app again.")
    })?;
    for (file, text) in files {
        add(&file, &text);
    }
    let prefix = export.libraries.url("");
    let input = Input {
        modules,
        entry: START.to_owned(),
        resolve: Arc::new(move |specifier, importer| match (importer, specifier) {
            (Some(START), "standalone") => Resolution::Module(STANDALONE.to_owned()),
            (Some(START), "app") => Resolution::Module(APP.to_owned()),
            (Some(APP), url) => match url.strip_prefix(&prefix) {
                Some(file) => Resolution::Module(file.to_owned()),
                None => Resolution::Refused(format!("`{url}` is not one of the libraries.")),
            },
            (importer, specifier) => match beside(importer.unwrap_or_default(), specifier) {
                Some(file) => Resolution::Module(file),
                None => Resolution::Refused(format!("`{specifier}` is not one of the libraries.")),
            },
        }),
        define: Vec::new(),
        minify: true,
        time_limit: TIME_LIMIT,
    };
    let output = nimbus_rolldown::generate(input).await;
    let error = output.messages.iter().find(|message| message.severity == Severity::Error);
    match (output.code, error) {
        (Some(code), _) => Ok(code.js),
        (None, Some(message)) => Err(report::message(message, &SourceTree::default())),
        (None, None) => Err(Diagnostic::error("bundler-failed", "The app could not be linked with its libraries.")),
    }
}

/// The text of every library file that the app needs, and of those that they may load later.
///
/// # Errors
/// The file that is missing.
fn library_files(export: &Exporting, bundle: &Bundle) -> Result<BTreeMap<String, String>, String> {
    let prefix = export.libraries.url("");
    let lock = (export.read)(LOCK).unwrap_or_default();
    let mut wanted: Vec<String> =
        bundle.libraries.iter().filter_map(|url| url.strip_prefix(&prefix)).map(str::to_owned).collect();
    let mut files = BTreeMap::new();
    while let Some(file) = wanted.pop() {
        if files.contains_key(&file) {
            continue;
        }
        let Some(text) = (export.read)(&format!("lib/{file}")) else {
            return Err(file);
        };
        let text = text.strip_prefix(lock.trim_end()).unwrap_or(&text).to_owned();
        wanted.extend(mentioned(&text).filter_map(|specifier| beside(&file, specifier)).filter(|other| {
            // What only looks like a file's name is none.
            !files.contains_key(other) && (export.read)(&format!("lib/{other}")).is_some()
        }));
        files.insert(file, text);
    }
    Ok(files)
}

/// Every `./….js` and `../….js` in quotes: among them all that a minified module imports, now or
/// later.
fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    text.split(['"', '\'', '`'])
        .filter(|part| (part.starts_with("./") || part.starts_with("../")) && part.ends_with(".js"))
}

/// The file that `specifier` names from beside `file`.
fn beside(file: &str, specifier: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The page. `app` names what it keeps in the browser.
pub(super) fn document(app: &str, title: &str, css: &str, program: &str) -> String {
    let (app, title) = (escape(app), escape(title));
    let css = guarded(css, "</style", "<\\");
    let program = guarded(&guarded(program, "</script", "<\\"), "<!--", "\\x3C");
    format!(
        "<!doctype html>\n<html lang=\"en\" data-app=\"{app}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<title>{title}</title>\n\
         <style>{css}</style>\n</head>\n<body>\n<div id=\"root\"></div>\n\
         <script type=\"module\">{program}</script>\n</body>\n</html>\n"
    )
}

/// Writes `lead` for the `<` of every `end`, in whatever case it is spelt.
///
/// In a program such a text can stand only in a string, a template or a pattern, and in a sheet only
/// in a string or a URL: there the escaped spelling means the same.
fn guarded(text: &str, end: &str, lead: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, _) in lower.match_indices(end) {
        out.push_str(&text[at..start]);
        out.push_str(lead);
        at = start + 1;
    }
    out.push_str(&text[at..]);
    out
}

/// Text for HTML content and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_an_app_ends_its_place_in_the_page() {
        let program = "const a = '</SCRIPT><script>', b = `<!--`;";
        let page = document("a", "</title><script>", "b::after { content: '</StYle>' }", program);
        assert_eq!(page.to_lowercase().matches("</script").count(), 1, "{page}");
        assert_eq!(page.to_lowercase().matches("</style").count(), 1, "{page}");
        assert_eq!(page.matches("</title>").count(), 1, "{page}");
        assert!(page.contains(r"const a = '<\/SCRIPT><script>', b = `\x3C!--`;"), "{page}");
        assert!(page.contains(r"content: '<\/StYle>'"), "{page}");
    }

    #[test]
    fn files_of_a_library_are_found_from_beside_it() {
        assert_eq!(beside("react.js", "./chunk-a.js").as_deref(), Some("chunk-a.js"));
        assert_eq!(beside("lucide/plus.js", "../lucide-icon.js").as_deref(), Some("lucide-icon.js"));
        assert_eq!(beside("react.js", "../../secret"), None);
        let text = "import{a}from\"./a.js\";const b=()=>import(`./b.js`);'./c.css'";
        assert_eq!(mentioned(text).collect::<Vec<_>>(), ["./a.js", "./b.js"]);
    }
}
