//! Apps that import components of the set, icons of packs, and what is written for elsewhere.

use nimbus_core::ports::Bundler as _;

use crate::support::{Outcome, app, bundler, printed, tree};

/// The program, the sheet and the libraries of an app of one file.
async fn built(source: &str) -> Result<(String, String, Vec<String>), Box<dyn std::error::Error>> {
    let build = bundler()?.build(app()?, tree(&[("src/App.tsx", source)])?).await;
    let bundle = build.bundle.ok_or_else(|| printed(&build.diagnostics))?;
    Ok((bundle.js, bundle.css, bundle.libraries))
}

#[tokio::test]
async fn an_app_with_a_button_has_a_buttons_classes_and_the_theme() -> Outcome {
    let (js, css, libraries) = built(
        "import { Button } from '@/components/ui/button';
        export default function App() { return <Button>Go</Button>; }",
    )
    .await?;
    assert!(js.contains("components-ui-button.js"), "{js}");
    assert!(libraries.iter().any(|url| url.ends_with("components-ui-button.js")), "{libraries:?}");
    assert!(!libraries.iter().any(|url| url.contains("lucide-react.js") || url.contains("recharts")), "{libraries:?}");
    assert!(css.contains(".bg-primary") && css.contains("--primary: light-dark("), "{css}");
    // A class of the accordion.
    assert!(!css.contains("animate-accordion-down"));
    Ok(())
}

#[tokio::test]
async fn an_app_without_the_set_has_no_theme() -> Outcome {
    let (_, css, _) = built("export default () => <p className=\"p-4\">Hello</p>;").await?;
    assert!(css.contains(".p-4") && !css.contains("--primary:"), "{css}");
    Ok(())
}

#[tokio::test]
async fn the_set_is_found_under_every_spelling_and_only_what_it_has() -> Outcome {
    let (js, ..) = built(
        "import { Card } from './components/ui/Card';
        import { Badge, Input } from '@/components/ui';
        import { cn } from '../lib/utils';
        export default () => <Card className={cn('p-2')}><Badge>1</Badge><Input /></Card>;",
    )
    .await?;
    for file in ["components-ui-card.js", "components-ui.js", "lib-utils.js"] {
        assert!(js.contains(file), "{file}: {js}");
    }
    let source = "import { CardTitel } from '@/components/ui/card'; export default () => <CardTitel />;";
    let build = bundler()?.build(app()?, tree(&[("src/App.tsx", source)])?).await;
    let told = printed(&build.fixes) + &printed(&build.diagnostics);
    assert!(told.contains("`CardTitle`"), "{told}");
    Ok(())
}

#[tokio::test]
async fn icons_of_a_pack_go_into_the_bundle() -> Outcome {
    let source = "import { FaGithub, FaNoSuchThing } from 'react-icons/fa';
        import { Github } from 'lucide-react';
        export default () => <p><FaGithub /><FaNoSuchThing /><Github /></p>;";
    let build = bundler()?.build(app()?, tree(&[("src/App.tsx", source)])?).await;
    let told = printed(&build.diagnostics);
    assert!(told.contains("no icon named `FaNoSuchThing`") && !told.contains("`Github`"), "{told}");
    let bundle = build.bundle.ok_or("no bundle")?;
    assert!(bundle.js.contains("react-icons-lib.js") && bundle.js.contains("496 512"), "{}", bundle.js);
    assert!(bundle.js.len() < 10_000, "the pack is not in it");
    assert!(bundle.js.contains("lucide/brand-github.js"), "{}", bundle.js);
    Ok(())
}

#[tokio::test]
async fn code_for_servers_loses_what_it_does_not_use() -> Outcome {
    let (js, ..) = built(
        "import fs from 'node:fs';
        import Link from 'next/link';
        export default () => <Link href=\"/\">{process.env.NEXT_PUBLIC_NAME ?? import.meta.env.VITE_NAME}</Link>;",
    )
    .await?;
    assert!(js.contains("next-link.js") && !js.contains("node:fs"), "{js}");
    Ok(())
}

#[tokio::test]
async fn parts_of_the_set_are_imported_from_where_they_are() -> Outcome {
    let source = "import Button, { CardTitle } from '@/components/ui/button';
        export default () => <Button className={cn('p-2')}><CardTitle>1</CardTitle><Badge>2</Badge></Button>;";
    let build = bundler()?.build(app()?, tree(&[("src/App.tsx", source)])?).await;
    let bundle = build.bundle.ok_or_else(|| printed(&build.diagnostics))?;
    for file in ["components-ui-button.js", "components-ui-card.js", "components-ui-badge.js", "lib-utils.js"] {
        assert!(bundle.js.contains(file), "{file}: {}", bundle.js);
    }
    Ok(())
}
