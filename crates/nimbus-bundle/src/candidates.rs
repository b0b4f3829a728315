//! Words that may be Tailwind classes.
//!
//! Over-collecting is harmless: the compiler ignores what is not a utility. So every word of every
//! string counts, as long as it could be one at all.

use std::collections::BTreeSet;

/// No utility is longer, in bytes; arbitrary values such as grid templates come near it.
const MAX_BYTES: usize = 200;

/// Adds the words of a string that could be class names.
pub(crate) fn scan(text: &str, found: &mut BTreeSet<String>) {
    for word in text.split_ascii_whitespace() {
        if is_candidate(word) && !found.contains(word) {
            found.insert(word.to_owned());
        }
    }
}

fn is_candidate(word: &str) -> bool {
    let opens = |first: char| first.is_ascii_lowercase() || matches!(first, '-' | '!' | '[' | '*' | '@');
    word.len() <= MAX_BYTES
        && word.starts_with(opens)
        && word.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}' | b';' | b'<' | b'`'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utilities_are_kept_and_prose_is_mostly_not() {
        let mut found = BTreeSet::new();
        scan("p-4 hover:bg-red-500/50 w-[calc(100%-1rem)] -mt-2 !font-bold @container *:p-2", &mut found);
        assert_eq!(found.len(), 7);
        scan("Hello, 42 <b> {x}", &mut found);
        assert_eq!(found.len(), 7);
    }
}
