//! The libraries that an app may import, as the web build's manifest lists them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::nearest::nearest;

/// The parsed `lib/manifest.json`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Libraries {
    /// The content hash that is part of every library URL.
    pub(crate) hash: String,
    #[serde(rename = "libraries")]
    by_name: BTreeMap<String, Library>,
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
}

/// The order in which libraries are offered; the rest follow by name.
const MOST_USEFUL: [&str; 8] =
    ["react", "lucide-react", "cumulonimbus", "recharts", "date-fns", "@hello-pangea/dnd", "framer-motion", "zustand"];

/// What React's own tooling imports and nobody writes.
const NEVER_OFFERED: [&str; 3] = ["react/jsx-runtime", "react/jsx-dev-runtime", "scheduler"];

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
            .filter(|name| !MOST_USEFUL.contains(name) && !NEVER_OFFERED.contains(name));
        first.chain(rest).map(str::to_owned).collect()
    }

    /// The library to use instead of one that is not here.
    pub(crate) fn instead_of(&self, package: &str) -> Option<&str> {
        let substitute = SUBSTITUTES
            .iter()
            .find(|(known, _)| {
                package == *known || package.strip_prefix(known).is_some_and(|r| r.starts_with(['/', '-']))
            })
            .map(|(_, here)| *here);
        let names = || self.by_name.keys().map(String::as_str).filter(|name| !NEVER_OFFERED.contains(name));
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
