//! What a use case answers when it says no: a code for people, and context for the log that people never see.

use contracts::{ApiError, ErrorCode, FieldError, FieldProblem};
use std::fmt;
use store::StoreError;

pub type Result<T> = std::result::Result<T, ServiceError>;

#[derive(Debug)]
pub struct ServiceError {
    /// What the caller is told.
    pub public: ApiError,
    /// What the log is told; never anything a person typed.
    pub internal: Option<String>,
}

impl ServiceError {
    pub fn code(code: ErrorCode) -> Self {
        Self { public: ApiError::new(code), internal: None }
    }

    pub fn not_found() -> Self {
        Self::code(ErrorCode::NotFound)
    }

    pub fn field(field: &str, problem: FieldProblem) -> Self {
        Self { public: ApiError::field(field, problem), internal: None }
    }

    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { public: ApiError::fields(fields), internal: None }
    }

    /// Something that must not happen; the text goes to the log only.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self { public: ApiError::new(ErrorCode::Internal), internal: Some(what.to_string()) }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.internal {
            Some(internal) => write!(f, "{}: {internal}", self.public.code.as_str()),
            None => f.write_str(self.public.code.as_str()),
        }
    }
}

impl std::error::Error for ServiceError {}

impl From<ApiError> for ServiceError {
    fn from(public: ApiError) -> Self {
        Self { public, internal: None }
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Unavailable(_) => ErrorCode::Unavailable,
            StoreError::NothingChanged => ErrorCode::NotFound,
            _ => ErrorCode::Internal,
        };
        let cause = std::error::Error::source(&error).map(|e| format!(": {e}")).unwrap_or_default();
        Self { public: ApiError::new(code), internal: Some(format!("{error}{cause}")) }
    }
}
