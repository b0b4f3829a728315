//! Where a diagnostic points: line, column, and the lines around it.

use nimbus_core::diagnostic::Diagnostic;
use nimbus_core::source::SourcePath;

use crate::facts::Span;
use crate::page::origin;

/// Longer lines are cut in frames; minified code would fill the screen.
const MAX_FRAME_WIDTH: usize = 160;

/// Names the file, and the place in its text with a printed frame.
pub(crate) fn at(diagnostic: Diagnostic, path: &str, text: &str, span: Span) -> Diagnostic {
    let Ok(file) = SourcePath::parse(&origin(path)) else { return diagnostic };
    let (line, column) = position(text, span.start);
    diagnostic.with_file(file).with_position(line, column).with_frame(frame(text, span))
}

/// Names the file alone.
pub(crate) fn in_file(diagnostic: Diagnostic, path: &str) -> Diagnostic {
    match SourcePath::parse(&origin(path)) {
        Ok(file) => diagnostic.with_file(file),
        Err(_) => diagnostic,
    }
}

/// Line and column of a byte offset, both from 1, the column in UTF-16 units.
pub(crate) fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before[start..].encode_utf16().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// The line of a span with two lines on each side, the span underlined.
pub(crate) fn frame(text: &str, span: Span) -> String {
    let before = text.get(..span.start).unwrap_or(text);
    let at = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let width = span.of(text).lines().next().unwrap_or_default().chars().count().max(1);
    let mut printed = String::new();
    for (index, line) in text.lines().enumerate().skip(at.saturating_sub(2)).take(if at < 2 { at + 3 } else { 5 }) {
        let shown: String = line.chars().take(MAX_FRAME_WIDTH).collect();
        let mark = if index == at { '>' } else { ' ' };
        printed.push_str(format!("{mark}{:>4} | {shown}", index + 1).trim_end());
        printed.push('\n');
        if index == at && column < MAX_FRAME_WIDTH {
            let under = width.min(MAX_FRAME_WIDTH - column);
            printed.push_str(&format!("      | {}{}\n", " ".repeat(column), "^".repeat(under)));
        }
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_in_utf16_units() {
        assert_eq!(position("a\nb😀c", 2), (2, 1));
        assert_eq!(position("a\nb😀c", 7), (2, 4));
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("a", 99), (1, 2));
    }

    #[test]
    fn a_frame_shows_the_line_and_underlines_the_span() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix";
        assert_eq!(
            frame(text, Span { start: 10, end: 12 }),
            "    1 | one\n    2 | two\n>   3 | three\n      |   ^^\n    4 | four\n    5 | five\n"
        );
    }
}
