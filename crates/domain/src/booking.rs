//! The states of a booking (product §4): what can happen to it, when a state ends by itself, and what a patient may do.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::booking::BookingStatus::{self, *};
use contracts::practice::{BookingPolicy, PaymentTiming};
use contracts::{FieldError, FieldProblem, Lang, Text, limits};
use std::fmt;
use std::ops::RangeInclusive;

/// What can happen to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// The patient sends the form of a held slot.
    SendRequest,
    /// The practice accepts a request.
    Approve,
    Decline,
    /// The patient says they have paid.
    SubmitProof,
    /// The practice, or a gateway, has seen the money.
    Verify,
    /// The practice, or a gateway, has not.
    Reject,
    /// Also: a visitor gives a held slot back.
    CancelByPatient,
    CancelByPractice,
    /// The hold, approval or payment deadline is over.
    DeadlinePassed,
    /// The visitor takes a lapsed hold again. Only for one that was never sent, and only while its slot is free.
    HoldAgain,
    /// A proof came after expiry and the slot is still free: the practice looks at it as at any other.
    Revive,
    /// The practice takes its own cancellation of a session back; only while the slot is still free.
    Restore,
}

impl Event {
    pub const ALL: [Event; 12] = [
        Self::SendRequest,
        Self::Approve,
        Self::Decline,
        Self::SubmitProof,
        Self::Verify,
        Self::Reject,
        Self::CancelByPatient,
        Self::CancelByPractice,
        Self::DeadlinePassed,
        Self::HoldAgain,
        Self::Revive,
        Self::Restore,
    ];
}

/// This cannot happen to a booking in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAllowed;

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not possible in the booking's present state")
    }
}

impl std::error::Error for NotAllowed {}

/// Must money be seen before a booking under this policy is confirmed? A free service and payment at the session need
/// none.
pub fn pays_first(policy: &BookingPolicy, price_minor: i64) -> bool {
    price_minor > 0 && policy.payment_timing == PaymentTiming::BeforeConfirmation
}

/// The state after an event.
///
/// The price is that of the booking, in minor units. Deadlines and the right to cancel in time are asked separately
/// ([`deadline`], [`may_patient_cancel`]): this function knows no clock.
///
/// # Errors
/// [`NotAllowed`] when the event cannot happen in this state.
pub fn next(
    status: BookingStatus,
    event: Event,
    policy: &BookingPolicy,
    price_minor: i64,
) -> Result<BookingStatus, NotAllowed> {
    let accepted = if pays_first(policy, price_minor) { AwaitingPayment } else { Confirmed };
    Ok(match (status, event) {
        (Held, Event::SendRequest) if policy.needs_approval => PendingApproval,
        (Held, Event::SendRequest) | (PendingApproval, Event::Approve) => accepted,
        (PendingApproval, Event::Decline) => Declined,
        (AwaitingPayment, Event::SubmitProof) => PaymentSubmitted,
        (PaymentSubmitted | PaymentProcessing, Event::Verify) => Confirmed,
        (PaymentSubmitted | PaymentProcessing, Event::Reject) => AwaitingPayment,
        // While money is being looked at, only the practice can cancel: it has to decide about the money too.
        (Held | PendingApproval | AwaitingPayment | Confirmed, Event::CancelByPatient) => Cancelled,
        (status, Event::CancelByPractice) if status.keeps_slot() => Cancelled,
        (Held | PendingApproval | AwaitingPayment, Event::DeadlinePassed) => Expired,
        (Expired, Event::HoldAgain) => Held,
        (Expired, Event::Revive) if pays_first(policy, price_minor) => PaymentSubmitted,
        (Cancelled, Event::Restore) => Confirmed,
        _ => return Err(NotAllowed),
    })
}

/// When a state that was entered at `now` ends by itself; never after the session starts. States that wait for nobody,
/// or only for the practice to look at money, have none.
pub fn deadline(
    status: BookingStatus,
    policy: &BookingPolicy,
    now: DateTime<Utc>,
    starts_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let minutes = match status {
        Held => policy.hold_min,
        PendingApproval => policy.approval_window_min,
        AwaitingPayment => policy.payment_window_min,
        PaymentSubmitted | PaymentProcessing | Confirmed | Declined | Cancelled | Expired => return None,
    };
    let ends = now.checked_add_signed(TimeDelta::minutes(i64::from(minutes.max(0)))).unwrap_or(starts_at);
    Some(ends.min(starts_at))
}

