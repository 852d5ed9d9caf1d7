//! `/app/patients/new` and `/app/patients/{id}/edit`: the record as a form, with a warning for who is known already.

use super::duplicates::WatchDuplicates;
use super::server_fns::{CreatePatient, UpdatePatient, load_patient, new_patient_choices};
use super::words as say;
use crate::context::{lang, t, tf, typed};
use crate::forms::{FormErrors, FormNotice};
use crate::layouts::practice::kit::{Answered, Failed, Myself};
use crate::pages::Page;
use crate::texts::{common, patients as words};
use contracts::limits::*;
use contracts::patients::{AssignedTherapist, Guardian, PatientView, TrustLevel};
use contracts::{ErrorCode, FieldProblem, Lang, Text};
use domain::permissions::{Action as Verb, Resource as Thing};
use domain::validate::{check_email, check_name, check_phone_shape, clean_email, clean_name, clean_phone};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{Button, Checkbox, Field, Glyph, Icon, Notice, Select, Skeleton, TextArea, Tone};

pub struct NewPatientPage;

impl Page for NewPatientPage {
    fn view() -> AnyView {
        view! { <NewPatient/> }.into_any()
    }
}

pub struct EditPatientPage;

impl Page for EditPatientPage {
    fn view() -> AnyView {
        view! { <EditPatient/> }.into_any()
    }
}

