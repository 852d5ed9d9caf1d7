//! Practices, therapists and bookings as a test needs them, made through the services like everything else.

use crate::TestApp;
use chrono::{DateTime, Utc};
use contracts::accounts::{RegisterPractice, Role};
use contracts::availability::AddRule;
use contracts::booking::{BookingView, HoldSlot, PatientDetails};
use contracts::practice::*;
use contracts::*;
use services::{Actor, Ctx, Member};

/// A practice with one published therapist, open Monday to Friday 09:00–17:00, one service of 50 minutes.
pub struct Practice {
    pub id: PracticeId,
    pub owner: Member,
    pub therapist: TherapistId,
    pub service: ServiceId,
    pub slug: String,
    pub email: String,
}

/// A password that fulfils 000 §7.3.
pub const PASSWORD: &str = "Correct-horse-7-battery";

impl Practice {
    /// `tag` keeps names, addresses and slugs of one test apart: small letters only.
    pub async fn new(app: &TestApp, tag: &str) -> Self {
        Self::with_policy(app, tag, BookingPolicy::default()).await
    }

    pub async fn with_policy(app: &TestApp, tag: &str, policy: BookingPolicy) -> Self {
        let email = format!("{tag}@practice.test");
        let register = RegisterPractice {
            practice_name: format!("Practice {tag}"),
            name: format!("Dr {tag}"),
            email: email.clone(),
            password: PASSWORD.into(),
            currency: "KES".into(),
            time_zone: "Africa/Nairobi".into(),
            language: Lang::En,
            is_therapist: true,
        };
        services::accounts::register(&app.visitor(), register).await.expect("register");
        for sql in
            ["UPDATE users SET email_confirmed_at = created_at", "UPDATE practices SET confirmed_at = created_at"]
        {
            sqlx::query(sql).execute(&app.owner).await.expect("confirm");
        }
        let (user, practice, member): (uuid::Uuid, uuid::Uuid, uuid::Uuid) = sqlx::query_as(
            "SELECT u.id, m.practice_id, m.id FROM users u JOIN members m ON m.user_id = u.id WHERE u.email = $1",
        )
        .bind(&email)
        .fetch_one(&app.owner)
        .await
        .expect("the owner");
        let therapist: uuid::Uuid = sqlx::query_scalar("SELECT id FROM therapists WHERE practice_id = $1")
            .bind(practice)
            .fetch_one(&app.owner)
            .await
            .expect("the therapist");
        let owner = Member {
            user_id: user.into(),
            member_id: member.into(),
            practice_id: practice.into(),
            role: Role::Admin,
            therapist_id: Some(therapist.into()),
            login_session_id: uuid::Uuid::nil(),
        };
        let mut made = Self {
            id: practice.into(),
            owner,
            therapist: therapist.into(),
            service: uuid::Uuid::nil().into(),
            slug: format!("dr-{tag}"),
            email,
        };
        made.furnish(app, policy).await;
        made
    }

    async fn furnish(&mut self, app: &TestApp, policy: BookingPolicy) {
        let ctx = self.ctx(app);
        let profile = SaveProfile {
            slug: self.slug.clone(),
            name: "Dr. Test Therapist".into(),
            title: "Psychologist".into(),
            bio: "Invented for tests.".into(),
            credentials: "Licence 123".into(),
            languages: "en,es".into(),
            time_zone: "Africa/Nairobi".into(),
            published: true,
        };
        services::practice::save_profile(&ctx, self.therapist, profile).await.expect("profile");
        services::practice::save_policy(&ctx, None, Some(policy)).await.expect("policy");
        let instructions = PaymentInstructions { mpesa: "0700 000 000".into(), ..Default::default() };
        services::practice::save_instructions(&ctx, instructions).await.expect("instructions");
        let service = SaveService {
            id: None,
            name: "Individual therapy".into(),
            description: String::new(),
            duration_min: 50,
            price: "2000".into(),
            place: Place::Online,
            active: true,
        };
        self.service = services::practice::save_service(&ctx, service, vec![self.therapist]).await.expect("service").id;
        for weekday in 1..=5 {
            let rule = AddRule { therapist_id: self.therapist, weekday, starts: "09:00".into(), ends: "17:00".into() };
            services::availability::add_rule(&ctx, rule).await.expect("rule");
        }
    }

    /// The owner's context.
    pub fn ctx(&self, app: &TestApp) -> Ctx {
        app.ctx(Actor::Member(self.owner.clone()))
    }

    /// Somebody of this practice with another role, who is not its therapist.
    pub fn ctx_as(&self, app: &TestApp, role: Role) -> Ctx {
        app.ctx(Actor::Member(Member { role, therapist_id: None, ..self.owner.clone() }))
    }

    pub fn hold_command(&self, starts_at: DateTime<Utc>) -> HoldSlot {
        HoldSlot {
            slug: self.slug.clone(),
            service_id: self.service,
            starts_at,
            visitor_time_zone: None,
            instead_of: None,
        }
    }

    /// Holds a slot.
    pub async fn hold(&self, app: &TestApp, starts_at: DateTime<Utc>) -> services::Result<BookingView> {
        services::bookings::hold(&app.visitor(), self.hold_command(starts_at)).await
    }

    /// Holds a slot, tells who it is for, and sends the request.
    pub async fn request(&self, app: &TestApp, starts_at: DateTime<Utc>) -> BookingView {
        let held = self.hold(app, starts_at).await.expect("hold");
        services::bookings::save_details(&app.visitor(), &held.token, john()).await.expect("details");
        services::bookings::send_request(&app.visitor(), &held.token).await.expect("request")
    }
}

/// Details as a patient types them.
pub fn john() -> PatientDetails {
    PatientDetails {
        name: "John Doe".into(),
        email: "John@Example.com".into(),
        phone: "+254 (700) 000-111".into(),
        first_time: true,
        reason: "Sleep".into(),
    }
}

/// `at("2026-03-03T06:00:00Z")`: Tuesday, 09:00 in Nairobi.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}
