//! SVG files as components: `logo.svg?react`, and `{ ReactComponent }` of `logo.svg`.

use serde_json::{Map, Value};

use crate::page::tokens::{Token, tokens};

/// A JavaScript expression: a function component that shows the picture and passes its properties
/// on to the `svg` element. Expects `createElement` of React in scope.
pub(crate) fn component(text: &str) -> String {
    let found = tokens(text);
    let svg = found.iter().find_map(|token| match token {
        Token::Open(tag) if tag.name == "svg" => Some(tag),
        _ => None,
    });
    let mut attributes = Map::new();
    let mut inner = "";
    if let Some(tag) = svg {
        let end = text.rfind("</svg").filter(|end| *end >= tag.end).unwrap_or(tag.end);
        inner = &text[tag.end..end];
        for (name, value) in &tag.attributes {
            // What React knows by another name, and what it cannot take as a text.
            let name = match name.as_str() {
                "viewbox" => "viewBox",
                "preserveaspectratio" => "preserveAspectRatio",
                "class" => "className",
                "style" => continue,
                other if other.contains(':') || other.starts_with("on") => continue,
                other => other,
            };
            attributes.insert(name.to_owned(), Value::from(value.as_str()));
        }
    }
    format!(
        "(props) => createElement(\"svg\", {{ ...{}, ...props, dangerouslySetInnerHTML: {{ __html: {} }} }})",
        Value::Object(attributes),
        Value::from(inner)
    )
}

#[cfg(test)]
mod tests {
    use super::component;

    #[test]
    fn a_picture_keeps_its_box_and_its_shapes() {
        let svg = "<?xml version=\"1.0\"?><!-- x --><svg xmlns:x=\"y\" viewBox='0 0 2 2' class=\"a\" onload=\"f()\">\n<path d=\"M0 0\"/></svg>\n";
        assert_eq!(
            component(svg),
            "(props) => createElement(\"svg\", { ...{\"viewBox\":\"0 0 2 2\",\"className\":\"a\"}, ...props, \
             dangerouslySetInnerHTML: { __html: \"\\n<path d=\\\"M0 0\\\"/>\" } })"
        );
        assert!(component("no picture").contains("__html: \"\""));
    }
}
