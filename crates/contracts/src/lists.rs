//! Lists by pages: how many at once, in which order, and where to go on.

use serde::{Deserialize, Serialize};

/// An order a list can be asked for by its name in `sort=`; a dash before it reverses.
pub trait SortKey: Copy + Default + Eq + 'static {
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.as_str() == text)
    }
}

macro_rules! sorts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl SortKey for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn as_str(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
    )+};
}

sorts! {
    /// `starts_at` by default; `created_at` is when the request was sent.
    BookingSort {
        #[default]
        StartsAt = "starts_at",
        StartsAtDown = "-starts_at",
        CreatedAt = "created_at",
        CreatedAtDown = "-created_at",
    }

    /// `-starts_at` by default; within a payment status by start.
    SessionSort {
        #[default]
        StartsAtDown = "-starts_at",
        StartsAt = "starts_at",
        CreatedAtDown = "-created_at",
        CreatedAt = "created_at",
        PaymentDown = "-payment",
        Payment = "payment",
    }

    /// `-created_at` by default: the newest first.
    MessageSort {
        #[default]
        CreatedAtDown = "-created_at",
        CreatedAt = "created_at",
    }

    /// `-created_at` by default: what was asked last first.
    RescheduleSort {
        #[default]
        CreatedAtDown = "-created_at",
        CreatedAt = "created_at",
    }

    /// `-at` by default: the newest first.
    AuditSort {
        #[default]
        AtDown = "-at",
        At = "at",
    }

    /// By name unless told otherwise. Who has no session stands behind all others, with a dash before them.
    PatientSort {
        #[default]
        Name = "name",
        NameDown = "-name",
        /// Longest ago first.
        LastSession = "last_session",
        LastSessionDown = "-last_session",
        NextSession = "next_session",
        NextSessionDown = "-next_session",
        CreatedAt = "created_at",
        CreatedAtDown = "-created_at",
    }

    /// `-starts_at` by default: the latest first.
    PatientSessionSort {
        #[default]
        StartsAtDown = "-starts_at",
        StartsAt = "starts_at",
    }

    /// `-created_at` by default: the newest first.
    NoteSort {
        #[default]
        CreatedAtDown = "-created_at",
        CreatedAt = "created_at",
    }

    /// Active members first, by name, unless a name is given.
    MemberSort {
        #[default]
        Active = "-active",
        Name = "name",
        NameDown = "-name",
        CreatedAt = "created_at",
        CreatedAtDown = "-created_at",
    }
}

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageOf<S> {
    pub sort: S,
    /// `next` of the page before; it goes on in the same order only.
    pub cursor: Option<String>,
    /// 25 by default, 100 at most.
    pub limit: Option<u32>,
}

impl<S: SortKey> PageOf<S> {
    /// The page behind `cursor`, in the list's own order and size.
    pub fn after(cursor: Option<String>) -> Self {
        Self { sort: S::default(), cursor, limit: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_orders_read_back() {
        for key in BookingSort::ALL {
            assert_eq!(BookingSort::parse(key.as_str()), Some(*key));
        }
        assert_eq!(MessageSort::parse("starts_at"), None);
    }
}
