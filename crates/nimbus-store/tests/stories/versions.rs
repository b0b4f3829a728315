use std::sync::Arc;

use nimbus_core::{
    diagnostic::Diagnostic,
    ids::VersionId,
    ports::StoreError,
    source::{SourcePath, SourceTree},
    version::{VersionOrigin, VersionStatus},
};

use crate::world::{Outcome, World, bundle, tree};

pub async fn a_version_is_kept_with_files_and_bundle(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let files = tree(&[("src/App.tsx", "export default () => <p>hi</p>"), ("empty.css", "")])?;
    let built = bundle("export {}");
    let mut version = world.new_version(&app, VersionStatus::Runnable);
    version.diagnostics =
        vec![Diagnostic::warning("odd", "`x` is odd").with_file(SourcePath::parse("src/App.tsx")?).with_position(3, 7)];

    version.sandbox_permissions.permissions.ai = true;
    version.sandbox_permissions.reasons.ai = Some("sums up".to_owned());
    version.hash = files.hash();

    version.number = world.store.put_version(&version, &files, Some(&built)).await?;

    assert_eq!(version.number, 1);
    assert_eq!(world.store.version(version.id).await?, version);
    assert_eq!(world.store.version_files(version.id).await?, files);
    assert_eq!(world.store.version_bundle(version.id).await?, Some(built));

    let unknown = VersionId::new(&world.platform);
    assert!(matches!(world.store.version(unknown).await, Err(StoreError::NotFound("the version"))));
    assert!(matches!(world.store.version_files(unknown).await, Err(StoreError::NotFound("the version"))));
    assert!(matches!(world.store.version_bundle(unknown).await, Err(StoreError::NotFound("the version"))));
    Ok(())
}

pub async fn numbers_count_up_within_an_app(world: &World) -> Outcome {
    let me = world.user();
    let (one, other) = (world.app(me).await?, world.app(me).await?);
    let files = SourceTree::default();
    let mut parent = None;
    for number in 1..=3 {
        let mut version = world.new_version(&one, VersionStatus::Draft);
        version.parent = parent.replace(version.id);
        version.origin = VersionOrigin::Restored;
        version.model = None;
        assert_eq!(world.store.put_version(&version, &files, None).await?, number);
    }
    let version = world.new_version(&other, VersionStatus::Draft);
    assert_eq!(world.store.put_version(&version, &files, None).await?, 1);

    let numbers: Vec<_> = world.store.versions(one.id).await?.into_iter().map(|version| version.number).collect();
    assert_eq!(numbers, [3, 2, 1]);
    Ok(())
}

pub async fn numbers_have_no_gap_when_many_write_at_once(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    // Each writes the same contents in another order of paths, so that they meet at the blobs.
    let writers: Vec<_> = (0..12)
        .map(|n| {
            let store = Arc::clone(&world.store);
            let version = world.new_version(&app, VersionStatus::Runnable);
            let (a, b) = (format!("{n}a.ts"), format!("{}b.ts", 12 - n));
            let files = tree(&[(a.as_str(), "one"), (b.as_str(), "two"), ("c.ts", "three")]).map_err(|e| e.to_string());
            tokio::spawn(async move {
                store.put_version(&version, &files?, Some(&bundle("x"))).await.map_err(|e| e.to_string())
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for writer in writers {
        numbers.push(writer.await??);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<u32>>());
    Ok(())
}

pub async fn only_a_runnable_version_becomes_the_head(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let files = tree(&[("a.ts", "1")])?;

    world.clock.advance(1000);
    let good = world.new_version(&app, VersionStatus::Runnable);
    world.store.put_version(&good, &files, Some(&bundle("1"))).await?;
    let after_good = world.store.app(app.id).await?;
    assert_eq!(after_good.head, Some(good.id));
    assert_eq!(after_good.updated_at, good.created_at);

    world.clock.advance(1000);
    let draft = world.new_version(&app, VersionStatus::Draft);
    world.store.put_version(&draft, &files, None).await?;
    assert_eq!(world.store.app(app.id).await?, after_good);
    assert_eq!(world.store.version_bundle(draft.id).await?, None);
    Ok(())
}

pub async fn equal_files_are_kept_once(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    for n in 0..5 {
        let text = format!("only this differs: {n}");
        let files = tree(&[("a.ts", "the same"), ("b.ts", "the same"), ("c.ts", &text)])?;
        let version = world.new_version(&app, VersionStatus::Draft);
        world.store.put_version(&version, &files, None).await?;
        assert_eq!(world.store.version_files(version.id).await?, files);
    }
    assert_eq!(world.database.count("SELECT COUNT(*) FROM blobs").await?, 6);
    Ok(())
}

pub async fn a_version_cannot_have_a_parent_in_another_app(world: &World) -> Outcome {
    let me = world.user();
    let (one, other) = (world.app(me).await?, world.app(me).await?);
    let parent = world.new_version(&one, VersionStatus::Draft);
    world.store.put_version(&parent, &SourceTree::default(), None).await?;

    let mut child = world.new_version(&other, VersionStatus::Draft);
    child.parent = Some(parent.id);
    let refused = world.store.put_version(&child, &SourceTree::default(), None).await;
    assert!(matches!(refused, Err(StoreError::NotFound("the parent version"))), "{refused:?}");

    let orphan = world.new_version(&world.new_app(me, "never stored"), VersionStatus::Draft);
    let refused = world.store.put_version(&orphan, &SourceTree::default(), None).await;
    assert!(matches!(refused, Err(StoreError::NotFound("the app"))), "{refused:?}");
    Ok(())
}

pub async fn a_version_that_fails_leaves_nothing_behind(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let version = world.new_version(&app, VersionStatus::Runnable);
    world.store.put_version(&version, &tree(&[("a.ts", "first")])?, Some(&bundle("1"))).await?;
    let before = world.database.count("SELECT COUNT(*) FROM blobs").await?;

    // A version is never written over.
    let again = world.store.put_version(&version, &tree(&[("a.ts", "second")])?, Some(&bundle("2"))).await;

    assert!(matches!(again, Err(StoreError::Database(_))), "{again:?}");
    assert_eq!(world.store.version_files(version.id).await?, tree(&[("a.ts", "first")])?);
    assert_eq!(world.database.count("SELECT COUNT(*) FROM blobs").await?, before);
    Ok(())
}

pub async fn texts_of_any_characters_survive(world: &World) -> Outcome {
    let app = world.app(world.user()).await?;
    let files = tree(&[
        ("nul.ts", "a\0b"),
        ("crlf.ts", "a\r\nb\n"),
        ("bom.ts", "\u{feff}x"),
        ("ümläut/Äpp 🌩.tsx", "„“ \u{202e} 🌩 é e\u{301}"),
        ("quotes.sql", "'; DROP TABLE apps; -- $1 ? \\"),
    ])?;
    let version = world.new_version(&app, VersionStatus::Draft);
    world.store.put_version(&version, &files, None).await?;
    assert_eq!(world.store.version_files(version.id).await?, files);
    Ok(())
}
