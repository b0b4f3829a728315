//! Icon packs: thousands of icons of which an app takes a few into its bundle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

/// Gives the text of a pack by its name, `fa`: lines of an icon's name, a tab and its data as JSON.
pub type ReadPack = fn(&str) -> Option<String>;

/// The packs, each read when an app first names it.
#[derive(Clone)]
pub(crate) struct Packs {
    read: ReadPack,
    held: Arc<Mutex<BTreeMap<String, Arc<Pack>>>>,
}

/// The icons of one pack by name.
#[derive(Debug, Default)]
pub(crate) struct Pack(BTreeMap<String, String>);

impl Default for Packs {
    fn default() -> Self {
        Self::new(|_| None)
    }
}

impl fmt::Debug for Packs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Packs")
    }
}

impl Packs {
    pub(crate) fn new(read: ReadPack) -> Self {
        Self { read, held: Arc::default() }
    }

    /// A pack; one without icons when there is none of that name.
    pub(crate) fn get(&self, name: &str) -> Arc<Pack> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let pack = held.entry(name.to_owned()).or_insert_with(|| {
            let text = (self.read)(name).unwrap_or_default();
            let icons = text.lines().filter_map(|line| line.split_once('\t'));
            Arc::new(Pack(icons.map(|(icon, data)| (icon.to_owned(), data.to_owned())).collect()))
        });
        Arc::clone(pack)
    }
}

impl Pack {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn has(&self, icon: &str) -> bool {
        self.0.contains_key(icon)
    }

    /// A module that exports these icons; a dashed circle for one that the pack does not have.
    pub(crate) fn module(&self, icons: &BTreeSet<String>) -> String {
        const CIRCLE: &str = r#"{"tag":"svg","attr":{"viewBox":"0 0 24 24","fill":"none","stroke":"currentColor","strokeWidth":"2","strokeDasharray":"3 3"},"child":[{"tag":"circle","attr":{"cx":"12","cy":"12","r":"9"},"child":[]}]}"#;
        let mut code = "import { GenIcon } from \"react-icons/lib\";\n".to_owned();
        for icon in icons {
            let data = self.0.get(icon).map_or(CIRCLE, String::as_str);
            let _ = writeln!(code, "export const {icon} = GenIcon({data});");
        }
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_holds_the_icons_that_are_named() {
        let packs = Packs::new(|name| (name == "fa").then(|| "FaA\t{\"a\":1}\nFaB\t{\"b\":2}\n".to_owned()));
        let pack = packs.get("fa");
        assert!(pack.has("FaA") && !pack.has("FaC"));
        let module = pack.module(&["FaB".to_owned(), "FaC".to_owned()].into());
        assert!(module.contains("FaB = GenIcon({\"b\":2});") && module.contains("strokeDasharray"), "{module}");
        assert!(!module.contains("FaA"));
        assert_eq!(packs.get("xx").names().count(), 0);
    }
}