/// May the patient cancel by themselves? A request at any time, unless its payment is being looked at; a confirmed
/// session until `cancel_until_hours` before it starts.
pub fn may_patient_cancel(
    status: BookingStatus,
    policy: &BookingPolicy,
    now: DateTime<Utc>,
    starts_at: DateTime<Utc>,
) -> bool {
    match status {
        Held | PendingApproval | AwaitingPayment => true,
        Confirmed => {
            let notice = TimeDelta::hours(i64::from(policy.cancel_until_hours.max(0)));
            starts_at.signed_duration_since(now) >= notice && now < starts_at
        }
        PaymentSubmitted | PaymentProcessing | Declined | Cancelled | Expired => false,
    }
}

const CANCEL_ANY_TIME: Text = Text {
    en: "You can cancel by yourself until the session starts.",
    es: "Puede cancelar por su cuenta hasta el inicio de la sesión.",
};
const CANCEL_HOURS: [Text; 2] = [
    Text {
        en: "You can cancel by yourself until {n} hour before the session.",
        es: "Puede cancelar por su cuenta hasta {n} hora antes de la sesión.",
    },
    Text {
        en: "You can cancel by yourself until {n} hours before the session.",
        es: "Puede cancelar por su cuenta hasta {n} horas antes de la sesión.",
    },
];
const CANCEL_DAYS: Text = Text {
    en: "You can cancel by yourself until {n} days before the session.",
    es: "Puede cancelar por su cuenta hasta {n} días antes de la sesión.",
};

/// Until when a patient may cancel, for people: in the practice's own words, or written from the policy's hours.
pub fn cancel_rule(policy: &BookingPolicy, lang: Lang) -> String {
    let own = policy.cancel_text.trim();
    if !own.is_empty() {
        return own.to_owned();
    }
    match policy.cancel_until_hours.max(0).unsigned_abs() {
        0 => CANCEL_ANY_TIME.of(lang).to_owned(),
        hours if hours >= 48 && hours % 24 == 0 => CANCEL_DAYS.with(lang, &[("n", &(hours / 24).to_string())]),
        hours => Text::counted(CANCEL_HOURS, lang, hours),
    }
}

/// Two weeks, in minutes: the longest any window or notice may be.
const FORTNIGHT_MIN: i32 = 14 * 24 * 60;

