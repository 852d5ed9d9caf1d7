//! Forms with a file.

use crate::middleware::errors::Fail;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use contracts::limits::UPLOAD_MAX;
use contracts::{ApiError, ErrorCode, FieldProblem};
use services::ServiceError;
use std::collections::HashMap;

/// What a form with a file holds.
#[derive(Debug, Default)]
pub struct Form {
    pub texts: HashMap<String, String>,
    /// The content of the field `file`, if one was chosen. What it is, its first bytes tell, not its name.
    pub file: Option<Vec<u8>>,
}

impl Form {
    /// Reads everything; the middleware has limited how much that can be.
    ///
    /// # Errors
    /// `PAYLOAD_TOO_LARGE`, or `VALIDATION_ERROR` for what is no form.
    pub async fn read(mut multipart: Multipart) -> Result<Self, Fail> {
        let mut form = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            let bytes = field.bytes().await.map_err(unreadable)?;
            if name == "file" {
                if bytes.len() as u64 > UPLOAD_MAX {
                    return Err(ErrorCode::TooLarge.into());
                }
                form.file = Some(bytes.to_vec()).filter(|bytes| !bytes.is_empty());
            } else if let Ok(text) = String::from_utf8(bytes.to_vec()) {
                form.texts.insert(name, text);
            }
        }
        Ok(form)
    }

    /// A text field, empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
}

/// The file that must be there.
///
/// # Errors
/// A field error when none was chosen.
pub fn required(file: Option<Vec<u8>>) -> Result<Vec<u8>, Fail> {
    file.ok_or_else(|| Fail(ServiceError::field("file", FieldProblem::Required)))
}

fn unreadable(error: MultipartError) -> Fail {
    let code =
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { ErrorCode::TooLarge } else { ErrorCode::Validation };
    Fail(ServiceError::from(ApiError::new(code)))
}
