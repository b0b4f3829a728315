//! The libraries that an app may import, as the web build's manifest lists them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::nearest::nearest;
use crate::packs::Packs;

/// The parsed `lib/manifest.json`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Libraries {
    /// The content hash that is part of every library URL.
    pub(crate) hash: String,
    #[serde(rename = "libraries")]
    by_name: BTreeMap<String, Library>,
    #[serde(skip)]
    pub(crate) packs: Packs,
}

/// One library.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Library {
    /// Its file below `lib/`.
    pub(crate) file: String,
    /// The names it exports, `default` among them where it has one.
    pub(crate) exports: BTreeSet<String>,
    /// Every file that loading it loads, itself included.
    #[serde(default)]
    pub(crate) closure: Vec<String>,
    /// For icon packs: each icon's own file.
    #[serde(default)]
    pub(crate) icons: BTreeMap<String, String>,
    /// What each icon's file loads besides itself.
    #[serde(default, rename = "iconClosure")]
    icon_closure: Vec<String>,
    /// For components of the set: the classes that they use.
    #[serde(default)]
    pub(crate) classes: Vec<String>,
    /// For packs whose icons go into the bundle: the pack's name.
    #[serde(default)]
    pub(crate) pack: Option<String>,
    /// Whether it is another spelling, or a part, of what is listed already.
    #[serde(default)]
    unlisted: bool,
}

/// The order in which libraries are offered; the rest follow by name.
const MOST_USEFUL: [&str; 8] =
    ["react", "lucide-react", "cumulonimbus", "recharts", "date-fns", "@hello-pangea/dnd", "framer-motion", "zustand"];

/// What React's own tooling imports and nobody writes.
const NEVER_OFFERED: [&str; 3] = ["react/jsx-runtime", "react/jsx-dev-runtime", "scheduler"];

/// How the set of components is offered, as one.
const SET: &str = "@/components/ui";

/// Names under which people know a library that is here under another, by purpose.
const SUBSTITUTES: [(&str, &str); 14] = [
    ("react-icons", "lucide-react"),
    ("@heroicons", "lucide-react"),
    ("@fortawesome", "lucide-react"),
    ("@mui/icons-material", "lucide-react"),
    ("chart.js", "recharts"),
    ("react-chartjs-2", "recharts"),
    ("victory", "recharts"),
    ("moment", "date-fns"),
    ("dayjs", "date-fns"),
    ("luxon", "date-fns"),
    ("redux", "zustand"),
    ("jotai", "zustand"),
    ("classnames", "clsx"),
    ("react-dnd", "@hello-pangea/dnd"),
];

