//! The patients of a page as a table.

use super::page_list::trust_badge;
use super::server_fns::{Line, ListQuery, PatientsPage};
use super::words as say;
use crate::context::{lang, t};
use crate::texts::{patients as words, practice};
use contracts::Text;
use contracts::accounts::Role;
use domain::permissions::{Action as Verb, Resource as Thing, allowed};
use leptos::prelude::*;
use ui::{Button, EmptyState, Glyph, Icon, MoneyText, Variant};

/// The list's address with these filters. Codes and ids stand in it, and nothing anybody typed.
pub fn address(query: &ListQuery) -> String {
    pairs(&[
        ("state", &query.state),
        ("tag", &query.tag),
        ("therapist", &query.therapist),
        ("next", &query.next),
        ("owes", &query.owes),
        ("sort", &query.sort),
        ("cursor", &query.cursor),
        ("found", &query.found),
    ])
    .map_or_else(|| "/app/patients".to_owned(), |pairs| format!("/app/patients?{pairs}"))
}

fn pairs(all: &[(&str, &str)]) -> Option<String> {
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let given: Vec<String> = all
        .iter()
        .filter(|(_, value)| !value.is_empty() && plain(value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    (!given.is_empty()).then(|| given.join("&"))
}

#[component]
pub fn Table(page: PatientsPage, asked: ListQuery, role: Role) -> impl IntoView {
    let money = allowed(role, Verb::Read, Thing::Payments);
    let export = allowed(role, Verb::Delete, Thing::Patients);
    if page.lines.is_empty() {
        let untouched = ListQuery { sort: String::new(), ..asked.clone() } == ListQuery::default() && page.q.is_empty();
        let title = if untouched { words::EMPTY } else { words::NOT_FOUND };
        return view! {
            <EmptyState glyph=Glyph::Users title=t(title)>
                {untouched.then(|| view! { <p>{t(words::EMPTY_HELP)}</p> })}
            </EmptyState>
        }
        .into_any();
    }
    let first = (!asked.cursor.is_empty()).then(|| address(&ListQuery { cursor: String::new(), ..asked.clone() }));
    let next = page.next.map(|cursor| address(&ListQuery { cursor, ..asked.clone() }));
    let rows = page.lines.into_iter().map(|line| view! { <Row line money/> }).collect_view();
    let file = export.then(|| view! { <AsFile asked=asked.clone() q=page.q.clone()/> });
    view! {
        <div class="card table-scroll" tabindex="0" role="region" aria-label=t(words::TITLE)>
            <table class="table">
                <thead>
                    <tr>
                        <Head asked=asked.clone() name=words::NAME up="name" down="-name" usual="name"/>
                        <th scope="col">{t(words::CONTACT)}</th>
                        <Head asked=asked.clone() name=words::LAST up="last_session" down="-last_session" usual="-last_session"/>
                        <Head asked=asked.clone() name=words::NEXT up="next_session" down="-next_session" usual="next_session"/>
                        <th scope="col">{t(words::ATTENDANCE)}</th>
                        {money.then(|| view! { <th scope="col">{t(words::OWED)}</th> })}
                        <th scope="col">{t(words::THERAPISTS)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="actions">
            {first.map(|href| view! { <a class="btn btn-ghost" href=href>{t(practice::NEWEST)}</a> })}
            {next.map(|href| view! { <a class="btn btn-secondary" href=href>{t(practice::MORE)}</a> })}
            {file}
        </div>
    }
    .into_any()
}

/// Everybody who is listed, on all its pages, as a file. Posted, because the words are in no address.
#[component]
fn AsFile(asked: ListQuery, q: String) -> impl IntoView {
    let filters = filters(asked).map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action="/app/patients/export.csv">
            {filters.collect_view()}
            <input type="hidden" name="search" value=q/>
            <Button variant=Variant::Ghost><Icon glyph=Glyph::Download/>{t(words::EXPORT_LIST)}</Button>
        </form>
    }
}

/// What narrows and orders the list, whatever its page.
fn filters(asked: ListQuery) -> impl Iterator<Item = (&'static str, String)> {
    let ListQuery { state, tag, therapist, next, owes, sort, .. } = asked;
    [("state", state), ("tag", tag), ("therapist", therapist), ("next", next), ("owes", owes), ("sort", sort)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
}

/// A heading that orders the list by its column; again, the other way round.
#[component]
fn Head(
    asked: ListQuery,
    name: Text,
    up: &'static str,
    down: &'static str,
    /// The direction to begin with.
    usual: &'static str,
) -> impl IntoView {
    let now = if asked.sort.is_empty() { "name" } else { &asked.sort };
    let to = match now {
        now if now == up => down,
        now if now == down => up,
        _ => usual,
    };
    let order = match now {
        now if now == up => Some("ascending"),
        now if now == down => Some("descending"),
        _ => None,
    };
    let href = address(&ListQuery { sort: to.to_owned(), cursor: String::new(), ..asked.clone() });
    view! {
        <th scope="col" aria-sort=order>
            <a class="sort-link" href=href>
                {t(name)}
                <span aria-hidden="true">
                    {match order {
                        Some("ascending") => " ↑",
                        Some(_) => " ↓",
                        None => "",
                    }}
                </span>
            </a>
        </th>
    }
}

#[component]
fn Row(line: Line, money: bool) -> impl IntoView {
    let (card, last, next) = line;
    let statistics = card.statistics;
    let therapists: Vec<String> = card.therapists.into_iter().map(|therapist| therapist.name).collect();
    let attendance = statistics.attendance_percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"));
    let owed = statistics.owed.filter(|owed| owed.minor > 0);
    view! {
        <tr>
            <td>
                <a class="patient-link" href=format!("/app/patients/{}", card.id)>{card.name}</a>
                <span class="patient-marks">
                    {card.archived.then(|| view! { <span class="badge badge-expired">{t(words::ARCHIVED)}</span> })}
                    {trust_badge(card.trust_level)}
                    {card.tags.into_iter().map(|tag| view! { <span class="badge badge-tag">{tag.name}</span> }).collect_view()}
                </span>
            </td>
            <td class="figures">
                {card.phone.map(|phone| view! { <div>{phone}</div> })}
                {card.email.map(|email| view! { <div class="muted small">{email}</div> })}
            </td>
            <td class="figures">{say::day(last)}</td>
            <td class="figures">{say::day(next)}</td>
            <td class="figures">{attendance}</td>
            {money.then(|| view! { <td>{owed.map(|money| view! { <MoneyText money lang=lang()/> })}</td> })}
            <td>{therapists.join(", ")}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_codes_only() {
        let query = ListQuery { state: "all".into(), sort: "-last_session".into(), ..ListQuery::default() };
        assert_eq!(address(&query), "/app/patients?state=all&sort=-last_session");
        assert_eq!(address(&ListQuery { state: "a b&x=1".into(), ..ListQuery::default() }), "/app/patients");
        let query = ListQuery { next: "no".into(), owes: "1".into(), cursor: "x".into(), ..ListQuery::default() };
        let narrowing: Vec<_> = filters(query).collect();
        assert_eq!(narrowing, [("next", "no".to_owned()), ("owes", "1".to_owned())], "a file has no pages");
    }
}
