//! The limits of what people can type; the same numbers stand in the forms, the services and the database.

/// 004 BR-BK-004: a name has at least two characters.
pub const NAME_MIN: u32 = 2;
pub const NAME_MAX: u32 = 120;
pub const EMAIL_MAX: u32 = 254;
/// E.164: a plus sign and up to 15 digits; typed with spaces and dashes it may be longer.
pub const PHONE_TYPED_MAX: u32 = 32;
pub const REASON_MAX: u32 = 1_000;
pub const BIO_MAX: u32 = 4_000;
pub const TITLE_MAX: u32 = 120;
pub const INSTRUCTIONS_MAX: u32 = 1_000;
pub const REFERENCE_MAX: u32 = 80;
pub const SLUG_MIN: u32 = 3;
pub const SLUG_MAX: u32 = 60;
/// 000 §7.3: passwords have at least twelve characters.
pub const PASSWORD_MIN: u32 = 12;
/// Long enough for any passphrase, short enough that hashing it is no attack.
pub const PASSWORD_MAX: u32 = 200;
/// 004 BR-AV-002: minutes.
pub const DURATION_MIN: i32 = 30;
pub const DURATION_MAX: i32 = 120;
pub const DURATION_STEP: i32 = 5;
/// Minutes of a session of a series: what members agree with a patient may be shorter or longer than what is offered.
pub const SERIES_DURATION_MIN: i32 = 15;
pub const SERIES_DURATION_MAX: i32 = 240;
/// 004 BR-RS-007: days.
pub const PAYMENT_NOTICE_MIN: i32 = 1;
pub const PAYMENT_NOTICE_MAX: i32 = 14;
/// Days from one session of a series to the next.
pub const INTERVAL_DAYS_MAX: i32 = 366;
/// 004 BR-AV-001: minutes.
pub const BLOCK_MIN: i32 = 30;
pub const BUFFER_MAX: i32 = 120;
/// Bytes of a photo or a payment proof.
pub const UPLOAD_MAX: u64 = 10 * 1024 * 1024;
pub const PAGE_DEFAULT: u32 = 25;
pub const PAGE_MAX: u32 = 100;
/// Bytes of a file of patients to import.
pub const IMPORT_MAX: u64 = 1024 * 1024;
/// Rows of such a file.
pub const IMPORT_ROWS_MAX: u32 = 5_000;
pub const TAG_MAX: u32 = 40;
pub const TAGS_MAX: u32 = 20;
pub const GUARDIANS_MAX: u32 = 6;
pub const NOTE_MAX: u32 = 4_000;
pub const ACCOMMODATIONS_MAX: u32 = 1_000;
/// Occupation, city and the like.
pub const SHORT_TEXT_MAX: u32 = 120;
pub const GENDER_MAX: u32 = 60;
pub const RELATIONSHIP_MAX: u32 = 60;
pub const ADDRESS_MAX: u32 = 400;
