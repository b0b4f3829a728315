//! Scripts of content delivery networks, and the libraries that stand for them.

use crate::library::Libraries;

/// What stands for a script of another site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivered {
    /// Statements that define what the script would have defined.
    Code(String),
    /// Tailwind, which every app has.
    Tailwind,
    /// Something that the build does ahead.
    Nothing,
}

/// A package, and what its script defines: the names on the left as the whole module or its default.
const GLOBALS: [(&str, &str, &str); 19] = [
    ("react", "React", ""),
    ("three", "THREE", "* as "),
    ("d3", "d3", "* as "),
    ("lodash", "_", ""),
    ("dayjs", "dayjs", ""),
    ("marked", "marked", "* as "),
    ("mathjs", "math", "* as "),
    ("papaparse", "Papa", ""),
    ("tone", "Tone", "* as "),
    ("canvas-confetti", "confetti", ""),
    ("recharts", "Recharts", "* as "),
    ("framer-motion", "Motion", "* as "),
    ("lucide-react", "LucideReact", "* as "),
    ("date-fns", "dateFns", "* as "),
    ("clsx", "clsx", ""),
    ("uuid", "uuid", "* as "),
    ("zod", "Zod", "* as "),
    ("immer", "immer", "* as "),
    ("react-is", "ReactIs", "* as "),
];

/// What stands for the script at an address; none when nothing does.
pub(crate) fn delivered(address: &str, libraries: &Libraries) -> Option<Delivered> {
    let package = package_of(address)?;
    match package.as_str() {
        "tailwindcss" | "@tailwindcss/browser" => return Some(Delivered::Tailwind),
        "@babel/standalone" | "babel-standalone" | "prop-types" | "es-module-shims" => return Some(Delivered::Nothing),
        _ => {}
    }
    let has = |name: &str| libraries.get(name).is_some();
    let code = match package.as_str() {
        "react-dom" if has("react-dom/client") => react_dom(),
        "chart.js" if has("chart.js/auto") => "import Chart from \"chart.js/auto\";".to_owned(),
        "lucide" if has("lucide-react") => lucide(),
        name => {
            let (name, global, form) = GLOBALS.iter().find(|(known, ..)| *known == name && has(known))?;
            format!("import {form}{global} from \"{name}\";")
        }
    };
    let global = code.split("import ").nth(1).and_then(|rest| rest.split(" from").next()).unwrap_or_default();
    let global = global.trim_start_matches("* as ");
    let exposed = if global.starts_with('{') { String::new() } else { format!("window.{global} ??= {global};") };
    Some(Delivered::Code(format!("{code}{exposed}")))
}

/// `ReactDOM` as its script defined it, with the functions that React has since taken out.
fn react_dom() -> String {
    "import { createRoot, hydrateRoot } from \"react-dom/client\";import { createPortal, flushSync } from \"react-dom\";\
     const ReactDOM = { createRoot, hydrateRoot, createPortal, flushSync, roots: new Map(), render(element, place) { \
     let root = this.roots.get(place); if (!root) this.roots.set(place, (root = createRoot(place))); \
     root.render(element); }, unmountComponentAtNode(place) { this.roots.get(place)?.unmount(); \
     return this.roots.delete(place); } };window.ReactDOM ??= ReactDOM;"
        .to_owned()
}

/// `lucide.createIcons()`, which puts an icon in the place of every `<i data-lucide>`.
fn lucide() -> String {
    "import * as cumulonimbusIcons from \"lucide-react\";import { createElement as cumulonimbusElement } from \
     \"react\";import { createRoot as cumulonimbusRoot } from \"react-dom/client\";const lucide = { icons: \
     cumulonimbusIcons, createIcons() { for (const place of document.querySelectorAll(\"[data-lucide]\")) { const name \
     = (place.dataset.lucide ?? \"\").replace(/(^|-)(\\w)/g, (_, dash, letter) => letter.toUpperCase()); const Icon = \
     cumulonimbusIcons[name]; if (!Icon) continue; const box = document.createElement(\"span\"); box.style.display = \
     \"contents\"; place.replaceWith(box); cumulonimbusRoot(box).render(cumulonimbusElement(Icon, { className: \
     place.getAttribute(\"class\") ?? undefined, size: place.getAttribute(\"width\") ?? 24 })); } } };window.lucide \
     ??= lucide;"
        .to_owned()
}

/// The package in `https://unpkg.com/react@18/umd/react.js` and its like, under the name that npm
/// knows it by.
fn package_of(address: &str) -> Option<String> {
    let rest = address.strip_prefix("https:").or_else(|| address.strip_prefix("http:")).unwrap_or(address);
    let rest = rest.strip_prefix("//")?.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let name = match host {
        "cdn.tailwindcss.com" => "tailwindcss",
        "d3js.org" => "d3",
        "cdnjs.cloudflare.com" => path.strip_prefix("ajax/libs/")?.split('/').next()?,
        "cdn.jsdelivr.net" => path.strip_prefix("npm/")?,
        _ => path,
    };
    let parts = if name.starts_with('@') { 2 } else { 1 };
    let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(at, _)| at);
    let name = &name[..end];
    let version = name.get(1..).and_then(|rest| rest.find('@')).map_or(name.len(), |at| at + 1);
    let name = name[..version].to_ascii_lowercase();
    Some(match name.as_str() {
        "three.js" => "three".to_owned(),
        "lodash.js" => "lodash".to_owned(),
        "moment.js" => "moment".to_owned(),
        "chart.umd.js" => "chart.js".to_owned(),
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::libraries;

    #[test]
    fn packages_are_found_in_addresses() {
        for (address, package) in [
            ("https://unpkg.com/react@18/umd/react.development.js", Some("react")),
            ("https://unpkg.com/@babel/standalone/babel.min.js", Some("@babel/standalone")),
            ("//cdn.jsdelivr.net/npm/chart.js@4.4.0", Some("chart.js")),
            ("https://cdnjs.cloudflare.com/ajax/libs/three.js/r128/three.min.js", Some("three")),
            ("https://d3js.org/d3.v7.min.js", Some("d3")),
            ("https://cdn.tailwindcss.com", Some("tailwindcss")),
            ("https://cdn.tailwindcss.com?plugins=forms", Some("tailwindcss")),
            ("app.js", None),
        ] {
            assert_eq!(package_of(address).as_deref(), package, "{address}");
        }
    }

    #[test]
    fn only_libraries_that_are_here_stand_for_a_script() {
        let code = |address: &str| delivered(address, &libraries());
        let react = Delivered::Code("import React from \"react\";window.React ??= React;".to_owned());
        assert_eq!(code("https://unpkg.com/react@18/umd/react.production.min.js"), Some(react));
        assert_eq!(code("https://cdn.tailwindcss.com"), Some(Delivered::Tailwind));
        assert_eq!(code("https://unpkg.com/@babel/standalone/babel.min.js"), Some(Delivered::Nothing));
        assert_eq!(code("https://code.jquery.com/jquery-3.7.1.min.js"), None);
    }
}
