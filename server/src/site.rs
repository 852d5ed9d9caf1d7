//! The built site: where it is, and how its files are served.

use crate::config::Config;
use crate::state::AppState;
use app::shell::PublicProgram;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::config::{Env, LeptosOptions};
use std::path::{Path, PathBuf};
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The name of the public half, as in `[[workspace.metadata.leptos]]`; the practice's is LEPTOS_OUTPUT_NAME.
const PUBLIC: &str = "calma-public";

/// Leptos' own options: from cargo-leptos while developing, else from what lies beside the program.
pub fn leptos_options(config: &Config) -> LeptosOptions {
    let told = &config.leptos;
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_path_buf)).unwrap_or_default();
    let root = config.site_root.clone().or_else(|| told.site_root.clone()).unwrap_or_else(|| {
        // An installed program has `site` beside it; a built one lies in target/release, next to target/site.
        let places = [beside.join("site"), beside.join("../site"), PathBuf::from("target/site")];
        places.iter().find(|p| p.is_dir()).unwrap_or(&places[2]).to_string_lossy().into_owned()
    });
    let hash_file = beside.join(&told.hash_file_name);
    let hashed = told.hash_files.unwrap_or_else(|| hash_file.is_file());
    LeptosOptions::builder()
        .output_name(told.output_name.clone())
        .site_root(root)
        .site_addr(config.addr)
        .env(if told.watch { Env::DEV } else { Env::PROD })
        .reload_port(told.reload_port)
        .hash_file(hash_file.to_string_lossy().into_owned().into())
        .hash_files(hashed)
        .build()
}

/// Where the program of the public pages is. Its hashed names are read from beside Calma; while developing, one
/// program holds both halves.
pub fn public_program(options: &LeptosOptions) -> PublicProgram {
    let (name, suffix) = match options.env {
        Env::DEV => (options.output_name.to_string(), String::new()),
        Env::PROD => (PUBLIC.to_owned(), "-public".to_owned()),
    };
    let hashes = Path::new(&*options.hash_file).with_file_name(format!("hash{suffix}.txt"));
    let hashes = if options.hash_files { std::fs::read_to_string(hashes).unwrap_or_default() } else { String::new() };
    let hash = |kind: &str| {
        let line = hashes.lines().filter_map(|line| line.split_once(':')).find(|(of, _)| of.trim() == kind);
        line.map(|(_, hash)| format!(".{}", hash.trim())).unwrap_or_default()
    };
    let address = |kind: &str| format!("/{}/{name}{}.{kind}", options.site_pkg_dir, hash(kind));
    PublicProgram { js: address("js"), wasm: address("wasm") }
}

/// Serves a file of the site if the path looks like one and it is there; everything else goes on to the routes. Slugs
/// hold no dots, so no page is looked up on the disk.
pub async fn files(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let in_pkg = path.starts_with("/pkg/");
    let may_be_file = in_pkg || path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    if !may_be_file || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let lifetime = lifetime(path);
    let mut asked =
        Request::builder().method(request.method()).uri(request.uri()).body(Body::empty()).unwrap_or_default();
    *asked.headers_mut() = request.headers().clone();
    let found =
        match ServeDir::new(&*state.leptos.site_root).precompressed_br().precompressed_gzip().oneshot(asked).await {
            Ok(found) => found,
            Err(never) => match never {},
        };
    match found.status() {
        StatusCode::NOT_FOUND if in_pkg => StatusCode::NOT_FOUND.into_response(),
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => next.run(request).await,
        _ => {
            let mut response = found.map(Body::new);
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
            response
        }
    }
}

/// Files with a hash in their name never change; others are asked for again.
fn lifetime(path: &str) -> &'static str {
    let hashed = path.starts_with("/pkg/")
        && path.rsplit('/').next().unwrap_or_default().split('.').skip(1).any(|part| part.len() >= 16);
    match () {
        () if hashed => "public, max-age=31536000, immutable",
        () if path.starts_with("/fonts/") => "public, max-age=604800",
        () => "no-cache",
    }
}

#[cfg(test)]
mod tests {
    use super::lifetime;

    #[test]
    fn only_names_with_a_hash_are_kept_forever() {
        assert!(lifetime("/pkg/calma.hV0Yt1c3rB3fXqkZ0a1bQw.wasm").contains("immutable"));
        assert_eq!(lifetime("/pkg/calma.js"), "no-cache");
        assert_eq!(lifetime("/favicon.svg"), "no-cache");
    }
}
