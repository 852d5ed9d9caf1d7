//! Entries of a calendar at Google: what changed, and ours put there, moved and removed.

use super::wire::{Event, EventList, Moment, NewConference, NewEvent};
use super::{Google, GoogleError, Grant, read};
use crate::calendars::BusyTime;
use crate::http::{Method, Question, StatusCode, Url};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

/// Pages of one answer; at 2500 entries each nobody has more.
const PAGES_MAX: usize = 20;

/// What is new since the last time, or everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// What the person calls the calendar.
    pub calendar: String,
    /// Everything in the window: what is not among it is gone.
    pub whole: bool,
    pub entries: Vec<Changed>,
    /// For asking what is new after this.
    pub sync_token: Option<String>,
}

/// An entry as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub entry: String,
    /// `None`: it takes no time, or none in the window any more.
    pub busy: Option<BusyTime>,
}

/// A session as an entry of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Chosen by us, so that putting it there twice is noticed.
    pub id: String,
    pub summary: String,
    pub description: String,
    pub location: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub zone: Tz,
    /// Asks for a video room under this name; another name asks anew.
    pub meet: Option<String>,
}

/// How an entry is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub meet_link: Option<String>,
    /// Google makes no rooms in this calendar: asking again does not help.
    pub no_rooms: bool,
}

impl From<Event> for Placed {
    fn from(event: Event) -> Self {
        Self { meet_link: event.hangout_link, no_rooms: false }
    }
}

impl Google {
    /// What changed since a sync token was given, or everything in the window without one or when it is too old.
    ///
    /// # Errors
    /// When Google did not answer all of it.
    pub async fn changes(
        &self,
        grant: &mut Grant,
        now: DateTime<Utc>,
        sync_token: Option<&str>,
        window: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Changes, GoogleError> {
        if let Some(token) = sync_token {
            match self.pages(grant, now, Some(token), window).await {
                Err(GoogleError::Gone) => {}
                answered => return answered,
            }
        }
        self.pages(grant, now, None, window).await
    }

    async fn pages(
        &self,
        grant: &mut Grant,
        now: DateTime<Utc>,
        sync_token: Option<&str>,
        window: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Changes, GoogleError> {
        let mut changes =
            Changes { calendar: String::new(), whole: sync_token.is_none(), entries: vec![], sync_token: None };
        let mut page: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut url = self.events(None);
            list_query(&mut url, sync_token, page.as_deref(), window);
            let list: EventList = read(&self.ask(grant, now, &Question::new(Method::GET, url)).await?)?;
            let zone = list.time_zone.parse().unwrap_or(Tz::UTC);
            changes.calendar = list.summary;
            changes.entries.extend(list.items.iter().map(|event| changed(event, zone, window)));
            if list.next_page_token.is_none() {
                changes.sync_token = list.next_sync_token;
                return Ok(changes);
            }
            page = list.next_page_token;
        }
        Err(GoogleError::Unreadable)
    }

    /// Puts an entry into the calendar.
    ///
    /// # Errors
    /// `Exists` when it is there already, or was and was removed: then [`Google::change`] it.
    pub async fn insert(&self, grant: &mut Grant, now: DateTime<Utc>, entry: &Entry) -> Result<Placed, GoogleError> {
        self.write(grant, now, Method::POST, self.events(None), entry).await
    }

    /// Makes an entry what it should be.
    ///
    /// # Errors
    /// `Gone` when there is none.
    pub async fn change(&self, grant: &mut Grant, now: DateTime<Utc>, entry: &Entry) -> Result<Placed, GoogleError> {
        self.write(grant, now, Method::PATCH, self.events(Some(&entry.id)), entry).await
    }

    async fn write(
        &self,
        grant: &mut Grant,
        now: DateTime<Utc>,
        method: Method,
        mut url: Url,
        entry: &Entry,
    ) -> Result<Placed, GoogleError> {
        url.query_pairs_mut().append_pair("conferenceDataVersion", "1").append_pair("sendUpdates", "none");
        let with_room = self.ask(grant, now, &question(&method, &url, entry, entry.meet.as_deref())?).await;
        match with_room {
            // Some calendars have no rooms ("Invalid conference type value"). The entry matters more.
            Err(GoogleError::Refused(400)) if entry.meet.is_some() => {
                let answer = self.ask(grant, now, &question(&method, &url, entry, None)?).await?;
                Ok(Placed { no_rooms: true, ..Placed::from(read::<Event>(&answer)?) })
            }
            answer => Ok(read::<Event>(&answer?)?.into()),
        }
    }

    /// The entry as it is there; its room may have been made meanwhile.
    ///
    /// # Errors
    /// `Gone` when there is none.
    pub async fn look(&self, grant: &mut Grant, now: DateTime<Utc>, id: &str) -> Result<Placed, GoogleError> {
        let answer = self.ask(grant, now, &Question::new(Method::GET, self.events(Some(id)))).await?;
        Ok(read::<Event>(&answer)?.into())
    }

    /// Removes an entry. One that is not there is as wished.
    ///
    /// # Errors
    /// When it may still be there.
    pub async fn remove(&self, grant: &mut Grant, now: DateTime<Utc>, id: &str) -> Result<(), GoogleError> {
        let mut url = self.events(Some(id));
        url.query_pairs_mut().append_pair("sendUpdates", "none");
        match self.ask(grant, now, &Question::new(Method::DELETE, url)).await {
            Ok(_) | Err(GoogleError::Gone) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The entries of the person's own calendar, or one of them.
    fn events(&self, id: Option<&str>) -> Url {
        let mut url = self.settings.api.clone();
        url.set_path("/calendar/v3/calendars/primary/events");
        if let (Some(id), Ok(mut path)) = (id, url.path_segments_mut()) {
            path.push(id);
        }
        url
    }
}

/// With a sync token the window must not be told again: the token knows it.
fn list_query(url: &mut Url, sync_token: Option<&str>, page: Option<&str>, window: (DateTime<Utc>, DateTime<Utc>)) {
    let told = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut query = url.query_pairs_mut();
    query.append_pair("singleEvents", "true").append_pair("maxResults", "2500");
    match sync_token {
        Some(token) => query.append_pair("syncToken", token),
        None => query.append_pair("timeMin", &told(window.0)).append_pair("timeMax", &told(window.1)),
    };
    if let Some(page) = page {
        query.append_pair("pageToken", page);
    }
}

fn changed(event: &Event, zone: Tz, window: (DateTime<Utc>, DateTime<Utc>)) -> Changed {
    let busy = event.busy(zone).and_then(|span| BusyTime::within(&event.id, span, window));
    Changed { entry: event.id.clone(), busy }
}

fn question(method: &Method, url: &Url, entry: &Entry, meet: Option<&str>) -> Result<Question, GoogleError> {
    let body = NewEvent {
        id: (method == Method::POST).then_some(&entry.id),
        summary: &entry.summary,
        description: &entry.description,
        location: entry.location.as_deref(),
        start: Moment::new(entry.starts_at, entry.zone),
        end: Moment::new(entry.ends_at, entry.zone),
        status: "confirmed",
        conference_data: meet.map(NewConference::meet),
    };
    let body = serde_json::to_vec(&body).map_err(|_| GoogleError::Refused(StatusCode::BAD_REQUEST.as_u16()))?;
    Ok(Question::new(method.clone(), url.clone()).body("application/json", body))
}
