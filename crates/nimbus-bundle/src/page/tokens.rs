//! HTML into tags and text, as far as taking a page apart needs it: the tokenization of the HTML
//! Standard (section 13.2.5) without its error reports. One pass, no recursion; the browser builds
//! the tree.

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// Text, comments and the doctype, as they are written.
    Text(&'t str),
    /// A start tag. The content of `script`, `style`, `textarea`, `title` and `noscript` follows as
    /// one text.
    Open(Tag<'t>),
    /// An end tag: its lower-case name, and how it is written.
    Close(String, &'t str),
}

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'t> {
    /// Lower-case.
    pub(crate) name: String,
    /// Lower-case names, and values with character references resolved; the first of a name counts.
    pub(crate) attributes: Vec<(String, String)>,
    /// As it is written.
    pub(crate) raw: &'t str,
    /// Where it ends, in bytes of the page.
    pub(crate) end: usize,
}

impl Tag<'_> {
    /// The value of an attribute.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Elements whose content holds no tags.
const RAW: [&str; 5] = ["script", "style", "textarea", "title", "noscript"];

/// Takes a page apart.
pub(crate) fn tokens(html: &str) -> Vec<Token<'_>> {
    let bytes = html.as_bytes();
    let (mut found, mut text, mut at) = (Vec::new(), 0, 0);
    while let Some(open) = html[at..].find('<').map(|found| at + found) {
        let next = bytes.get(open + 1).copied().unwrap_or_default();
        if html[open..].starts_with("<!--") {
            at = html[open + 4..].find("-->").map_or(html.len(), |end| open + 4 + end + 3);
            continue;
        }
        if matches!(next, b'!' | b'?') {
            at = html[open..].find('>').map_or(html.len(), |end| open + end + 1);
            continue;
        }
        let closes = next == b'/';
        let start = open + 1 + usize::from(closes);
        if !bytes.get(start).is_some_and(u8::is_ascii_alphabetic) {
            at = open + 1;
            continue;
        }
        if text < open {
            found.push(Token::Text(&html[text..open]));
        }
        let (tag, end) = read_tag(html, open, start);
        if closes {
            found.push(Token::Close(tag.name, &html[open..end]));
            (at, text) = (end, end);
            continue;
        }
        let name = tag.name.clone();
        found.push(Token::Open(tag));
        (at, text) = (end, end);
        if RAW.contains(&name.as_str()) {
            let close = find_close(html, end, &name);
            found.push(Token::Text(&html[end..close]));
            (at, text) = (close, close);
        }
    }
    if text < html.len() {
        found.push(Token::Text(&html[text..]));
    }
    found
}

/// Where `</name` begins, or the end of the page.
fn find_close(html: &str, from: usize, name: &str) -> usize {
    let bytes = html.as_bytes();
    let mut at = from;
    while let Some(found) = html[at..].find("</") {
        let start = at + found;
        let end = start + 2 + name.len();
        let same = bytes.get(start + 2..end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if same && bytes.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/')) {
            return start;
        }
        at = start + 2;
    }
    html.len()
}

fn read_tag(html: &str, open: usize, start: usize) -> (Tag<'_>, usize) {
    let bytes = html.as_bytes();
    let until = |from: usize, stop: &dyn Fn(u8) -> bool| {
        bytes[from..].iter().position(|byte| stop(*byte)).map_or(bytes.len(), |found| from + found)
    };
    let mut at = until(start, &|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
    let name = html[start..at].to_ascii_lowercase();
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        at = until(at, &|byte| !byte.is_ascii_whitespace() && byte != b'/');
        if at >= bytes.len() {
            break;
        }
        if bytes[at] == b'>' {
            at += 1;
            break;
        }
        // A `=` at the front is part of the name, as the standard has it.
        let end = until(at + 1, &|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'='));
        let attribute = html.get(at..end).unwrap_or_default().to_ascii_lowercase();
        let equals = until(end, &|byte| !byte.is_ascii_whitespace());
        let mut value = "";
        at = end;
        if bytes.get(equals) == Some(&b'=') {
            let from = until(equals + 1, &|byte| !byte.is_ascii_whitespace());
            (value, at) = match bytes.get(from) {
                Some(quote @ (b'"' | b'\'')) => {
                    let close = until(from + 1, &|byte| byte == *quote);
                    (&html[from + 1..close], (close + 1).min(bytes.len()))
                }
                _ => {
                    let close = until(from, &|byte| byte.is_ascii_whitespace() || byte == b'>');
                    (&html[from..close], close)
                }
            };
        }
        if !attributes.iter().any(|(known, _)| *known == attribute) {
            attributes.push((attribute, resolved(value)));
        }
    }
    (Tag { name, attributes, raw: &html[open..at], end: at }, at)
}

/// Text with its character references resolved: the numbers, and the names that scripts and
/// addresses have to be written with.
fn resolved(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.find(';').filter(|end| *end <= 10).and_then(|end| Some((character(&rest[1..end])?, end)));
        match reference {
            Some((character, end)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hexadecimal = number.strip_prefix(['x', 'X']);
        let code = hexadecimal.map_or_else(|| number.parse(), |digits| u32::from_str_radix(digits, 16));
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        let named = |token: &Token| match token {
            Token::Text(text) => format!("{text:?}"),
            Token::Open(tag) => format!("<{}{:?}", tag.name, tag.attributes),
            Token::Close(name, _) => format!("/{name}"),
        };
        tokens(html).iter().map(named).collect()
    }

    #[test]
    fn pages_are_taken_apart_as_browsers_do() {
        for (html, expected) in [
            ("<P Class=a>x</P>", vec!["<p[(\"class\", \"a\")]", "\"x\"", "/p"]),
            ("<a b='1' b=2 c d = \"&quot;&#62;\"/>", vec!["<a[(\"b\", \"1\"), (\"c\", \"\"), (\"d\", \"\\\">\")]"]),
            ("<script>if (a < b) '<p>'</SCRIPT >", vec!["<script[]", "\"if (a < b) '<p>'\"", "/script"]),
            ("a < b <!-- <p> --> c", vec!["\"a < b <!-- <p> --> c\""]),
            ("<!doctype html><p", vec!["\"<!doctype html>\"", "<p[]"]),
            ("<script>x", vec!["<script[]", "\"x\""]),
            ("<i onclick=f()>", vec!["<i[(\"onclick\", \"f()\")]"]),
            ("<a href=\"?a&b=&amp;\">", vec!["<a[(\"href\", \"?a&b=&\")]"]),
            ("<", vec!["\"<\""]),
            ("<a b=\"", vec!["<a[(\"b\", \"\")]"]),
            ("<ä>", vec!["\"<ä>\""]),
            ("<a ä=ö>", vec!["<a[(\"ä\", \"ö\")]"]),
        ] {
            assert_eq!(names(html), expected, "{html}");
        }
    }

    #[test]
    fn no_text_makes_it_slow_or_fail() {
        for text in ["<", "</", "<a ", "<a=", "<!--", "<script>", "&#", "<a b='"] {
            assert!(tokens(&text.repeat(100_000 / text.len())).len() <= 200_000);
        }
    }
}
