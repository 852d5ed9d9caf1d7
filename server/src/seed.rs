//! Invented practices to look at: made through the use cases themselves, as people would. All names are made up.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use contracts::accounts::{LogIn, RegisterPractice};
use contracts::availability::{AddException, AddRule, BookingsInTheWay, ExceptionKind, SaveBuffers};
use contracts::booking::{BookingView, HoldSlot, PatientDetails, PracticeAction, SubmitProof};
use contracts::practice::{
    BookingPolicy, PaymentInstructions, PaymentMethod, PaymentTiming, Place, SaveProfile, SaveService,
};
use contracts::{BookingId, Lang, ServiceId, TherapistId};
use services::{Actor, Ctx, Deps, Result, ServiceError, accounts, availability, bookings, practice, slots};
use std::sync::Arc;

/// The password of all demo logins.
const PASSWORD: &str = "Calm-Waters-2026";
const SARAH: &str = "sarah@demo.calma.example";
const MARIA: &str = "maria@demo.calma.example";
const SLUGS: [&str; 3] = ["dr-sarah", "dra-maria", "lic-tomas"];

/// What to tell whoever starts a demo.
pub fn logins(base_url: &str) -> String {
    format!(
        "Demo, with invented people:\n  Book as a patient    {base_url}/dr-sarah   {base_url}/dra-maria   {base_url}/lic-tomas\n  \
         Work as a therapist  {base_url}/login   {SARAH} or {MARIA}, password {PASSWORD}"
    )
}

/// Loads the demo practices; `false` when there are published therapists already that are not of the demo, or all of
/// the demo's are there. What an interrupted first load left out is loaded then.
///
/// # Errors
/// The first use case that failed.
pub async fn load(deps: &Arc<Deps>) -> Result<bool> {
    let system = Ctx::system(deps.clone());
    let published = practice::published_slugs(&system).await?;
    let there = |slug: &str| published.iter().any(|p| p == slug);
    if published.iter().any(|slug| !SLUGS.contains(&slug.as_str())) || SLUGS.into_iter().all(there) {
        return Ok(false);
    }
    if !there(SLUGS[0]) {
        nairobi(&system).await?;
    }
    if !(there(SLUGS[1]) && there(SLUGS[2])) {
        buenos_aires(&system).await?;
    }
    Ok(true)
}

/// Registers, confirms and logs in the owner.
async fn owner(system: &Ctx, cmd: RegisterPractice) -> Result<Ctx> {
    let visitor = Ctx { actor: Actor::Visitor, lang: cmd.language, ..system.clone() };
    let log_in = LogIn { email: cmd.email.clone(), password: cmd.password.clone() };
    if let Ok((tokens, _)) = accounts::log_in(&visitor, log_in.clone()).await {
        return member(&visitor, &tokens.access);
    }
    accounts::register(&visitor, cmd).await?;
    accounts::confirm_without_link(system, &log_in.email).await?;
    let (tokens, _) = accounts::log_in(&visitor, log_in).await?;
    member(&visitor, &tokens.access)
}

fn member(visitor: &Ctx, access: &str) -> Result<Ctx> {
    let member = accounts::member_of(&visitor.deps, access).ok_or_else(|| ServiceError::internal("no member"))?;
    Ok(Ctx { actor: Actor::Member(member), ..visitor.clone() })
}

