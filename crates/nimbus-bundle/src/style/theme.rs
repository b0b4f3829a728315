//! The colours behind `@/components/ui` and classes such as `bg-primary`: whether an app needs
//! them, and what chooses between light and dark.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::candidates;

/// The theme's sheet, as `@import` names it. It has to come before everything else.
pub(crate) const THEME: &str = "@import \"cumulonimbus/theme\";\n";
/// Makes `dark:` and the theme follow a class instead of the system.
pub(crate) const DARK_BY_CLASS: &str = "@import \"cumulonimbus/dark-by-class\";\n";

/// The theme's colours, as `--NAME` in a sheet and after `bg-` in a class. The web build's
/// `theme.css` has the same.
pub(crate) const COLOURS: [&str; 33] = [
    "background",
    "foreground",
    "card",
    "card-foreground",
    "popover",
    "popover-foreground",
    "primary",
    "primary-foreground",
    "secondary",
    "secondary-foreground",
    "muted",
    "muted-foreground",
    "accent",
    "accent-foreground",
    "destructive",
    "destructive-foreground",
    "border",
    "input",
    "ring",
    "chart-1",
    "chart-2",
    "chart-3",
    "chart-4",
    "chart-5",
    "sidebar",
    "sidebar-background",
    "sidebar-foreground",
    "sidebar-primary",
    "sidebar-primary-foreground",
    "sidebar-accent",
    "sidebar-accent-foreground",
    "sidebar-border",
    "sidebar-ring",
];

/// What comes before Tailwind in the sheet of an app.
///
/// `own` is the text of the app's own sheets, `set` tells whether it imports a component of the set.
pub(crate) fn prelude(own: &str, words: &BTreeSet<String>, set: bool) -> String {
    let mut prelude = String::new();
    let themed = set || words.iter().any(|word| names_colour(word)) || {
        let mut in_sheets = BTreeSet::new();
        candidates::scan(&own.replace([';', '{', '}'], " "), &mut in_sheets);
        in_sheets.iter().any(|word| names_colour(word))
    };
    if themed {
        prelude.push_str(THEME);
    }
    // A theme of the app's own without a word about the system has its dark colours under a class.
    let brings_light = declares(own, "background") && !own.contains("prefers-color-scheme");
    let by_class = words.contains("dark") || (themed && brings_light);
    if by_class && !own.contains("@custom-variant dark") {
        prelude.push_str(DARK_BY_CLASS);
    }
    if themed {
        let channels: Vec<&str> = COLOURS.into_iter().filter(|name| declares_channels(own, name)).collect();
        if !channels.is_empty() {
            prelude.push_str("@theme inline {\n");
            for name in channels {
                let _ = writeln!(prelude, "  --color-{name}: hsl(var(--{name}));");
                if name == "sidebar-background" {
                    let _ = writeln!(prelude, "  --color-sidebar: hsl(var(--{name}));");
                }
            }
            prelude.push_str("}\n");
        }
    }
    prelude
}

/// Whether a class is a utility for one of the theme's colours: `hover:bg-primary/90`.
fn names_colour(class: &str) -> bool {
    const KINDS: [&str; 24] = [
        "bg",
        "text",
        "border",
        "border-t",
        "border-r",
        "border-b",
        "border-l",
        "border-x",
        "border-y",
        "ring",
        "ring-offset",
        "outline",
        "fill",
        "stroke",
        "from",
        "via",
        "to",
        "divide",
        "decoration",
        "accent",
        "caret",
        "shadow",
        "placeholder",
        "inset-ring",
    ];
    let plain = class.rsplit(':').next().unwrap_or(class).trim_start_matches('!').trim_end_matches('!');
    let plain = plain.split('/').next().unwrap_or(plain);
    COLOURS.iter().any(|name| {
        plain.strip_suffix(name).and_then(|kind| kind.strip_suffix('-')).is_some_and(|kind| KINDS.contains(&kind))
    })
}

/// Whether a sheet gives the variable `--NAME` a value.
fn declares(sheet: &str, name: &str) -> bool {
    values(sheet, name).next().is_some()
}

/// Whether a sheet gives `--NAME` three numbers, `222.2 84% 4.9%`, as was usual with version 3.
fn declares_channels(sheet: &str, name: &str) -> bool {
    values(sheet, name).any(|value| {
        let parts: Vec<&str> = value.split(|c: char| c.is_whitespace() || c == ',').filter(|p| !p.is_empty()).collect();
        let number = |text: &str| text.parse::<f64>().is_ok();
        let percent = |text: &str| text.strip_suffix('%').is_some_and(number);
        matches!(parts.as_slice(), [hue, s, l] if number(hue.trim_end_matches("deg")) && percent(s) && percent(l))
    })
}

/// The values that a sheet gives to `--NAME`.
fn values<'s>(sheet: &'s str, name: &str) -> impl Iterator<Item = &'s str> {
    let variable = format!("--{name}");
    let starts: Vec<usize> = sheet.match_indices(&variable).map(|(at, _)| at + variable.len()).collect();
    starts.into_iter().filter_map(move |at| {
        let value = sheet.get(at..)?.trim_start().strip_prefix(':')?;
        value.split([';', '}']).next().map(str::trim)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(own: &str, words: &[&str], set: bool) -> String {
        prelude(own, &words.iter().map(|word| (*word).to_owned()).collect(), set)
    }

    #[test]
    fn the_colours_are_those_of_the_sheet() {
        let sheet = nimbus_web::asset("tailwind/ui-theme.css").and_then(|asset| asset.text().ok()).unwrap_or_default();
        let in_sheet: BTreeSet<&str> = sheet
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--color-")?.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        assert_eq!(in_sheet, BTreeSet::from(COLOURS));
    }

    #[test]
    fn an_app_gets_the_theme_when_it_names_a_colour_of_it() {
        assert_eq!(of("", &["p-4", "bg-blue-500", "border", "from-here"], false), "");
        for class in
            ["bg-primary", "hover:bg-muted/50", "dark:text-card-foreground", "!border-border", "border-t-input"]
        {
            assert_eq!(of("", &[class], false), THEME, "{class}");
        }
        assert_eq!(of("* { @apply border-border; }", &[], false), THEME);
        assert_eq!(of("", &[], true), THEME);
    }

    #[test]
    fn dark_follows_a_class_where_the_app_sets_one() {
        assert_eq!(of("", &["dark", "dark:bg-black"], false), DARK_BY_CLASS);
        assert_eq!(of("", &["dark"], true), format!("{THEME}{DARK_BY_CLASS}"));
        assert_eq!(of("@custom-variant dark (&:is(.dark *));", &["dark"], true), THEME);
        assert_eq!(of(":root { --background: white; }", &[], true), format!("{THEME}{DARK_BY_CLASS}"));
        let system = "@media (prefers-color-scheme: dark) { :root { --background: black } }";
        assert_eq!(of(system, &[], true), THEME);
    }

    #[test]
    fn colours_that_are_three_numbers_are_made_colours() {
        let own = ":root { --background: 0 0% 100%; --primary: 222.2 47.4% 11.2%; --card: white; --radius: 1rem }";
        let prelude = of(own, &["bg-card"], false);
        assert!(prelude.contains("--color-primary: hsl(var(--primary));"), "{prelude}");
        assert!(prelude.contains("--color-background: hsl(") && !prelude.contains("--color-card"), "{prelude}");
    }
}