#[component]
fn NewPatient() -> impl IntoView {
    let create = ServerAction::<CreatePatient>::new();
    let choices = Resource::new_blocking(|| (), |()| new_patient_choices());
    let me = Myself::get();
    let errors = FormErrors::of(create);
    view! {
        <Title text=t(words::NEW_TITLE)/>
        <Back to="/app/patients".to_owned() name=t(words::BACK).to_owned()/>
        <header class="page-head"><h1>{t(words::NEW_TITLE)}</h1></header>
        <Suspense fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                if !me.may(Verb::Create, Thing::Patients).await {
                    return view! { <Notice tone=Tone::Neutral>{t(crate::texts::practice::NO_PERMISSION)}</Notice> }.into_any();
                }
                let own = me.0.await.ok().and_then(|me| me.therapist_id);
                match choices.await {
                    Ok(therapists) => view! {
                        <WatchDuplicates>
                            <ActionForm action=create>
                                <Record patient=None errors form=Answered::by(create)/>
                                <Therapists therapists chosen=own.map(|id| id.to_string())/>
                                <FormNotice errors/>
                                <Button pending=create.pending()>{t(words::SAVE_NEW)}</Button>
                            </ActionForm>
                        </WatchDuplicates>
                    }
                    .into_any(),
                    Err(error) => view! { <Failed error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn EditPatient() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id")).unwrap_or_default());
    let update = ServerAction::<UpdatePatient>::new();
    let patient = Resource::new_blocking(move || id.get(), load_patient);
    let errors = FormErrors::of(update);
    let code = errors.code();
    view! {
        <Suspense fallback=|| view! { <Skeleton lines=8 label=t(common::LOADING)/> }>
            {move || Suspend::new(async move {
                match patient.await {
                    Ok((patient, _)) => {
                        let title = tf(words::EDIT_TITLE, &[("name", &patient.name)]);
                        let id = patient.id.to_string();
                        view! {
                            <Title text=title.clone()/>
                            <Back to=format!("/app/patients/{id}") name=patient.name.clone()/>
                            <header class="page-head"><h1>{title}</h1></header>
                            <WatchDuplicates except=id.clone()>
                                <ActionForm action=update>
                                    <input type="hidden" name="id" value=id/>
                                    <input type="hidden" name="patient[version]" value=patient.version.to_string()/>
                                    <Record patient=Some(patient) errors form=Answered::by(update)/>
                                    {move || if code.get() == Some(ErrorCode::Conflict) {
                                        view! { <Notice tone=Tone::Danger>{t(words::CHANGED_MEANWHILE)}</Notice> }.into_any()
                                    } else {
                                        view! { <FormNotice errors/> }.into_any()
                                    }}
                                    <Button pending=update.pending()>{t(common::SAVE)}</Button>
                                </ActionForm>
                            </WatchDuplicates>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <Title text=t(words::EDIT)/> <Failed error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
pub(super) fn Back(to: String, name: String) -> impl IntoView {
    view! { <p><a class="with-icon" href=to><Icon glyph=Glyph::ChevronLeft/>{name}</a></p> }
}

type Checked = Result<(), FieldProblem>;

fn if_any(value: String, check: fn(&str) -> Checked) -> Checked {
    if value.is_empty() { Ok(()) } else { check(&value) }
}

/// All fields of a record, with what is there or what was typed before the form failed.
#[component]
fn Record(patient: Option<PatientView>, errors: FormErrors, form: Answered) -> impl IntoView {
    let patient = Known::of(patient);
    let shared = form.kept_tick("shared_email", false);
    view! {
        <section class="card" aria-labelledby="contact-title">
            <h2 id="contact-title">{t(words::CONTACT_DATA)}</h2>
            <div class="form-row">
                <Field label=t(words::FULL_NAME) name="patient[name]" required=true maxlength=NAME_MAX autocomplete="off"
                    value=typed("name", &patient.name) error=errors.field("name")
                    on_check=errors.check("name", |v| check_name(&clean_name(v)))/>
                <Field label=t(words::PHONE) name="patient[phone]" kind="tel" maxlength=PHONE_TYPED_MAX autocomplete="off"
                    hint=t(words::PHONE_HINT) value=typed("phone", &patient.phone) error=errors.field("phone")
                    on_check=errors.check("phone", |v| if_any(clean_phone(v), check_phone_shape))/>
            </div>
            <div class="form-row">
                <Field label=t(words::EMAIL) name="patient[email]" kind="email" maxlength=EMAIL_MAX autocomplete="off"
                    value=typed("email", &patient.email) error=errors.field("email")
                    on_check=errors.check("email", |v| if_any(clean_email(v), check_email))/>
                <Language chosen=typed("language", patient.language)/>
            </div>
            <Checkbox label=t(words::SHARED_EMAIL) name="patient[shared_email]" checked=shared/>
        </section>
        <About patient=patient.clone() errors/>
        <Guardians guardians=patient.guardians.clone() errors/>
        <section class="card" aria-labelledby="emergency-title">
            <h2 id="emergency-title">{t(words::EMERGENCY)}</h2>
            <div class="form-row">
                <Field label=t(words::EMERGENCY_NAME) name="patient[emergency_name]" maxlength=NAME_MAX autocomplete="off"
                    value=typed("emergency_name", &patient.emergency_name) error=errors.field("emergency_name")/>
                <Field label=t(words::EMERGENCY_PHONE) name="patient[emergency_phone]" kind="tel" maxlength=PHONE_TYPED_MAX
                    autocomplete="off" value=typed("emergency_phone", &patient.emergency_phone)
                    error=errors.field("emergency_phone")
                    on_check=errors.check("emergency_phone", |v| if_any(clean_phone(v), check_phone_shape))/>
            </div>
        </section>
    }
}

#[component]
pub(super) fn Language(chosen: String, #[prop(default = "patient[language]")] name: &'static str) -> impl IntoView {
    let languages = Lang::ALL.into_iter().map(|lang| (lang.code().to_owned(), lang.own_name().to_owned())).collect();
    view! { <Select label=t(words::LANGUAGE) name options=languages value=chosen/> }
}

#[component]
fn About(patient: Known, errors: FormErrors) -> impl IntoView {
    let trusts = TrustLevel::ALL.iter().map(|l| (l.as_str().to_owned(), t(say::trust(*l)).to_owned())).collect();
    let short = move |label: Text, field: &'static str, value: &str, max: u32| {
        view! {
            <Field label=t(label) name=format!("patient[{field}]") maxlength=max autocomplete="off"
                value=typed(field, value) error=errors.field(field)/>
        }
    };
    view! {
        <section class="card" aria-labelledby="about-title">
            <h2 id="about-title">{t(words::ABOUT)}</h2>
            <div class="form-row">
                <Field label=t(words::BORN) name="patient[date_of_birth]" kind="date"
                    value=typed("date_of_birth", &patient.date_of_birth) error=errors.field("date_of_birth")/>
                {short(words::GENDER, "gender", &patient.gender, GENDER_MAX)}
                {short(words::OCCUPATION, "occupation", &patient.occupation, SHORT_TEXT_MAX)}
            </div>
            <div class="form-row">
                {short(words::CITY, "city", &patient.city, SHORT_TEXT_MAX)}
                {short(words::REFERRAL, "referral_source", &patient.referral_source, SHORT_TEXT_MAX)}
                <Select label=t(words::TRUST) name="patient[trust_level]" options=trusts
                    value=typed("trust_level", patient.trust_level)/>
            </div>
            <TextArea label=t(words::ADDRESS) name="patient[address]" rows=2 maxlength=ADDRESS_MAX
                value=typed("address", &patient.address) error=errors.field("address")/>
            <Field label=t(words::TAGS) name="patient[tags]" autocomplete="off" hint=t(words::TAGS_HINT)
                value=typed("tags", &patient.tags) error=errors.field("tags")/>
        </section>
    }
}

/// The names of a guardian's fields: in the form, and as an error names them.
const GUARDIANS: [[(&str, &str); 4]; 3] = [
    [
        ("g1_name", "guardians[0][name]"),
        ("g1_relationship", "guardians[0][relationship]"),
        ("g1_phone", "guardians[0][phone]"),
        ("g1_email", "guardians[0][email]"),
    ],
    [
        ("g2_name", "guardians[1][name]"),
        ("g2_relationship", "guardians[1][relationship]"),
        ("g2_phone", "guardians[1][phone]"),
        ("g2_email", "guardians[1][email]"),
    ],
    [
        ("g3_name", "guardians[2][name]"),
        ("g3_relationship", "guardians[2][relationship]"),
        ("g3_phone", "guardians[2][phone]"),
        ("g3_email", "guardians[2][email]"),
    ],
];

#[component]
fn Guardians(guardians: Vec<Guardian>, errors: FormErrors) -> impl IntoView {
    let any = !guardians.is_empty();
    let mut there = guardians.into_iter();
    let rows = GUARDIANS
        .into_iter()
        .zip(1..)
        .map(|([name, relationship, phone, email], n)| {
            let known = there.next();
            let of = |get: fn(&Guardian) -> String| known.as_ref().map(get).unwrap_or_default();
            let field = |(field, error): (&'static str, &'static str), label: Text, kind: &'static str, max, value: String| {
                view! {
                    <Field label=t(label) name=format!("patient[{field}]") kind maxlength=max autocomplete="off"
                        value=typed(field, &value) error=errors.field(error)/>
                }
            };
            view! {
                <fieldset class="plain-fieldset">
                    <legend>{tf(words::GUARDIAN_N, &[("n", &n.to_string())])}</legend>
                    <div class="form-row">
                        {field(name, words::FULL_NAME, "text", NAME_MAX, of(|g| g.name.clone()))}
                        {field(relationship, words::RELATIONSHIP, "text", RELATIONSHIP_MAX, of(|g| g.relationship.clone()))}
                        {field(phone, words::PHONE, "tel", PHONE_TYPED_MAX, of(|g| g.phone.clone().unwrap_or_default()))}
                        {field(email, words::EMAIL, "email", EMAIL_MAX, of(|g| g.email.clone().unwrap_or_default()))}
                    </div>
                </fieldset>
            }
        })
        .collect_view();
    view! {
        <details class="card" open=any>
            <summary>{t(words::GUARDIANS)}</summary>
            <p class="muted">{t(words::GUARDIANS_HINT)}</p>
            {rows}
        </details>
    }
}

#[component]
fn Therapists(therapists: Vec<AssignedTherapist>, chosen: Option<String>) -> impl IntoView {
    let boxes = therapists
        .into_iter()
        .map(|therapist| {
            let id = therapist.id.to_string();
            let checked = chosen.as_ref() == Some(&id);
            view! { <Checkbox label=therapist.name name="therapists[]" value=id.clone() id=format!("t-{id}") checked/> }
        })
        .collect_view();
    view! {
        <fieldset class="card">
            <legend>{t(words::THERAPISTS)}</legend>
            <p class="muted">{t(words::THERAPISTS_HINT)}</p>
            {boxes}
        </fieldset>
    }
}

/// What a form begins with.
#[derive(Debug, Clone)]
struct Known {
    name: String,
    phone: String,
    email: String,
    language: &'static str,
    date_of_birth: String,
    gender: String,
    occupation: String,
    city: String,
    address: String,
    referral_source: String,
    emergency_name: String,
    emergency_phone: String,
    tags: String,
    trust_level: &'static str,
    guardians: Vec<Guardian>,
}

impl Known {
    fn of(patient: Option<PatientView>) -> Self {
        let Some(patient) = patient else { return Self::nobody() };
        let tags: Vec<String> = patient.tags.into_iter().map(|tag| tag.name).collect();
        Self {
            name: patient.name,
            phone: patient.phone.unwrap_or_default(),
            email: patient.email.unwrap_or_default(),
            language: patient.language.code(),
            date_of_birth: patient.date_of_birth.map(|day| day.to_string()).unwrap_or_default(),
            gender: patient.gender,
            occupation: patient.occupation,
            city: patient.city,
            address: patient.address,
            referral_source: patient.referral_source,
            emergency_name: patient.emergency_name,
            emergency_phone: patient.emergency_phone.unwrap_or_default(),
            tags: tags.join(", "),
            trust_level: patient.trust_level.as_str(),
            guardians: patient.guardians,
        }
    }

    fn nobody() -> Self {
        let empty = String::new;
        Self {
            name: empty(),
            phone: empty(),
            email: empty(),
            language: lang().code(),
            date_of_birth: empty(),
            gender: empty(),
            occupation: empty(),
            city: empty(),
            address: empty(),
            referral_source: empty(),
            emergency_name: empty(),
            emergency_phone: empty(),
            tags: empty(),
            trust_level: TrustLevel::default().as_str(),
            guardians: vec![],
        }
    }
}