async fn nairobi(system: &Ctx) -> Result<()> {
    let ctx = owner(
        system,
        RegisterPractice {
            practice_name: "Centro Calma Demo".into(),
            name: "Dr. Sarah Wanjiku".into(),
            email: SARAH.into(),
            password: PASSWORD.into(),
            currency: "KES".into(),
            time_zone: "Africa/Nairobi".into(),
            language: Lang::En,
            is_therapist: true,
        },
    )
    .await?;
    practice::save_instructions(
        &ctx,
        PaymentInstructions {
            mpesa: "Till 123456 (Calma Demo)".into(),
            cash: false,
            note: "Please write the reference in the M-Pesa message.".into(),
            ..PaymentInstructions::default()
        },
    )
    .await?;
    practice::save_policy(&ctx, None, Some(BookingPolicy::default())).await?;
    let sarah = own_profile(&ctx).await?;
    let individual =
        service(&ctx, "Individual Therapy", "One hour, one to one, by video.", 60, "2000", Place::Online, sarah)
            .await?;
    let couples =
        service(&ctx, "Couples Therapy", "Ninety minutes for two.", 90, "3500", Place::InPerson, sarah).await?;
    weekly(
        &ctx,
        sarah,
        &[
            (1, "09:00", "13:00"),
            (1, "14:00", "18:00"),
            (2, "09:00", "17:00"),
            (3, "09:00", "13:00"),
            (4, "09:00", "17:00"),
            (5, "09:00", "15:00"),
            (6, "10:00", "13:00"),
        ],
    )
    .await?;
    let buffers = SaveBuffers { therapist_id: sarah, before_min: 0, after_min: 10, step_min: None };
    availability::save_buffers(&ctx, buffers).await?;
    publish(&ctx, sarah, SaveProfile {
        slug: SLUGS[0].into(),
        name: "Dr. Sarah Wanjiku".into(),
        title: "Clinical psychologist".into(),
        bio: "I work with adults on anxiety, grief and the big changes of life. We begin with what brings you here, at \
              your own pace, and agree together on where we want to go.".into(),
        credentials: "PhD in Clinical Psychology\nMember of an invented association, no. 0000".into(),
        languages: "en, sw".into(),
        time_zone: "Africa/Nairobi".into(),
        published: true,
    })
    .await?;
    let diary = Diary { ctx: &ctx, slug: SLUGS[0], method: PaymentMethod::Mpesa };
    diary.past_session(individual, 2, &patient("Wambui Kariuki", "wambui", "+254700000011")).await?;
    diary.past_session(individual, 6, &patient("Brian Mutua", "brian", "+254700000012")).await?;
    let mut free = diary.free(individual, 24).await?;
    diary.request(individual, free.next(0)?, &patient("John Doe", "john", "+254700000001")).await?;
    diary.request(individual, free.next(2)?, &patient("Amina Otieno", "amina", "+254700000002")).await?;
    let waiting = diary.request(individual, free.next(1)?, &patient("Peter Kamau", "peter", "+254700000003")).await?;
    diary.act(waiting.id, PracticeAction::Approve).await?;
    let paid = diary.request(individual, free.next(2)?, &patient("Grace Njeri", "grace", "+254700000004")).await?;
    diary.act(paid.id, PracticeAction::Approve).await?;
    diary.prove(&paid, "ABC123XYZ").await?;
    for (name, mail, phone, receipt) in [
        ("Daniel Kiptoo", "daniel", "+254700000005", "QWE456RTY"),
        ("Faith Achieng", "faith", "+254700000006", "UIO789PAS"),
        ("Mary Wairimu", "mary", "+254700000007", "DFG012HJK"),
    ] {
        let booking = diary.request(individual, free.next(2)?, &patient(name, mail, phone)).await?;
        diary.act(booking.id, PracticeAction::Approve).await?;
        diary.prove(&booking, receipt).await?;
        diary.act(booking.id, PracticeAction::VerifyPayment).await?;
    }
    let declined =
        diary.request(individual, free.next(1)?, &patient("Samuel Otieno", "samuel", "+254700000008")).await?;
    diary.act(declined.id, PracticeAction::Decline { reason: "Fully booked on this date".into() }).await?;
    let mut free = diary.free(couples, 72).await?;
    let cancelled = diary.request(couples, free.next(3)?, &patient("Lucy Naliaka", "lucy", "+254700000009")).await?;
    bookings::cancel_by_patient(&diary.visitor(), &cancelled.token, "We found another time").await?;
    holiday(&ctx, sarah).await
}

