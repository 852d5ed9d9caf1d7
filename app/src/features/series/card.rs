//! One series: its rule in words, what is next, and what can be done with it.

use super::dates::NextDates;
use super::server_fns::{PauseSeries, ResumeSeries, StopSeries};
use super::words as say;
use crate::context::{lang, t, tf, tn};
use crate::layouts::practice::kit::{Answered, FormState, practice_live, successes};
use crate::texts::{common, series as words};
use contracts::accounts::Role;
use contracts::series::{SeriesStatus, SeriesView};
use domain::dates;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use domain::recurrence::rhythm;
use leptos::prelude::*;
use ui::{Button, Dialog, Glyph, Icon, MoneyText, Variant};

/// The forms of a list of series; made once, so that their answers outlive a new fetch.
#[derive(Clone, Copy)]
pub(super) struct Forms {
    pause: ServerAction<PauseSeries>,
    resume: ServerAction<ResumeSeries>,
    stop: ServerAction<StopSeries>,
}

impl Forms {
    /// After each of them the page fetches what is true now.
    pub fn new() -> Self {
        let forms = Self { pause: ServerAction::new(), resume: ServerAction::new(), stop: ServerAction::new() };
        let done = (successes(forms.pause), successes(forms.resume), successes(forms.stop));
        let live = practice_live();
        Effect::new(move |before: Option<usize>| {
            let now = done.0.get() + done.1.get() + done.2.get();
            if before.is_some_and(|before| before != now) {
                live.refresh();
            }
            now
        });
        forms
    }
}

#[component]
pub(super) fn SeriesCard(
    series: SeriesView,
    role: Role,
    forms: Forms,
    /// On its own page it needs no link there.
    #[prop(optional)]
    alone: bool,
) -> impl IntoView {
    let (word, tone) = say::status(series.status);
    let with = tf(words::WITH, &[("service", &series.service_name), ("therapist", &series.therapist_name)]);
    let ends = match series.rule.ends_on {
        Some(day) => tf(words::UNTIL, &[("date", &dates::long_date(lang(), day))]),
        None => t(words::NO_END).to_owned(),
    };
    let days = u32::try_from(series.payment_notice_days).unwrap_or_default();
    let next = series.next.clone();
    let open = series.status.is_open();
    let title_id = format!("series-{}", series.id);
    view! {
        <section class="card series-card" aria-labelledby=title_id.clone()>
            <header class="series-head">
                <h3 id=title_id.clone()>{rhythm(&series.rule, lang())}</h3>
                <span class=format!("badge badge-{tone}")>
                    <Icon glyph={if series.status == SeriesStatus::Active { Glyph::Check } else { Glyph::Slash }}/>
                    {t(word)}
                </span>
            </header>
            <ul class="series-facts">
                <li>{with}</li>
                <li>{tf(words::MINUTES, &[("n", &series.rule.duration_min.to_string())])}</li>
                <li><MoneyText money=series.price.clone() lang=lang()/></li>
                <li>{ends}</li>
                <li>{tn([words::NOTICE_ONE, words::NOTICE], days)}</li>
            </ul>
            {(series.status == SeriesStatus::Paused).then(|| view! { <p class="muted">{t(words::PAUSED_HELP)}</p> })}
            {open
                .then(|| {
                    view! {
                        <h4>{t(words::NEXT)}</h4>
                        <NextDates next/>
                    }
                })}
            <p class="muted small">{tf(words::ZONE, &[("zone", &dates::zone_name(&series.time_zone))])}</p>
            {open.then(|| view! { <Deeds series role forms alone/> })}
        </section>
    }
}

/// Pause or resume, change, stop.
#[component]
fn Deeds(series: SeriesView, role: Role, forms: Forms, alone: bool) -> impl IntoView {
    let id = series.id.to_string();
    let may_change = allowed(role, Verb::Update, Thing::Series);
    let may_stop = allowed(role, Verb::Delete, Thing::Series);
    let paused = series.status == SeriesStatus::Paused;
    let on = {
        let id = id.clone();
        move || {
            if paused {
                view! {
                    <ActionForm action=forms.resume>
                        <input type="hidden" name="id" value=id/>
                        <Button variant=Variant::Secondary pending=forms.resume.pending()>{t(words::RESUME)}</Button>
                    </ActionForm>
                }
                .into_any()
            } else {
                view! {
                    <ActionForm action=forms.pause>
                        <input type="hidden" name="id" value=id/>
                        <Button variant=Variant::Secondary pending=forms.pause.pending()>{t(words::PAUSE)}</Button>
                    </ActionForm>
                }
                .into_any()
            }
        }
    };
    let change = if alone { "#change".to_owned() } else { format!("/app/series/{id}#change") };
    view! {
        <div class="actions">
            {may_change
                .then(|| {
                    view! {
                        {on()}
                        <a class="btn btn-secondary" href=change>{t(words::CHANGE)}</a>
                    }
                })}
            {may_stop
                .then(|| {
                    view! {
                        <Dialog id=format!("stop-{id}") title=t(words::STOP_TITLE) open_label=t(words::STOP)
                            close_label=t(common::CLOSE) variant=Variant::Ghost>
                            <p>{tf(words::STOP_EFFECT, &[("name", &series.patient_name)])}</p>
                            <ActionForm action=forms.stop>
                                <input type="hidden" name="id" value=id.clone()/>
                                <Button variant=Variant::Danger pending=forms.stop.pending()>{t(words::STOP_SEND)}</Button>
                            </ActionForm>
                        </Dialog>
                    }
                })}
        </div>
    }
}

/// What the forms of a list said back.
#[component]
pub(super) fn FormStates(forms: Forms) -> impl IntoView {
    view! {
        <FormState form=Answered::by(forms.pause)/>
        <FormState form=Answered::by(forms.resume)/>
        <FormState form=Answered::by(forms.stop)/>
    }
}
