//! Choices that have a name in the database, in JSON and in forms.

/// Enums whose variants are written as a code of their own, the same one everywhere:
///
/// ```text
/// codes! {
///     /// What became of it.
///     Outcome {
///         Done = "done",
///         /// For good.
///         Failed = "failed",
///     }
/// }
/// ```
///
/// Each has `ALL`, `as_str` and `parse`. Further traits are derived by an attribute in front of the name.
macro_rules! codes {
    ($($(#[$attribute:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$inner])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every one, in the order of their writing.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its code.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The one with this code.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    )+};
}
