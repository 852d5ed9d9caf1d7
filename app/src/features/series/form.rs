//! The form of a series, with every date shown before anything is saved.
//!
//! With JavaScript the dates follow what is filled in. Without, the first button asks for this page with the form's values
//! in its address, and only then is there a button that saves.

use super::preview::Dates;
use super::server_fns::{Filled, SaveSeries, preview_series};
use super::words as say;
use crate::context::{lang, t, tf, tn};
use crate::error::{UiError, problem_text};
use crate::layouts::practice::kit::{Answered, FormState, practice_live};
use crate::texts::{common, practice, series as words};
use contracts::Text;
use contracts::limits::{INTERVAL_DAYS_MAX, PAYMENT_NOTICE_MAX, SERIES_DURATION_MAX, SERIES_DURATION_MIN};
use contracts::series::{Frequency, Preview, SeriesOffer};
use domain::dates::iso_weekday_name;
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use ui::{Button, Checkbox, Field, Notice, Select, Skeleton, Tone, use_toast};

/// The fields as they stand in the form, by name.
const NAMES: [&str; 13] = [
    "patient",
    "id",
    "version",
    "offer",
    "frequency",
    "interval_days",
    "weekday",
    "starts",
    "duration_min",
    "price",
    "starts_on",
    "ends_on",
    "payment_notice_days",
];

/// The name of a field in the form, as the server function reads it.
fn in_form(name: &str) -> String {
    format!("filled[{name}]")
}

/// What the address says of a field.
fn address(name: &str) -> Option<String> {
    use_query_map().with_untracked(|map| map.get(&in_form(name))).filter(|value| !value.is_empty())
}

impl Filled {
    fn place(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "patient" => &mut self.patient,
            "id" => &mut self.id,
            "version" => &mut self.version,
            "offer" => &mut self.offer,
            "frequency" => &mut self.frequency,
            "interval_days" => &mut self.interval_days,
            "weekday" => &mut self.weekday,
            "starts" => &mut self.starts,
            "duration_min" => &mut self.duration_min,
            "price" => &mut self.price,
            "starts_on" => &mut self.starts_on,
            "ends_on" => &mut self.ends_on,
            "payment_notice_days" => &mut self.payment_notice_days,
            _ => return None,
        })
    }

    /// With what the address of a preview without JavaScript says.
    fn asked(mut self) -> (Self, bool) {
        let mut asked = false;
        for name in NAMES {
            // Whose series it is, and which version was shown, is not the address's to say.
            let fixed = ["patient", "id", "version"].contains(&name);
            if let (false, Some(value), Some(place)) = (fixed, address(name), self.place(name)) {
                *place = value;
                asked |= name == "starts";
            }
        }
        self.also_unpaid |= address("also_unpaid").is_some();
        if asked {
            self.tell = address("tell").is_some();
        }
        (self, asked)
    }

    /// As it stands in the browser.
    fn read(form: &web_sys::HtmlFormElement) -> Option<Self> {
        let data = web_sys::FormData::new_with_form(form).ok()?;
        let mut filled = Self::default();
        for name in NAMES {
            if let (Some(place), Some(value)) = (filled.place(name), data.get(&in_form(name)).as_string()) {
                *place = value;
            }
        }
        filled.also_unpaid = data.has(&in_form("also_unpaid"));
        filled.tell = data.has(&in_form("tell"));
        Some(filled)
    }
}

