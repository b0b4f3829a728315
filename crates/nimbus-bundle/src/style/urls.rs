//! `url(…)` of the app's own files: a frame fetches nothing, so that they become `data:` URLs.

use crate::draft::{Draft, folder};
use crate::link::data_url;

/// A sheet grows by every file that it names; beyond this it keeps the address as it is.
const MAX_SHEET_BYTES: usize = 4 * 1024 * 1024;

/// The sheet at `path` with its own files inside (CSS Values and Units 4, section 4.5).
pub(super) fn inlined(draft: &Draft, path: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("url(") {
        let (before, from) = rest.split_at(at + 4);
        out.push_str(before);
        rest = from;
        let Some(end) = from.find([')', '\n']).filter(|end| from[*end..].starts_with(')')) else { continue };
        let address = from[..end].trim().trim_matches(['"', '\'']);
        if out.len() < MAX_SHEET_BYTES
            && let Some(file) = named(draft, path, address)
        {
            out.push('"');
            out.push_str(&data_url(&file, draft.text(&file)).replace('"', "%22"));
            out.push('"');
            rest = &from[end..];
        }
    }
    out.push_str(rest);
    out
}

/// The file of the app that an address in a sheet means.
fn named(draft: &Draft, sheet: &str, address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    if address.is_empty() || address.contains(':') || address.starts_with("//") {
        return None;
    }
    if let Some(path) = address.strip_prefix('/') {
        return [path.to_owned(), format!("public/{path}"), format!("src/{path}")]
            .into_iter()
            .find(|path| draft.has(path));
    }
    let mut parts: Vec<&str> = folder(sheet).split('/').filter(|part| !part.is_empty()).collect();
    let address = address.strip_prefix("@/").map_or(address, |path| {
        parts = vec!["src"];
        path
    });
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/")).filter(|path| draft.has(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_app_come_into_the_sheet() {
        let mut draft = Draft::default();
        draft.put("src/img/a.svg", "<svg/>".to_owned());
        draft.put("public/b.png", "data:image/png;base64,AA==".to_owned());
        let of = |text: &str| inlined(&draft, "src/styles/x.css", text);
        let svg = "url(\"data:image/svg+xml;charset=utf-8,%3Csvg/%3E\")";
        assert_eq!(of("a { background: url('../img/a.svg') red }"), format!("a {{ background: {svg} red }}"));
        assert_eq!(of("url(/b.png)"), "url(\"data:image/png;base64,AA==\")");
        assert_eq!(of("url(@/img/a.svg)"), svg);
        for kept in ["url(https://x/y.png)", "url(data:,x)", "url(#a)", "url(../../../etc/passwd)", "url(", "url(x"] {
            assert_eq!(of(kept), kept);
        }
    }
}
