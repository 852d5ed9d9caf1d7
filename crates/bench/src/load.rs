//! A closed-loop load generator: each client has one connection and sends its next request when it has its answer.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What to send.
#[derive(Clone)]
pub struct Shot {
    pub method: Method,
    pub path: String,
    pub body: Option<String>,
    /// The access token of who asks.
    pub bearer: Option<String>,
}

impl Shot {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, bearer: None }
    }

    pub fn post(path: impl Into<String>, body: String) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), bearer: None }
    }
}

/// What came back, in order of arrival within each client.
#[derive(Default)]
pub struct Outcome {
    pub latencies: Vec<Duration>,
    pub statuses: Vec<StatusCode>,
    pub bytes: u64,
    pub took: Duration,
}

impl Outcome {
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// Milliseconds below which this share of the answers lies.
    pub fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort();
        let index = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
        sorted.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }

    pub fn count(&self, status: u16) -> usize {
        self.statuses.iter().filter(|s| s.as_u16() == status).count()
    }

    /// Answers with a status of 500 and above, and requests without an answer.
    pub fn failures(&self) -> usize {
        self.statuses.iter().filter(|s| s.is_server_error()).count()
    }
}

/// One connection.
pub struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
}

impl Client {
    pub async fn connect(host: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(host).await.map_err(|e| e.to_string())?;
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())?;
        tokio::spawn(connection);
        Ok(Self { sender, host: host.to_owned() })
    }

    pub async fn send(&mut self, shot: &Shot) -> Result<(StatusCode, Bytes), String> {
        let mut request = Request::builder().method(&shot.method).uri(&shot.path).header("host", &self.host);
        if shot.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(bearer) = &shot.bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let body = Full::new(Bytes::from(shot.body.clone().unwrap_or_default()));
        let request = request.body(body).map_err(|e| e.to_string())?;
        self.sender.ready().await.map_err(|e| e.to_string())?;
        let response = self.sender.send_request(request).await.map_err(|e| e.to_string())?;
        let status = response.status();
        let bytes = response.into_body().collect().await.map_err(|e| e.to_string())?.to_bytes();
        Ok((status, bytes))
    }
}

/// `clients` send what `shot(client, round)` says until the time is over or it says nothing more.
pub async fn run(
    host: &str,
    clients: usize,
    time: Duration,
    shot: impl Fn(usize, usize) -> Option<Shot> + Send + Sync + 'static,
) -> Result<Outcome, String> {
    let shot = Arc::new(shot);
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Client::connect(host).await?);
    }
    let begin = Instant::now();
    let mut all = JoinSet::new();
    for (number, mut client) in connections.into_iter().enumerate() {
        let shot = shot.clone();
        all.spawn(async move {
            let mut mine = Outcome::default();
            for round in 0.. {
                let Some(next) = shot(number, round).filter(|_| begin.elapsed() < time) else { break };
                let sent = Instant::now();
                let (status, bytes) = client.send(&next).await?;
                mine.latencies.push(sent.elapsed());
                mine.statuses.push(status);
                mine.bytes += bytes.len() as u64;
            }
            Ok::<_, String>(mine)
        });
    }
    let mut outcome = Outcome::default();
    while let Some(done) = all.join_next().await {
        let mine = done.map_err(|e| e.to_string())??;
        outcome.latencies.extend(mine.latencies);
        outcome.statuses.extend(mine.statuses);
        outcome.bytes += mine.bytes;
    }
    outcome.took = begin.elapsed();
    Ok(outcome)
}
