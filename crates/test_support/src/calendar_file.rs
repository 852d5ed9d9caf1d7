//! A calendar that somebody publishes, on this machine.

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::{Arc, Mutex};

struct World {
    event: String,
    status: u16,
    asked: u32,
}

/// A file with one entry. It stops being served when it is dropped.
pub struct CalendarFile {
    pub url: String,
    world: Arc<Mutex<World>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for CalendarFile {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl CalendarFile {
    /// `lines` are those of the entry.
    pub async fn start(lines: &str) -> Self {
        let world = Arc::new(Mutex::new(World { event: lines.to_owned(), status: 200, asked: 0 }));
        let shared = world.clone();
        let routes = Router::new().route("/a.ics", get(async move |headers: HeaderMap| answer(&shared, &headers)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/a.ics", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.expect("serve") });
        Self { url, world, server }
    }

    pub fn set(&self, lines: &str) {
        self.world.lock().expect("the file").event = lines.to_owned();
    }

    /// From now on it answers with this status; 200 repairs it.
    pub fn fail(&self, status: u16) {
        self.world.lock().expect("the file").status = status;
    }

    pub fn asked(&self) -> u32 {
        self.world.lock().expect("the file").asked
    }
}

fn answer(world: &Mutex<World>, headers: &HeaderMap) -> Response {
    let mut world = world.lock().expect("the file");
    world.asked += 1;
    if world.status != 200 {
        return StatusCode::from_u16(world.status).expect("a status").into_response();
    }
    let tag = format!("\"{}\"", world.event.len());
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let text =
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n{}\nEND:VEVENT\nEND:VCALENDAR\n", world.event);
    ([(header::ETAG, tag), (header::CONTENT_TYPE, "text/calendar".to_owned())], text).into_response()
}