impl Libraries {
    pub(crate) fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    pub(crate) fn with_packs(self, packs: Packs) -> Self {
        Self { packs, ..self }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Library> {
        self.by_name.get(name)
    }

    /// The URL of a file below `lib/`.
    pub(crate) fn url(&self, file: &str) -> String {
        format!("/lib/{}/{file}", self.hash)
    }

    /// The names to offer, most useful first.
    pub(crate) fn offered(&self) -> Vec<String> {
        let first = MOST_USEFUL.iter().copied().filter(|name| self.by_name.contains_key(*name));
        let rest = self
            .by_name
            .keys()
            .map(String::as_str)
            .filter(|name| !MOST_USEFUL.contains(name) && !NEVER_OFFERED.contains(name))
            // `radix-ui` stands for them all.
            .filter(|name| self.is_listed(name) && !name.starts_with("@radix-ui/"));
        let set = self.by_name.contains_key(SET).then(|| format!("{SET}/*"));
        first.map(str::to_owned).chain(set).chain(rest.map(str::to_owned)).collect()
    }

    fn is_listed(&self, name: &str) -> bool {
        !NEVER_OFFERED.contains(&name) && self.get(name).is_some_and(|library| !library.unlisted)
    }

    /// The name under which the set of components answers for a file that an app does not have:
    /// `src/components/ui/DropdownMenu.tsx`, `lib/utils`, `hooks/use-toast`.
    pub(crate) fn in_set(&self, path: &str) -> Option<&str> {
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let stem = parts.pop()?.trim_end_matches(".tsx").trim_end_matches(".ts");
        let name = match (parts.last().copied(), stem) {
            (Some("components"), "ui") => SET.to_owned(),
            (Some("ui"), "index") => SET.to_owned(),
            (Some("ui"), stem) => format!("{SET}/{}", kebab(stem)),
            (Some("hooks"), stem) => format!("@/hooks/{}", kebab(stem)),
            (Some("lib"), "utils" | "cn") | (Some("utils"), "cn") => "@/lib/utils".to_owned(),
            _ => return None,
        };
        self.by_name.get_key_value(&name).map(|(name, _)| name.as_str())
    }

    /// The one component of the set that exports a name.
    pub(crate) fn part_of_set(&self, name: &str) -> Option<&str> {
        let mut found = self.by_name.iter().filter(|(path, part)| {
            path.strip_prefix(SET).is_some_and(|rest| rest.starts_with('/')) && part.exports.contains(name)
        });
        let (first, _) = found.next()?;
        found.next().is_none().then_some(first.as_str())
    }

    /// Whether a library is the set of components or one of it.
    pub(crate) fn is_of_set(name: &str) -> bool {
        name.starts_with(SET)
    }

    /// The library to use instead of one that is not here.
    pub(crate) fn instead_of(&self, package: &str) -> Option<&str> {
        let substitute = SUBSTITUTES
            .iter()
            .find(|(known, _)| {
                package == *known || package.strip_prefix(known).is_some_and(|r| r.starts_with(['/', '-']))
            })
            .map(|(_, here)| *here);
        let names = || self.by_name.keys().map(String::as_str).filter(|name| self.is_listed(name));
        substitute.and_then(|here| names().find(|name| *name == here)).or_else(|| nearest(package, names()))
    }

    /// The one library among `imported` that exports a name.
    pub(crate) fn only_exporter<'l>(&self, name: &str, imported: impl Iterator<Item = &'l str>) -> Option<&'l str> {
        let mut found = imported.filter(|library| self.get(library).is_some_and(|l| l.exports.contains(name)));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// Every URL that loading these URLs loads, sorted.
    pub(crate) fn closure(&self, urls: &[String]) -> Vec<String> {
        let prefix = self.url("");
        let mut all = BTreeSet::new();
        for url in urls {
            all.insert(url.clone());
            let Some(file) = url.strip_prefix(&prefix) else { continue };
            for library in self.by_name.values() {
                let needed = if library.file == file {
                    &library.closure
                } else if library.icons.values().any(|icon| icon == file) {
                    &library.icon_closure
                } else {
                    continue;
                };
                all.extend(needed.iter().map(|needed| self.url(needed)));
            }
        }
        all.into_iter().collect()
    }
}

/// `DropdownMenu` as the name of a file: `dropdown-menu`.
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 2);
    let mut before = '-';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
        before = c;
    }
    kebab
}

#[cfg(test)]
mod tests {
    use crate::fix::tests::libraries;

    #[test]
    fn a_closure_holds_every_file_once_and_no_pack_for_an_icon() {
        let libraries = libraries();
        let urls = [libraries.url("react.js"), libraries.url("lucide/plus.js")];
        let closure = libraries.closure(&urls);
        assert!(closure.contains(&libraries.url("react.js")) && closure.contains(&libraries.url("lucide/plus.js")));
        assert!(!closure.contains(&libraries.url("lucide-react.js")));
        assert!(closure.contains(&libraries.url("lucide-icon.js")) && closure.is_sorted(), "{closure:?}");
    }

    #[test]
    fn another_library_is_named_for_one_that_is_not_here() {
        let libraries = libraries();
        for (unknown, named) in [
            ("chart.js", Some("recharts")),
            ("react-icons/fa", Some("lucide-react")),
            ("moment", Some("date-fns")),
            ("zustnd", Some("zustand")),
            ("left-pad", None),
            ("shceduler", None),
        ] {
            assert_eq!(libraries.instead_of(unknown), named, "{unknown}");
        }
        assert_eq!(libraries.offered().first().map(String::as_str), Some("react"));
        assert!(!libraries.offered().iter().any(|name| name.contains("jsx")));
    }
}
