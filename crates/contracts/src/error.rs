//! What can go wrong, as stable codes. Messages for people are made from the code in the language of the page, so an
//! error never carries anything a person typed.

use serde::{Deserialize, Serialize};
use std::fmt;

codes! {
    /// The stable `code` of an error (001's codes where it has one).
    ErrorCode {
        /// One or more fields are wrong; `fields` says which and how.
        Validation = "VALIDATION_ERROR",
        Unauthenticated = "UNAUTHORIZED",
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The e-mail address has not been confirmed yet.
        EmailUnconfirmed = "EMAIL_UNCONFIRMED",
        Forbidden = "FORBIDDEN",
        NotFound = "NOT_FOUND",
        /// The slot was taken by someone else; `alternatives` holds the nearest free ones.
        SlotTaken = "SLOT_TAKEN",
        /// The time is not offered: outside opening hours, or, as `fields` then says, in the past, too soon or too far.
        SlotUnavailable = "SLOT_UNAVAILABLE",
        /// The hold lapsed before the form was sent.
        HoldLapsed = "HOLD_LAPSED",
        /// Someone else changed the booking first; `current_status` says what it is now.
        Conflict = "CONFLICT",
        /// A one-use or dated link is used up, too old or wrong.
        LinkInvalid = "LINK_INVALID",
        RateLimited = "RATE_LIMIT_EXCEEDED",
        TooLarge = "PAYLOAD_TOO_LARGE",
        UnsupportedFile = "UNSUPPORTED_FILE",
        /// There are bookings on the day; the caller must say what happens to them (EC-AV-002).
        BookingsInTheWay = "BOOKINGS_IN_THE_WAY",
        IdempotencyMismatch = "IDEMPOTENCY_MISMATCH",
        Unavailable = "SERVICE_UNAVAILABLE",
        Internal = "INTERNAL_ERROR",
    }

    /// What is wrong with a field.
    FieldProblem {
        Required = "required",
        TooShort = "too_short",
        TooLong = "too_long",
        InvalidEmail = "invalid_email",
        InvalidPhone = "invalid_phone",
        InvalidNumber = "invalid_number",
        OutOfRange = "out_of_range",
        NotStepOfFive = "not_step_of_five",
        InvalidTime = "invalid_time",
        InvalidDate = "invalid_date",
        EndBeforeStart = "end_before_start",
        /// 004 EC-AV-001: "This time overlaps with an existing block".
        Overlaps = "overlaps",
        /// 004 BR-AV-001: blocks of less than 30 minutes.
        BlockTooShort = "block_too_short",
        InvalidTimeZone = "invalid_time_zone",
        InvalidCurrency = "invalid_currency",
        InvalidSlug = "invalid_slug",
        /// Not an address of a page or file.
        InvalidAddress = "invalid_address",
        Taken = "taken",
        PasswordUpper = "password_upper",
        PasswordLower = "password_lower",
        PasswordDigit = "password_digit",
        PasswordSymbol = "password_symbol",
        PasswordCommon = "password_common",
        MustAccept = "must_accept",
        InvalidChoice = "invalid_choice",
        /// A time that has passed.
        InPast = "in_past",
        /// A time within the notice that the practice needs (004 BR-BK-002).
        TooSoon = "too_soon",
        /// The moment until which this could be asked for has passed (001: 48 hours before the session).
        TooLate = "too_late",
        /// A time behind the last day that can be booked (004 BR-BK-003).
        TooFar = "too_far",
        /// The therapist is not open then; the practice may place it there knowingly.
        OutsideHours = "outside_hours",
        /// A time the clock skips on that day.
        SkippedTime = "skipped_time",
        /// A list's cursor that was made in another order of the list.
        OtherSort = "other_sort",
        /// A name between double braces that a template does not know.
        UnknownVariable = "unknown_variable",
        /// Not the id of a template at Twilio.
        InvalidContentSid = "invalid_content_sid",
        /// A mark in a template that is none: only variables and conditions are.
        InvalidTemplate = "invalid_template",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the form and in the JSON body.
    pub field: String,
    pub problem: FieldProblem,
}

/// An error as it crosses to the browser. It holds codes and public times only, never what a person typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiError {
    pub code: ErrorCode,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// For `SLOT_TAKEN`: the nearest free slots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<crate::booking::Slot>,
    /// For `CONFLICT` on a booking: what it is now, and who made it so ("Ana", "the patient").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_status: Option<crate::booking::BookingStatus>,
    /// For `RATE_LIMIT_EXCEEDED`: seconds to wait. For `BOOKINGS_IN_THE_WAY`: how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
}

impl ApiError {
    pub fn new(code: ErrorCode) -> Self {
        Self { code, fields: vec![], alternatives: vec![], current_status: None, number: None }
    }

    pub fn field(field: &str, problem: FieldProblem) -> Self {
        Self { fields: vec![FieldError { field: field.into(), problem }], ..Self::new(ErrorCode::Validation) }
    }

    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(ErrorCode::Validation) }
    }

    /// What is wrong with this field, if anything.
    pub fn problem_of(&self, field: &str) -> Option<FieldProblem> {
        self.fields.iter().find(|f| f.field == field).map(|f| f.problem)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for ApiError {}
