//! What a module offers to those who import it, `export *` followed.

use std::collections::BTreeSet;

use crate::draft::Draft;
use crate::library::Libraries;
use crate::resolve::{Form, Target, resolve};

/// The exports of one module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) default: bool,
    pub(crate) names: BTreeSet<String>,
    pub(crate) types: BTreeSet<String>,
    /// Whether there may be names that are not known.
    pub(crate) open: bool,
}

/// What the file at `path` offers.
pub(crate) fn of_file(draft: &Draft, libraries: &Libraries, path: &str) -> Offer {
    let mut offer = Offer::default();
    collect(draft, libraries, path, &mut BTreeSet::new(), &mut offer);
    offer.default = match draft.facts(path) {
        Some(facts) => facts.exports.default,
        // JSON, images and texts are their default export.
        None => true,
    };
    offer
}

/// What a library offers.
pub(crate) fn of_library(libraries: &Libraries, name: &str) -> Offer {
    let Some(library) = libraries.get(name) else { return Offer::default() };
    Offer {
        default: library.exports.contains("default"),
        names: library.exports.clone(),
        // An icon that does not exist gets a placeholder when linking.
        open: !library.icons.is_empty() || library.pack.is_some(),
        ..Offer::default()
    }
}

fn collect(draft: &Draft, libraries: &Libraries, path: &str, seen: &mut BTreeSet<String>, offer: &mut Offer) {
    if !seen.insert(path.to_owned()) {
        return;
    }
    let Some(facts) = draft.facts(path) else {
        offer.open = true;
        return;
    };
    offer.names.extend(facts.exports.names.iter().cloned());
    offer.types.extend(facts.exports.types.iter().cloned());
    for star in &facts.exports.stars {
        match resolve(draft, libraries, path, star) {
            Target::File(other, Form::Module) => collect(draft, libraries, &other, seen, offer),
            Target::Library(name) => offer.names.extend(of_library(libraries, &name).names),
            _ => offer.open = true,
        }
    }
}
