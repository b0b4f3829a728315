//! Asking the model to repair one error of what it wrote.

use crate::{
    diagnostic::Diagnostic,
    model::{Message, Role},
    source::{SourcePath, SourceTree},
};

/// How many lines around an error the model sees beside the whole file.
const AROUND: usize = 15;

/// What makes two errors the same one: its code, file and message, but not its line, which moves
/// when anything above it changes.
pub(super) fn fingerprint(error: &Diagnostic) -> String {
    format!("{}\n{}\n{}", error.code, error.file.as_ref().map_or("", |file| file.as_str()), error.message)
}

/// The rules of the first conversation, the file at fault, and the one error.
pub(super) fn ask(conversation: &[Message], files: &SourceTree, error: &Diagnostic) -> Vec<Message> {
    let mut text = String::new();
    if let Some((path, source)) = error.file.as_ref().and_then(|path| files.get(path).map(|source| (path, source))) {
        text.push_str(&format!("This is `{path}`:\n\n{source}\n\n"));
        if let Some(line) = error.line {
            text.push_str(&format!("Around line {line}:\n\n{}\n", around(source, line as usize)));
        }
    }
    text.push_str(&format!("It does not build: {}\n", error.message));
    if let Some(hint) = &error.hint {
        text.push_str(&format!("{hint}\n"));
    }
    // No tags here: small models answer with the words of the request, tags included.
    let which =
        error.file.as_ref().map_or_else(|| "the file that has to change".to_owned(), |path| format!("`{path}`"));
    text.push_str(&format!("Write {which} again, whole and corrected, and change nothing else."));
    let rules = conversation.iter().filter(|message| message.role == Role::System).cloned();
    rules.chain([Message::new(Role::User, text)]).collect()
}

fn around(source: &str, line: usize) -> String {
    let first = line.saturating_sub(AROUND + 1);
    source
        .lines()
        .enumerate()
        .skip(first)
        .take(2 * AROUND + 1)
        .map(|(index, text)| format!("{}{:>4} | {text}\n", if index + 1 == line { ">" } else { " " }, index + 1))
        .collect()
}

/// The files of which a repair left less than half: no repair but a loss, such as an answer that
/// holds only the lines around the error.
pub(super) fn lost(before: &SourceTree, after: &SourceTree) -> Vec<(SourcePath, String)> {
    before
        .iter()
        .filter(|(path, text)| after.get(path).is_none_or(|now| now.len() * 2 < text.len()))
        .map(|(path, text)| (path.clone(), text.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_sees_the_error_and_its_surroundings_once() -> Result<(), Box<dyn std::error::Error>> {
        let path = SourcePath::parse("src/App.tsx")?;
        let source: String = (1..=60).map(|n| format!("line {n}\n")).collect();
        let mut files = SourceTree::default();
        files.insert(path.clone(), source)?;
        let error =
            Diagnostic::error("undefined-name", "`useState` is not defined").with_file(path).with_position(30, 1);
        let first = vec![Message::new(Role::System, "rules"), Message::new(Role::User, "a todo list")];
        let messages = ask(&first, &files, &error);
        assert_eq!(messages.len(), 2);
        let text = &messages[1].content;
        assert!(text.contains(">  30 | line 30") && text.contains("  15 | line 15") && text.contains("  45 | line 45"));
        assert!(!text.contains("  14 | ") && !text.contains("  46 | "));
        assert!(text.contains("`useState` is not defined"));
        assert!(!text.contains("<file"), "an answer that repeats it would be taken for a file");
        let moved = error.clone().with_position(31, 4);
        assert_eq!(fingerprint(&error), fingerprint(&moved));
        Ok(())
    }

    #[test]
    fn a_repair_that_leaves_less_than_half_of_a_file_is_a_loss() -> Result<(), Box<dyn std::error::Error>> {
        let (app, data) = (SourcePath::parse("src/App.tsx")?, SourcePath::parse("src/data.ts")?);
        let mut before = SourceTree::default();
        before.insert(app.clone(), "x".repeat(100))?;
        before.insert(data, "y".repeat(10))?;
        let mut after = before.clone();
        after.insert(app.clone(), "x".repeat(50))?;
        assert!(lost(&before, &after).is_empty());
        after.insert(app.clone(), "…".to_owned())?;
        assert_eq!(lost(&before, &after), [(app, "x".repeat(100))]);
        Ok(())
    }
}
