//! The start page, and the page for addresses that lead nowhere.

#[cfg(feature = "ssr")]
pub mod page_home;
pub mod server_fns;

use crate::context::t;
use crate::layouts::public::PublicLayout;
use crate::texts::common;
use leptos::prelude::*;
use leptos_meta::{Meta, Title};
use ui::{EmptyState, Glyph, LinkButton};

/// For addresses that lead nowhere; answers 404.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::context::page_status(http::StatusCode::NOT_FOUND);
    view! {
        <PublicLayout>
            <NotFoundBody/>
        </PublicLayout>
    }
}

/// The inside of a page that does not exist; the caller has set the status.
#[component]
pub fn NotFoundBody() -> impl IntoView {
    view! {
        <Title text=t(common::NOT_FOUND_TITLE)/>
        <Meta name="robots" content="noindex"/>
        <h1>{t(common::NOT_FOUND_TITLE)}</h1>
        <EmptyState glyph=Glyph::Leaf title=t(common::NOT_FOUND_BODY)>
            <LinkButton href=String::from("/")>{t(common::TO_START)}</LinkButton>
        </EmptyState>
    }
}
