//! Which pages the browser loads together.
//!
//! Each group below is one split of the WebAssembly: its first page loads the group, the others are then there. One split
//! per page would be finer, but every set of pages that share a function becomes a chunk of its own: 26 pages made 540.

use leptos::prelude::*;
use leptos_router::LazyRoute;

use crate::features::account::{
    page_confirm::ConfirmPage, page_forgot::ForgotPage, page_invite::InvitePage, page_login::LoginPage,
    page_register::RegisterPage, page_reset::ResetPage,
};
use crate::features::audit::page_audit::AuditRoute;
use crate::features::availability::page_availability::AvailabilityRoute;
use crate::features::dashboard::{page_booking::BookingPage, page_today::TodayPage};
use crate::features::diary::page_diary::DiaryPage;
use crate::features::members::page_members::MembersRoute;
use crate::features::notices::page_notices::NoticesRoute;
use crate::features::outbox::page_outbox::OutboxRoute;
use crate::features::patients::page_form::{EditPatientPage, NewPatientPage};
use crate::features::patients::{page_import::ImportPage, page_list::PatientsRoute, page_profile::PatientRoute};
use crate::features::reschedule::{page_ask::AskToMovePage, page_list::RequestsRoute};
use crate::features::series::{page_new::NewSeriesPage, page_series::SeriesPage};
use crate::features::sessions::{page_list::SessionsPage, page_new::NewSessionPage, page_session::SessionPage};
use crate::features::settings::{
    calendars::page_calendars::CalendarsRoute, page_booking::PolicyPage, page_messages::MessagesPage,
    page_payment::PaymentPage, page_practice::PracticePage, page_profile::ProfilePage, page_services::ServicesPage,
};
use crate::layouts::practice::PracticeFrame;

/// What a page shows. All of it, its data included, is part of the page's split: the base that every visitor loads
/// knows nothing of any page but its address.
pub trait Page: Send + 'static {
    fn view() -> AnyView;
}

macro_rules! load_together {
    ($function:ident, $preload:ident, $group:ident: $($page:ident),+ $(,)?) => {
        #[allow(clippy::enum_variant_names, reason = "the variants are named after their pages")]
        enum $group { $($page),+ }

        #[lazy]
        fn $function(page: $group) -> AnyView {
            match page { $($group::$page => <$page as Page>::view()),+ }
        }

        $(impl LazyRoute for $page {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                $function($group::$page).await
            }

            async fn preload() {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }
        })+
    };
}

load_together!(
    account_pages, __preload_account_pages, AccountPages:
    LoginPage, RegisterPage, ConfirmPage, ForgotPage, ResetPage, InvitePage
);
load_together!(
    daily_pages, __preload_daily_pages, DailyPages:
    PracticeFrame, TodayPage, BookingPage, DiaryPage, OutboxRoute, NoticesRoute, SessionsPage, SessionPage, NewSessionPage
);
load_together!(
    office_pages, __preload_office_pages, OfficePages:
    AskToMovePage, RequestsRoute, AvailabilityRoute, NewSeriesPage, SeriesPage, MembersRoute, AuditRoute, PracticePage, PaymentPage, PolicyPage, ProfilePage,
    ServicesPage, CalendarsRoute, MessagesPage
);
load_together!(
    patient_pages, __preload_patient_pages, PatientPages:
    PatientsRoute, PatientRoute, NewPatientPage, EditPatientPage, ImportPage
);
