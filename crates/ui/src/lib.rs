//! The design system: small accessible components over platform elements, styled by the tokens in `style/`.
//!
//! Components take finished texts; only the words for a booking's status live here, because every page needs them.
//! Inputs are uncontrolled: what a person typed before the WebAssembly arrived stays as it is.

mod badge;
mod button;
mod dialog;
mod feedback;
mod field;
mod icon;
mod show;
mod toast;

pub use badge::{StatusBadge, status_tone, status_word};
pub use button::{Button, ButtonKind, LinkButton, Variant};
pub use dialog::Dialog;
pub use feedback::{Card, EmptyState, Notice, Skeleton, Tone};
pub use field::{Checkbox, Field, Select, TextArea};
pub use icon::{Glyph, Icon};
pub use show::{MoneyText, When};
pub use toast::{Toast, ToastRegion, Toaster, provide_toasts, use_toast};
