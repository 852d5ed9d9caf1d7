//! The whole route table.

use crate::context::provide_lang;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Outlet, ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

use crate::features::account::{
    page_confirm::ConfirmPage, page_forgot::ForgotPage, page_invite::InvitePage, page_login::LoginPage,
    page_register::RegisterPage, page_reset::ResetPage,
};
use crate::features::booking::{page_details::DetailsPage, page_profile::TherapistPage, page_review::ReviewPage};
use crate::features::home::page_home::HomePage;
use crate::features::patient::{
    page_booking::PatientBookingPage, page_my::MyPage, page_my_bookings::MyBookingsPage, page_sign_in::SignInPage,
};
use crate::layouts::practice::routes::PracticeRoutes;

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_lang();
    ui::provide_toasts();
    view! {
        <Router>
            <Routes fallback=crate::features::home::NotFound>
                <PracticeRoutes/>
                <PublicRoutes/>
            </Routes>
            <ui::ToastRegion/>
        </Router>
    }
}

/// Pages for visitors and patients. `/{slug}` comes last: it would swallow the others.
#[component(transparent)]
fn PublicRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    // Complete before they are sent: without JavaScript nothing would fill in what streams behind.
    let mode = SsrMode::Async;
    view! {
        <ParentRoute path=path!("") view=Outlet ssr=mode.clone()>
            <Route path=path!("/") view={Lazy::<HomePage>::new()} ssr=mode.clone()/>
            <Route path=path!("/login") view={Lazy::<LoginPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/register") view={Lazy::<RegisterPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/register/confirm") view={Lazy::<ConfirmPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/forgot") view={Lazy::<ForgotPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/reset") view={Lazy::<ResetPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/invite") view={Lazy::<InvitePage>::new()} ssr=mode.clone()/>
            <Route path=path!("/my") view={Lazy::<MyPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/my/sign-in") view={Lazy::<SignInPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/my/bookings") view={Lazy::<MyBookingsPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/b/:token") view={Lazy::<PatientBookingPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/:slug/book/:token") view={Lazy::<DetailsPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/:slug/book/:token/review") view={Lazy::<ReviewPage>::new()} ssr=mode.clone()/>
            <Route path=path!("/:slug") view={Lazy::<TherapistPage>::new()} ssr=mode/>
        </ParentRoute>
    }
    .into_inner()
}
