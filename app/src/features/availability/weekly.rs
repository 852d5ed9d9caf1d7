//! The weekly schedule: each day with its blocks, and the form that adds one.

use super::page_availability::Forms;
use super::{clock, weekday};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState};
use crate::texts::availability as words;
use contracts::availability::AvailabilityPage;
use leptos::html;
use leptos::prelude::*;
use ui::{Button, Field, Glyph, Icon, Select, Variant};

#[component]
pub(super) fn Weekly(page: AvailabilityPage, forms: Forms, may: bool) -> impl IntoView {
    let therapist = page.therapist_id.to_string();
    let days = (1..=7_i16)
        .map(|day| {
            let mut blocks: Vec<_> = page.rules.iter().filter(|rule| rule.weekday == day).cloned().collect();
            blocks.sort_by_key(|rule| rule.starts_min);
            let closed = blocks.is_empty();
            let blocks = blocks
                .into_iter()
                .map(|rule| {
                    let name = tf(words::BLOCK, &[("from", &clock(rule.starts_min)), ("until", &clock(rule.ends_min))]);
                    let remove = tf(words::REMOVE_BLOCK, &[("block", &format!("{} {name}", weekday(day)))]);
                    let therapist = therapist.clone();
                    view! {
                        <li class="open-block">
                            <span class="figures">{name}</span>
                            {may.then(|| {
                                view! {
                                    <ActionForm action=forms.delete_rule>
                                        <input type="hidden" name="therapist" value=therapist/>
                                        <input type="hidden" name="id" value=rule.id.to_string()/>
                                        <button type="submit" class="btn btn-ghost btn-icon" aria-label=remove.clone() title=remove>
                                            <Icon glyph=Glyph::Cross/>
                                        </button>
                                    </ActionForm>
                                }
                            })}
                        </li>
                    }
                })
                .collect_view();
            view! {
                <div class="week-row" class:week-row-closed=closed>
                    <dt>{weekday(day)}</dt>
                    <dd>
                        {closed.then(|| view! { <span class="muted">{t(words::CLOSED_ALL_DAY)}</span> })}
                        <ul class="blocks">{blocks}</ul>
                    </dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section id="weekly" class="card" aria-labelledby="weekly-title">
            <h2 id="weekly-title">{t(words::WEEKLY)}</h2>
            <p class="muted">{t(words::WEEKLY_HELP)}</p>
            <dl class="week">{days}</dl>
            <FormState form=Answered::by(forms.delete_rule) done=t(words::REMOVED)/>
            {may.then(|| view! { <AddBlock therapist forms/> })}
        </section>
    }
}

#[component]
fn AddBlock(therapist: String, forms: Forms) -> impl IntoView {
    let add = forms.add_rule;
    let (form, node) = (Answered::by(add), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    let days = (1..=7_i16).map(|day| (day.to_string(), weekday(day).to_owned())).collect();
    view! {
        <h3>{t(words::ADD_BLOCK)}</h3>
        <ActionForm action=add node_ref=node>
            <input type="hidden" name="therapist" value=therapist/>
            <div class="form-row">
                <Select label=t(words::WEEKDAY) name="weekday" options=days value=form.kept("weekday", "1")
                    error=form.wrong("weekday")/>
                <Field label=t(words::FROM_TIME) name="starts" kind="time" required=true
                    value=form.kept("starts", "09:00") error=form.wrong("starts")/>
                <Field label=t(words::UNTIL_TIME) name="ends" kind="time" required=true
                    value=form.kept("ends", "17:00") error=form.wrong("ends")/>
                <Button variant=Variant::Secondary pending=form.pending>{t(words::ADD)}</Button>
            </div>
        </ActionForm>
        <FormState form done=t(words::ADDED)/>
    }
}
