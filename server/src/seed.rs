//! Invented practices to look at: made through the use cases themselves, as people would. All names are made up.

mod diary;

use chrono::{Datelike, Days};
use contracts::accounts::{LogIn, RegisterPractice};
use contracts::availability::{AddException, AddRule, BookingsInTheWay, ExceptionKind, SaveBuffers};
use contracts::practice::{
    BookingPolicy, PaymentInstructions, PaymentMethod, PaymentTiming, Place, SaveProfile, SaveService,
};
use contracts::{ErrorCode, FieldProblem, Lang, ServiceId, TherapistId};
use diary::{Diary, Until, patient};
use services::{Actor, Ctx, Deps, Result, ServiceError, accounts, availability, practice};
use std::sync::Arc;

/// The password of all demo logins.
const PASSWORD: &str = "Calm-Waters-2026";
const SARAH: &str = "sarah@demo.calma.example";
const MARIA: &str = "maria@demo.calma.example";
const TRAINING: &str = "Training day";
const SLUGS: [&str; 3] = ["dr-sarah", "dra-maria", "lic-tomas"];

/// What to tell whoever starts a demo.
pub fn logins(base_url: &str) -> String {
    format!(
        "Demo, with invented people:\n  Book as a patient    {base_url}/dr-sarah   {base_url}/dra-maria   {base_url}/lic-tomas\n  \
         Work as a therapist  {base_url}/login   {SARAH} or {MARIA}, password {PASSWORD}"
    )
}

/// Loads the demo practices; `false` when there are published therapists already that are not of the demo, or all of
/// the demo's are finished. Every step looks first whether it was done, so that a load that was interrupted anywhere is
/// finished by the next one.
///
/// # Errors
/// The first use case that failed.
pub async fn load(deps: &Arc<Deps>) -> Result<bool> {
    let system = Ctx::system(deps.clone());
    let published = practice::published_slugs(&system).await?;
    if published.iter().any(|slug| !SLUGS.contains(&slug.as_str())) {
        return Ok(false);
    }
    let [sarah, maria, tomas] = SLUGS;
    let nairobi_is_done = finished(&system, sarah).await?;
    let buenos_aires_is_done = finished(&system, maria).await? && finished(&system, tomas).await?;
    if !nairobi_is_done {
        nairobi(&system).await?;
    }
    if !buenos_aires_is_done {
        buenos_aires(&system).await?;
    }
    Ok(!(nairobi_is_done && buenos_aires_is_done))
}

