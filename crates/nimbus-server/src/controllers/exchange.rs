//! Apps as files: bringing them in and taking them out.

use std::io::{Cursor, Write};

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use nimbus_core::{
    app::{App, ExecutionMode},
    diagnostic::Severity,
    generate::build,
    ids::{AppId, VersionId},
    model::Usage,
    permission::declared,
    source::{SourcePath, SourceTree},
    version::{Version, VersionOrigin, VersionStatus},
};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{apps::name_of, own_app};
use crate::{
    auth::Person,
    body::{ApiJson, ApiPath},
    error::{ApiError, Code},
    limits::rates::Doing,
    state::ServerState,
    wire::{Import, Imported},
};

const README: &str = "README.md";

/// Makes an app of files. Source that does not build is kept all the same, as a draft; the answer
/// says what is wrong with it.
pub(crate) async fn import(
    State(state): State<ServerState>,
    person: Person,
    ApiJson(import): ApiJson<Import>,
) -> Result<Json<Imported>, ApiError> {
    state.rates.count(Doing::Import, person.user)?;
    let name = import.name.as_deref().map_or_else(|| Ok("Imported app".to_owned()), name_of)?;
    let mut files = SourceTree::default();
    for (path, text) in import.files {
        let path = SourcePath::parse(&path).map_err(|error| ApiError::new(Code::Invalid, error.to_string()))?;
        files.insert(path, text).map_err(|limit| ApiError::new(Code::TooLarge, limit.to_string()))?;
    }
    if files.is_empty() {
        return Err(ApiError::new(Code::Invalid, "there is no file to import")
            .with_hint("`files` maps paths such as `src/App.tsx` to their text"));
    }
    let now = state.parts.platform.now();
    let app = App {
        id: AppId::new(&state.parts.platform),
        owner: person.user,
        name,
        description: String::new(),
        execution_mode: ExecutionMode::Sandbox,
        sample: false,
        local_only: false,
        head: None,
        created_at: now,
        updated_at: now,
    };
    let build = build(&*state.parts.bundler, app.id, files).await;
    let broken = build.bundle.is_none() || build.diagnostics.iter().any(|d| d.severity == Severity::Error);
    let bundle = build.bundle.filter(|_| !broken);
    let diagnostics = [build.fixes, build.diagnostics].concat();
    let version = Version {
        id: VersionId::new(&state.parts.platform),
        app_id: app.id,
        parent: None,
        number: 0,
        status: if broken { VersionStatus::Draft } else { VersionStatus::Runnable },
        origin: VersionOrigin::Imported,
        prompt: String::new(),
        model: None,
        usage: Usage::default(),
        sandbox_permissions: declared(&build.files).unwrap_or_default(),
        hash: build.files.hash(),
        diagnostics: diagnostics.clone(),
        created_at: now,
    };
    state.store().create_app(&app, None).await?;
    state.store().put_version(&version, &build.files, bundle.as_ref()).await?;
    Ok(Json(Imported { app_id: app.id, version_id: version.id, diagnostics }))
}

/// The current version's source as a zip archive, with a page that says what it is.
pub(crate) async fn export(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Response, ApiError> {
    let app = own_app(&state, person.user, id).await?;
    let newest = match app.head {
        Some(head) => Some(head),
        None => state.store().versions(id).await?.first().map(|version| version.id),
    };
    let Some(version) = newest else {
        return Err(ApiError::new(Code::NothingToRun, "this app has no files yet"));
    };
    let files = state.store().version_files(version).await?;
    let archive = archive(&app, &files).map_err(|error| ApiError::internal(error.to_string()))?;
    let disposition = format!("attachment; filename=\"{}.zip\"", file_name(&app.name));
    let mut response = Body::from(archive).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn archive(app: &App, files: &SourceTree) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (path, text) in files.iter() {
        zip.start_file(path.as_str(), options)?;
        zip.write_all(text.as_bytes())?;
    }
    if files.get_str(README).is_none() {
        zip.start_file(README, options)?;
        zip.write_all(readme(app).as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn readme(app: &App) -> String {
    let description = if app.description.is_empty() { String::new() } else { format!("{}\n\n", app.description) };
    format!(
        "# {}\n\n{description}The source of an app made with Cumulonimbus: React 19, TypeScript and Tailwind CSS 4.\n\
         `src/App.tsx` is what runs first. To run it again, import this folder:\n\n\
         ```\ncumulonimbus apps import PATH\n```\n",
        app.name
    )
}

/// A name that every file system takes: lower-case letters, digits and hyphens.
fn file_name(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if words.is_empty() { "app".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn file_names_are_plain() {
        for (name, file) in [
            ("Todo list", "todo-list"),
            ("../../etc/passwd", "etc-passwd"),
            ("a\"; filename=\"b", "a-filename-b"),
            ("Übersicht", "bersicht"),
            ("日本", "app"),
        ] {
            assert_eq!(file_name(name), file);
        }
    }
}
