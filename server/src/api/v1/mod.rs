//! One module per area. Handlers take the caller and the input, call one use case and hand on its answer.

pub mod auth;
pub mod availability;
pub mod bookings;
pub mod members;
pub mod messages;
pub mod my;
pub mod practice;
pub mod public;
pub mod upload;

use contracts::TherapistId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Words for the other side, e.g. why a request is declined.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Reason {
    #[serde(default)]
    pub reason: String,
}

/// A token from a link.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Token {
    pub token: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Email {
    pub email: String,
}

/// Where the page before ended.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Cursor {
    /// `next` of the page before.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Whose availability.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfTherapist {
    #[param(value_type = Uuid)]
    pub therapist_id: TherapistId,
}
