//! The doors of the public frame.

use crate::error::UiError;
use contracts::Lang;
use leptos::prelude::*;

/// Remembers the chosen language for a year; the page it came from is shown again.
#[server]
pub async fn set_language(lang: Lang) -> Result<(), UiError> {
    crate::context::set_cookie(&services::cookies::language(lang));
    Ok(())
}
