//! One of everything a practice can have, so that strangers ask for ids that exist.

use chrono::NaiveDate;
use contracts::BookingId;
use contracts::accounts::{InviteMember, Role};
use contracts::availability::{AddException, BookingsInTheWay, ExceptionKind};
use contracts::booking::{PracticeAction, SubmitProof};
use contracts::practice::PaymentMethod;
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
    /// Of the booking.
    pub patient: Uuid,
    /// What the owner was told.
    pub notice: Uuid,
}

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
        paid_with_receipt(app, practice).await;
        let booking = practice.request(app, at("2026-03-12T06:00:00Z")).await;
        let (rule, file, message, invitation, patient, notice) = sqlx::query_as(
            "SELECT (SELECT id FROM availability_rules WHERE practice_id = $1 LIMIT 1),
                    (SELECT id FROM files WHERE practice_id = $1 AND purpose = 'payment_proof'),
                    (SELECT id FROM messages WHERE practice_id = $1 AND booking_id IS NOT NULL LIMIT 1),
                    (SELECT id FROM invitations WHERE practice_id = $1),
                    (SELECT id FROM patients WHERE practice_id = $1),
                    (SELECT id FROM notifications WHERE practice_id = $1 LIMIT 1)",
        )
        .bind(practice.id.0)
        .fetch_one(&app.owner)
        .await
        .unwrap();
        Self { booking: booking.id, token: booking.token, rule, exception, file, message, invitation, patient, notice }
    }
}

async fn paid_with_receipt(app: &TestApp, practice: &Practice) {
    let booking = practice.request(app, at("2026-03-13T06:00:00Z")).await;
    services::bookings::act(&practice.ctx(app), booking.id, PracticeAction::Approve).await.unwrap();
    let proof = SubmitProof { token: booking.token, reference: "ABC123".into(), method: PaymentMethod::Mpesa };
    services::bookings::submit_proof(&app.visitor(), proof, Some(b"%PDF-1.7\n".to_vec())).await.unwrap();
}
