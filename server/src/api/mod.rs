//! The REST API. Routes and OpenAPI document are made from the same list, so they cannot differ.
// What utoipa's derives expand to names its own types in full.
#![allow(unused_qualifications)]

pub mod bodies;
pub mod docs;
pub mod examples;
pub mod idempotency;
pub mod reads;
pub mod v1;

use crate::middleware::errors::{ErrorBody, Fail};
use crate::state::AppState;
use axum::http::Method;
use axum::{Extension, Json, Router};
use contracts::ErrorCode;
use services::Ctx;
use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, InfoBuilder, OpenApi, OpenApiBuilder, Ref, Required, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;

/// What a handler answers.
pub type Answer<T> = Result<Json<T>, Fail>;
/// The caller, as an extractor.
pub type Caller = Extension<Ctx>;

/// Nothing to say but that it was done.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct Done {
    pub success: bool,
}

/// The answer of a use case that answers nothing.
///
/// # Errors
/// The use case's own.
pub fn done(result: services::Result<()>) -> Answer<Done> {
    result?;
    Ok(Json(Done { success: true }))
}

/// The answer of a use case.
///
/// # Errors
/// The use case's own.
pub fn answer<T>(result: services::Result<T>) -> Answer<T> {
    Ok(Json(result?))
}

/// Everything under `/api/v1`.
fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(v1::public::routes())
        .merge(v1::auth::routes())
        .merge(v1::practice::routes())
        .merge(v1::availability::routes())
        .merge(v1::bookings::routes())
        .merge(v1::recurring::routes())
        .merge(v1::calendars::routes())
        .merge(v1::sessions::routes())
        .merge(v1::reschedule_requests::routes())
        .merge(v1::members::routes())
        .merge(v1::patients::routes())
        .merge(v1::messages::routes())
        .merge(v1::my::routes())
        .merge(v1::notifications::routes())
        .merge(v1::templates::routes())
        .merge(v1::therapist::routes())
}

/// The API with its document and its page.
pub fn router(state: &AppState) -> Router<AppState> {
    let api = Router::from(routes())
        .layer(axum::middleware::from_fn(idempotency::idempotency))
        .layer(axum::middleware::from_fn(reads::reads));
    // Nested, so that an unknown path under /api/v1 is the API's own 404 and never a page.
    let unknown = axum::routing::any(|| async { Fail::from(ErrorCode::NotFound) });
    api.route("/api/openapi.json", axum::routing::get(docs::json))
        .route("/api/docs", axum::routing::get(docs::page))
        .route("/api/v1/{*rest}", unknown)
        .with_state(state.clone())
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    let mut document = routes().into_openapi();
    let frame = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Calma")
                .version("1")
                .description(Some(
                    "Booking, practice and patient side of Calma. Log in at /api/v1/auth/login and send the access token \
                     as `Authorization: Bearer …`, or use the cookies it sets. Amounts are in minor units. Lists take \
                     `limit` (25 by default, 100 at most), `cursor`, `sort` and `fields`. Reads carry an `ETag`; every POST \
                     takes an `Idempotency-Key`, except those under /api/v1/auth and /api/v1/my, whose answers are kept \
                     nowhere.",
                ))
                .build(),
        )
        .build();
    document.info = frame.info;
    let components = document.components.get_or_insert_default();
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    components.add_security_scheme("bearer", bearer);
    let mut schemas = vec![];
    ErrorBody::schemas(&mut schemas);
    schemas.push((ErrorBody::name().into_owned(), ErrorBody::schema()));
    components.schemas.extend(schemas);
    examples::add(components);
    for item in document.paths.paths.values_mut() {
        for operation in operations_mut(item) {
            let refused = ResponseBuilder::new()
                .description("What went wrong, with a stable code.")
                .content("application/json", Content::new(Some(Ref::from_schema_name(ErrorBody::name()))))
                .build();
            operation.responses.responses.insert("default".into(), refused.into());
        }
    }
    tell_idempotency(&mut document);
    bodies::add(&mut document);
    document
}

/// Says which operations take the header, by the same rule that reads it.
fn tell_idempotency(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let Some(operation) = item.post.as_mut().filter(|_| idempotency::takes_key(&Method::POST, path)) else {
            continue;
        };
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("Sent again with the same key, the request does nothing twice and answers the same."))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .build();
        operation.parameters.get_or_insert_default().push(header);
    }
}

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}

/// Every operation of a document as method and path, in order.
pub fn routes_of(document: &OpenApi) -> Vec<(HttpMethod, String)> {
    let of = |path: &str, item: &PathItem| {
        let methods = [
            (HttpMethod::Get, item.get.is_some()),
            (HttpMethod::Put, item.put.is_some()),
            (HttpMethod::Post, item.post.is_some()),
            (HttpMethod::Delete, item.delete.is_some()),
            (HttpMethod::Patch, item.patch.is_some()),
        ];
        methods.into_iter().filter(|(_, there)| *there).map(|(method, _)| (method, path.to_owned())).collect::<Vec<_>>()
    };
    document.paths.paths.iter().flat_map(|(path, item)| of(path, item)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_describes_every_operation() {
        let document = document();
        assert!(routes_of(&document).len() > 60);
        for (path, item) in &mut document.paths.paths.clone() {
            for operation in operations_mut(item) {
                assert!(operation.summary.as_ref().is_some_and(|s| !s.is_empty()), "{path} has no summary");
                assert!(operation.tags.as_ref().is_some_and(|t| t.len() == 1), "{path} has no tag");
            }
        }
    }

    #[test]
    fn the_document_says_which_posts_take_a_key() {
        let document = serde_json::to_value(document()).unwrap();
        let takes = |path: &str, method: &str| {
            let parameters = document["paths"][path][method]["parameters"].as_array().cloned().unwrap_or_default();
            parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key")
        };
        assert!(takes("/api/v1/public/holds", "post") && takes("/api/v1/therapists", "post"));
        assert!(!takes("/api/v1/auth/login", "post") && !takes("/api/v1/my/sign-in", "post"));
        assert!(!takes("/api/v1/therapists", "get"));
    }

    #[test]
    fn every_schema_that_is_named_is_there() {
        let json = document().to_json().unwrap();
        let components = document().components.unwrap();
        for part in json.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(components.schemas.contains_key(name), "{name} is not described");
        }
    }
}
