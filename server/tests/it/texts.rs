//! SMS and WhatsApp through a stand-in for Twilio: the way patients prefer, what happens when it is closed, what Twilio
//! tells by itself.

use crate::http::{Answer, send, server};
use crate::reminders::{confirmed, practice};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use contracts::BookingId;
use contracts::lists::PageOf;
use contracts::messages::{
    Channel, Delivery, MessageFilter, MessageSettings, MessageStatus, MessageView, SendMessage, SendTest, TemplateText,
};
use contracts::{ErrorCode, FieldProblem, Lang};
use test_support::TestApp;
use test_support::builders::{Practice, at};
use test_support::twilio::{Instead, NUMBER, Twilio, WHATSAPP, signature};
use uuid::Uuid;

const JOHN: &str = "+254700000111";

async fn prefers(app: &TestApp, channel: &str) {
    sqlx::query("UPDATE patients SET preferences = jsonb_build_object('channel', $1::text)")
        .bind(channel)
        .execute(&app.owner)
        .await
        .unwrap();
}

/// A practice whose patient John prefers this way, with a confirmed booking.
async fn john_by(app: &TestApp, channel: &str) -> (Practice, BookingId) {
    let practice = practice(app, "alpha").await;
    // The first booking makes the patient, whose wish is then known.
    confirmed(app, &practice, "2026-03-09T06:00:00Z").await;
    prefers(app, channel).await;
    let booking = confirmed(app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    (practice, booking)
}

async fn about(app: &TestApp, practice: &Practice, booking: BookingId) -> Vec<MessageView> {
    let all = services::messages::timeline(&practice.ctx(app), booking).await.unwrap();
    all.into_iter().filter(|message| message.patient_id.is_some()).collect()
}

/// A form as Twilio sends it, signed or not.
async fn tell(router: &axum::Router, path: &str, form: &[(&str, &str)], signed: bool) -> Answer {
    let url = format!("http://calma.test{path}");
    let body = serde_urlencoded::to_string(form).unwrap();
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if signed {
        request = request.header("x-twilio-signature", signature(&url, form));
    }
    send(router, request.body(Body::from(body)).unwrap()).await
}

fn callback(twilio: &Twilio, n: usize) -> String {
    let url = twilio.taken()[n].callback.clone().unwrap();
    url.strip_prefix("http://calma.test").unwrap().to_owned()
}

#[tokio::test]
async fn the_preferred_way_is_taken_and_the_text_is_short() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, booking) = john_by(&app, "whatsapp").await;
    let taken = twilio.taken();
    let [text] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((text.to.as_str(), text.from.as_str()), ("whatsapp:+254700000111", &*format!("whatsapp:{WHATSAPP}")));
    assert!(text.body.starts_with("Practice alpha: Your session is confirmed"), "{}", text.body);
    assert!(text.body.contains("http://calma.test/b/"), "{}", text.body);
    let messages = about(&app, &practice, booking).await;
    assert_eq!(messages.len(), 1);
    assert_eq!((messages[0].channel, messages[0].status), (Channel::Whatsapp, MessageStatus::Sent));
    prefers(&app, "sms").await;
    app.clock.set(at("2026-03-09T09:00:00Z"));
    app.run_jobs().await;
    let last = twilio.taken().pop().unwrap();
    assert_eq!((last.to.as_str(), last.from.as_str()), (JOHN, NUMBER));
    assert!(last.body.contains("STOP"), "{}", last.body);
}

#[tokio::test]
async fn a_number_that_cannot_be_reached_falls_back_to_mail_and_nobody_has_to_look() {
    let (app, twilio) = TestApp::with_twilio().await;
    twilio.instead(JOHN, Some(Instead::Refuse(400, 21614)));
    let (practice, booking) = john_by(&app, "sms").await;
    app.run_jobs().await;
    let messages = about(&app, &practice, booking).await;
    let mut ways: Vec<_> = messages.iter().map(|m| (m.channel, m.status, m.settled)).collect();
    // Both were written in the same moment.
    ways.sort_by_key(|(channel, ..)| channel.is_text());
    assert_eq!(
        ways,
        [(Channel::Email, MessageStatus::Sent, false), (Channel::Sms, MessageStatus::Failed, true)],
        "{messages:?}"
    );
    let error = messages.iter().find_map(|message| message.last_error.clone()).unwrap();
    assert!(error.contains("21614") && !error.contains("254700000111"), "{error}");
    let mail = app.mailbox.to("john@example.com").pop().unwrap();
    assert!(mail.subject.contains("is confirmed") && mail.calendar.is_some(), "the file is not lost: {mail:?}");
    assert_eq!(services::bookings::counts(&practice.ctx(&app)).await.unwrap().failed_messages, 0);
}

