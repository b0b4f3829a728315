//! The samples are what a good model would write: they build as they are.

use std::fs;

use crate::support::{Outcome, app, bundler, printed, tree};
use nimbus_core::generate::parse::{ParseEvent, Parser};
use nimbus_core::ports::Bundler as _;

/// The files of a reply, and whatever the parser found wrong with it.
fn files(reply: &str) -> (Vec<(String, String)>, Vec<ParseEvent>) {
    let mut parser = Parser::new();
    let mut events = parser.push(reply);
    events.extend(parser.finish(true));
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            ParseEvent::Open(path) => files.push((path.as_str().to_owned(), String::new())),
            ParseEvent::Chunk(piece) => {
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(&piece);
                }
            }
            ParseEvent::Close | ParseEvent::Text(_) => {}
            problem => problems.push(problem),
        }
    }
    (files, problems)
}

#[tokio::test]
async fn samples_build_without_repairs() -> Outcome {
    let bundler = bundler()?;
    let mut seen = 0;
    for entry in fs::read_dir("../nimbus-llm/samples")? {
        let folder = entry?.path();
        let name = folder.display();
        let (files, problems) = files(&fs::read_to_string(folder.join("reply.txt"))?);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let build = bundler.build(app()?, tree(&files)?).await;
        assert_eq!(format!("{}{}", printed(&build.fixes), printed(&build.diagnostics)), "", "{name}");
        assert!(build.bundle.is_some(), "{name} does not build");
        seen += 1;
    }
    assert_eq!(seen, 6);
    Ok(())
}
