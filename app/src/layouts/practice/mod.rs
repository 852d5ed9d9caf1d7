//! Around the practice's pages: a sidebar on wide screens, a bar at the thumb on phones, the account menu, shortcuts.

pub mod kit;
#[cfg(feature = "ssr")]
pub mod read;
pub mod routes;
mod shortcuts;

use crate::context::{t, tf, tn};
use crate::features::dashboard::server_fns::{LogOut, SwitchPractice, practice_counts, practice_me};
use crate::features::notices::bell::Bell;
use crate::layouts::public::LanguageChoice;
use crate::live::use_live;
use crate::pages::Page;
use crate::texts::{common, practice as words};
use contracts::Text;
use contracts::accounts::{Me, Role};
use contracts::booking::Counts;
use domain::permissions::{Action as Deed, Resource as Thing, allowed};
use kit::{Myself, role_name};
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::components::{A, Outlet};
use leptos_router::hooks::use_location;
use shortcuts::Shortcuts;
use ui::{Glyph, Icon};

/// A page of the menu.
struct Item {
    path: &'static str,
    name: Text,
    glyph: Glyph,
    /// Who sees it.
    needs: Thing,
    /// The letter after `g`.
    key: char,
    /// Not in the bar of phones, where five find room; there it stands in the account menu.
    wide_only: bool,
}

const ITEMS: [Item; 10] = [
    Item { path: "/app", name: words::TODAY, glyph: Glyph::Home, needs: Thing::Bookings, key: 't', wide_only: false },
    Item {
        path: "/app/diary",
        name: words::DIARY,
        glyph: Glyph::Calendar,
        needs: Thing::Bookings,
        key: 'd',
        wide_only: false,
    },
    Item {
        path: "/app/sessions",
        name: words::SESSIONS,
        glyph: Glyph::List,
        needs: Thing::Sessions,
        key: 'e',
        wide_only: false,
    },
    Item {
        path: "/app/reschedule-requests",
        name: words::REQUESTS,
        glyph: Glyph::Refresh,
        needs: Thing::RescheduleRequests,
        key: 'r',
        wide_only: true,
    },
    Item {
        path: "/app/availability",
        name: words::AVAILABILITY,
        glyph: Glyph::Clock,
        needs: Thing::Availability,
        key: 'a',
        wide_only: true,
    },
    Item {
        path: "/app/patients",
        name: words::PATIENTS,
        glyph: Glyph::Users,
        needs: Thing::Patients,
        key: 'p',
        wide_only: false,
    },
    Item {
        path: "/app/messages",
        name: words::MESSAGES,
        glyph: Glyph::Mail,
        needs: Thing::Messages,
        key: 'm',
        wide_only: false,
    },
    Item {
        path: "/app/settings",
        name: words::SETTINGS,
        glyph: Glyph::Settings,
        needs: Thing::Practice,
        key: 's',
        wide_only: false,
    },
    Item {
        path: "/app/members",
        name: words::MEMBERS,
        glyph: Glyph::Person,
        needs: Thing::Members,
        key: 'u',
        wide_only: true,
    },
    Item {
        path: "/app/audit",
        name: words::AUDIT,
        glyph: Glyph::Shield,
        needs: Thing::Audit,
        key: 'l',
        wide_only: true,
    },
];

/// The items a role sees.
fn items(role: Role) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(move |item| allowed(role, Deed::Read, item.needs))
}

/// The route around the practice's pages.
pub struct PracticeFrame;

impl Page for PracticeFrame {
    fn view() -> AnyView {
        view! { <PracticeLayout/> }.into_any()
    }
}

