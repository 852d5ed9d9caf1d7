//! One listener per server turns NOTIFY into a broadcast that pages and caches follow.

use crate::{Deps, Result, slots};
use contracts::live::{LiveEvent, LiveKind};
use std::sync::Arc;
use std::time::Duration;
use store::live::Listener;
use tokio::sync::broadcast;

/// Events a slow page may fall behind by before it has to fetch everything again.
const BACKLOG: usize = 4096;
const RETRY: Duration = Duration::from_millis(500);

/// What pages and the worker hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Changed(LiveEvent),
    /// Nobody listened for a while: whatever is shown must be fetched again.
    Missed,
}

/// Fan-out inside one server.
#[derive(Clone)]
pub struct Hub {
    sender: broadcast::Sender<Heard>,
}

impl Hub {
    pub fn new() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Heard> {
        self.sender.subscribe()
    }

    /// Nobody listening is no error.
    pub fn publish(&self, heard: Heard) {
        let _ = self.sender.send(heard);
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

/// Listens forever, reconnecting; after a reconnection everything cached is dropped and everybody is told to fetch again,
/// since notices may be missing. The streams of open pages do not break with this connection, so those pages would not ask
/// by themselves.
pub async fn listen(deps: Arc<Deps>) {
    loop {
        if let Err(error) = follow(&deps).await {
            tracing::warn!(%error, "not listening to the database; trying again");
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// One connection's life. It ends when the connection does.
async fn follow(deps: &Deps) -> Result<()> {
    let mut listener = Listener::connect(&deps.db).await?;
    // What changed before this moment was not heard. Who fetches again must not be answered from an old cache.
    deps.cache.forget_prefix("").await;
    deps.live.publish(Heard::Missed);
    while let Some(notice) = listener.next().await? {
        match serde_json::from_str::<LiveEvent>(&notice) {
            Ok(event) => {
                forget(deps, &event).await;
                deps.live.publish(Heard::Changed(event));
            }
            Err(error) => tracing::warn!(%error, "a notice that cannot be read"),
        }
    }
    // What changes from now on is not heard either, until the next connection forgets again.
    deps.cache.forget_prefix("").await;
    Ok(())
}

/// Drops what an event makes old, before any page hears of it and asks again.
async fn forget(deps: &Deps, event: &LiveEvent) {
    let prefix = slots::cache_prefix(event.practice_id, event.therapist_id);
    match event.kind {
        LiveKind::Slots => deps.cache.forget_prefix(&prefix).await,
        LiveKind::Schedule => {
            deps.cache.forget_prefix(slots::SLUGS).await;
            deps.cache.forget_prefix(&prefix).await;
        }
        LiveKind::Booking
        | LiveKind::Message
        | LiveKind::Session
        | LiveKind::Patient
        | LiveKind::Series
        | LiveKind::Calendar
        | LiveKind::Notice => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_hears_and_nobody_is_needed() {
        let hub = Hub::new();
        let event: LiveEvent =
            serde_json::from_str(r#"{"p":"00000000-0000-0000-0000-000000000001","k":"slots"}"#).unwrap();
        hub.publish(Heard::Missed);
        let (mut one, mut two) = (hub.subscribe(), hub.subscribe());
        hub.publish(Heard::Changed(event.clone()));
        assert_eq!(one.recv().await.unwrap(), Heard::Changed(event.clone()));
        assert_eq!(two.recv().await.unwrap(), Heard::Changed(event));
    }
}
