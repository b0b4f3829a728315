//! "Did you mean": the candidate most like a word.

/// The candidate closest to a word, if one is close enough to be meant.
pub(crate) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    // A third of the letters may differ; a change of case alone always counts as close.
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .filter_map(|candidate| {
            if candidate.eq_ignore_ascii_case(word) {
                return Some((0, candidate));
            }
            if candidate.len().abs_diff(word.len()) > allowed {
                return None;
            }
            let distance = distance(&word.to_lowercase(), &candidate.to_lowercase());
            (distance <= allowed).then_some((distance, candidate))
        })
        // Slips seldom hit the first letter.
        .min_by_key(|(distance, candidate)| (*distance, candidate.get(..1) != word.get(..1), *candidate))
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, remove or replace.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let names = || ["useState", "useEffect", "useMemo", "memo"].into_iter();
        assert_eq!(nearest("useSate", names()), Some("useState"));
        assert_eq!(nearest("usestate", names()), Some("useState"));
        assert_eq!(nearest("useMenu", names()), Some("useMemo"));
        assert_eq!(nearest("Trush", ["Brush", "Trash"].into_iter()), Some("Trash"));
        assert_eq!(nearest("zebra", names()), None);
        assert_eq!(nearest("", names()), None);
    }
}