#[component]
pub(super) fn SeriesFields(
    /// As the form begins.
    filled: Filled,
    offers: Vec<SeriesOffer>,
    currency: String,
    /// The page's own address.
    page: String,
) -> impl IntoView {
    let save = ServerAction::<SaveSeries>::new();
    let form = Answered::by(save);
    let is_new = filled.id.is_empty();
    go_on(save, is_new);
    let (mut filled, asked) = filled.asked();
    // What was typed into a form that failed goes before what the address says.
    for name in NAMES {
        if let Some(place) = filled.place(name) {
            *place = form.kept(name, place);
        }
    }
    let now = RwSignal::new(filled.clone());
    // With JavaScript the dates show while the form is filled in.
    let scripted = RwSignal::new(false);
    let node = NodeRef::<html::Form>::new();
    let look = move || {
        if let Some(filled) = node.get_untracked().and_then(|form| Filled::read(&form)) {
            now.set(filled);
        }
    };
    Effect::new(move |_| {
        scripted.set(true);
        look();
    });
    let ready = move || (asked || scripted.get()).then(|| now.get()).filter(|filled| !filled.starts.is_empty());
    let preview = Resource::new_blocking(ready, |filled| async move {
        match filled {
            Some(filled) => Some(preview_series(filled).await),
            None => None,
        }
    });
    let anchor = format!("{page}#preview");
    let hidden = [("patient", &filled.patient), ("id", &filled.id), ("version", &filled.version)];
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=in_form(name) value=value.clone()/> });
    view! {
        <div on:change=move |_| look()>
            <ActionForm action=save node_ref=node>
                {hidden.into_iter().collect_view()}
                <Inputs filled form offers currency is_new scripted now/>
                <div class="actions">
                    <button type="submit" class="btn btn-secondary" formmethod="get" formaction=anchor formnovalidate=true
                        hidden=move || scripted.get()>
                        {t(words::SHOW_DATES)}
                    </button>
                </div>
                <section id="preview" class="preview" aria-labelledby="preview-title">
                    <h3 id="preview-title">{t(words::PREVIEW)}</h3>
                    <Transition fallback=|| view! { <Skeleton lines=4 label=t(common::LOADING)/> }>
                        {move || Suspend::new(async move {
                            match preview.await {
                                None => view! { <p class="muted">{t(words::PREVIEW_WAITS)}</p> }.into_any(),
                                Some(Ok(preview)) => view! { <Step preview is_new form/> }.into_any(),
                                Some(Err(error)) => view! { <Wrong error/> }.into_any(),
                            }
                        })}
                    </Transition>
                </section>
            </ActionForm>
            <FormState form/>
        </div>
    }
}

/// A new series leads to its page; a changed one is shown there anew.
fn go_on(save: ServerAction<SaveSeries>, is_new: bool) {
    let (navigate, live, toast) = (use_navigate(), practice_live(), use_toast());
    let done = t(practice::DONE);
    Effect::new(move |_| match save.value().get() {
        Some(Ok(series)) if is_new => navigate(&format!("/app/series/{}?done=1", series.id), Default::default()),
        Some(Ok(_)) => {
            toast.show(done, Tone::Success);
            live.refresh();
        }
        _ => {}
    });
}

/// The dates, and the button that saves them.
#[component]
fn Step(preview: Preview, is_new: bool, form: Answered) -> impl IntoView {
    let unpaid = preview.unpaid_sessions;
    view! {
        <p class="muted">{t(words::PREVIEW_HELP)}</p>
        {(unpaid > 0).then(|| view! { <p>{tn([words::UPDATE_UNPAID_ONE, words::UPDATE_UNPAID], unpaid)}</p> })}
        <div class="actions">
            <Button pending=form.pending>{t(if is_new { words::CREATE } else { words::SAVE_CHANGE })}</Button>
        </div>
        <Dates preview/>
    }
}

/// Why there are no dates yet.
#[component]
fn Wrong(error: UiError) -> impl IntoView {
    let problems = error.0.fields.iter().map(|wrong| {
        let field = label(&wrong.field).map_or("", |label| label.of(lang()));
        tf(words::FIELD_PROBLEM, &[("field", field), ("problem", problem_text(wrong.problem).of(lang()))])
    });
    let problems: Vec<_> = problems.map(|text| view! { <p>{text}</p> }).collect();
    let general = problems.is_empty().then(|| view! { <p>{error.message(lang())}</p> });
    view! { <Notice tone=Tone::Warning>{problems} {general}</Notice> }
}

fn label(field: &str) -> Option<Text> {
    Some(match field {
        "offer" | "service_id" => words::SERVICE,
        "frequency" => words::FREQUENCY,
        "interval_days" => words::INTERVAL,
        "weekday" => words::WEEKDAY,
        "starts" => words::STARTS,
        "duration_min" => words::DURATION,
        "starts_on" => words::STARTS_ON,
        "ends_on" => words::ENDS_ON,
        "payment_notice_days" => words::NOTICE_DAYS,
        _ => return None,
    })
}

