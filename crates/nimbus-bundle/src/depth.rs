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

/// The longest chain of operators, keywords or tags, which nest without brackets, that is parsed at
/// all: `!!!!x`, `a?b:c?d:e`, `x=>y=>z`, `else if`, `<a><a><a>`.
pub(crate) const MAX_CHAIN: usize = 50_000;

/// What one level may cost while parsing or walking, in bytes, in the slowest build.
const BYTES_PER_LEVEL: usize = 16 * 1024;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nesting {
    /// The deepest bracket.
    pub(crate) brackets: usize,
    /// Everything that can nest without a bracket, counted over the whole text.
    pub(crate) chain: usize,
}

impl Nesting {
    /// Measures a text. Brackets in strings and comments count too, so this errs upwards.
    pub(crate) fn of(text: &str) -> Self {
        let (mut open, mut brackets, mut chain) = (0_usize, 0_usize, 0_usize);
        let bytes = text.as_bytes();
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'(' | b'[' | b'{' => {
                    open += 1;
                    brackets = brackets.max(open);
                }
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                b'!' | b'~' | b'+' | b'-' | b'?' | b'<' | b'=' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'.'
                | b':' | b'@' => chain += 1,
                // A word that is followed by white space may be a prefix operator or a statement
                // keyword: `await await x`, `else if`, `do do`, `new new`.
                b' ' | b'\n' | b'\t' if index > 0 && bytes[index - 1].is_ascii_alphabetic() => chain += 1,
                b'`' => chain += 1,
                _ => {}
            }
        }
        Self { brackets, chain }
    }

    pub(crate) fn within_limits(self) -> bool {
        self.brackets <= MAX_BRACKETS && self.chain <= MAX_CHAIN
    }

    /// The stack that parsing needs at the most, in bytes.
    pub(crate) fn stack(self) -> usize {
        (self.brackets + self.chain) * BYTES_PER_LEVEL
    }
}