#[component]
fn PracticeLayout() -> impl IntoView {
    let live = use_live("/live".to_owned());
    let me = Resource::new_blocking(|| (), |()| practice_me());
    let counts = Resource::new(move || live.tick.get(), |_| practice_counts());
    provide_context(live);
    provide_context(Myself(me));
    view! {
        <div class="practice">
            <a class="skip-link" href="#content">{t(common::SKIP_TO_CONTENT)}</a>
            <header class="practice-top">
                <a class="brand" href="/app">
                    <Icon glyph=Glyph::Leaf/>
                    <Suspense fallback=|| t(common::CALMA)>
                        {move || Suspend::new(async move {
                            me.await.map_or_else(|_| t(common::CALMA).to_owned(), |me| me.practice_name)
                        })}
                    </Suspense>
                </a>
                <div class="practice-tools">
                    <Bell live/>
                    <Suspense>
                        {move || Suspend::new(async move { me.await.ok().map(|me| view! { <AccountMenu me/> }) })}
                    </Suspense>
                </div>
            </header>
            <nav class="practice-nav" aria-label=t(words::NAV)>
                <Transition>
                    {move || Suspend::new(async move {
                        let counts = counts.await.unwrap_or_default();
                        me.await.ok().map(|me| view! { <Menu role=me.role counts/> })
                    })}
                </Transition>
            </nav>
            <main id="content" class="practice-main" tabindex="-1">
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn Menu(role: Role, counts: Counts) -> impl IntoView {
    let badge = move |item: &Item| {
        let (n, forms) = match item.path {
            "/app" => (counts.needs_action() - counts.failed_messages, [words::WAITING_ONE, words::WAITING]),
            "/app/messages" => (counts.failed_messages, [words::FAILED_MESSAGES, words::FAILED_MESSAGES]),
            _ => (0, [words::WAITING_ONE, words::WAITING]),
        };
        (n > 0).then(|| {
            let shown = if n > 99 { "99+".to_owned() } else { n.to_string() };
            view! {
                <span class="nav-badge" aria-hidden="true">{shown}</span>
                <span class="sr-only">{tn(forms, n)}</span>
            }
        })
    };
    view! {
        <ul class="nav-list">
            {items(role)
                .map(|item| {
                    view! {
                        <li class=if item.wide_only { "nav-wide-only" } else { "" }>
                            <A href=item.path exact={item.path == "/app"} attr:class="nav-link">
                                <Icon glyph=item.glyph/>
                                <span class="nav-name">{t(item.name)}</span>
                                {badge(item)}
                            </A>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn AccountMenu(me: Me) -> impl IntoView {
    let switch = ServerAction::<SwitchPractice>::new();
    // Everything on the page belongs to the old practice: load it anew.
    Effect::new(move |_| {
        if switch.value().with(|value| matches!(value, Some(Ok(())))) {
            let _ = window().location().set_href("/app");
        }
    });
    // The layout stays while pages change; an open menu would stay open with it.
    let menu: NodeRef<html::Details> = NodeRef::new();
    let here = use_location().pathname;
    Effect::new(move |_| {
        here.track();
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    });
    let role = me.role;
    let keys: Vec<_> = items(role).map(|item| (item.key, item.path, t(item.name))).collect();
    let others: Vec<_> = me.practices.into_iter().filter(|(id, _)| *id != me.practice_id).collect();
    view! {
        <details class="account" node_ref=menu>
            <summary class="btn btn-ghost" aria-label=format!("{} ({})", me.name, t(words::ACCOUNT))>
                <Icon glyph=Glyph::Menu/>
                <span class="account-name">{me.name.clone()}</span>
            </summary>
            <div class="account-menu">
                <div class="account-who">
                    <strong>{me.name}</strong>
                    <span class="muted">{me.email}</span>
                    <span class="muted">{role_name(role)}</span>
                </div>
                <ul class="nav-list account-pages">
                    {items(role)
                        .filter(|item| item.wide_only)
                        .map(|item| {
                            view! {
                                <li>
                                    <A href=item.path attr:class="nav-link">
                                        <Icon glyph=item.glyph/>
                                        <span>{t(item.name)}</span>
                                    </A>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                {others
                    .into_iter()
                    .map(|(id, name)| {
                        view! {
                            <ActionForm action=switch>
                                <input type="hidden" name="practice" value=id.to_string()/>
                                <button type="submit" class="btn btn-ghost btn-wide">
                                    {tf(words::SWITCH_TO, &[("practice", &name)])}
                                </button>
                            </ActionForm>
                        }
                    })
                    .collect_view()}
                <LanguageChoice/>
                <Shortcuts keys/>
                <form method="post" action=LogOut::url()>
                    <button type="submit" class="btn btn-ghost btn-wide">
                        <Icon glyph=Glyph::Logout/>
                        {t(words::LOG_OUT)}
                    </button>
                </form>
            </div>
        </details>
    }
}
