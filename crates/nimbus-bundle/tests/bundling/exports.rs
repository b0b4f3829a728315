//! Apps as one page and as a project.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::support::{Outcome, app, bundler, printed, tree};
use nimbus_bundle::Exporting;
use nimbus_core::ports::{Bundler as _, Exporter as _};

fn exporter() -> Result<Exporting, Box<dyn std::error::Error>> {
    let read = |path: &str| nimbus_web::asset(path)?.text().ok().map(std::borrow::Cow::into_owned);
    Ok(Exporting::new(Arc::new(read))?)
}

const APP: &str = "import { Plus } from 'lucide-react';\nimport { useCollection } from 'cumulonimbus';\n\
                   export default function App() { useCollection('x'); return <Plus className=\"m-[3px]\" />; }";

#[tokio::test]
async fn a_page_holds_all_that_it_needs() -> Outcome {
    let build = bundler()?.build(app()?, tree(&[("src/App.tsx", APP)])?).await;
    let bundle = build.bundle.ok_or_else(|| printed(&build.diagnostics))?;
    let page = exporter()?.page("word", "A <title>", &bundle).await.map_err(|why| why.message)?;
    assert!(page.contains("data-app=\"word\"") && page.contains("<title>A &lt;title&gt;</title>"));
    assert!(page.contains("margin: 3px") && page.contains("__CLIENT_INTERNALS"));
    let program = page.split("<script type=\"module\">").nth(1).unwrap_or_default();
    for sign in ["/lib/", "from\"", "import\"", "from \"", "RTCPeerConnection"] {
        assert!(!program.contains(sign), "`{sign}` is in the program");
    }
    Ok(())
}

#[tokio::test]
async fn a_project_has_what_the_app_imports_and_no_more() -> Outcome {
    let tree = tree(&[
        ("src/App.jsx", APP),
        ("src/a.css", ".a { @apply p-4 }"),
        ("src/b.ts", "import confetti from 'framer-motion'; export const x = confetti;"),
        ("public/dot.png", "data:image/png;base64,AQL/"),
        ("vite.config.ts", "broken("),
    ])?;
    let project = exporter()?.project("My App", &tree).await.map_err(|why| why.message)?;
    let files: BTreeMap<String, String> = project
        .iter()
        .map(|(path, content)| (path.to_string(), String::from_utf8_lossy(content).into_owned()))
        .collect();
    let package: serde_json::Value = serde_json::from_str(&files["package.json"])?;
    assert_eq!(package["name"], "my-app");
    let names: Vec<&String> = package["dependencies"].as_object().into_iter().flat_map(serde_json::Map::keys).collect();
    assert_eq!(names, ["framer-motion", "lucide-react", "react", "react-dom"]);
    assert!(files.contains_key("src/App.tsx") && !files.contains_key("vite.config.ts"), "{:?}", files.keys());
    assert!(files["src/a.css"].starts_with("@reference \"../cumulonimbus/tailwind.css\";"));
    assert!(files["index.html"].contains("/src/main.tsx") && files.contains_key("cumulonimbus/sdk.js"));
    let picture =
        project.iter().find(|(path, _)| path.as_str() == "public/dot.png").map(|(_, content)| content.as_slice());
    assert_eq!(picture, Some([1, 2, 255].as_slice()));
    Ok(())
}
