//! All routes and what surrounds them.

use crate::api::v1::bookings::{file, receipt};
use crate::api::v1::public::calendar;
use crate::api::v1::{calendars, patients, sessions};
use crate::middleware::errors::Fail;
use crate::middleware::headers::PageNonce;
use crate::middleware::{errors, forms, headers, limits, moved, origin, session, size, trace};
use crate::state::AppState;
use crate::{api, hooks, live, site, test_mode};
use app::context::Typed;
use app::routes::{PracticeApp, PublicPages};
use app::shell::{practice_shell, public_shell};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use leptos::config::LeptosOptions;
use leptos::nonce::Nonce;
use leptos::prelude::{IntoAny, provide_context, use_context};
use leptos_axum::{LeptosRoutes, generate_route_list};
use services::{Ctx, files, practice};
use std::collections::HashSet;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// The whole server as one service.
pub fn router(state: AppState) -> Router {
    let options = state.leptos.clone();
    let program = site::public_program(&options);
    let (mut pages, practice) = (generate_route_list(PublicPages), generate_route_list(PracticeApp));
    let of_practice: HashSet<String> = practice.iter().map(|page| first_segment(page.path()).to_owned()).collect();
    pages.extend(practice);
    let shell = move || {
        let path = use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default();
        if of_practice.contains(first_segment(&path)) {
            practice_shell(options.clone()).into_any()
        } else {
            public_shell(program.clone(), options.clone()).into_any()
        }
    };
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/robots.txt", get(robots))
        .route("/sitemap.xml", get(sitemap))
        .route("/{slug}/photo", get(photo))
        .route("/app/receipts/{id}", get(receipt))
        .route("/app/sessions/export.csv", post(sessions::page_file))
        .route("/app/patients/export.csv", post(patients::list_file))
        .route("/app/patients/{id}/sessions.csv", get(patients::export_sessions))
        .route("/app/patients/{id}/record.json", get(patients::export_record))
        .route("/b/{token}/calendar.ics", get(calendar))
        .route("/calendar/{file}", get(calendars::therapist_feed))
        .route("/calendar/p/{file}", get(calendars::patient_feed))
        .route("/app/calendars/google", get(calendars::to_google))
        .route("/app/calendars/google/callback", get(calendars::from_google))
        .route("/live", get(live::practice_events))
        .route("/live/my", get(live::patient_events))
        .route("/live/t/{slug}", get(live::therapist_events))
        .route("/live/b/{token}", get(live::booking_events))
        .merge(hooks::routes())
        .merge(test_mode::routes(&state))
        .merge(api::router(&state))
        .leptos_routes_with_context(&state, pages, provide_request, shell)
        .fallback(page_not_found);
    around(routes, &state).with_state(state)
}

/// `app` of `/app/diary`: the practice's application and the public pages share none.
fn first_segment(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// From the inside out.
fn around(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    routes
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn(moved::moved))
        .layer(from_fn_with_state(state.clone(), forms::forms))
        .layer(from_fn_with_state(state.clone(), limits::limit))
        .layer(from_fn_with_state(state.clone(), session::session))
        .layer(from_fn_with_state(state.clone(), origin::origin))
        .layer(axum::middleware::from_fn(size::size_and_time))
        .layer(from_fn_with_state(state.clone(), errors::errors))
        .layer(CompressionLayer::new().br(true).gzip(true).quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(state.clone(), site::files))
        .layer(from_fn_with_state(state.clone(), headers::headers))
        .layer(from_fn_with_state(state.clone(), trace::trace))
}

/// What pages and server functions find in their context: the caller, this answer's nonce, and what was typed into a
/// form that failed. The middleware has put them into the request.
fn provide_request() {
    let Some(parts) = use_context::<Parts>() else { return };
    if let Some(ctx) = parts.extensions.get::<Ctx>() {
        provide_context(ctx.clone());
    }
    if let Some(nonce) = parts.extensions.get::<PageNonce>() {
        provide_context(Nonce::from_value(nonce.0.clone()));
    }
    if let Some(typed) = parts.extensions.get::<Typed>() {
        provide_context(typed.clone());
    }
}

/// The application's own page for addresses that lead nowhere, with status 404.
async fn page_not_found(State(options): State<LeptosOptions>, request: Request<Body>) -> Response {
    let program = site::public_program(&options);
    let render = leptos_axum::render_app_async_with_context(provide_request, move || {
        public_shell(program.clone(), options.clone())
    });
    let mut response = render(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Does the database answer?
async fn ready(Extension(ctx): Extension<Ctx>) -> Result<&'static str, Fail> {
    practice::published_slugs(&ctx).await?;
    Ok("ready")
}

async fn robots(State(state): State<AppState>) -> String {
    let base = &state.config.base_url;
    let hidden = ["/app$", "/app/", "/api/", "/b/", "/calendar/", "/my$", "/my/", "/live", "/hooks/"];
    let rules: String = hidden.iter().map(|path| format!("Disallow: {path}\n")).collect();
    format!("User-agent: *\n{rules}\nSitemap: {base}/sitemap.xml\n")
}

async fn sitemap(State(state): State<AppState>, Extension(ctx): Extension<Ctx>) -> Result<Response, Fail> {
    let base = &state.config.base_url;
    let pages = practice::published_slugs(&ctx).await?;
    // Slugs are letters, digits and dashes: nothing to escape.
    let urls: String = pages.iter().map(|slug| format!("<url><loc>{base}/{slug}</loc></url>")).collect();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>{base}/</loc></url>{urls}</urlset>"
    );
    Ok(([(header::CONTENT_TYPE, "application/xml")], xml).into_response())
}

/// A published therapist's photo. Its address changes with every photo, so it may be kept.
async fn photo(Extension(ctx): Extension<Ctx>, Path(slug): Path<String>) -> Result<Response, Fail> {
    let (kind, bytes) = files::photo(&ctx, &slug).await?;
    let mut response = file(&kind, bytes);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    Ok(response)
}
