//! Where an app starts.

use crate::draft::{Draft, is_code, stem};

/// The file that an app starts with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It mounts the app into the page itself, and is run as it is.
    Mounts(String),
    /// Its default export is the app; a start module is made around it.
    App(String),
}

const EXTENSIONS: [&str; 4] = ["tsx", "jsx", "ts", "js"];

/// Looks for `src/main.tsx` and its like, then for an App file, then for an only component.
pub(crate) fn find_entry(draft: &Draft) -> Option<Entry> {
    if let Some(page) = &draft.page {
        return Some(Entry::Mounts(page.start.clone()));
    }
    let app = find_app(draft);
    for name in ["main", "index"] {
        let Some(path) = find(draft, name) else { continue };
        let Some(facts) = draft.facts(&path) else { continue };
        if works_as_main(draft, &path) || (facts.mounts && app.is_none()) {
            return Some(Entry::Mounts(path));
        }
        if app.is_none() && facts.exports.default && facts.uses_jsx {
            return Some(Entry::App(path));
        }
    }
    let path = app.or_else(|| routed_page(draft)).or_else(|| only_component(draft))?;
    Some(if works_as_main(draft, &path) { Entry::Mounts(path) } else { Entry::App(path) })
}

/// Whether a file mounts the app into the page that it will find: with `createRoot`, since
/// `ReactDOM.render` is gone from React, and into the element that exists.
fn works_as_main(draft: &Draft, path: &str) -> bool {
    let Some(facts) = draft.facts(path).filter(|facts| facts.mounts) else { return false };
    let text = draft.text(path);
    facts.imports.iter().any(|import| import.specifier == "react-dom/client")
        && ["\"root\"", "'root'", "`root`", "#root", "document.body", "createElement("]
            .iter()
            .any(|sign| text.contains(sign))
}

/// The App file.
pub(crate) fn find_app(draft: &Draft) -> Option<String> {
    find(draft, "App").or_else(|| find(draft, "app"))
}

fn find(draft: &Draft, name: &str) -> Option<String> {
    ["src/", "", "app/", "src/app/", "src/components/", "components/"]
        .iter()
        .flat_map(|folder| EXTENSIONS.iter().map(move |extension| format!("{folder}{name}.{extension}")))
        .find(|path| draft.has(path))
}

/// The first page of a project whose folders are its routes.
fn routed_page(draft: &Draft) -> Option<String> {
    ["app/page", "src/app/page", "pages/index", "src/pages/index", "src/pages/Index", "src/pages/Home"]
        .iter()
        .flat_map(|path| EXTENSIONS.iter().map(move |extension| format!("{path}.{extension}")))
        .find(|path| draft.facts(path).is_some_and(|facts| facts.exports.default && facts.uses_jsx))
}

/// The one code file with a component and a default export, when there is only one code file.
fn only_component(draft: &Draft) -> Option<String> {
    let mut code = draft.code().filter(|(path, _)| is_code(path));
    let (path, facts) = code.next()?;
    let usable = facts.exports.default && facts.uses_jsx && code.next().is_none();
    (usable && stem(path) != "index").then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(files: &[(&str, &str)]) -> Option<Entry> {
        let mut draft = Draft::default();
        for (path, text) in files {
            draft.put(path, (*text).to_owned());
        }
        find_entry(&draft)
    }

    const MAIN: &str = "import { createRoot } from 'react-dom/client'; createRoot(document.body).render(<b />);";
    const APP: &str = "export default () => <b />;";

    #[test]
    fn a_main_file_that_mounts_comes_before_the_app_file() {
        let main = Some(Entry::Mounts("src/main.tsx".to_owned()));
        assert_eq!(entry(&[("src/App.tsx", APP), ("src/main.tsx", MAIN)]), main);
        let app = Some(Entry::App("src/App.tsx".to_owned()));
        assert_eq!(entry(&[("src/App.tsx", APP), ("src/index.ts", "export const x = 1;")]), app);
        assert_eq!(entry(&[("src/App.tsx", APP), ("src/index.js", "ReactDOM.render(<App />)")]), app);
        let elsewhere = MAIN.replace("document.body", "document.getElementById('app')");
        assert_eq!(entry(&[("src/App.tsx", APP), ("src/main.tsx", &elsewhere)]), app);
        let itself = format!("{MAIN}{APP}");
        assert_eq!(entry(&[("src/App.tsx", &itself)]), Some(Entry::Mounts("src/App.tsx".to_owned())));
        assert_eq!(entry(&[("App.jsx", APP)]), Some(Entry::App("App.jsx".to_owned())));
        assert_eq!(entry(&[("src/Timer.tsx", APP)]), Some(Entry::App("src/Timer.tsx".to_owned())));
        assert_eq!(entry(&[("src/a.ts", "let a;"), ("src/b.tsx", APP)]), None);
        let page = Some(Entry::App("app/page.tsx".to_owned()));
        assert_eq!(entry(&[("app/page.tsx", APP), ("app/layout.tsx", APP), ("lib/x.ts", "export {}")]), page);
        let page = Some(Entry::App("src/pages/Index.tsx".to_owned()));
        assert_eq!(entry(&[("src/pages/Index.tsx", APP), ("src/pages/About.tsx", APP)]), page);
        assert_eq!(entry(&[]), None);
    }
}
