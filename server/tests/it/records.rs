//! One of everything a practice can have, so that strangers ask for ids that exist.

use chrono::{NaiveDate, NaiveDateTime};
use contracts::accounts::{InviteMember, Role};
use contracts::availability::{AddException, BookingsInTheWay, ExceptionKind};
use contracts::booking::{PracticeAction, SubmitProof};
use contracts::calendars::AddCalendar;
use contracts::patients::SaveNote;
use contracts::practice::PaymentMethod;
use contracts::reschedule::AskReschedule;
use contracts::sessions::NewSession;
use contracts::{BookingId, PatientId, RescheduleRequestId, SeriesId, SessionId};
use test_support::TestApp;
use test_support::builders::{Practice, at};
use uuid::Uuid;

/// The ids of a practice's records.
pub struct Records {
    /// Asked for, not yet approved.
    pub booking: BookingId,
    /// Of the booking's link.
    pub token: String,
    pub rule: Uuid,
    pub exception: Uuid,
    /// A receipt.
    pub file: Uuid,
    pub message: Uuid,
    pub invitation: Uuid,
    /// A connected calendar.
    pub calendar: Uuid,
    pub patient: PatientId,
    /// What the owner was told.
    pub notice: Uuid,
    /// Every Sunday, when nobody works: its first date, [`SKIPPED`], waits for a decision.
    pub series: SeriesId,
    /// Placed by the practice, scheduled.
    pub session: SessionId,
    /// For another time for the session, not yet decided.
    pub request: RescheduleRequestId,
    pub note: Uuid,
    /// A file of patients that is being looked at.
    pub import: Uuid,
}

/// A session as the practice places one: on the therapist's wall clock.
pub fn session(practice: &Practice, patient: PatientId, starts: &str) -> NewSession {
    NewSession {
        patient_id: patient,
        therapist_id: practice.therapist,
        service_id: practice.service,
        starts: starts.parse::<NaiveDateTime>().unwrap(),
        duration_min: None,
        price: None,
        outside_hours: false,
        tell_patient: true,
    }
}

/// John Doe, once he asked for a booking.
pub async fn john_of(app: &TestApp, practice: &Practice) -> PatientId {
    let id: Uuid = sqlx::query_scalar("SELECT id FROM patients WHERE practice_id = $1 AND name = 'John Doe'")
        .bind(practice.id.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
    id.into()
}

/// The date of the series that was skipped.
pub const SKIPPED: &str = "2026-03-08";

impl Records {
    pub async fn of(app: &TestApp, practice: &Practice) -> Self {
        let ctx = practice.ctx(app);
        let close = AddException {
            therapist_id: practice.therapist,
            kind: ExceptionKind::Closed,
            starts_on: NaiveDate::from_ymd_opt(2026, 3, 21).unwrap(),
            ends_on: None,
            starts: None,
            ends: None,
            reason: String::new(),
            bookings: BookingsInTheWay::Ask,
        };
        let exception = services::availability::add_exception(&ctx, close).await.unwrap().id.0;
        let invite = InviteMember { email: "invited@example.com".into(), role: Role::Viewer };
        services::accounts::invite(&ctx, invite).await.unwrap();
        let add = AddCalendar { therapist_id: practice.therapist, url: "https://calendar.example/secret.ics".into() };
        let calendar = services::calendars::add(&ctx, add).await.unwrap().0;
        paid_with_receipt(app, practice).await;
        let booking = practice.request(app, at("2026-03-12T06:00:00Z")).await;
        let patient = john_of(app, practice).await;
        let placed = session(practice, patient, "2026-03-16T09:00:00");
        let session = services::sessions::create(&ctx, placed).await.unwrap().card.id;
        let ask =
            AskReschedule { session_id: session, starts_at: at("2026-03-17T06:00:00Z"), reason: "A course".into() };
        let request = services::reschedule_requests::create(&ctx, ask).await.unwrap().id;
        let note = SaveNote { body: "Comes by bus".into(), ..SaveNote::default() };
        let note = services::patients::add_note(&ctx, patient, note).await.unwrap().0;
        let csv = b"Name,Phone\nIris Kamau,+254700000188\n".to_vec();
        let import = services::patients::keep_import(&ctx, csv).await.unwrap().0;
        let (rule, file, message, invitation, notice) = sqlx::query_as(
            "SELECT (SELECT id FROM availability_rules WHERE practice_id = $1 LIMIT 1),
                    (SELECT id FROM files WHERE practice_id = $1 AND purpose = 'payment_proof'),
                    (SELECT id FROM messages WHERE practice_id = $1 AND booking_id IS NOT NULL LIMIT 1),
                    (SELECT id FROM invitations WHERE practice_id = $1),
                    (SELECT id FROM notifications WHERE practice_id = $1 LIMIT 1)",
        )
        .bind(practice.id.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
        let series = sundays(app, practice, patient).await;
        let (booking, token) = (booking.id, booking.token);
        Self {
            booking,
            token,
            rule,
            exception,
            file,
            message,
            invitation,
            calendar,
            patient,
            notice,
            series,
            session,
            request,
            note,
            import,
        }
    }
}

async fn sundays(app: &TestApp, practice: &Practice, patient: PatientId) -> SeriesId {
    let cmd = crate::series::weekly(practice, patient, SKIPPED, "10:00");
    services::series::create(&practice.ctx(app), cmd).await.unwrap().id
}

async fn paid_with_receipt(app: &TestApp, practice: &Practice) {
    let booking = practice.request(app, at("2026-03-13T06:00:00Z")).await;
    services::bookings::act(&practice.ctx(app), booking.id, PracticeAction::Approve).await.unwrap();
    let proof = SubmitProof { token: booking.token, reference: "ABC123".into(), method: PaymentMethod::Mpesa };
    services::bookings::submit_proof(&app.visitor(), proof, Some(b"%PDF-1.7\n".to_vec())).await.unwrap();
}
