//! How deeply code is nested, and the stack that parsing it needs.
//!
//! Parsers and tree walks recurse with the nesting of the source. The text decides how large a
//! stack the pre-pass gets, the tree decides whether anything else sees the file.

use oxc::ast::AstKind;
use oxc::ast::ast::Program;
use oxc::ast_visit::Visit;

/// The deepest tree, in nodes, that goes on to the linker. Real components stay below 120.
pub(crate) const MAX: u32 = 600;

/// The deepest nesting of brackets that is parsed at all.
pub(crate) const MAX_BRACKETS: usize = 1_000;

/// The most words and signs of a file that is parsed at all. Each can nest another without a
/// bracket: `!!!!x`, `a?b:c?d:e`, `x=>y=>z`, `if(a)if(b)`, `<a><a><a>`.
pub(crate) const MAX_TOKENS: usize = 200_000;

/// What a bracket may cost while parsing or walking, in bytes, in an unoptimised build.
const BYTES_PER_BRACKET: usize = 64 * 1024;

/// What any other word or sign may cost.
const BYTES_PER_TOKEN: usize = 4 * 1024;

/// The depth of a tree in nodes.
pub(crate) fn of(program: &Program) -> u32 {
    let mut meter = Meter { depth: 0, deepest: 0 };
    meter.visit_program(program);
    meter.deepest
}

struct Meter {
    depth: u32,
    deepest: u32,
}

impl<'a> Visit<'a> for Meter {
    fn enter_node(&mut self, _kind: AstKind<'a>) {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
    }

    fn leave_node(&mut self, _kind: AstKind<'a>) {
        self.depth -= 1;
    }
}

/// An upper bound of a text's nesting, from its characters alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Nesting {
    /// The deepest bracket.
    pub(crate) brackets: usize,
    /// The words and signs of the whole text.
    pub(crate) tokens: usize,
}

impl Nesting {
    /// Measures a text. What is in strings and comments counts too, so this errs upwards.
    pub(crate) fn of(text: &str) -> Self {
        let (mut open, mut nesting, mut in_word) = (0_usize, Self::default(), false);
        for byte in text.bytes() {
            let word = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii();
            nesting.tokens += usize::from(if word { !in_word } else { !byte.is_ascii_whitespace() });
            in_word = word;
            match byte {
                b'(' | b'[' | b'{' => {
                    open += 1;
                    nesting.brackets = nesting.brackets.max(open);
                }
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
        }
        nesting
    }

    /// What holds either.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { brackets: self.brackets.max(other.brackets), tokens: self.tokens.max(other.tokens) }
    }

    /// An upper bound of both as one text that is within the limits.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            brackets: (self.brackets + other.brackets).min(MAX_BRACKETS),
            tokens: (self.tokens + other.tokens).min(MAX_TOKENS),
        }
    }

    pub(crate) fn within_limits(self) -> bool {
        self.brackets <= MAX_BRACKETS && self.tokens <= MAX_TOKENS
    }

    /// The stack that parsing needs at the most, in bytes.
    pub(crate) fn stack(self) -> usize {
        self.brackets * BYTES_PER_BRACKET + self.tokens * BYTES_PER_TOKEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_never_underestimated() {
        for (text, brackets, tokens) in [
            ("", 0, 0),
            ("a?b:c", 0, 5),
            ("await  await x", 0, 3),
            ("if(a)if(b)c", 1, 9),
            ("([{x}])", 3, 7),
            ("'(((' // (", 4, 8),
            ("é1 _$", 0, 2),
        ] {
            assert_eq!(Nesting::of(text), Nesting { brackets, tokens }, "{text}");
        }
        assert!(Nesting { brackets: MAX_BRACKETS, tokens: MAX_TOKENS }.within_limits());
        assert!(!Nesting { brackets: MAX_BRACKETS + 1, tokens: 0 }.within_limits());
        assert!(!Nesting { brackets: 0, tokens: MAX_TOKENS + 1 }.within_limits());
    }
}
