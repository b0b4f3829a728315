//! Archives and files as those bring them who mean harm, and as tools make them.

use std::io::{Cursor, Write};

use nimbus_core::{diagnostic::Severity, source::MAX_FILES};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Brought, MAX_ENTRIES, Upload};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn archive(entries: &[(&str, &[u8])]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in entries {
        zip.start_file(*path, SimpleFileOptions::default())?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn unpacked(archive: &[u8]) -> Brought {
    let mut upload = Upload::default();
    upload.add("app.zip", archive);
    upload.finish()
}

fn paths(brought: &Brought) -> Vec<&str> {
    brought.files.iter().map(|(path, _)| path.as_str()).collect()
}

fn codes(brought: &Brought) -> Vec<&str> {
    brought.found.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

#[test]
fn paths_that_leave_the_app_are_left_out_and_named() -> Outcome {
    let bad = ["../evil.ts", "/etc/passwd", "a/../../evil.ts", "C:/evil.ts", "a\\..\\b.ts", "nul\0.ts"];
    let mut entries: Vec<(&str, &[u8])> = bad.iter().map(|path| (*path, b"x".as_slice())).collect();
    entries.push(("src/App.tsx", b"export default () => <b />;"));
    let brought = unpacked(&archive(&entries)?);
    assert_eq!(paths(&brought), ["src/App.tsx"]);
    assert_eq!(codes(&brought), vec!["skipped-file"; bad.len()], "{:#?}", brought.found);
    assert!(!brought.incomplete());
    Ok(())
}

#[test]
fn links_are_left_out() -> Outcome {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("src/passwd.txt", "/etc/passwd", SimpleFileOptions::default())?;
    zip.start_file("src/App.tsx", SimpleFileOptions::default())?;
    let brought = unpacked(&zip.finish()?.into_inner());
    assert_eq!(paths(&brought), ["src/App.tsx"]);
    assert_eq!(codes(&brought), ["skipped-file"]);
    Ok(())
}

#[test]
fn a_bomb_is_not_unpacked() -> Outcome {
    // 4,000 files of 1 MiB of nothing, a few megabytes as an archive.
    let one = archive(&[("nothing.txt", &vec![0_u8; 1 << 20])])?;
    let mut one = ZipArchive::new(Cursor::new(one))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..4_000 {
        zip.raw_copy_file_rename(one.by_index(0)?, format!("f{n}.txt"))?;
    }
    let bytes = zip.finish()?.into_inner();
    assert!(bytes.len() < 8 << 20);
    let brought = unpacked(&bytes);
    assert!(brought.files.is_empty() && brought.incomplete());
    assert!(brought.found.iter().all(|found| found.severity == Severity::Error), "{:#?}", brought.found);
    assert_eq!(codes(&brought).last(), Some(&"import-limit"));
    Ok(())
}

#[test]
fn too_many_files_are_an_error_and_those_that_fit_are_kept() -> Outcome {
    let names: Vec<String> = (0..MAX_FILES + 2).map(|n| format!("f{n:04}.ts")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let brought = unpacked(&archive(&entries)?);
    assert_eq!((brought.files.len(), codes(&brought)), (MAX_FILES, vec!["import-limit"; 2]));

    let names: Vec<String> = (0..=MAX_ENTRIES).map(|n| format!("node_modules/{n}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(codes(&unpacked(&archive(&entries)?)), ["import-limit", "ignored-files"]);
    Ok(())
}

#[test]
fn an_archive_that_is_none_is_an_error() -> Outcome {
    assert_eq!(codes(&unpacked(b"PK\x03\x04 and nothing else")), ["bad-archive"]);
    let whole = archive(&[("src/App.tsx", b"export default () => <b>long enough to be packed, packed, packed</b>;")])?;
    // Damaged in the middle of the file's content.
    let mut damaged = whole.clone();
    for byte in damaged.iter_mut().skip(45).take(12) {
        *byte ^= 0x55;
    }
    assert_eq!(codes(&unpacked(&damaged)), ["bad-archive"]);
    assert_eq!(codes(&unpacked(&whole[..whole.len() / 2])), ["bad-archive"]);
    Ok(())
}

#[test]
fn text_is_text_and_pictures_are_kept() -> Outcome {
    let mut upload = Upload::default();
    upload.add("src/App.tsx", "\u{feff}export default () => <b>ä</b>;".as_bytes());
    upload.add("public/logo.png", &[0x89, b'P', b'N', b'G', 0, 0xff]);
    upload.add("src/old.txt", &[0xff, 0xfe, b'a', 0]);
    let brought = upload.finish();
    assert_eq!(paths(&brought), ["public/logo.png", "src/App.tsx"]);
    assert_eq!(brought.files.get_str("src/App.tsx"), Some("export default () => <b>ä</b>;"));
    assert_eq!(brought.files.get_str("public/logo.png"), Some("data:image/png;base64,iVBORwD/"));
    assert_eq!(codes(&brought), ["skipped-file"]);
    Ok(())
}

#[test]
fn what_tools_make_and_secrets_are_left_out() -> Outcome {
    for path in ["node_modules/react/index.js", "a/dist/x.js", ".git/config", ".env", "x/.env.local", "yarn.lock"] {
        assert!(Upload::is_ignored(path), "{path}");
    }
    for path in ["src/App.tsx", "src/distance.ts", "src/build/x.ts", "package.json", "environment.ts"] {
        assert!(!Upload::is_ignored(path), "{path}");
    }
    let brought = unpacked(&archive(&[(".env", b"KEY=secret"), ("dist/a.js", b""), ("App.tsx", b"")])?);
    assert_eq!((paths(&brought), codes(&brought)), (vec!["App.tsx"], vec!["ignored-files"]));
    Ok(())
}