#[tokio::test]
async fn a_number_that_opted_out_is_remembered() {
    let (app, twilio) = TestApp::with_twilio().await;
    twilio.instead(JOHN, Some(Instead::Refuse(400, 21610)));
    let (practice, booking) = john_by(&app, "sms").await;
    app.run_jobs().await;
    let known: Vec<(String, String)> =
        sqlx::query_as("SELECT channel, address FROM opt_outs").fetch_all(&app.owner).await.unwrap();
    assert_eq!(known, [("sms".into(), JOHN.into())]);
    twilio.instead(JOHN, None);
    app.clock.set(at("2026-03-09T09:00:00Z"));
    app.run_jobs().await;
    assert!(twilio.taken().is_empty(), "{:?}", twilio.taken());
    assert_eq!(about(&app, &practice, booking).await[0].channel, Channel::Email);
}

#[tokio::test]
async fn a_provider_that_is_busy_is_asked_again_and_one_that_broke_off_is_not_sent_to_twice() {
    let (app, twilio) = TestApp::with_twilio().await;
    twilio.instead(JOHN, Some(Instead::Refuse(429, 20429)));
    let (practice, booking) = john_by(&app, "sms").await;
    assert_eq!(about(&app, &practice, booking).await[0].status, MessageStatus::Queued);
    twilio.instead(JOHN, Some(Instead::TakeAndBreak));
    app.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;
    assert_eq!(twilio.taken().len(), 1);
    assert_eq!(about(&app, &practice, booking).await[0].status, MessageStatus::Queued, "nobody knows");
    twilio.instead(JOHN, None);
    app.clock.advance(TimeDelta::minutes(6));
    app.run_jobs().await;
    assert_eq!(twilio.taken().len(), 1, "it was there already");
    let message = about(&app, &practice, booking).await.remove(0);
    assert_eq!((message.status, message.attempts), (MessageStatus::Sent, 3));
}

#[tokio::test]
async fn after_three_tries_the_mail_takes_over() {
    let (app, twilio) = TestApp::with_twilio().await;
    twilio.instead(JOHN, Some(Instead::Refuse(500, 20500)));
    let (practice, booking) = john_by(&app, "sms").await;
    for _ in 0..6 {
        app.clock.advance(TimeDelta::minutes(6));
        app.run_jobs().await;
    }
    let messages = about(&app, &practice, booking).await;
    assert_eq!((messages[0].channel, messages[0].status), (Channel::Email, MessageStatus::Sent), "{messages:?}");
    assert_eq!((messages[1].attempts, messages[1].settled), (3, true));
}

