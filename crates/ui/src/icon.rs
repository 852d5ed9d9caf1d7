//! A few icons, drawn with lines of the text's colour. They are decoration: words stand beside them.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Alert,
    Bell,
    Calendar,
    Check,
    ChevronLeft,
    ChevronRight,
    Clock,
    Copy,
    Cross,
    Download,
    Globe,
    Home,
    Hourglass,
    Info,
    Leaf,
    List,
    Logout,
    Mail,
    Menu,
    Money,
    Person,
    Pin,
    Plus,
    Refresh,
    Search,
    Settings,
    Shield,
    Slash,
    Trash,
    Users,
    Video,
}

impl Glyph {
    /// Paths on a 24 × 24 grid.
    fn path(self) -> &'static str {
        match self {
            Self::Alert => {
                "M12 9v4m0 4h.01M10.3 3.9 2 18a2 2 0 0 0 1.7 3h16.6a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0Z"
            }
            Self::Bell => "M6 9a6 6 0 1 1 12 0c0 6 2 7 2 8H4c0-1 2-2 2-8m4 11a2 2 0 0 0 4 0",
            Self::Calendar => {
                "M8 3v4m8-4v4M4 10h16M6 5h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z"
            }
            Self::Check => "m5 12.5 4.5 4.5L19 7.5",
            Self::ChevronLeft => "m15 5-7 7 7 7",
            Self::ChevronRight => "m9 5 7 7-7 7",
            Self::Clock => "M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
            Self::Copy => "M9 9h10v10a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9Zm-2 6H5V5a2 2 0 0 1 2-2h8v4",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Download => "M12 4v11m-4-4 4 4 4-4M5 20h14",
            Self::Globe => "M3 12h18M12 3c3 3 3 15 0 18m0-18c-3 3-3 15 0 18m9-9a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
            Self::Home => "m4 11 8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1v-8Z",
            Self::Hourglass => "M7 3h10M7 21h10M8 3v4l4 5 4-5V3M8 21v-4l4-5 4 5v4",
            Self::Info => "M12 11v5m0-8h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
            Self::Leaf => "M5 19c8 2 15-3 14-14C8 4 3 11 5 19Zm0 0c2-5 5-8 9-10",
            Self::List => "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
            Self::Logout => {
                "M14 8V5a1 1 0 0 0-1-1H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h7a1 1 0 0 0 1-1v-3m-4-4h10m-3-3 3 3-3 3"
            }
            Self::Mail => "M4 6h16v12H4V6Zm0 1 8 6 8-6",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Money => "M3 7h18v10H3V7Zm9 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm-6-2h.01M18 12h.01",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8a7 7 0 0 1 14 0",
            Self::Pin => "M12 21s7-6 7-11a7 7 0 1 0-14 0c0 5 7 11 7 11Zm0-9a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Refresh => "M20 5v5h-5M4 19v-5h5m10.5-4A8 8 0 0 0 6 7.5L4 10m16 4-2 2.5A8 8 0 0 1 4.5 14",
            Self::Search => "m20 20-4.5-4.5M17 11a6 6 0 1 1-12 0 6 6 0 0 1 12 0Z",
            Self::Settings => {
                "M4 7h9m4 0h3M4 17h3m4 0h9M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
            }
            Self::Shield => "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6l7-3Zm-3 9 2 2 4-4",
            Self::Slash => "m6 6 12 12m3-6a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
            Self::Trash => "M5 7h14M10 4h4m-7 3 1 13h8l1-13M10 11v5m4-5v5",
            Self::Users => {
                "M16 20v-1a4 4 0 0 0-4-4H7a4 4 0 0 0-4 4v1m18 0v-1a4 4 0 0 0-3-3.9M13 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Zm3-3.4a3.5 3.5 0 0 1 0 6.8"
            }
            Self::Video => "M4 7h10a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Zm11 4 6-3v8l-6-3",
        }
    }
}

#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
}
