//! The addresses under `/app`. All are rendered completely before they are sent, so that they can be read without
//! JavaScript and their status says what happened.

use super::PracticeFrame;
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
use crate::features::series::page_new::NewSeriesPage;
use crate::features::series::page_series::SeriesPage;
use crate::features::sessions::{page_list::SessionsPage, page_new::NewSessionPage, page_session::SessionPage};
use crate::features::settings::calendars::page_calendars::CalendarsRoute;
use crate::features::settings::page_booking::PolicyPage;
use crate::features::settings::page_messages::MessagesPage;
use crate::features::settings::page_payment::PaymentPage;
use crate::features::settings::page_practice::PracticePage;
use crate::features::settings::page_profile::ProfilePage;
use crate::features::settings::page_services::ServicesPage;
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route};
use leptos_router::{Lazy, SsrMode, path};

#[component(transparent)]
pub fn PracticeRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/app") view={Lazy::<PracticeFrame>::new()} ssr=SsrMode::Async>
            <Route path=path!("") view={Lazy::<TodayPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("bookings/:id") view={Lazy::<BookingPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("diary") view={Lazy::<DiaryPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("series/new") view={Lazy::<NewSeriesPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("series/:id") view={Lazy::<SeriesPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("sessions") view={Lazy::<SessionsPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("sessions/new") view={Lazy::<NewSessionPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("sessions/:id") view={Lazy::<SessionPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("sessions/:id/ask-to-move") view={Lazy::<AskToMovePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("reschedule-requests") view={Lazy::<RequestsRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("availability") view={Lazy::<AvailabilityRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("patients") view={Lazy::<PatientsRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("patients/new") view={Lazy::<NewPatientPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("patients/import") view={Lazy::<ImportPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("patients/:id") view={Lazy::<PatientRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("patients/:id/edit") view={Lazy::<EditPatientPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("messages") view={Lazy::<OutboxRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("notices") view={Lazy::<NoticesRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("members") view={Lazy::<MembersRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("audit") view={Lazy::<AuditRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings") view={Lazy::<PracticePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/practice") view={Lazy::<PracticePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/profile") view={Lazy::<ProfilePage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/services") view={Lazy::<ServicesPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/payment") view={Lazy::<PaymentPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/calendars") view={Lazy::<CalendarsRoute>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/booking") view={Lazy::<PolicyPage>::new()} ssr=SsrMode::Async/>
            <Route path=path!("settings/messages") view={Lazy::<MessagesPage>::new()} ssr=SsrMode::Async/>
        </ParentRoute>
    }
    .into_inner()
}