#[tokio::test]
async fn what_twilio_tells_is_believed_when_signed_in_any_order_and_once() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, booking) = john_by(&app, "sms").await;
    let router = server(&app, "");
    let path = callback(&twilio, 0);
    let sid = twilio.taken()[0].sid.clone();
    let word = |status| [("MessageSid", sid.as_str()), ("MessageStatus", status), ("To", JOHN)];
    assert_eq!(tell(&router, &path, &word("delivered"), false).await.status, StatusCode::FORBIDDEN);
    let elsewhere = path.replace("practice=", "practice=0");
    let mut forged = Request::post(&elsewhere).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    forged = forged.header("x-twilio-signature", signature(&format!("http://calma.test{path}"), &word("failed")));
    let body = serde_urlencoded::to_string(word("failed")).unwrap();
    assert!(send(&router, forged.body(Body::from(body)).unwrap()).await.status.is_client_error());
    let delivery = || async { about(&app, &practice, booking).await.remove(0).delivery };
    assert_eq!(delivery().await, Delivery::Sent);
    for (status, expected) in [
        ("delivered", Delivery::Delivered),
        ("sent", Delivery::Delivered),
        ("queued", Delivery::Delivered),
        ("delivered", Delivery::Delivered),
        ("undelivered", Delivery::Delivered),
    ] {
        assert_eq!(tell(&router, &path, &word(status), true).await.status, StatusCode::NO_CONTENT, "{status}");
        assert_eq!(delivery().await, expected, "{status}");
    }
    let ctx = practice.ctx(&app);
    let session = services::bookings::get(&ctx, booking).await.unwrap().session.unwrap().id;
    let lines = services::sessions::get(&ctx, session).await.unwrap().messages;
    let line = lines.iter().find(|line| line.recipient == JOHN).unwrap();
    assert_eq!((line.channel, line.status, line.delivery), (Channel::Sms, MessageStatus::Sent, Delivery::Delivered));
    let unknown = format!("/hooks/twilio/status?practice={}&message={}", practice.id, Uuid::nil());
    assert_eq!(tell(&router, &unknown, &word("sent"), true).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_did_not_arrive_goes_by_mail_once() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, booking) = john_by(&app, "sms").await;
    let router = server(&app, "");
    let path = callback(&twilio, 0);
    let sid = twilio.taken()[0].sid.clone();
    let form = [("ErrorCode", "30005"), ("MessageSid", &sid), ("MessageStatus", "undelivered"), ("To", JOHN)];
    for _ in 0..3 {
        assert_eq!(tell(&router, &path, &form, true).await.status, StatusCode::NO_CONTENT);
    }
    app.run_jobs().await;
    let messages = about(&app, &practice, booking).await;
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert_eq!((messages[0].channel, messages[0].status), (Channel::Email, MessageStatus::Sent));
    assert_eq!((messages[1].delivery, messages[1].settled), (Delivery::Undelivered, true));
    assert_eq!(messages[1].last_error.as_deref(), Some("30005 the number does not exist"));
}

#[tokio::test]
async fn stop_and_start_hold_for_every_practice_that_knows_the_number() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (_, _) = john_by(&app, "sms").await;
    let other = practice(&app, "beta").await;
    confirmed(&app, &other, "2026-03-11T09:00:00Z").await;
    prefers(&app, "sms").await;
    let router = server(&app, "");
    let word = |body| [("Body", body), ("From", JOHN), ("MessageSid", "SM1")];
    let path = "/hooks/twilio/incoming";
    assert_eq!(tell(&router, path, &word("STOP"), false).await.status, StatusCode::FORBIDDEN);
    let count =
        || async { sqlx::query_scalar::<_, i64>("SELECT count(*) FROM opt_outs").fetch_one(&app.owner).await.unwrap() };
    for (body, expected) in [("I cannot come", 0), (" stop. ", 2), ("Stop", 2), ("start", 0), ("BAJA", 2)] {
        let answer = tell(&router, path, &word(body), true).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, "<Response/>".into()));
        assert_eq!(count().await, expected, "{body}");
    }
    let before = twilio.taken().len();
    app.run_jobs().await;
    app.clock.set(at("2026-03-10T09:00:00Z"));
    app.run_jobs().await;
    assert_eq!(twilio.taken().len(), before, "reminders go by mail now");
    assert!(app.mailbox.to("john@example.com").iter().any(|mail| mail.subject.contains("Wednesday 11 March")));
}

