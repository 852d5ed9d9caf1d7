//! Sessions in the diary as the practice sees them, and what it can do with them (product §6; 000 §4.1).

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    )+};
}

codes! {
    SessionStatus {
        Scheduled = "scheduled",
        InProgress = "in_progress",
        Completed = "completed",
        NoShow = "no_show",
        Cancelled = "cancelled",
    }

    /// Follows from the session's payments and price.
    PaymentStatus {
        Pending = "pending",
        PartlyPaid = "partly_paid",
        /// Also a session that costs nothing.
        Paid = "paid",
        Refunded = "refunded",
        /// The practice does not ask for it.
        Waived = "waived",
    }
}
