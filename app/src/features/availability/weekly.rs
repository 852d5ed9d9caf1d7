//! The weekly schedule: each day with its blocks, and the form that adds one.

use super::page_availability::{Forms, forget_of_others};
use super::{clock, weekday};
use crate::context::{t, tf};
use crate::layouts::practice::kit::{Answered, FormState, query};
use crate::texts::{availability as words, common};
use contracts::availability::{AvailabilityPage, Rule};
use leptos::html;
use leptos::prelude::*;
use ui::{Button, Field, Glyph, Icon, Select, Variant};

#[component]
pub(super) fn Weekly(page: AvailabilityPage, forms: Forms, may: bool) -> impl IntoView {
    let therapist = page.therapist_id.to_string();
    let rules = page.rules.clone();
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
                    let change = tf(words::CHANGE_OF, &[("what", &format!("{} {name}", weekday(day)))]);
                    let change_address = format!("/app/availability?therapist={therapist}&rule={}#change-block", rule.id);
                    let therapist = therapist.clone();
                    view! {
                        <li class="open-block">
                            <span class="figures">{name}</span>
                            {may.then(|| {
                                view! {
                                    <a class="btn btn-ghost" href=change_address aria-label=change>{t(words::CHANGE)}</a>
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
            {may.then(|| view! { <AddOrChange therapist rules forms/> })}
        </section>
    }
}

/// The form that adds a block or, where the address names one, the form that changes it.
#[component]
fn AddOrChange(therapist: String, rules: Vec<Rule>, forms: Forms) -> impl IntoView {
    let named = query("rule");
    forget_of_others(named, forms.change_rule);
    let ids: Vec<_> = rules.iter().map(|rule| rule.id.to_string()).collect();
    let whose = therapist.clone();
    let changes = rules
        .into_iter()
        .map(|rule| {
            let (id, therapist) = (rule.id.to_string(), therapist.clone());
            move || {
                named.with(|named| named.as_ref() == Some(&id)).then(|| {
                    view! { <ChangeBlock therapist=therapist.clone() rule=rule.clone() forms/> }
                })
            }
        })
        .collect_view();
    view! {
        {move || {
            let adds = named.with(|named| named.as_ref().is_none_or(|named| !ids.contains(named)));
            adds.then(|| view! { <AddBlock therapist=whose.clone() forms/> })
        }}
        {changes}
    }
}

#[component]
fn ChangeBlock(therapist: String, rule: Rule, forms: Forms) -> impl IntoView {
    let form = Answered::by(forms.change_rule);
    let back = format!("/app/availability?therapist={therapist}#weekly");
    let weekday = form.kept("weekday", &rule.weekday.to_string());
    let (starts, ends) = (form.kept("starts", &clock(rule.starts_min)), form.kept("ends", &clock(rule.ends_min)));
    view! {
        <h3 id="change-block">{t(words::CHANGE_BLOCK)}</h3>
        <ActionForm action=forms.change_rule>
            <input type="hidden" name="therapist" value=therapist/>
            <input type="hidden" name="id" value=rule.id.to_string()/>
            <div class="form-row">
                <BlockFields form weekday starts ends/>
                <Button variant=Variant::Primary pending=form.pending>{t(common::SAVE)}</Button>
                <a class="btn btn-ghost" href=back>{t(words::LEAVE_AS_IT_IS)}</a>
            </div>
        </ActionForm>
        <FormState form/>
    }
}

#[component]
fn BlockFields(form: Answered, weekday: String, starts: String, ends: String) -> impl IntoView {
    let days = (1..=7_i16).map(|day| (day.to_string(), super::weekday(day).to_owned())).collect();
    view! {
        <Select label=t(words::WEEKDAY) name="weekday" options=days value=weekday error=form.wrong("weekday")/>
        <Field label=t(words::FROM_TIME) name="starts" kind="time" required=true value=starts error=form.wrong("starts")/>
        <Field label=t(words::UNTIL_TIME) name="ends" kind="time" required=true value=ends error=form.wrong("ends")/>
    }
}

#[component]
fn AddBlock(therapist: String, forms: Forms) -> impl IntoView {
    let add = forms.add_rule;
    let (form, node) = (Answered::by(add), NodeRef::<html::Form>::new());
    form.reset_when_done(node);
    view! {
        <h3>{t(words::ADD_BLOCK)}</h3>
        <ActionForm action=add node_ref=node>
            <input type="hidden" name="therapist" value=therapist/>
            <div class="form-row">
                <BlockFields form weekday=form.kept("weekday", "1") starts=form.kept("starts", "09:00")
                    ends=form.kept("ends", "17:00")/>
                <Button variant=Variant::Secondary pending=form.pending>{t(words::ADD)}</Button>
            </div>
        </ActionForm>
        <FormState form done=t(words::ADDED)/>
    }
}
