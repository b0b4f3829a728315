//! How alike two descriptions are.

use std::collections::HashSet;

/// From which similarity on a reply is offered. Of the pairs in this module's tests it parts those
/// that ask for the same from those that do not, but for one each; a wrong offer costs a glance, as
/// the description it was made for stands beside it.
pub const SIMILAR: f64 = 0.6;

/// A description without what does not change its meaning: case, the amount of white space, and the
/// sentence's end.
#[must_use]
pub fn normalised(prompt: &str) -> String {
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    text.trim_end_matches(|c: char| matches!(c, '.' | '!' | '?' | '…' | '。') || c.is_whitespace()).to_owned()
}

/// The Jaccard index of the sets of three letters that follow each other in two descriptions, from 0
/// to 1: how many they share, of all that either has. Letters are those and digits of any script, in
/// lower case; a run of anything else counts as one space, and so do the beginning and the end.
///
/// Trigrams of letters rather than words, since "filter" and "filters" or "to-do" and "todo" should
/// be alike, and since not every language puts spaces between words.
#[must_use]
pub fn similarity(one: &str, other: &str) -> f64 {
    let (one, other) = (trigrams(one), trigrams(other));
    let shared = one.intersection(&other).count();
    let all = one.len() + other.len() - shared;
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}

fn trigrams(text: &str) -> HashSet<[char; 3]> {
    let mut letters = vec![' '];
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            letters.push(letter);
        } else if letters.last() != Some(&' ') {
            letters.push(' ');
        }
    }
    if letters.last() != Some(&' ') {
        letters.push(' ');
    }
    letters.windows(3).filter_map(|window| window.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs that ask for the same, and whether that is noticed.
    const SAME: &[(&str, &str, bool)] = &[
        ("A todo list with priorities and a filter", "a to-do list with priorities and filters", true),
        ("A todo list with priorities and a filter", "Todo list with filter and priorities", true),
        ("A Pomodoro timer that counts my focus sessions", "a pomodoro timer which counts focus sessions", true),
        ("Track my expenses with a monthly budget", "Track expenses with a monthly budget, please", true),
        ("A kanban board with drag and drop", "kanban board with drag & drop", true),
        ("A sales dashboard for my coffee shop", "A sales dashboard for a coffee shop", true),
        ("A habit tracker with streaks and a heat map", "Habit tracker with streaks and heatmap", true),
        ("A quiz about capitals of Europe with a score", "Quiz about European capitals with score", true),
        ("Eine Einkaufsliste mit Kategorien", "Einkaufsliste mit Kategorien", true),
        ("Ein Wasserzähler, der mich erinnert, genug zu trinken", "Wasserzähler, der mich ans Trinken erinnert", true),
        ("買い物リストを作って", "買い物リストを作ってください", true),
        ("make the header sticky", "make header sticky", true),
        ("add a dark mode toggle", "add dark mode switch", false),
    ];

    /// Pairs that do not, and whether they are offered all the same.
    const OTHER: &[(&str, &str, bool)] = &[
        ("A todo list with priorities and a filter", "A kanban board with drag and drop", false),
        ("A todo list with priorities and a filter", "A habit tracker with streaks and a heat map", false),
        ("A sales dashboard for my coffee shop", "A booking page for my coffee shop", false),
        ("Track my expenses with a monthly budget", "Track my weight with a monthly chart", false),
        ("A quiz about capitals of Europe with a score", "A quiz about animals with a score", false),
        ("a memory game with cards", "a memory game with numbers", false),
        ("Eine Einkaufsliste mit Kategorien", "Eine Weltkarte mit Hauptstädten", false),
        ("a calculator", "a calendar", false),
        ("make it blue", "make it green", false),
        ("sort by date", "sort by name", false),
        ("make the button larger", "make the header smaller", false),
        ("rename the title to Hello", "rename the title to Bye", true),
    ];

    #[test]
    fn the_threshold_parts_the_same_from_the_other() {
        for (one, other, offered) in SAME.iter().chain(OTHER) {
            let alike = similarity(one, other);
            assert_eq!(alike >= SIMILAR, *offered, "{alike:.2}: {one} / {other}");
            assert_eq!(alike, similarity(other, one));
        }
    }

    #[test]
    fn it_is_a_share() {
        assert_eq!(similarity("a clock", "A  Clock!"), 1.0);
        assert_eq!(similarity("", ""), 0.0);
        assert_eq!(similarity("", "a clock"), 0.0);
        // " ab", "ab " of " ab", "abc", "bc ".
        assert_eq!(similarity("ab", "abc"), 0.25);
    }

    #[test]
    fn case_space_and_the_sentences_end_do_not_matter() {
        assert_eq!(normalised("  A  Clock,\nlarge !\n"), "a clock, large");
        assert_ne!(normalised("a clock"), normalised("a c-lock"));
    }
}