/// What is out of range in a policy; the fields are named as in [`BookingPolicy`].
pub fn validate_policy(policy: &BookingPolicy) -> Vec<FieldError> {
    let numbers: [(&str, i32, RangeInclusive<i32>); 6] = [
        ("hold_min", policy.hold_min, 1..=60),
        ("approval_window_min", policy.approval_window_min, 15..=FORTNIGHT_MIN),
        ("payment_window_min", policy.payment_window_min, 15..=FORTNIGHT_MIN),
        ("notice_min", policy.notice_min, 0..=FORTNIGHT_MIN),
        ("horizon_days", policy.horizon_days, 1..=365),
        ("cancel_until_hours", policy.cancel_until_hours, 0..=FORTNIGHT_MIN / 60),
    ];
    let mut errors: Vec<FieldError> = numbers
        .into_iter()
        .filter(|(_, value, range)| !range.contains(value))
        .map(|(field, ..)| crate::validate::error(field, FieldProblem::OutOfRange))
        .collect();
    let nothing_left = i64::from(policy.notice_min) >= (i64::from(policy.horizon_days) + 1) * 24 * 60;
    if errors.is_empty() && nothing_left {
        errors.push(crate::validate::error("notice_min", FieldProblem::OutOfRange));
    }
    if let Err(problem) = crate::validate::check_length(&policy.cancel_text, limits::INSTRUCTIONS_MAX) {
        errors.push(crate::validate::error("cancel_text", problem));
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy(needs_approval: bool, payment_timing: PaymentTiming) -> BookingPolicy {
        BookingPolicy { needs_approval, payment_timing, ..BookingPolicy::default() }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_state_and_event() {
        let full = policy(true, PaymentTiming::BeforeConfirmation);
        // One column per event, in the order of Event::ALL; a dot is refused.
        #[rustfmt::skip]
        let table: [(BookingStatus, [&str; 11]); 9] = [
            //                   send               approve             decline     proof               verify       reject              patient      practice     deadline   again   revive
            (Held,              ["pending_approval", ".",               ".",        ".",                ".",         ".",                "cancelled", "cancelled", "expired", ".",    "."]),
            (PendingApproval,   [".",               "awaiting_payment", "declined", ".",                ".",         ".",                "cancelled", "cancelled", "expired", ".",    "."]),
            (AwaitingPayment,   [".",               ".",                ".",        "payment_submitted", ".",        ".",                "cancelled", "cancelled", "expired", ".",    "."]),
            (PaymentSubmitted,  [".",               ".",                ".",        ".",                "confirmed", "awaiting_payment", ".",         "cancelled", ".",       ".",    "."]),
            (PaymentProcessing, [".",               ".",                ".",        ".",                "confirmed", "awaiting_payment", ".",         "cancelled", ".",       ".",    "."]),
            (Confirmed,         [".",               ".",                ".",        ".",                ".",         ".",                "cancelled", "cancelled", ".",       ".",    "."]),
            (Declined,          [".",               ".",                ".",        ".",                ".",         ".",                ".",         ".",         ".",       ".",    "."]),
            (Cancelled,         [".",               ".",                ".",        ".",                ".",         ".",                ".",         ".",         ".",       ".",    "."]),
            (Expired,           [".",               ".",                ".",        ".",                ".",         ".",                ".",         ".",         ".",       "held", "payment_submitted"]),
        ];
        assert_eq!(table.map(|(status, _)| status), BookingStatus::ALL);
        for (status, row) in table {
            for (event, expected) in Event::ALL.into_iter().zip(row) {
                let got = next(status, event, &full, 200_000).map_or(".", BookingStatus::as_str);
                assert_eq!(got, expected, "{status:?} {event:?}");
            }
        }
    }

    #[test]
    fn the_shorter_paths() {
        use PaymentTiming::{AtSession, BeforeConfirmation};
        let cases = [
            (Held, Event::SendRequest, policy(false, BeforeConfirmation), 100, Ok(AwaitingPayment)),
            (Held, Event::SendRequest, policy(false, BeforeConfirmation), 0, Ok(Confirmed)),
            (Held, Event::SendRequest, policy(false, AtSession), 100, Ok(Confirmed)),
            (Held, Event::SendRequest, policy(true, AtSession), 100, Ok(PendingApproval)),
            (PendingApproval, Event::Approve, policy(true, AtSession), 100, Ok(Confirmed)),
            (PendingApproval, Event::Approve, policy(true, BeforeConfirmation), 0, Ok(Confirmed)),
            (Expired, Event::Revive, policy(true, BeforeConfirmation), 0, Err(NotAllowed)),
            (Expired, Event::Revive, policy(true, AtSession), 100, Err(NotAllowed)),
        ];
        for (status, event, policy, price, expected) in cases {
            assert_eq!(next(status, event, &policy, price), expected, "{status:?} {event:?} {policy:?} {price}");
        }
    }

    #[test]
    fn deadlines_follow_the_policy_and_end_with_the_start() {
        let policy = BookingPolicy { payment_window_min: 60, ..BookingPolicy::default() };
        let now = at("2026-11-24T10:00:00Z");
        let later = at("2026-12-24T10:00:00Z");
        assert_eq!(deadline(Held, &policy, now, later), Some(at("2026-11-24T10:10:00Z")));
        assert_eq!(deadline(PendingApproval, &policy, now, later), Some(at("2026-11-25T10:00:00Z")));
        assert_eq!(deadline(AwaitingPayment, &policy, now, later), Some(at("2026-11-24T11:00:00Z")));
        let soon = at("2026-11-24T10:30:00Z");
        assert_eq!(deadline(PendingApproval, &policy, now, soon), Some(soon));
        assert_eq!(deadline(AwaitingPayment, &policy, now, soon), Some(soon));
        for status in [PaymentSubmitted, PaymentProcessing, Confirmed, Declined, Cancelled, Expired] {
            assert_eq!(deadline(status, &policy, now, later), None, "{status:?}");
        }
    }

    #[test]
    fn a_patient_cancels_in_time() {
        let policy = BookingPolicy::default();
        let start = at("2026-11-24T10:00:00Z");
        for status in BookingStatus::ALL {
            let open = matches!(status, Held | PendingApproval | AwaitingPayment);
            assert_eq!(may_patient_cancel(status, &policy, at("2026-11-23T10:00:01Z"), start), open, "{status:?}");
            let early = open || status == Confirmed;
            assert_eq!(may_patient_cancel(status, &policy, at("2026-11-23T10:00:00Z"), start), early, "{status:?}");
        }
        let any_time = BookingPolicy { cancel_until_hours: 0, ..policy };
        assert!(may_patient_cancel(Confirmed, &any_time, at("2026-11-24T09:59:59Z"), start));
        assert!(!may_patient_cancel(Confirmed, &any_time, start, start));
    }

    #[test]
    fn the_rule_of_cancelling_is_written_from_the_hours_unless_the_practice_has_its_own() {
        for (hours, own, en, es) in [
            (24, " Call us.\n", "Call us.", "Call us."),
            (
                0,
                "",
                "You can cancel by yourself until the session starts.",
                "Puede cancelar por su cuenta hasta el inicio de la sesión.",
            ),
            (
                1,
                "",
                "You can cancel by yourself until 1 hour before the session.",
                "Puede cancelar por su cuenta hasta 1 hora antes de la sesión.",
            ),
            (
                24,
                " ",
                "You can cancel by yourself until 24 hours before the session.",
                "Puede cancelar por su cuenta hasta 24 horas antes de la sesión.",
            ),
            (
                49,
                "",
                "You can cancel by yourself until 49 hours before the session.",
                "Puede cancelar por su cuenta hasta 49 horas antes de la sesión.",
            ),
            (
                72,
                "",
                "You can cancel by yourself until 3 days before the session.",
                "Puede cancelar por su cuenta hasta 3 días antes de la sesión.",
            ),
        ] {
            let policy =
                BookingPolicy { cancel_until_hours: hours, cancel_text: own.into(), ..BookingPolicy::default() };
            assert_eq!([cancel_rule(&policy, Lang::En), cancel_rule(&policy, Lang::Es)], [en, es], "{hours}");
        }
    }

    #[test]
    fn policies_are_checked_field_by_field() {
        assert_eq!(validate_policy(&BookingPolicy::default()), []);
        let wrong = BookingPolicy {
            hold_min: 0,
            approval_window_min: 1,
            payment_window_min: 100_000,
            notice_min: -1,
            horizon_days: 0,
            cancel_until_hours: 10_000,
            cancel_text: "x".repeat(1_001),
            ..BookingPolicy::default()
        };
        let fields: Vec<String> = validate_policy(&wrong).into_iter().map(|e| e.field).collect();
        let all =
            "hold_min approval_window_min payment_window_min notice_min horizon_days cancel_until_hours cancel_text";
        assert_eq!(fields.join(" "), all);
        let never = BookingPolicy { horizon_days: 1, notice_min: 2 * 24 * 60, ..BookingPolicy::default() };
        assert_eq!(validate_policy(&never)[0].field, "notice_min");
    }

    proptest! {
        /// The patient's button and the state machine agree.
        #[test]
        fn what_may_be_cancelled_can_be(
            status in prop::sample::select(BookingStatus::ALL.to_vec()), now in 0i64..4_000_000_000, start in 0i64..4_000_000_000,
        ) {
            let policy = BookingPolicy::default();
            let (now, start) = (DateTime::from_timestamp(now, 0).unwrap(), DateTime::from_timestamp(start, 0).unwrap());
            if may_patient_cancel(status, &policy, now, start) {
                prop_assert_eq!(next(status, Event::CancelByPatient, &policy, 100), Ok(Cancelled));
            }
            // What has a deadline can pass it, and nothing else can.
            let ends = deadline(status, &policy, now, start);
            prop_assert_eq!(ends.is_some(), next(status, Event::DeadlinePassed, &policy, 100).is_ok());
            prop_assert!(ends.is_none_or(|e| e <= start));
        }
    }
}
