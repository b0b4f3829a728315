//! Real replies of two small models, as they came, through the reply parser and the bundler.

use std::fs;

use crate::support::{Outcome, app, bundler, printed};
use nimbus_core::generate::parse::{ParseEvent, Parser};
use nimbus_core::ports::Bundler as _;
use nimbus_core::source::SourceTree;

fn parsed(reply: &str) -> SourceTree {
    let mut tree = SourceTree::default();
    let mut parser = Parser::new();
    let mut events = parser.push(reply);
    events.extend(parser.finish(true));
    let mut open = None;
    for event in events {
        match event {
            ParseEvent::Open(path) => open = Some((path, String::new())),
            ParseEvent::Chunk(piece) => {
                if let Some((_, text)) = &mut open {
                    text.push_str(&piece);
                }
            }
            ParseEvent::Close => {
                if let Some((path, text)) = open.take() {
                    drop(tree.insert(path, text));
                }
            }
            ParseEvent::Cut => open = None,
            ParseEvent::Text(_) | ParseEvent::Problem(_) => {}
        }
    }
    tree
}

#[tokio::test]
async fn real_replies_build_after_repairs() -> Outcome {
    let bundler = bundler()?;
    let (mut table, mut of_larger_model, mut built) = (String::new(), 0, 0);
    let mut paths: Vec<_> = fs::read_dir("tests/fixtures/replies")?.collect::<Result<_, _>>()?;
    paths.sort_by_key(fs::DirEntry::path);
    for entry in paths {
        let name = entry.file_name().to_string_lossy().into_owned();
        let build = bundler.build(app()?, parsed(&fs::read_to_string(entry.path())?)).await;
        let outcome = if build.bundle.is_some() { "builds" } else { "FAILS" };
        if name.contains("-1.5b-") {
            of_larger_model += 1;
            built += usize::from(build.bundle.is_some());
        }
        table.push_str(&format!("## {name}: {outcome}\n{}{}\n", printed(&build.fixes), printed(&build.diagnostics)));
    }
    insta::assert_snapshot!(table);
    // The one that fails names two functions that the model never wrote.
    assert_eq!((built, of_larger_model), (11, 12));
    Ok(())
}