#[tokio::test]
async fn a_failed_message_is_sent_another_way_or_somebody_calls() {
    let (app, twilio) = TestApp::with_twilio().await;
    let practice = practice(&app, "alpha").await;
    app.run_jobs().await;
    app.mailbox.fail_with(Some(integrations::mail::MailError::Permanent("550 no such box".into())));
    twilio.instead(JOHN, Some(Instead::Refuse(400, 21211)));
    twilio.instead(&format!("whatsapp:{JOHN}"), Some(Instead::Refuse(400, 63003)));
    let first = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    let second = confirmed(&app, &practice, "2026-03-10T11:00:00Z").await;
    for _ in 0..4 {
        app.run_jobs().await;
    }
    let ctx = practice.ctx(&app);
    let failed = |about: BookingId| {
        let ctx = &ctx;
        async move {
            let only =
                MessageFilter { status: Some(MessageStatus::Failed), booking: Some(about), ..MessageFilter::default() };
            let page = services::messages::page(ctx, only, PageOf::after(None)).await.unwrap();
            page.items.into_iter().filter(|message| message.patient_id.is_some()).collect::<Vec<_>>()
        }
    };
    let open = failed(first).await;
    let [one] = open.as_slice() else { panic!("every way was tried, and the last one is left: {open:?}") };
    assert_eq!(one.call.as_deref(), Some(JOHN));
    assert_eq!(one.other_channels.len(), 2, "{one:?}");
    let told = services::messages::notices(&ctx, PageOf::after(None)).await.unwrap().items;
    assert!(told.iter().any(|n| n.kind == contracts::messages::NoticeKind::MessageFailed), "{told:?}");
    twilio.instead(JOHN, None);
    services::messages::resend_by(&ctx, one.id, Channel::Sms).await.unwrap();
    app.run_jobs().await;
    assert_eq!(twilio.taken().len(), 1);
    assert!(failed(first).await.is_empty());
    let by_call = failed(second).await.remove(0);
    services::messages::settle(&ctx, by_call.id).await.unwrap();
    assert!(failed(second).await.is_empty());
    let nowhere = services::messages::resend_by(&ctx, twilio_less(&app).await, Channel::Sms).await.unwrap_err();
    assert_eq!(nowhere.public.problem_of("channel"), Some(FieldProblem::InvalidChoice), "a message to a member");
}

/// A message that is to no patient.
async fn twilio_less(app: &TestApp) -> contracts::MessageId {
    let id: Uuid =
        sqlx::query_scalar("SELECT id FROM messages WHERE patient_id IS NULL AND booking_id IS NOT NULL LIMIT 1")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    id.into()
}

#[tokio::test]
async fn where_texts_are_not_set_up_everything_goes_by_mail() {
    let app = TestApp::new().await;
    let (practice, booking) = john_by(&app, "sms").await;
    let messages = about(&app, &practice, booking).await;
    assert_eq!((messages[0].channel, messages[0].status), (Channel::Email, MessageStatus::Sent));
    let test = SendTest { channel: Channel::Sms, to: JOHN.into() };
    let refused = services::messages::send_test(&practice.ctx(&app), test).await.unwrap_err();
    assert_eq!(refused.public.problem_of("channel"), Some(FieldProblem::InvalidChoice));
}

#[tokio::test]
async fn discreet_messages_and_own_words() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, booking) = john_by(&app, "email").await;
    let ctx = practice.ctx(&app);
    let own = |channel, subject: &str, body: &str| TemplateText {
        template: "session_reminder".into(),
        language: Lang::En,
        channel,
        subject: subject.into(),
        body: body.into(),
        content_sid: String::new(),
        content_variables: vec![],
    };
    let mail = own(Channel::Email, "See you soon", "Dear {{ patient_name }}, {{ service_name }} on {{ when }}.");
    services::messages::save_template(&ctx, mail.clone()).await.unwrap();
    services::messages::save_template(&ctx, own(Channel::Sms, "", "Soon: {{ when }}")).await.unwrap();
    let wrong = services::messages::save_template(&ctx, own(Channel::Sms, "", "{{ secret }}")).await.unwrap_err();
    assert_eq!(wrong.public.problem_of("body"), Some(FieldProblem::UnknownVariable));
    let preview = services::messages::preview(&ctx, mail.clone()).await.unwrap();
    assert!(preview.body.starts_with("Dear Amina Otieno, Individual therapy on Tuesday"), "{preview:?}");
    let view = services::messages::template(&ctx, "session_reminder", Lang::En, Channel::Email).await.unwrap();
    assert_eq!((view.own, view.text), (true, mail));

    app.clock.set(at("2026-03-09T09:00:00Z"));
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com").pop().unwrap();
    assert_eq!(told.subject, "See you soon");
    assert!(
        told.text.starts_with("Dear John Doe, Individual therapy on Tuesday 10 March 2026, 12:00."),
        "{}",
        told.text
    );
    assert!(told.text.contains("/reminders"), "there is always a way out: {}", told.text);

    services::messages::reset_template(&ctx, "session_reminder", Lang::En, Channel::Email).await.unwrap();
    let settings = MessageSettings { discreet: true, discreet_name: "Sol".into(), ..MessageSettings::default() };
    services::messages::save_settings(&ctx, settings).await.unwrap();
    app.clock.set(at("2026-03-10T08:45:00Z"));
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com").pop().unwrap();
    assert_eq!((told.subject.as_str(), told.from_name.as_str()), ("A message about your appointment", "Sol"));
    for secret in ["Individual therapy", "Dr. Test Therapist", "Practice alpha"] {
        assert!(!told.text.contains(secret) && !told.html.contains(secret), "{secret}: {}", told.text);
    }
    let later = confirmed(&app, &practice, "2026-03-12T09:00:00Z").await;
    app.run_jobs().await;
    let told = app.mailbox.to("john@example.com").pop().unwrap();
    let file = told.calendar.unwrap();
    assert!(file.contains("SUMMARY:Appointment\r\n") && !file.contains("Individual therapy"), "{file}");
    let _ = (booking, later, twilio);
}

