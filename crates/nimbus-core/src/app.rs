//! An app: what a person described and keeps.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AppId, UserId, VersionId};

/// The most characters of an app's name.
pub const MAX_NAME_CHARS: usize = 80;

/// How an app is made and run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExecutionMode {
    /// Freeform: a model writes any code, which runs in the sandbox.
    #[default]
    Sandbox,
    /// Schema-based: a declarative document that our runtime runs.
    Schema,
}

/// An app as lists and pages show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// Its id.
    pub id: AppId,
    /// Who made it.
    #[serde(skip_serializing)]
    #[serde(default = "local_owner")]
    pub owner: UserId,
    /// Its name, 1 to [`MAX_NAME_CHARS`] characters.
    pub name: String,
    /// The first description, as the person wrote it.
    pub description: String,
    /// How it is made and run.
    pub execution_mode: ExecutionMode,
    /// Whether it is one of the samples that we wrote.
    pub sample: bool,
    /// "Never leaves this machine": no model elsewhere is asked for it or by it.
    #[serde(default)]
    pub local_only: bool,
    /// The version that opens; none while nothing has run yet.
    pub head: Option<VersionId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its name, head or source last changed.
    pub updated_at: Timestamp,
}

fn local_owner() -> UserId {
    UserId::LOCAL_OWNER
}

/// A name for files, from an app's: lower-case letters, digits and hyphens, which every file system
/// takes.
#[must_use]
pub fn file_name(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() { "app".to_owned() } else { words.join("-") }
}

/// A name for an app from its description: the first words of the first line, tidied.
#[must_use]
pub fn name_from_description(description: &str) -> String {
    const LONGEST: usize = 48;
    let line: String = description
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let line = strip_opening(&line);
    let mut name = String::new();
    for word in line.split_whitespace() {
        if !name.is_empty() && name.chars().count() + 1 + word.chars().count() > LONGEST {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.extend(word.chars().take(LONGEST));
    }
    let name = name.trim_end_matches([',', '.', ';', ':', '-', ' ']);
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => "Untitled app".to_owned(),
    }
}

/// Drops "make me a", "a", "an" and the like from the front of a description.
fn strip_opening(line: &str) -> &str {
    let mut rest = line;
    for opening in [
        "please ", "can you ", "i want ", "i need ", "build ", "make ", "create ", "write ", "me ", "us ", "a ", "an ",
        "the ",
    ] {
        if rest.len() > opening.len()
            && rest.is_char_boundary(opening.len())
            && rest[..opening.len()].eq_ignore_ascii_case(opening)
        {
            rest = rest[opening.len()..].trim_start();
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::name_from_description;

    #[test]
    fn names_come_from_the_first_words() {
        for (description, name) in [
            ("a todo list with priorities and a filter", "Todo list with priorities and a filter"),
            ("Please make me an expense tracker.\nWith charts", "Expense tracker"),
            ("  \n", "Untitled app"),
            ("ünïcode böard", "Ünïcode böard"),
            ("a", "A"),
        ] {
            assert_eq!(name_from_description(description), name);
        }
        assert!(name_from_description(&"word ".repeat(100)).chars().count() <= 48);
        assert!(name_from_description(&"x".repeat(500)).chars().count() <= 48);
    }
}
