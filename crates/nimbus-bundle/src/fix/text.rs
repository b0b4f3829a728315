//! Repairs of the text itself.

use nimbus_core::diagnostic::Diagnostic;

use crate::draft::{Draft, Edit};
use crate::facts::HtmlAttribute;
use crate::fix::notice;
use crate::library::Libraries;

/// Removes Markdown fences around a file.
pub(super) fn strip_fences(draft: &mut Draft, _libraries: &Libraries) -> Vec<Diagnostic> {
    let fenced: Vec<(String, String)> = draft
        .files
        .iter()
        .filter(|(path, _)| !path.ends_with(".md"))
        .filter_map(|(path, file)| Some((path.clone(), without_fences(&file.text)?)))
        .collect();
    fenced
        .into_iter()
        .map(|(path, text)| {
            draft.put(&path, text);
            notice("fixed-fence", &path, format!("A Markdown fence around `{path}` was removed."))
        })
        .collect()
}

/// The text without a first line of backticks and without a last one; none when there is neither.
fn without_fences(text: &str) -> Option<String> {
    let mut lines: Vec<&str> = text.lines().collect();
    let before = lines.len();
    if lines.first().is_some_and(|line| line.trim_start().starts_with("```")) {
        lines.remove(0);
    }
    while lines.last().is_some_and(|line| line.trim().is_empty()) && lines.len() > 1 {
        lines.pop();
    }
    let closed = lines.last().is_some_and(|line| line.trim() == "```");
    if closed {
        lines.pop();
    }
    let opened = text.trim_start().starts_with("```");
    (opened || (closed && lines.len() < before)).then(|| lines.join("\n") + "\n")
}

/// Gives HTML attributes the names and forms that React knows.
pub(super) fn rename_html_attributes(draft: &mut Draft, _libraries: &Libraries) -> Vec<Diagnostic> {
    let mut notices = Vec::new();
    for path in draft.code_paths() {
        let Some(facts) = draft.facts(&path) else { continue };
        let edits: Vec<Edit> = facts.attributes.iter().filter_map(corrected).collect();
        if edits.is_empty() {
            continue;
        }
        let count = edits.len();
        draft.edit(&path, edits);
        let message = format!("{count} HTML attribute(s) in `{path}` were written as React knows them.");
        notices.push(notice("fixed-attribute", &path, message));
    }
    notices
}

fn corrected(attribute: &HtmlAttribute) -> Option<Edit> {
    match attribute.name.as_str() {
        "class" => Some(Edit::replace(attribute.name_span, "className")),
        "for" => Some(Edit::replace(attribute.name_span, "htmlFor")),
        "style" => {
            let (css, span) = attribute.value.as_ref()?;
            Some(Edit::replace(*span, style_object(css)))
        }
        _ => None,
    }
}

/// `color: red; margin-top: 4px` as `{{ color: "red", marginTop: "4px" }}`.
fn style_object(css: &str) -> String {
    let fields: Vec<String> = css
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .map(|(property, value)| {
            let property = property.trim();
            let name = if property.starts_with("--") { format!("{property:?}") } else { camel_case(property) };
            format!("{name}: {:?}", value.trim())
        })
        .collect();
    format!("{{{{ {} }}}}", fields.join(", "))
}

fn camel_case(property: &str) -> String {
    let mut name = String::new();
    let mut upper = false;
    for c in property.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-') {
        match c {
            '-' => upper = true,
            c if upper => {
                name.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => name.push(c),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::tests::{fixed, libraries};

    #[test]
    fn fences_around_a_file_are_removed() {
        assert_eq!(without_fences("```tsx\nlet a;\n```\n").as_deref(), Some("let a;\n"));
        assert_eq!(without_fences("let a;\n```\n\n").as_deref(), Some("let a;\n"));
        assert_eq!(without_fences("```tsx\nlet a;\n").as_deref(), Some("let a;\n"));
        assert_eq!(without_fences("let a;\n"), None);
        assert_eq!(without_fences(""), None);
    }

    #[test]
    fn html_attributes_become_reacts() {
        let (text, notices) = fixed(
            rename_html_attributes,
            &libraries(),
            r#"const a = <label class="x" for="y" style="color: red; margin-top:4px">hi</label>;"#,
        );
        assert_eq!(
            text,
            r#"const a = <label className="x" htmlFor="y" style={{ color: "red", marginTop: "4px" }}>hi</label>;"#
        );
        assert_eq!(notices.len(), 1);
        let (_, notices) =
            fixed(rename_html_attributes, &libraries(), "const a = <b className='x' style={{ top: 1 }} />;");
        assert!(notices.is_empty());
    }
}