async fn buenos_aires(system: &Ctx) -> Result<()> {
    let zone = "America/Argentina/Buenos_Aires";
    let ctx = owner(
        system,
        RegisterPractice {
            practice_name: "Consultorio Río".into(),
            name: "Dra. María González".into(),
            email: MARIA.into(),
            password: PASSWORD.into(),
            currency: "ARS".into(),
            time_zone: zone.into(),
            language: Lang::Es,
            is_therapist: true,
        },
    )
    .await?;
    practice::save_instructions(
        &ctx,
        PaymentInstructions {
            bank_account: "Banco Demo\nCBU 0000000000000000000000\nConsultorio Río".into(),
            cash: true,
            note: "Por favor escribí la referencia en la transferencia.".into(),
            ..PaymentInstructions::default()
        },
    )
    .await?;
    let instant = BookingPolicy { needs_approval: false, ..BookingPolicy::default() };
    practice::save_policy(&ctx, None, Some(instant.clone())).await?;
    let maria = own_profile(&ctx).await?;
    let first =
        service(&ctx, "Primera consulta", "Para conocernos: 50 minutos por video.", 50, "25000", Place::Online, maria)
            .await?;
    weekly(
        &ctx,
        maria,
        &[
            (1, "10:00", "14:00"),
            (2, "14:00", "20:00"),
            (3, "10:00", "14:00"),
            (4, "14:00", "20:00"),
            (5, "10:00", "16:00"),
        ],
    )
    .await?;
    let tomas = match practice::therapists(&ctx).await?.into_iter().find(|t| t.id != maria) {
        Some(known) => known.id,
        None => practice::add_therapist(&ctx, "Lic. Tomás Ríos", None).await?.id,
    };
    let at_session = BookingPolicy { payment_timing: PaymentTiming::AtSession, ..instant };
    practice::save_policy(&ctx, Some(tomas), Some(at_session)).await?;
    let family =
        service(&ctx, "Terapia familiar", "Una hora y media, en el consultorio.", 90, "40000", Place::InPerson, tomas)
            .await?;
    weekly(&ctx, tomas, &[(1, "09:00", "18:00"), (3, "09:00", "18:00"), (5, "09:00", "13:00")]).await?;
    publish(&ctx, maria, profile(SLUGS[1], "Dra. María González", "Psicóloga clínica", "Acompaño a personas adultas con ansiedad, duelos y momentos de cambio. Trabajamos a tu ritmo, con objetivos que acordamos juntos.", zone)).await?;
    publish(
        &ctx,
        tomas,
        profile(
            SLUGS[2],
            "Lic. Tomás Ríos",
            "Terapeuta familiar",
            "Trabajo con familias y parejas. Se paga en la sesión.",
            zone,
        ),
    )
    .await?;

    let diary = Diary { ctx: &ctx, slug: SLUGS[1], method: PaymentMethod::BankTransfer };
    let mut free = diary.free(first, 24).await?;
    diary.request(first, free.next(0)?, &patient("Lucía Fernández", "lucia", "+5491155550001")).await?;
    let paid = diary.request(first, free.next(2)?, &patient("Martín Sosa", "martin", "+5491155550002")).await?;
    diary.prove(&paid, "TRF-0001").await?;
    for (name, mail, phone, receipt) in [
        ("Carla Benítez", "carla", "+5491155550003", "TRF-0002"),
        ("Diego Romero", "diego", "+5491155550004", "TRF-0003"),
    ] {
        let booking = diary.request(first, free.next(3)?, &patient(name, mail, phone)).await?;
        diary.prove(&booking, receipt).await?;
        diary.act(booking.id, PracticeAction::VerifyPayment).await?;
    }
    let diary = Diary { ctx: &ctx, slug: SLUGS[2], method: PaymentMethod::Cash };
    let mut free = diary.free(family, 24).await?;
    diary.request(family, free.next(0)?, &patient("Familia Paz", "paz", "+5491155550005")).await?;
    diary.request(family, free.next(2)?, &patient("Familia Acosta", "acosta", "+5491155550006")).await?;
    Ok(())
}

fn profile(slug: &str, name: &str, title: &str, bio: &str, zone: &str) -> SaveProfile {
    SaveProfile {
        slug: slug.into(),
        name: name.into(),
        title: title.into(),
        bio: bio.into(),
        credentials: "Matrícula inventada 0000".into(),
        languages: "es".into(),
        time_zone: zone.into(),
        published: true,
    }
}

async fn own_profile(ctx: &Ctx) -> Result<TherapistId> {
    ctx.member()?.therapist_id.ok_or_else(ServiceError::not_found)
}

async fn publish(ctx: &Ctx, id: TherapistId, profile: SaveProfile) -> Result<()> {
    practice::save_profile(ctx, id, profile).await.map(|_| ())
}

/// The service of this name, made if it is not there.
async fn service(
    ctx: &Ctx,
    name: &str,
    description: &str,
    duration_min: i32,
    price: &str,
    place: Place,
    therapist: TherapistId,
) -> Result<ServiceId> {
    if let Some(known) = practice::services(ctx).await?.into_iter().find(|s| s.name == name) {
        return Ok(known.id);
    }
    let cmd = SaveService {
        id: None,
        name: name.into(),
        description: description.into(),
        duration_min,
        price: price.into(),
        place,
        active: true,
    };
    Ok(practice::save_service(ctx, cmd, vec![therapist]).await?.id)
}

async fn weekly(ctx: &Ctx, therapist_id: TherapistId, blocks: &[(i16, &str, &str)]) -> Result<()> {
    if !availability::page(ctx, therapist_id).await?.rules.is_empty() {
        return Ok(());
    }
    for (weekday, starts, ends) in blocks {
        let rule = AddRule { therapist_id, weekday: *weekday, starts: (*starts).into(), ends: (*ends).into() };
        availability::add_rule(ctx, rule).await?;
    }
    Ok(())
}

