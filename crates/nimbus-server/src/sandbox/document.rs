//! The document in which an app runs, and the page that says why it does not.

use nimbus_core::{
    ids::{AppId, VersionId},
    version::Bundle,
};
use serde::Serialize;

/// What the document tells the runtime. Read by `runtime/boot.js` from the block
/// `cumulonimbus-launch`.
#[derive(Debug, Serialize)]
pub(crate) struct LaunchBlock<'a> {
    /// The origin of the page that may talk to the frame.
    pub(crate) host: &'a str,
    /// The launch, by which the two recognise each other.
    pub(crate) launch: &'a str,
    pub(crate) app: AppId,
    pub(crate) version: VersionId,
}

/// The document of an app. Holds no script of its own, because its policy allows none.
pub(crate) fn document(title: &str, block: &LaunchBlock<'_>, bundle: &Bundle) -> String {
    let title = escape_html(title);
    let json = escape_json(&serde_json::to_string(block).unwrap_or_default());
    let preloads: String = ["js/boot.js", "js/app.js"]
        .into_iter()
        .chain(bundle.libraries.iter().map(String::as_str))
        .map(|path| format!("<link rel=\"modulepreload\" href=\"{}\">\n", escape_html(path)))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"app.css\">\n{preloads}</head>\n<body>\n\
         <script type=\"application/json\" id=\"cumulonimbus-launch\">{json}</script>\n\
         <div id=\"root\"></div>\n<script type=\"module\" src=\"js/boot.js\"></script>\n</body>\n</html>\n"
    )
}

/// What somebody sees who opens an app's address without a launch: words, and the way to the app.
pub(crate) fn sealed_page(heading: &str, host: &str, app: AppId) -> String {
    let heading = escape_html(heading);
    let address = escape_html(&format!("{host}/apps/{app}"));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{heading}</title>\n\
         <style>:root{{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}}\
         body{{max-width:34rem;margin:15vh auto;padding:0 1.25rem}}h1{{font-size:1.25rem}}</style>\n</head>\n<body>\n\
         <h1>{heading}</h1>\n<p>Apps run sealed inside their host page, which starts each of them once. \
         Open it at <a href=\"{address}\">{address}</a>.</p>\n</body>\n</html>\n"
    )
}

/// Text for HTML content and quoted attributes.
fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// JSON that can end no script element and start none: the same value, with `<`, `>`, `&` and the
/// two line separators of JavaScript as escapes. They can only stand inside JSON strings.
fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use nimbus_core::version::Bundle;

    use super::{LaunchBlock, document, escape_json};

    #[test]
    fn nothing_in_the_block_can_end_it() -> Result<(), Box<dyn std::error::Error>> {
        let hostile = "</script><script>alert(1)</script><!--&\u{2028}\u{2029}";
        let json = serde_json::to_string(hostile)?;
        let escaped = escape_json(&json);
        assert!(!escaped.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{escaped}");
        assert_eq!(serde_json::from_str::<String>(&escaped)?, hostile);
        Ok(())
    }

    #[test]
    fn titles_and_paths_are_text() -> Result<(), Box<dyn std::error::Error>> {
        let id = "018f3c6e7b1a7cc080000123456789ab";
        let block = LaunchBlock { host: "</script>", launch: "0", app: id.parse()?, version: id.parse()? };
        let bundle = Bundle { libraries: vec!["/lib/x/\"><script>".to_owned()], ..Bundle::default() };
        let html = document("</title><script>alert('x')</script>", &block, &bundle);
        assert_eq!(html.matches("<script").count(), 2, "{html}");
        assert_eq!(html.matches("</title>").count(), 1, "{html}");
        Ok(())
    }
}
