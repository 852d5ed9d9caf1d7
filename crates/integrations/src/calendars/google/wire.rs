//! What Google's calendar says and is told, as JSON.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendars::time::Zone;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventList {
    /// What the person calls the calendar; for their first one, their address.
    #[serde(default)]
    pub summary: String,
    #[serde(default)]
    pub time_zone: String,
    #[serde(default)]
    pub items: Vec<Event>,
    pub next_page_token: Option<String>,
    pub next_sync_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub id: String,
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub transparency: String,
    #[serde(default)]
    pub event_type: String,
    pub start: Option<Moment>,
    pub end: Option<Moment>,
    #[serde(default)]
    pub attendees: Vec<Attendee>,
    pub hangout_link: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attendee {
    #[serde(rename = "self", default)]
    pub is_self: bool,
    #[serde(default)]
    pub response_status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Moment {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_time: Option<DateTime<chrono::FixedOffset>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl Moment {
    /// On the wall clock of the zone, which Google keeps beside it.
    pub fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        let at = at.with_timezone(&zone).fixed_offset();
        Self { date_time: Some(at), date: None, time_zone: Some(zone.name().to_owned()) }
    }

    fn instant(&self, zone: Tz) -> Option<DateTime<Utc>> {
        let day = || Zone::Named(zone).instant(self.date?.and_time(NaiveTime::MIN));
        self.date_time.map(|at| at.to_utc()).or_else(day)
    }
}

impl Event {
    /// When it takes the person's time; `None` when it does not.
    pub fn busy(&self, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let declined = self.attendees.iter().any(|a| a.is_self && a.response_status == "declined");
        // Where somebody works and whose birthday it is take nobody's time.
        let is_remark = matches!(self.event_type.as_str(), "workingLocation" | "birthday");
        if self.status == "cancelled" || self.transparency == "transparent" || declined || is_remark {
            return None;
        }
        Some((self.start.as_ref()?.instant(zone)?, self.end.as_ref()?.instant(zone)?))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewEvent<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    pub summary: &'a str,
    pub description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<&'a str>,
    pub start: Moment,
    pub end: Moment,
    /// An entry that somebody removed comes back.
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conference_data: Option<NewConference<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewConference<'a> {
    pub create_request: CreateRequest<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRequest<'a> {
    pub request_id: &'a str,
    pub conference_solution_key: SolutionKey,
}

#[derive(Debug, Serialize)]
pub(super) struct SolutionKey {
    #[serde(rename = "type")]
    pub kind: &'static str,
}

impl<'a> NewConference<'a> {
    pub fn meet(request_id: &'a str) -> Self {
        let conference_solution_key = SolutionKey { kind: "hangoutsMeet" };
        Self { create_request: CreateRequest { request_id, conference_solution_key } }
    }
}

#[derive(Deserialize)]
struct Failure {
    error: FailureBody,
}

#[derive(Deserialize)]
struct FailureBody {
    #[serde(default)]
    errors: Vec<FailureReason>,
}

#[derive(Deserialize)]
struct FailureReason {
    #[serde(default)]
    reason: String,
}

/// The codes by which Google explains a refusal.
pub(super) fn reasons(body: &[u8]) -> Vec<String> {
    let failure: Option<Failure> = serde_json::from_slice(body).ok();
    failure.map(|f| f.error.errors.into_iter().map(|e| e.reason).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(json: &str) -> Option<String> {
        let event: Event = serde_json::from_str(json).unwrap();
        let told = |at: DateTime<Utc>| at.format("%m-%dT%H:%M").to_string();
        event
            .busy("America/Argentina/Buenos_Aires".parse().unwrap())
            .map(|(from, to)| format!("{}/{}", told(from), told(to)))
    }

    #[test]
    fn entries_take_the_time_they_say() {
        let timed = r#"{"id":"a","status":"confirmed","start":{"dateTime":"2026-07-01T10:00:00-03:00"},
                        "end":{"dateTime":"2026-07-01T10:50:00-03:00"}}"#;
        assert_eq!(busy(timed).as_deref(), Some("07-01T13:00/07-01T13:50"));
        let day = r#"{"id":"a","start":{"date":"2026-07-01"},"end":{"date":"2026-07-02"},"eventType":"outOfOffice"}"#;
        assert_eq!(busy(day).as_deref(), Some("07-01T03:00/07-02T03:00"));
        for free in [
            r#"{"id":"a","status":"cancelled"}"#,
            r#"{"id":"a","transparency":"transparent","start":{"date":"2026-07-01"},"end":{"date":"2026-07-02"}}"#,
            r#"{"id":"a","eventType":"workingLocation","start":{"date":"2026-07-01"},"end":{"date":"2026-07-02"}}"#,
            r#"{"id":"a","attendees":[{"self":true,"responseStatus":"declined"}],"start":{"date":"2026-07-01"},"end":{"date":"2026-07-02"}}"#,
        ] {
            assert_eq!(busy(free), None, "{free}");
        }
    }
}
