//! Both route tables: the practice's application, and the pages for visitors and patients.

use crate::context::provide_lang;
use crate::features::account::{
    page_confirm::ConfirmPage, page_forgot::ForgotPage, page_invite::InvitePage, page_login::LoginPage,
    page_register::RegisterPage, page_reset::ResetPage,
};
use crate::layouts::practice::routes::PracticeRoutes;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};
#[cfg(feature = "ssr")]
use {
    crate::features::booking::{page_details::DetailsPage, page_profile::TherapistPage, page_review::ReviewPage},
    crate::features::home::{NotFound, page_home::HomePage},
    crate::features::patient::{
        page_booking::PatientBookingPage, page_move::MovePage, page_my::MyPage, page_my_bookings::MyBookingsPage,
        page_reminders::RemindersPage, page_sign_in::SignInPage,
    },
};

/// For members of a practice: rendered on the server, then alive as a whole.
#[component]
pub fn PracticeApp() -> impl IntoView {
    provide_meta_context();
    provide_lang();
    ui::provide_toasts();
    view! {
        <Router>
            <Routes fallback=Elsewhere>
                <PracticeRoutes/>
                <AccountRoutes/>
            </Routes>
            <ui::ToastRegion/>
        </Router>
    }
}

/// An address outside of this application: the server knows whether there is a page.
#[component]
fn Elsewhere() -> impl IntoView {
    Effect::new(|_| {
        let _ = window().location().reload();
    });
}

#[component(transparent)]
fn AccountRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    // Complete before they are sent: without JavaScript nothing would fill in what streams behind.
    let mode = SsrMode::Async;
    view! {
        <ParentRoute path=path!("") view=Outlet ssr=mode.clone()>
            <Route path=path!("/login") view={Lazy::<LoginPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/register") view={Lazy::<RegisterPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/register/confirm") view={Lazy::<ConfirmPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/forgot") view={Lazy::<ForgotPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/reset") view={Lazy::<ResetPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/invite") view={Lazy::<InvitePage>::new()} ssr=mode/>
        </ParentRoute>
    }
    .into_inner()
}

/// For visitors and patients: written by the server; only islands in them live in the browser, so that a first visit
/// on a slow phone loads a fraction of the code.
#[cfg(feature = "ssr")]
#[component]
pub fn PublicPages() -> impl IntoView {
    provide_meta_context();
    provide_lang();
    ui::provide_toasts();
    let mode = SsrMode::Async;
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=HomePage ssr=mode.clone()/>
                <Route path=path!("/my") view=MyPage ssr=mode.clone()/>
                <Route path=path!("/my/sign-in") view=SignInPage ssr=mode.clone()/>
                <Route path=path!("/my/bookings") view=MyBookingsPage ssr=mode.clone()/>
                <Route path=path!("/b/:token") view=PatientBookingPage ssr=mode.clone()/>
                <Route path=path!("/b/:token/move") view=MovePage ssr=mode.clone()/>
                <Route path=path!("/b/:token/reminders") view=RemindersPage ssr=mode.clone()/>
                <Route path=path!("/:slug/book/:token") view=DetailsPage ssr=mode.clone()/>
                <Route path=path!("/:slug/book/:token/review") view=ReviewPage ssr=mode.clone()/>
                <Route path=path!("/:slug") view=TherapistPage ssr=mode/>
            </Routes>
            <crate::layouts::public::Toasts/>
        </Router>
    }
}
