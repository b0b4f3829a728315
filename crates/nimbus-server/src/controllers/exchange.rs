//! Apps as files: bringing them in and taking them out.

mod receive;

use std::io::{Cursor, Write};

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use nimbus_core::{
    app::{App, ExecutionMode, file_name},
    diagnostic::{Diagnostic, Severity},
    generate::build,
    ids::{AppId, VersionId},
    model::Usage,
    permission::declared,
    source::SourcePath,
    version::{Version, VersionOrigin, VersionStatus},
};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{apps::name_of, own_app};
use crate::{
    auth::Person,
    body::ApiPath,
    bundles,
    error::{ApiError, Code},
    limits::rates::Doing,
    state::ServerState,
    wire::Imported,
};
use receive::Received;

/// Makes an app of files. Source that does not build is kept all the same, as a draft; the answer
/// says what is wrong with it.
pub(crate) async fn import(
    State(state): State<ServerState>,
    person: Person,
    Received { name, brought }: Received,
) -> Result<Json<Imported>, ApiError> {
    state.rates.count(Doing::Import, person.user)?;
    let name = name.as_deref().map_or_else(|| Ok("Imported app".to_owned()), name_of)?;
    if brought.files.is_empty() {
        let why = brought.found.first().map(|first| format!(": {}", first.message)).unwrap_or_default();
        return Err(ApiError::new(Code::Invalid, format!("there is no file to import{why}"))
            .with_hint("`files` maps paths such as `src/App.tsx` to their text; a form has files or a zip archive"));
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
    let build = build(&*state.parts.bundler, app.id, brought.files).await;
    let diagnostics = [brought.found, build.fixes, build.diagnostics].concat();
    let broken = build.bundle.is_none() || diagnostics.iter().any(|d| d.severity == Severity::Error);
    let bundle = build.bundle.filter(|_| !broken);
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

/// The current version's source as a zip archive: a project that other tools build, too.
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
    let project = state.parts.exporter.project(&app.name, &files).await.map_err(|why| refused(&why))?;
    let archive = archive(&project).map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(attachment(archive, "application/zip", &format!("{}.zip", file_name(&app.name))))
}

/// The app's head as one HTML page that needs nothing else.
pub(crate) async fn export_page(
    State(state): State<ServerState>,
    person: Person,
    ApiPath(id): ApiPath<AppId>,
) -> Result<Response, ApiError> {
    let app = own_app(&state, person.user, id).await?;
    let bundle = match app.head {
        Some(head) => bundles::bundle(&state, id, head).await?,
        None => None,
    };
    let Some(bundle) = bundle else {
        return Err(ApiError::new(Code::NothingToRun, "this app has no version that runs yet"));
    };
    let page = state.parts.exporter.page(&id.to_string(), &app.name, &bundle).await.map_err(|why| refused(&why))?;
    // Never shown under our address: it is the app's code, outside of its frame.
    Ok(attachment(page.into_bytes(), "text/html; charset=utf-8", &format!("{}.html", file_name(&app.name))))
}

fn refused(why: &Diagnostic) -> ApiError {
    ApiError::new(Code::NothingToRun, format!("this app cannot be exported: {}", why.message))
}

fn attachment(content: Vec<u8>, content_type: &'static str, name: &str) -> Response {
    let mut response = Body::from(content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

fn archive(files: &[(SourcePath, Vec<u8>)]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (path, content) in files {
        zip.start_file(path.as_str(), options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}
