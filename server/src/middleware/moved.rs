//! Addresses that therapists gave up lead to their present ones: they are printed on cards and kept by search engines.

use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use services::{Ctx, practice};

pub async fn moved(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let slug = slug_of(request.uri().path()).filter(|_| reads);
    let (Some(slug), Some(ctx)) = (slug, request.extensions().get::<Ctx>()) else { return next.run(request).await };
    match Box::pin(practice::moved_to(ctx, slug)).await {
        Ok(Some(present)) => Redirect::permanent(&address(request.uri(), slug, &present)).into_response(),
        Ok(None) => next.run(request).await,
        Err(error) => {
            // The page itself says what is wrong.
            tracing::warn!(%error, "an address could not be looked up");
            next.run(request).await
        }
    }
}

/// The therapist's part of `/{slug}`, `/{slug}/photo` and `/{slug}/book/…`.
fn slug_of(path: &str) -> Option<&str> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let slug = parts.next()?;
    matches!(parts.next(), None | Some("" | "photo" | "book")).then_some(slug)
}

/// The same address with the present slug.
fn address(uri: &Uri, slug: &str, present: &str) -> String {
    let rest = uri.path().get(1 + slug.len()..).unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("/{present}{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_therapists_pages_move() {
        assert_eq!(slug_of("/dr-ana"), Some("dr-ana"));
        assert_eq!(slug_of("/dr-ana/photo"), Some("dr-ana"));
        assert_eq!(slug_of("/dr-ana/book/abc/review"), Some("dr-ana"));
        assert_eq!(slug_of("/api/v1/public/therapists/dr-ana"), None);
        assert_eq!(slug_of("/app/settings"), None);
    }

    #[test]
    fn the_rest_of_the_address_stays() {
        let uri: Uri = "/dr-ana/book/abc?day=2026-03-02".parse().unwrap();
        assert_eq!(address(&uri, "dr-ana", "dra-ana-ruiz"), "/dra-ana-ruiz/book/abc?day=2026-03-02");
    }
}