/// A therapist's words about themselves are written last of all ([`finish`]): who has them is finished.
async fn finished(system: &Ctx, slug: &str) -> Result<bool> {
    match practice::public_therapist(system, slug).await {
        Ok(therapist) => Ok(!therapist.bio.is_empty()),
        Err(error) if error.public.code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
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
    let profile = SaveProfile {
        slug: SLUGS[0].into(),
        name: "Dr. Sarah Wanjiku".into(),
        title: "Clinical psychologist".into(),
        bio:
            "I work with adults on anxiety, grief and the big changes of life. We begin with what brings you here, at \
              your own pace, and agree together on where we want to go."
                .into(),
        credentials: "PhD in Clinical Psychology\nMember of an invented association, no. 0000".into(),
        languages: "en, sw".into(),
        time_zone: "Africa/Nairobi".into(),
        published: true,
    };
    publish(&ctx, sarah, &profile).await?;
    let diary = Diary::of(&ctx, SLUGS[0], PaymentMethod::Mpesa);
    diary.past_session(individual, 2, &patient("Wambui Kariuki", "wambui", "+254700000011")).await?;
    diary.past_session(individual, 6, &patient("Brian Mutua", "brian", "+254700000012")).await?;
    let mut free = diary.free(individual, 24).await?;
    for (skip, name, mail, phone, until) in [
        (0, "John Doe", "john", "+254700000001", Until::Requested),
        (2, "Amina Otieno", "amina", "+254700000002", Until::Requested),
        (1, "Peter Kamau", "peter", "+254700000003", Until::Approved),
        (2, "Grace Njeri", "grace", "+254700000004", Until::Proved("ABC123XYZ")),
        (2, "Daniel Kiptoo", "daniel", "+254700000005", Until::Confirmed("QWE456RTY")),
        (2, "Faith Achieng", "faith", "+254700000006", Until::Confirmed("UIO789PAS")),
        (2, "Mary Wairimu", "mary", "+254700000007", Until::Confirmed("DFG012HJK")),
        (1, "Samuel Otieno", "samuel", "+254700000008", Until::Declined("Fully booked on this date")),
    ] {
        diary.story(individual, &mut free, skip, &patient(name, mail, phone), until).await?;
    }
    let mut free = diary.free(couples, 72).await?;
    let lucy = patient("Lucy Naliaka", "lucy", "+254700000009");
    diary.story(couples, &mut free, 3, &lucy, Until::Cancelled("We found another time")).await?;
    holiday(&ctx, sarah).await?;
    finish(&ctx, sarah, profile).await
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
    let profiles = [
        (
            maria,
            profile(
                SLUGS[1],
                "Dra. María González",
                "Psicóloga clínica",
                "Acompaño a personas adultas con ansiedad, duelos y momentos de cambio. Trabajamos a tu ritmo, con objetivos que acordamos juntos.",
                zone,
            ),
        ),
        (
            tomas,
            profile(
                SLUGS[2],
                "Lic. Tomás Ríos",
                "Terapeuta familiar",
                "Trabajo con familias y parejas. Se paga en la sesión.",
                zone,
            ),
        ),
    ];
    for (therapist, profile) in &profiles {
        publish(&ctx, *therapist, profile).await?;
    }
    let diary = Diary::of(&ctx, SLUGS[1], PaymentMethod::BankTransfer);
    let mut free = diary.free(first, 24).await?;
    for (skip, name, mail, phone, until) in [
        (0, "Lucía Fernández", "lucia", "+5491155550001", Until::Requested),
        (2, "Martín Sosa", "martin", "+5491155550002", Until::Proved("TRF-0001")),
        (3, "Carla Benítez", "carla", "+5491155550003", Until::Confirmed("TRF-0002")),
        (3, "Diego Romero", "diego", "+5491155550004", Until::Confirmed("TRF-0003")),
    ] {
        diary.story(first, &mut free, skip, &patient(name, mail, phone), until).await?;
    }
    let diary = Diary::of(&ctx, SLUGS[2], PaymentMethod::Cash);
    let mut free = diary.free(family, 24).await?;
    for (skip, name, mail, phone) in
        [(0, "Familia Paz", "paz", "+5491155550005"), (2, "Familia Acosta", "acosta", "+5491155550006")]
    {
        diary.story(family, &mut free, skip, &patient(name, mail, phone), Until::Requested).await?;
    }
    for (therapist, profile) in profiles {
        finish(&ctx, therapist, profile).await?;
    }
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

/// Opens the address for bookings, without the words that say that all is done.
async fn publish(ctx: &Ctx, id: TherapistId, profile: &SaveProfile) -> Result<()> {
    let profile = SaveProfile { bio: String::new(), ..profile.clone() };
    practice::save_profile(ctx, id, profile).await.map(|_| ())
}

async fn finish(ctx: &Ctx, id: TherapistId, profile: SaveProfile) -> Result<()> {
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

/// The weekly blocks; those that are there overlap with themselves and stay.
async fn weekly(ctx: &Ctx, therapist_id: TherapistId, blocks: &[(i16, &str, &str)]) -> Result<()> {
    for (weekday, starts, ends) in blocks {
        let rule = AddRule { therapist_id, weekday: *weekday, starts: (*starts).into(), ends: (*ends).into() };
        match availability::add_rule(ctx, rule).await {
            Err(error) if error.public.fields.iter().any(|f| f.problem == FieldProblem::Overlaps) => (),
            added => added.map(|_| ())?,
        }
    }
    Ok(())
}

/// One day off, three weeks from now.
async fn holiday(ctx: &Ctx, therapist_id: TherapistId) -> Result<()> {
    let page = availability::page(ctx, therapist_id).await?;
    if page.exceptions.iter().any(|exception| exception.reason == TRAINING) {
        return Ok(());
    }
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
            reason: TRAINING.into(),
            bookings: BookingsInTheWay::Keep,
        },
    )
    .await
    .map(|_| ())
}
