//! Who is calling: a member by cookie or Bearer token, a patient by cookie, or a visitor; and in which language.

use super::trace::RequestId;
use crate::state::AppState;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use contracts::{ErrorCode, Lang};
use services::{Actor, Ctx, accounts, cookies, patient_access};
use std::net::{IpAddr, SocketAddr};

/// Provides [`Ctx`] to everything inside. An access cookie that ran out is renewed with the refresh cookie on the way,
/// and the new cookies go out with the answer.
pub async fn session(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let mut ctx = visitor(&state, &request);
    let path = request.uri().path().to_owned();
    let token = bearer(request.headers()).map(str::to_owned);
    let renewed = match token {
        Some(token) => {
            ctx.actor = accounts::member_of(&state.deps, &token).map_or(Actor::Visitor, Actor::Member);
            vec![]
        }
        // Boxed, as all that is done around a request and not for all its time: thousands may be waiting at once.
        None => Box::pin(identify(&state, &path, &cookie_header(request.headers()), &mut ctx)).await,
    };
    request.extensions_mut().insert(ctx.clone());
    let mut response = next.run(request).await;
    for cookie in renewed {
        // A handler that logged in, out or over has the last word.
        let name = cookie.split('=').next().unwrap_or_default();
        let set_already = |v: &HeaderValue| v.to_str().is_ok_and(|v| v.split('=').next() == Some(name));
        if !response.headers().get_all(header::SET_COOKIE).iter().any(set_already)
            && let Ok(value) = HeaderValue::from_str(&cookie)
        {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response.extensions_mut().insert(ctx);
    response
}

fn visitor(state: &AppState, request: &Request) -> Ctx {
    let now = state.deps.clock.now();
    let id = request.extensions().get::<RequestId>().copied();
    Ctx {
        deps: state.deps.clone(),
        actor: Actor::Visitor,
        lang: language(request.headers(), state),
        now,
        request_id: id.unwrap_or_else(|| RequestId::new(now.timestamp_millis(), &*state.deps.entropy)).0,
        ip: address(request, state.config.trust_proxy),
    }
}

/// Sets the actor by cookie; returns cookies to set.
async fn identify(state: &AppState, path: &str, jar: &str, ctx: &mut Ctx) -> Vec<String> {
    if is_for_patients(path) && become_patient(ctx, jar).await {
        return vec![];
    }
    if let Some(member) = cookies::get(jar, cookies::ACCESS).and_then(|token| accounts::member_of(&state.deps, token)) {
        ctx.actor = Actor::Member(member);
        return vec![];
    }
    // Renewing is that handler's own business.
    let renews_itself = path == "/api/v1/auth/refresh";
    if let Some(token) = cookies::get(jar, cookies::REFRESH).filter(|t| !t.is_empty() && !renews_itself) {
        return renew(state, ctx, token).await;
    }
    become_patient(ctx, jar).await;
    vec![]
}

async fn renew(state: &AppState, ctx: &mut Ctx, token: &str) -> Vec<String> {
    match accounts::refresh(ctx, token).await {
        Ok(tokens) => {
            if let Some(member) = accounts::member_of(&state.deps, &tokens.access) {
                ctx.actor = Actor::Member(member);
            }
            cookies::log_in(&tokens, ctx.now).into()
        }
        // Without a database nobody is logged out.
        Err(error) if matches!(error.public.code, ErrorCode::Unavailable | ErrorCode::Internal) => {
            tracing::warn!(%error, "a login session could not be renewed");
            vec![]
        }
        Err(_) => cookies::log_out().into(),
    }
}

async fn become_patient(ctx: &mut Ctx, jar: &str) -> bool {
    let Some(cookie) = cookies::get(jar, cookies::PATIENT).filter(|c| !c.is_empty()) else { return false };
    match patient_access::patient_of(&ctx.deps, ctx.now, cookie).await {
        Ok(Some(email)) => {
            ctx.actor = Actor::Patient { email };
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::warn!(%error, "a patient's cookie could not be read");
            false
        }
    }
}

/// Where a person who is both member and patient is the patient.
fn is_for_patients(path: &str) -> bool {
    matches!(path, "/my" | "/live/my")
        || ["list_my_bookings", "list_my_feeds", "renew_my_feeds", "sign_out_patient"]
            .iter()
            .any(|name| path.strip_prefix("/api/fn/") == Some(name))
        || path.starts_with("/my/")
        || path.starts_with("/api/v1/my/")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// All cookies as one line; HTTP/2 may split them over several headers.
pub fn cookie_header(headers: &HeaderMap) -> String {
    headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join("; ")
}

/// The chosen language, else the first the browser asks for that Calma speaks, else the installation's.
pub fn language(headers: &HeaderMap, state: &AppState) -> Lang {
    let chosen = cookies::get(&cookie_header(headers), cookies::LANG).and_then(Lang::from_code);
    let asked = || headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(preferred);
    chosen.or_else(asked).unwrap_or(state.config.language)
}

fn preferred(accept_language: &str) -> Option<Lang> {
    let weight = |part: &str| part.split_once(";q=").map_or(1.0, |(_, q)| q.trim().parse().unwrap_or(0.0_f32));
    let mut best: Option<(Lang, f32)> = None;
    for part in accept_language.split(',').map(str::trim) {
        let candidate = Lang::from_code(part).map(|lang| (lang, weight(part))).filter(|(_, w)| *w > 0.0);
        if let Some((lang, w)) = candidate
            && best.is_none_or(|(_, known)| w > known)
        {
            best = Some((lang, w));
        }
    }
    best.map(|(lang, _)| lang)
}

/// Behind a proxy: the address the nearest proxy saw, which is the last in its header; earlier ones can be invented.
fn address(request: &Request, trust_proxy: bool) -> Option<IpAddr> {
    let direct = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = || {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    };
    if trust_proxy { forwarded().or(direct) } else { direct }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_languages_count_by_weight() {
        assert_eq!(preferred("fr-FR,es;q=0.5,en;q=0.8"), Some(Lang::En));
        assert_eq!(preferred("es-AR,es;q=0.9,en;q=0.8"), Some(Lang::Es));
        assert_eq!(preferred("fr"), None);
        assert_eq!(preferred("en;q=0, de"), None);
    }
}
