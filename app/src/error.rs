//! Errors on their way to the browser, and the words people read for them.

use contracts::{ApiError, ErrorCode, FieldProblem, Lang, Text};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An [`ApiError`] as server functions return it. A form posted without JavaScript carries it in the address of the
/// page it returns to, so it holds codes only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UiError(pub ApiError);

impl UiError {
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What to tell a person.
    pub fn message(&self, lang: Lang) -> &'static str {
        message(self.0.code).of(lang)
    }

    /// What to tell a person beside this field, if it is wrong.
    pub fn field(&self, name: &str, lang: Lang) -> Option<&'static str> {
        self.0.problem_of(name).map(|problem| problem_text(problem).of(lang))
    }
}

impl fmt::Display for UiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for UiError {}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let code = match error {
            ServerFnErrorErr::Request(_) => ErrorCode::Unavailable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => ErrorCode::Validation,
            _ => ErrorCode::Internal,
        };
        Self(ApiError::new(code))
    }
}

/// The message for each code: what happened, what is safe, what to do next.
pub fn message(code: ErrorCode) -> Text {
    use crate::texts::errors as t;
    match code {
        ErrorCode::Validation => t::VALIDATION,
        ErrorCode::Unauthenticated => t::UNAUTHENTICATED,
        ErrorCode::InvalidCredentials => t::INVALID_CREDENTIALS,
        ErrorCode::EmailUnconfirmed => t::EMAIL_UNCONFIRMED,
        ErrorCode::Forbidden => t::FORBIDDEN,
        ErrorCode::NotFound => t::NOT_FOUND,
        ErrorCode::SlotTaken => t::SLOT_TAKEN,
        ErrorCode::SlotUnavailable => t::SLOT_UNAVAILABLE,
        ErrorCode::HoldLapsed => t::HOLD_LAPSED,
        ErrorCode::Conflict => t::CONFLICT,
        ErrorCode::LinkInvalid => t::LINK_INVALID,
        ErrorCode::RateLimited => t::RATE_LIMITED,
        ErrorCode::TooLarge => t::TOO_LARGE,
        ErrorCode::UnsupportedFile => t::UNSUPPORTED_FILE,
        ErrorCode::BookingsInTheWay => t::BOOKINGS_IN_THE_WAY,
        ErrorCode::IdempotencyMismatch => t::IDEMPOTENCY_MISMATCH,
        ErrorCode::Unavailable => t::UNAVAILABLE,
        ErrorCode::Internal => t::INTERNAL,
    }
}

/// The message for each problem of a field.
pub fn problem_text(problem: FieldProblem) -> Text {
    use crate::texts::errors as t;
    match problem {
        FieldProblem::Required => t::REQUIRED,
        FieldProblem::TooShort => t::TOO_SHORT,
        FieldProblem::TooLong => t::TOO_LONG,
        FieldProblem::InvalidEmail => t::INVALID_EMAIL,
        FieldProblem::InvalidPhone => t::INVALID_PHONE,
        FieldProblem::InvalidNumber => t::INVALID_NUMBER,
        FieldProblem::OutOfRange => t::OUT_OF_RANGE,
        FieldProblem::NotStepOfFive => t::NOT_STEP_OF_FIVE,
        FieldProblem::InvalidTime => t::INVALID_TIME,
        FieldProblem::InvalidDate => t::INVALID_DATE,
        FieldProblem::EndBeforeStart => t::END_BEFORE_START,
        FieldProblem::Overlaps => t::OVERLAPS,
        FieldProblem::BlockTooShort => t::BLOCK_TOO_SHORT,
        FieldProblem::InvalidTimeZone => t::INVALID_TIME_ZONE,
        FieldProblem::InvalidCurrency => t::INVALID_CURRENCY,
        FieldProblem::InvalidSlug => t::INVALID_SLUG,
        FieldProblem::InvalidAddress => t::INVALID_ADDRESS,
        FieldProblem::Taken => t::TAKEN,
        FieldProblem::PasswordUpper => t::PASSWORD_UPPER,
        FieldProblem::PasswordLower => t::PASSWORD_LOWER,
        FieldProblem::PasswordDigit => t::PASSWORD_DIGIT,
        FieldProblem::PasswordSymbol => t::PASSWORD_SYMBOL,
        FieldProblem::PasswordCommon => t::PASSWORD_COMMON,
        FieldProblem::MustAccept => t::MUST_ACCEPT,
        FieldProblem::InvalidChoice => t::INVALID_CHOICE,
        FieldProblem::InPast => t::IN_PAST,
        FieldProblem::TooSoon => t::TOO_SOON,
        FieldProblem::TooLate => t::TOO_LATE,
        FieldProblem::TooFar => t::TOO_FAR,
        FieldProblem::OutsideHours => t::OUTSIDE_HOURS,
        FieldProblem::SkippedTime => t::SKIPPED_TIME,
        FieldProblem::OtherSort => t::OTHER_SORT,
        FieldProblem::UnknownVariable => t::UNKNOWN_VARIABLE,
        FieldProblem::InvalidContentSid => t::INVALID_CONTENT_SID,
        FieldProblem::InvalidTemplate => t::INVALID_TEMPLATE,
    }
}
