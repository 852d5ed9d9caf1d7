//! `/`: what this installation is, and the way in.

use crate::context::t;
use crate::forms::base_url;
use crate::layouts::public::PublicLayout;
use crate::texts::{common, home};
use contracts::Text;
use leptos::prelude::*;
use leptos_meta::{Link, Meta, Title};
use ui::{Card, Glyph, Icon, LinkButton, Variant};

#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text=format!("{} · {}", t(common::CALMA), t(home::TITLE))/>
        <Meta name="description" content=t(home::DESCRIPTION)/>
        <Link rel="canonical" href=format!("{}/", base_url())/>
        <PublicLayout>
            <div class="hero">
                <h1>{t(home::TITLE)}</h1>
                <p class="lead">{t(home::LEAD)}</p>
                <div class="actions">
                    <LinkButton href=String::from("/register")>{t(home::REGISTER)}</LinkButton>
                    <LinkButton href=String::from("/login") variant=Variant::Secondary>{t(home::LOG_IN)}</LinkButton>
                    <LinkButton href=String::from("/my") variant=Variant::Ghost>{t(home::MY_BOOKINGS)}</LinkButton>
                </div>
            </div>
            <div class="columns">
                {promise(Glyph::Leaf, home::FOR_PATIENTS, home::FOR_PATIENTS_BODY)}
                {promise(Glyph::Calendar, home::FOR_THERAPISTS, home::FOR_THERAPISTS_BODY)}
                {promise(Glyph::Users, home::FOR_PRACTICES, home::FOR_PRACTICES_BODY)}
            </div>
        </PublicLayout>
    }
}

fn promise(glyph: Glyph, title: Text, body: Text) -> impl IntoView {
    view! {
        <Card class="stack-small">
            <Icon glyph/>
            <h2>{t(title)}</h2>
            <p class="muted">{t(body)}</p>
        </Card>
    }
}