#[tokio::test]
async fn members_write_to_patients_and_try_out_how_messages_arrive() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, _) = john_by(&app, "sms").await;
    let ctx = practice.ctx(&app);
    let before = twilio.taken().len();
    let patient: Uuid = sqlx::query_scalar("SELECT id FROM patients").fetch_one(&app.owner).await.unwrap();
    let letter = |channel, body: &str| SendMessage {
        patient_id: patient.into(),
        channel,
        subject: "About the key".into(),
        body: body.into(),
    };
    services::messages::write(&ctx, letter(None, "Please bring the key.")).await.unwrap();
    services::messages::write(&ctx, letter(Some(Channel::Email), "Please bring the key.")).await.unwrap();
    let empty = services::messages::write(&ctx, letter(None, "  ")).await.unwrap_err();
    assert_eq!(empty.public.problem_of("body"), Some(FieldProblem::Required));
    services::messages::send_test(&ctx, SendTest { channel: Channel::Whatsapp, to: "+254 700 000 222".into() })
        .await
        .unwrap();
    let wrong = services::messages::send_test(&ctx, SendTest { channel: Channel::Sms, to: "12".into() }).await;
    assert_eq!(wrong.unwrap_err().public.problem_of("to"), Some(FieldProblem::InvalidPhone));
    app.run_jobs().await;
    let taken = twilio.taken();
    // They are sent side by side, so either may arrive first.
    let sent = &taken[before..];
    assert_eq!(sent.len(), 2);
    assert!(sent.iter().any(|text| text.body == "Practice alpha: Please bring the key."));
    assert!(sent.iter().any(|text| text.to == "whatsapp:+254700000222"));
    let mail = app.mailbox.to("john@example.com").pop().unwrap();
    assert_eq!(mail.subject, "About the key");
    let of_john = services::messages::of_patient(&ctx, patient.into(), PageOf::after(None)).await.unwrap().items;
    assert!(of_john.len() >= 4 && of_john.iter().all(|m| m.patient_id == Some(patient.into())), "{of_john:?}");
    let operator = practice.ctx_as(&app, contracts::accounts::Role::Operator);
    let refused = services::messages::write(&operator, letter(None, "Hi")).await.unwrap_err();
    assert_eq!(refused.public.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn whatsapp_goes_as_an_approved_template_and_as_an_sms_where_there_is_none() {
    let (app, twilio) = TestApp::with_twilio().await;
    let practice = practice(&app, "alpha").await;
    confirmed(&app, &practice, "2026-03-09T06:00:00Z").await;
    prefers(&app, "whatsapp").await;
    app.run_jobs().await;
    let ctx = practice.ctx(&app);
    let to_john = format!("whatsapp:{JOHN}");
    twilio.instead(&to_john, Some(Instead::RefuseWords));
    let before = twilio.taken().len();
    let mails = app.mailbox.to("john@example.com").len();
    let without = confirmed(&app, &practice, "2026-03-10T09:00:00Z").await;
    app.run_jobs().await;
    app.run_jobs().await;
    let sent = twilio.taken().split_off(before);
    let [sms] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((sms.to.as_str(), sms.content.clone()), (JOHN, None));
    assert_eq!(app.mailbox.to("john@example.com").len(), mails, "the number is right, so no mail");
    let error = about(&app, &practice, without).await.into_iter().find_map(|message| message.last_error).unwrap();
    assert!(error.starts_with("63016"), "{error}");

    let view = services::messages::template(&ctx, "confirmed", Lang::En, Channel::Whatsapp).await.unwrap();
    let wrong = TemplateText { content_sid: "HX1".into(), ..view.text.clone() };
    let refused = services::messages::save_template(&ctx, wrong).await.unwrap_err();
    assert_eq!(refused.public.problem_of("content_sid"), Some(FieldProblem::InvalidContentSid));
    let sid = "HX0123456789abcdef0123456789abcdef";
    let names = ["patient_name", "when", "reason", "link"].map(str::to_owned).to_vec();
    let approved = TemplateText { content_sid: sid.into(), content_variables: names, ..view.text };
    services::messages::save_template(&ctx, approved.clone()).await.unwrap();
    let saved = services::messages::template(&ctx, "confirmed", Lang::En, Channel::Whatsapp).await.unwrap();
    assert_eq!((saved.own, saved.text), (true, approved));
    let with = confirmed(&app, &practice, "2026-03-11T09:00:00Z").await;
    app.run_jobs().await;
    let last = twilio.taken().pop().unwrap();
    let (used, variables) = last.content.unwrap();
    let variables: serde_json::Value = serde_json::from_str(&variables).unwrap();
    assert_eq!((last.to.as_str(), used.as_str()), (to_john.as_str(), sid));
    assert_eq!(variables["1"], "John Doe");
    assert_eq!(variables["2"], "Wednesday 11 March 2026, 12:00");
    assert_eq!(variables["3"], "-", "nothing to say is no empty placeholder");
    assert!(variables["4"].as_str().unwrap().starts_with("http://calma.test/b/"), "{variables}");
    let message = about(&app, &practice, with).await.remove(0);
    assert_eq!((message.channel, message.status), (Channel::Whatsapp, MessageStatus::Sent));
}

#[tokio::test]
async fn what_whatsapp_refuses_later_goes_as_an_sms_and_a_broken_connection_repeats_no_template() {
    let (app, twilio) = TestApp::with_twilio().await;
    let (practice, booking) = john_by(&app, "whatsapp").await;
    let router = server(&app, "");
    let path = callback(&twilio, 0);
    let sid = twilio.taken()[0].sid.clone();
    let form = [("ErrorCode", "63016"), ("MessageSid", &sid), ("MessageStatus", "failed"), ("To", JOHN)];
    assert_eq!(tell(&router, &path, &form, true).await.status, StatusCode::NO_CONTENT);
    app.run_jobs().await;
    let messages = about(&app, &practice, booking).await;
    assert_eq!((messages[0].channel, messages[0].status), (Channel::Sms, MessageStatus::Sent), "{messages:?}");
    assert_eq!((messages[1].channel, messages[1].settled), (Channel::Whatsapp, true));
    let ctx = practice.ctx(&app);
    let session = services::bookings::get(&ctx, booking).await.unwrap().session.unwrap().id;
    let lines = services::sessions::get(&ctx, session).await.unwrap().messages;
    let refused = lines.iter().find(|line| line.channel == Channel::Whatsapp).unwrap();
    assert_eq!((refused.status, refused.settled), (MessageStatus::Failed, true), "it went another way");

    let view = services::messages::template(&ctx, "confirmed", Lang::En, Channel::Whatsapp).await.unwrap();
    let sid = "HX0123456789abcdef0123456789abcdef".to_owned();
    let approved = TemplateText { content_sid: sid, content_variables: vec!["link".into()], ..view.text };
    services::messages::save_template(&ctx, approved).await.unwrap();
    twilio.instead(&format!("whatsapp:{JOHN}"), Some(Instead::TakeAndBreak));
    let before = twilio.taken().len();
    let next = confirmed(&app, &practice, "2026-03-12T09:00:00Z").await;
    app.run_jobs().await;
    twilio.instead(&format!("whatsapp:{JOHN}"), None);
    app.clock.advance(TimeDelta::minutes(6));
    app.run_jobs().await;
    assert_eq!(twilio.taken().len(), before + 1, "it was there already");
    assert_eq!(about(&app, &practice, next).await[0].status, MessageStatus::Sent);
}
