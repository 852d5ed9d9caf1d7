//! What patients are told of recurring sessions: once, when they are set up, in their language and by the way they prefer.

use crate::series::{patient, weekly};
use chrono::TimeDelta;
use contracts::messages::{Channel, MessageSettings, TemplateText};
use contracts::series::{ChangeSeries, CreateSeries, SeriesView};
use contracts::{Lang, PatientId};
use services::series as s;
use test_support::TestApp;
use test_support::builders::Practice;

/// Every week from Tuesday 10 March at nine in Nairobi, and the patient is to be told.
fn told(practice: &Practice, patient: PatientId) -> CreateSeries {
    CreateSeries { tell_patient: true, ..weekly(practice, patient, "2026-03-10", "09:00") }
}

async fn later(app: &TestApp, seconds: i64) {
    app.clock.advance(TimeDelta::seconds(seconds));
    app.run_jobs().await;
}

/// The subjects of what the first patient was sent, reminders left out.
fn news(app: &TestApp) -> Vec<integrations::mail::Email> {
    let mails = app.mailbox.to("patient1@example.com").into_iter();
    mails.filter(|mail| mail.subject.contains("recurring") || mail.subject.contains("recurrentes")).collect()
}

/// The same terms at another time.
fn at_ten(of: &SeriesView, cmd: CreateSeries) -> ChangeSeries {
    let mut terms = cmd.terms;
    terms.starts = "10:00".into();
    ChangeSeries { version: of.version, starts_on: None, terms, also_unpaid: true }
}

#[tokio::test]
async fn rhythm_first_date_and_the_next_ones_in_one_message_after_the_grace() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let who = patient(&app, &practice, 1).await;
    s::create(&practice.ctx(&app), told(&practice, who)).await.unwrap();
    app.run_jobs().await;
    assert!(news(&app).is_empty(), "it waits for corrections");
    later(&app, 61).await;
    later(&app, 3600).await;
    let mails = news(&app);
    let [one] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(one.subject, "Your recurring sessions: Every Tuesday at 09:00");
    for wanted in [
        "Tuesday 10 March 2026, 09:00 (Nairobi)",
        "Tuesday 17 March 2026, 09:00\nTuesday 24 March 2026, 09:00\nTuesday 31 March 2026, 09:00\nTuesday 7 April",
        "http://calma.test/my\n",
    ] {
        assert!(one.text.contains(wanted), "{wanted}: {}", one.text);
    }
    let ctx = practice.ctx(&app);
    let written = services::messages::of_patient(&ctx, who, contracts::lists::PageOf::after(None)).await.unwrap();
    assert!(written.items.iter().any(|message| message.template == "series_agreed"));
}

#[tokio::test]
async fn nobody_is_told_who_is_not_to_be_or_of_what_was_stopped_at_once() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let who = patient(&app, &practice, 1).await;
    let ctx = || practice.ctx(&app);
    let silent = CreateSeries { tell_patient: false, ..told(&practice, who) };
    s::create(&ctx(), silent).await.unwrap();
    later(&app, 120).await;
    assert!(news(&app).is_empty());
    let mut other = told(&practice, who);
    other.terms.starts = "14:00".into();
    let stopped = s::create(&ctx(), other).await.unwrap();
    s::stop(&ctx(), stopped.id).await.unwrap();
    later(&app, 120).await;
    assert!(news(&app).is_empty(), "{:?}", news(&app));
}

#[tokio::test]
async fn a_correction_within_the_grace_is_what_is_told_and_one_behind_it_is_not() {
    let app = TestApp::new().await;
    let practice = Practice::new(&app, "alpha").await;
    let who = patient(&app, &practice, 1).await;
    let ctx = || practice.ctx(&app);
    let made = s::create(&ctx(), told(&practice, who)).await.unwrap();
    later(&app, 30).await;
    s::change(&ctx(), made.id, at_ten(&made, told(&practice, who))).await.unwrap();
    later(&app, 40).await;
    assert!(news(&app).is_empty(), "the grace begins anew");
    later(&app, 30).await;
    assert_eq!(
        news(&app).iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(),
        ["Your recurring sessions: Every Tuesday at 10:00"]
    );
    let now = s::get(&ctx(), made.id).await.unwrap();
    let back = ChangeSeries { version: now.version, ..at_ten(&now, weekly(&practice, who, "2026-03-10", "09:00")) };
    s::change(&ctx(), made.id, back).await.unwrap();
    later(&app, 120).await;
    assert_eq!(news(&app).len(), 1);
}

#[tokio::test]
async fn by_the_preferred_way_in_the_patients_language_with_own_words_and_discreetly() {
    let (app, twilio) = TestApp::with_twilio().await;
    let practice = Practice::new(&app, "alpha").await;
    let ctx = practice.ctx(&app);
    let (by_text, by_mail) = (patient(&app, &practice, 1).await, patient(&app, &practice, 2).await);
    sqlx::query("UPDATE patients SET language = 'es', preferences = '{\"channel\": \"sms\"}' WHERE id = $1")
        .bind(by_text.0)
        .execute(&app.owner)
        .await
        .unwrap();
    s::create(&ctx, told(&practice, by_text)).await.unwrap();
    later(&app, 61).await;
    let text = twilio.taken().pop().unwrap();
    assert!(text.body.contains("Cada martes a las 09:00") && text.body.contains("10 de marzo"), "{}", text.body);

    let own = TemplateText {
        template: "series_agreed".into(),
        language: Lang::En,
        channel: Channel::Email,
        subject: "{{ rhythm }}".into(),
        body: "From {{ when }}:\n{{ next_dates }}".into(),
        content_sid: String::new(),
        content_variables: vec![],
    };
    let preview = services::messages::preview(&ctx, own.clone()).await.unwrap();
    assert_eq!(preview.subject, "Every Tuesday at 10:00");
    services::messages::save_template(&ctx, own).await.unwrap();
    let settings = MessageSettings { discreet: true, discreet_name: "Sol".into(), ..MessageSettings::default() };
    services::messages::save_settings(&ctx, settings).await.unwrap();
    let mut second = told(&practice, by_mail);
    second.terms.starts = "14:00".into();
    s::create(&ctx, second).await.unwrap();
    later(&app, 61).await;
    let mail = app.mailbox.to("patient2@example.com").pop().unwrap();
    assert_eq!((mail.subject.as_str(), mail.from_name.as_str()), ("A message about your appointment", "Sol"));
    assert!(
        mail.text.starts_with("From Tuesday 10 March 2026, 14:00:\nTuesday 17 March 2026, 14:00\n"),
        "{}",
        mail.text
    );
}
