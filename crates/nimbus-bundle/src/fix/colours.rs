//! Colours of the theme that are written as if they were three numbers.

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::Draft;
use crate::fix::notice;
use crate::library::Libraries;
use crate::style::COLOURS;

/// Writes `hsl(var(--primary))` as `var(--primary)` where the app does not give that variable a
/// value: the theme's are whole colours. Version 3 of Tailwind wanted three numbers, and models
/// write for either.
pub(super) fn unwrap_theme_colours(draft: &mut Draft, _libraries: &Libraries) -> Vec<Diagnostic> {
    let declared = |name: &str| {
        let (in_sheet, in_object) = (format!("--{name}:"), format!("--{name}\""));
        draft.files.values().any(|file| file.text.contains(&in_sheet) || file.text.contains(&in_object))
    };
    let changed: Vec<(String, String)> = draft
        .files
        .iter()
        .filter(|(_, file)| file.text.contains("hsl(var(--"))
        .filter_map(|(path, file)| Some((path.clone(), unwrapped(&file.text, |name| !declared(name))?)))
        .collect();
    changed
        .into_iter()
        .map(|(path, text)| {
            draft.put(&path, text);
            notice("fixed-colour", &path, format!("`{path}` uses the theme's variables as the colours that they are."))
        })
        .collect()
}

/// The text with the colours that `is_ours` unwrapped; none when there is no such colour.
fn unwrapped(text: &str, is_ours: impl Fn(&str) -> bool) -> Option<String> {
    const OPENS: &str = "hsl(var(--";
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find(OPENS) {
        let (before, colour) = rest.split_at(at);
        result.push_str(before);
        match split(&colour[OPENS.len()..]).filter(|(name, ..)| COLOURS.contains(name) && is_ours(name)) {
            Some((name, alpha, after)) => {
                match alpha {
                    None => result.push_str(&format!("var(--{name})")),
                    Some(percent) => {
                        result.push_str(&format!("color-mix(in oklab, var(--{name}) {percent}%, transparent)"));
                    }
                }
                rest = after;
                changed = true;
            }
            None => {
                result.push_str(OPENS);
                rest = &colour[OPENS.len()..];
            }
        }
    }
    result.push_str(rest);
    changed.then_some(result)
}

/// `primary) / 0.5) …` as the name, the alpha in per cent when there is one, and what follows.
fn split(text: &str) -> Option<(&str, Option<f64>, &str)> {
    let (name, rest) = text.split_once(')')?;
    let (alpha, after) = rest.split_once(')')?;
    let alpha = alpha.trim();
    if alpha.is_empty() {
        return Some((name, None, after));
    }
    // `_` is a space in a class.
    let alpha = alpha.trim_start_matches(['/', ',', '_', ' ']);
    let percent = match alpha.strip_suffix('%') {
        Some(percent) => percent.parse().ok()?,
        None => alpha.parse::<f64>().ok()? * 100.0,
    };
    Some((name, Some(percent), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{draft, libraries};

    #[test]
    fn the_themes_colours_are_unwrapped_and_an_apps_own_are_not() {
        let source =
            "const c = ['hsl(var(--primary))', 'hsl(var(--chart-1) / 0.5)', 'hsl(var(--mine))', 'hsl(var(--'];";
        let mut ours = draft(&[("src/App.tsx", source)]);
        assert_eq!(unwrap_theme_colours(&mut ours, &libraries()).len(), 1);
        assert_eq!(
            ours.text("src/App.tsx"),
            "const c = ['var(--primary)', 'color-mix(in oklab, var(--chart-1) 50%, transparent)', 'hsl(var(--mine))', 'hsl(var(--'];"
        );
        let sheet = ":root { --primary: 222 47% 11%; --chart-1: 12 76% 61%; }";
        let mut own = draft(&[("src/App.tsx", source), ("src/index.css", sheet)]);
        assert_eq!(unwrap_theme_colours(&mut own, &libraries()).len(), 0);
    }
}
