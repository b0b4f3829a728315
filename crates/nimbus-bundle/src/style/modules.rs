//! CSS modules: class names made unique per file.

use std::collections::BTreeMap;

/// A sheet with renamed classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scoped {
    pub(crate) css: String,
    /// From the class as written to the class in the sheet.
    pub(crate) classes: BTreeMap<String, String>,
}

/// Renames the classes of the sheet at `path`, except inside `:global(…)`.
pub(crate) fn scoped(path: &str, text: &str) -> Scoped {
    let suffix = fingerprint(path);
    let mut scoped = Scoped { css: String::with_capacity(text.len() + 256), classes: BTreeMap::new() };
    let mut start = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                rename(&text[start..at], &suffix, &mut scoped);
                let end = text[at + 2..].find("*/").map_or(bytes.len(), |length| at + length + 4);
                scoped.css.push_str(&text[at..end]);
                (at, start) = (end, end);
                continue;
            }
            quote @ (b'"' | b'\'') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'{' => {
                rename(&text[start..at], &suffix, &mut scoped);
                start = at;
            }
            b'}' | b';' => {
                scoped.css.push_str(&text[start..=at]);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    scoped.css.push_str(&text[start..]);
    scoped
}

/// Writes a rule's prelude with its classes renamed.
fn rename(prelude: &str, suffix: &str, scoped: &mut Scoped) {
    if prelude.trim_start_matches('{').trim_start().starts_with('@') {
        scoped.css.push_str(prelude);
        return;
    }
    let mut rest = prelude;
    while let Some(dot) = rest.find('.') {
        let global = rest[..dot].ends_with(":global(");
        let name_start = dot + 1;
        let length = rest[name_start..]
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
            .unwrap_or(rest.len() - name_start);
        let name = &rest[name_start..name_start + length];
        scoped.css.push_str(&rest[..name_start]);
        scoped.css.push_str(name);
        if !global && name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '-' | '_')) {
            let unique = format!("{name}_{suffix}");
            scoped.css.push('_');
            scoped.css.push_str(suffix);
            scoped.classes.insert(name.to_owned(), unique);
        }
        rest = &rest[name_start + length..];
    }
    scoped.css.push_str(rest);
}

/// Six characters that depend on the path alone.
fn fingerprint(path: &str) -> String {
    // FNV-1a: the suffix has to be stable, not secret.
    let hash = path
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{:06x}", hash & 0x00ff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_renamed_in_selectors_only() {
        let text = "/* .no */ .card:hover > .title, a.card { width: 1.5em; background: url('a.b.png'); }\n@media (min-width: 1.5em) { .card { color: red } } :global(.dark) .title {}";
        let scoped = scoped("src/Card.module.css", text);
        let suffix = fingerprint("src/Card.module.css");
        assert_eq!(
            scoped.css,
            text.replace("/* .no */", "/*·*/")
                .replace(".card", &format!(".card_{suffix}"))
                .replace(".title", &format!(".title_{suffix}"))
                .replace("/*·*/", "/* .no */")
        );
        assert_eq!(scoped.classes.keys().collect::<Vec<_>>(), ["card", "title"]);
    }
}
