//! Six apps that we wrote, each as the reply a good model would give: `samples/{id}/`.

use nimbus_core::ports::Sample;
use serde::Deserialize;

/// A sample and the reply that makes it.
#[derive(Debug, Clone)]
pub(crate) struct Scripted {
    pub sample: Sample,
    pub reply: &'static str,
}

/// How well a sample answers a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// It was made for that description.
    Exact,
    /// It is the nearest there is.
    Nearest,
}

macro_rules! samples {
    ($($id:literal),*) => {
        [$((
            $id,
            include_str!(concat!("../samples/", $id, "/sample.json")),
            include_str!(concat!("../samples/", $id, "/reply.txt")),
        )),*]
    };
}

/// In the order in which they are offered; the first is played where none is nearer.
const FILES: [(&str, &str, &str); 6] = samples!["todo", "kanban", "expenses", "habits", "pomodoro", "dashboard"];
/// Words that say nothing about which app is meant.
const EMPTY_WORDS: [&str; 24] = [
    "a",
    "an",
    "and",
    "app",
    "application",
    "at",
    "build",
    "create",
    "for",
    "i",
    "in",
    "make",
    "me",
    "my",
    "of",
    "on",
    "please",
    "simple",
    "so",
    "that",
    "the",
    "to",
    "want",
    "with",
];

#[derive(Deserialize)]
struct About {
    title: String,
    prompt: String,
}

/// Every sample.
pub(crate) fn samples() -> Vec<Scripted> {
    let read = |(id, about, reply): (&str, &str, &'static str)| {
        let about: About = serde_json::from_str(about).ok()?;
        Some(Scripted { sample: Sample { id: id.to_owned(), title: about.title, prompt: about.prompt }, reply })
    };
    FILES.into_iter().filter_map(read).collect()
}

/// The sample that answers `text` best: what a person asked, perhaps with words around it.
pub(crate) fn nearest<'a>(samples: &'a [Scripted], text: &str) -> Option<(&'a Scripted, Match)> {
    let said = plain(text);
    if let Some(exact) = samples.iter().find(|scripted| said.contains(&plain(&scripted.sample.prompt))) {
        return Some((exact, Match::Exact));
    }
    let said: Vec<String> = words(text);
    let shared = |scripted: &&Scripted| {
        let about = format!("{} {} {}", scripted.sample.id, scripted.sample.title, scripted.sample.prompt);
        let about = words(&about);
        let shared = said.iter().filter(|word| about.contains(word)).count();
        // Of two that share as much, the one that says less besides.
        shared * 1000 / (about.len() + 8).max(1)
    };
    // Reversed, as the last of equals wins and the first is meant.
    samples.iter().rev().max_by_key(shared).map(|scripted| (scripted, Match::Nearest))
}

/// Lower case, with single spaces, padded so that a text is only found as whole words.
fn plain(text: &str) -> String {
    let words: Vec<String> = split(text).collect();
    format!(" {} ", words.join(" "))
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = split(text)
        .filter(|word| !EMPTY_WORDS.contains(&word.as_str()))
        .map(|word| match word.strip_suffix('s') {
            Some(singular) if singular.len() > 3 => singular.to_owned(),
            _ => word,
        })
        .collect();
    words.sort();
    words.dedup();
    words
}

fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::{FILES, Match, nearest, samples};

    fn chosen(text: &str) -> (String, Match) {
        let samples = samples();
        let (scripted, how) = nearest(&samples, text).unwrap();
        (scripted.sample.id.clone(), how)
    }

    #[test]
    fn every_sample_is_whole() {
        let samples = samples();
        assert_eq!(samples.len(), FILES.len());
        for scripted in samples {
            let id = scripted.sample.id;
            assert!(scripted.reply.contains("<file path=\"src/App.tsx\">"), "{id} has an App");
            assert_eq!(scripted.reply.matches("<file ").count(), scripted.reply.matches("</file>").count(), "{id}");
            assert!(scripted.reply.trim_end().ends_with("</file>"), "{id} ends with a file");
        }
    }

    #[test]
    fn its_own_description_plays_a_sample() {
        for scripted in samples() {
            let asked = format!("  {}.\n", scripted.sample.prompt.to_uppercase().replace(' ', "  "));
            assert_eq!(chosen(&asked), (scripted.sample.id, Match::Exact));
        }
    }

    #[test]
    fn other_words_play_the_nearest() {
        for (text, id) in [
            ("Build me a simple kanban", "kanban"),
            ("I want to track what I spend, by category and budget", "expenses"),
            ("a habit tracker", "habits"),
            ("pomodoro", "pomodoro"),
            ("Dashboard for sales of books", "dashboard"),
            ("an app to order pizza", "todo"),
        ] {
            assert_eq!(chosen(text), (id.to_owned(), Match::Nearest), "{text}");
        }
    }
}