/// One day off, three weeks from now.
async fn holiday(ctx: &Ctx, therapist_id: TherapistId) -> Result<()> {
    let page = availability::page(ctx, therapist_id).await?;
    let monday = page.today + Days::new(u64::from(21 + 7 - page.today.weekday().num_days_from_monday()));
    availability::add_exception(
        ctx,
        AddException {
            therapist_id,
            kind: ExceptionKind::Closed,
            starts_on: monday,
            ends_on: None,
            starts: None,
            ends: None,
            reason: "Training day".into(),
            bookings: BookingsInTheWay::Keep,
        },
    )
    .await
    .map(|_| ())
}

fn patient(name: &str, mailbox: &str, phone: &str) -> PatientDetails {
    PatientDetails {
        name: name.into(),
        email: format!("{mailbox}@example.com"),
        phone: phone.into(),
        first_time: true,
        reason: String::new(),
    }
}

/// Books at one therapist's.
struct Diary<'a> {
    ctx: &'a Ctx,
    slug: &'static str,
    method: PaymentMethod,
}

/// Free starts in order of time.
struct Free(std::vec::IntoIter<DateTime<Utc>>);

impl Free {
    /// The next one after leaving some out.
    fn next(&mut self, skip: usize) -> Result<DateTime<Utc>> {
        self.0.nth(skip).ok_or_else(|| ServiceError::internal("too few free slots for the demo"))
    }
}

impl Diary<'_> {
    fn visitor(&self) -> Ctx {
        Ctx { actor: Actor::Visitor, ..self.ctx.clone() }
    }

    /// Free starts from so many hours on, within four weeks.
    async fn free(&self, service: ServiceId, hours: i64) -> Result<Free> {
        self.free_at(&self.visitor(), service, hours).await
    }

    async fn free_at(&self, ctx: &Ctx, service: ServiceId, hours: i64) -> Result<Free> {
        let from: NaiveDate = ctx.now.date_naive();
        let found = slots::availability(ctx, self.slug, service, from, from + Days::new(28)).await?;
        let earliest = ctx.now + TimeDelta::hours(hours);
        let starts: Vec<_> = found
            .days
            .iter()
            .flat_map(|day| day.free())
            .map(|slot| slot.starts_at)
            .filter(|at| *at >= earliest)
            .collect();
        Ok(Free(starts.into_iter()))
    }

    async fn request(&self, service: ServiceId, at: DateTime<Utc>, who: &PatientDetails) -> Result<BookingView> {
        self.request_at(&self.visitor(), service, at, who).await
    }

    async fn request_at(
        &self,
        ctx: &Ctx,
        service_id: ServiceId,
        starts_at: DateTime<Utc>,
        who: &PatientDetails,
    ) -> Result<BookingView> {
        let hold =
            HoldSlot { slug: self.slug.into(), service_id, starts_at, visitor_time_zone: None, instead_of: None };
        let held = bookings::hold(ctx, hold).await?;
        bookings::save_details(ctx, &held.token, who.clone()).await?;
        bookings::send_request(ctx, &held.token).await
    }

    async fn act(&self, id: BookingId, action: PracticeAction) -> Result<()> {
        bookings::act(self.ctx, id, action).await.map(|_| ())
    }

    async fn prove(&self, booking: &BookingView, reference: &str) -> Result<()> {
        let proof = SubmitProof { token: booking.token.clone(), reference: reference.into(), method: self.method };
        bookings::submit_proof(&self.visitor(), proof, None).await.map(|_| ())
    }

    /// A session some days ago, booked and confirmed as it was then: use cases know no other time than the caller's.
    async fn past_session(&self, service: ServiceId, days_ago: i64, who: &PatientDetails) -> Result<()> {
        let then = self.ctx.now - TimeDelta::days(days_ago + 1);
        let visitor = Ctx { now: then, ..self.visitor() };
        let at = self.free_at(&visitor, service, 12).await?.next(0)?;
        let booking = self.request_at(&visitor, service, at, who).await?;
        let member = Ctx { now: then, ..self.ctx.clone() };
        bookings::act(&member, booking.id, PracticeAction::Approve).await?;
        let reference = format!("OLD{days_ago:05}");
        let proof = SubmitProof { token: booking.token.clone(), reference, method: self.method };
        bookings::submit_proof(&visitor, proof, None).await?;
        bookings::act(&member, booking.id, PracticeAction::VerifyPayment).await.map(|_| ())
    }
}