#[component]
fn Inputs(
    filled: Filled,
    form: Answered,
    offers: Vec<SeriesOffer>,
    currency: String,
    is_new: bool,
    scripted: RwSignal<bool>,
    now: RwSignal<Filled>,
) -> impl IntoView {
    let is = move |frequency: &[Frequency]| {
        let chosen = now.with(|now| Frequency::parse(&now.frequency));
        // Without JavaScript every field is there, with a word on when it counts.
        !scripted.get() || chosen.is_some_and(|chosen| frequency.contains(&chosen))
    };
    let offer = |offer: SeriesOffer| {
        let facts = [
            ("service", offer.service_name.as_str()),
            ("therapist", offer.therapist_name.as_str()),
            ("n", &offer.duration_min.to_string()),
            ("price", &offer.price.display(lang())),
        ];
        (format!("{}:{}", offer.therapist_id, offer.service_id), tf(words::SERVICE_BY, &facts))
    };
    let offers: Vec<(String, String)> = offers.into_iter().map(offer).collect();
    let often = Frequency::ALL.iter().map(|f| (f.as_str().to_owned(), t(say::frequency(*f)).to_owned())).collect();
    let auto = t(if is_new { words::WEEKDAY_AUTO } else { words::WEEKDAY_KEEP });
    let days = (1..=7).map(|day| (day.to_string(), iso_weekday_name(lang(), day).to_owned()));
    let weekdays: Vec<(String, String)> = std::iter::once((String::new(), auto.to_owned())).chain(days).collect();
    let (from, from_hint) = match is_new {
        true => (words::STARTS_ON, words::STARTS_ON_HINT),
        false => (words::CHANGE_FROM, words::CHANGE_FROM_HINT),
    };
    view! {
        <div class="form-row">
            <Select label=t(words::SERVICE) name=in_form("offer") options=offers value=filled.offer.clone() required=true
                error=form.wrong("service_id")/>
            <Select label=t(words::FREQUENCY) name=in_form("frequency") options=often value=filled.frequency.clone()
                error=form.wrong("frequency")/>
        </div>
        <div class="form-row narrow-fields">
            <div hidden=move || !is(&[Frequency::Weekly, Frequency::Biweekly])>
                <Select label=t(words::WEEKDAY) name=in_form("weekday") options=weekdays value=filled.weekday.clone()
                    hint=t(words::WEEKDAY_HINT) error=form.wrong("weekday")/>
            </div>
            <div hidden=move || !is(&[Frequency::EveryNDays])>
                <Field label=t(words::INTERVAL) name=in_form("interval_days") kind="number" inputmode="numeric" min="1"
                    max=INTERVAL_DAYS_MAX.to_string() value=filled.interval_days.clone() hint=t(words::INTERVAL_HINT)
                    error=form.wrong("interval_days")/>
            </div>
            <Field label=t(words::STARTS) name=in_form("starts") kind="time" required=true value=filled.starts.clone()
                error=form.wrong("starts")/>
            <Field label=t(words::DURATION) name=in_form("duration_min") kind="number" inputmode="numeric" step="5"
                min=SERIES_DURATION_MIN.to_string() max=SERIES_DURATION_MAX.to_string() value=filled.duration_min.clone()
                hint=t(words::DURATION_HINT) error=form.wrong("duration_min")/>
            <Field label=tf(words::PRICE, &[("currency", &currency)]) name=in_form("price") inputmode="decimal"
                value=filled.price.clone() hint=t(words::PRICE_HINT) error=form.wrong("price")/>
        </div>
        <div class="form-row">
            <Field label=t(from) name=in_form("starts_on") kind="date" required=is_new value=filled.starts_on.clone()
                hint=t(from_hint) error=form.wrong("starts_on")/>
            <Field label=t(words::ENDS_ON) name=in_form("ends_on") kind="date" value=filled.ends_on.clone()
                hint=t(words::ENDS_ON_HINT) error=form.wrong("ends_on")/>
            <Field label=t(words::NOTICE_DAYS) name=in_form("payment_notice_days") kind="number" inputmode="numeric" min="1"
                max=PAYMENT_NOTICE_MAX.to_string() value=filled.payment_notice_days.clone()
                error=form.wrong("payment_notice_days")/>
        </div>
        {is_new
            .then(|| {
                view! {
                    <Checkbox label=t(words::TELL) name=in_form("tell") hint=t(words::TELL_HINT)
                        checked=form.kept_tick("tell", filled.tell)/>
                }
            })}
        {(!is_new)
            .then(|| {
                view! {
                    <Checkbox label=t(words::ALSO_UNPAID) name=in_form("also_unpaid") hint=t(words::ALSO_UNPAID_HINT)
                        checked=form.kept_tick("also_unpaid", filled.also_unpaid)/>
                }
            })}
    }
}
