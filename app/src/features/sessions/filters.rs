//! The filters of the list. They stand in the address, so a filtered list can be kept and shared; words to search for are
//! somebody's name and do not.

use super::server_fns::{Choices, ListQuery};
use super::words as say;
use crate::context::t;
use crate::texts::sessions as words;
use contracts::sessions::{PaymentStatus, SessionStatus};
use leptos::prelude::*;
use ui::{Button, Field, Select, Variant};

impl ListQuery {
    /// The names and values that are given.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("from", &self.from),
            ("until", &self.until),
            ("status", &self.status),
            ("payment", &self.payment),
            ("therapist", &self.therapist),
            ("service", &self.service),
            ("patient", &self.patient),
            ("sort", &self.sort),
            ("cursor", &self.cursor),
        ];
        parts.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }

    /// The page's address with these filters.
    pub fn address(&self) -> String {
        let parts: Vec<String> = self.parts().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if parts.is_empty() { "/app/sessions".to_owned() } else { format!("/app/sessions?{}", parts.join("&")) }
    }

    /// Is the list narrowed at all?
    pub fn narrows(&self) -> bool {
        *self != Self { sort: self.sort.clone(), cursor: self.cursor.clone(), ..Self::default() }
    }
}

/// Codes and words of a choice, with "any" before them.
fn choices(all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    std::iter::once((String::new(), t(words::ANY).to_owned())).chain(all).collect()
}

#[component]
pub fn Filters(query: ListQuery, offered: Choices) -> impl IntoView {
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    let status = SessionStatus::ALL.iter().map(|s| (s.as_str().to_owned(), say::status(*s).to_owned()));
    let payment = PaymentStatus::ALL.iter().map(|s| (s.as_str().to_owned(), say::payment(*s).to_owned()));
    let narrows = query.narrows();
    view! {
        <details class="card filters" open=narrows>
            <summary>{t(words::FILTER)}</summary>
            <form method="get" action="/app/sessions">
                <div class="form-row">
                    <Field label=t(words::FROM) name="from" kind="date" value=value(&query.from)/>
                    <Field label=t(words::UNTIL) name="until" kind="date" value=value(&query.until)/>
                    <Select label=t(words::STATUS) name="status" options=choices(status) value=value(&query.status)/>
                    <Select label=t(words::PAYMENT) name="payment" options=choices(payment) value=value(&query.payment)/>
                    <Select label=t(words::THERAPIST) name="therapist" options=choices(offered.therapists.into_iter())
                        value=value(&query.therapist)/>
                    <Select label=t(words::SERVICE) name="service" options=choices(offered.services.into_iter())
                        value=value(&query.service)/>
                </div>
                {query.patient.clone().map(|id| view! { <input type="hidden" name="patient" value=id/> })}
                {query.sort.clone().map(|sort| view! { <input type="hidden" name="sort" value=sort/> })}
                <div class="actions">
                    <Button variant=Variant::Secondary>{t(words::FILTER)}</Button>
                    {narrows.then(|| view! { <a class="btn btn-ghost" href="/app/sessions">{t(words::CLEAR)}</a> })}
                </div>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_what_narrows_and_nothing_else() {
        let query =
            ListQuery { status: Some("completed".into()), sort: Some("payment".into()), ..ListQuery::default() };
        assert_eq!(query.address(), "/app/sessions?status=completed&sort=payment");
        assert!(query.narrows());
        assert!(!ListQuery { sort: Some("payment".into()), ..ListQuery::default() }.narrows());
        assert_eq!(ListQuery::default().address(), "/app/sessions");
    }
}
