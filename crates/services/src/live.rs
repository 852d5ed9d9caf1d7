//! One listener per server turns NOTIFY into a broadcast that pages and caches follow.

use crate::ctx::Entropy;
use crate::{Deps, Result, slots};
use contracts::live::{LiveEvent, LiveKind};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::live::Listener;
use tokio::sync::broadcast;

/// Events a slow page may fall behind by before it has to fetch everything again.
const BACKLOG: usize = 4096;
/// Events that are told again to a page that opens its stream after it was rendered.
const REMEMBERED: usize = 1024;
const RETRY: Duration = Duration::from_millis(500);

/// What pages and the worker hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Changed(LiveEvent),
    /// Nobody listened for a while: whatever is shown must be fetched again.
    Missed,
}

/// Fan-out inside one server. It remembers the last events, for pages that were rendered before they could listen.
#[derive(Clone)]
pub struct Hub {
    sender: broadcast::Sender<Heard>,
    past: Arc<Mutex<Past>>,
}

/// What was told lately, the oldest first.
struct Past {
    /// Tells marks of this run of this server from those of others.
    run: u32,
    began: Instant,
    events: VecDeque<(u64, Heard)>,
    /// Whatever is older than this many milliseconds is not remembered.
    forgotten: u64,
}

impl Past {
    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The events since a mark; `None` when not all of them are known.
    fn since(&self, mark: &str) -> Option<Vec<Heard>> {
        let (run, at) = mark.split_once('-')?;
        let at: u64 = at.parse().ok()?;
        let known = u32::from_str_radix(run, 16).ok()? == self.run && at >= self.forgotten;
        known.then(|| self.events.iter().filter(|(told, _)| *told >= at).map(|(_, heard)| heard.clone()).collect())
    }
}

impl Hub {
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut run = [0; 4];
        entropy.fill(&mut run);
        let past = Past { run: u32::from_be_bytes(run), began: Instant::now(), events: VecDeque::new(), forgotten: 0 };
        Self { sender: broadcast::channel(BACKLOG).0, past: Arc::new(Mutex::new(past)) }
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Heard> {
        self.sender.subscribe()
    }

    /// This moment, for a page that is about to be rendered. It tells nobody how much happens here.
    pub fn mark(&self) -> String {
        let past = self.past();
        format!("{:08x}-{}", past.run, past.elapsed())
    }

    /// What happened since a mark, and what happens from now on. A mark of another server, or one from long ago, means
    /// that something may have been missed.
    pub fn subscribe_since(&self, mark: &str) -> (Vec<Heard>, broadcast::Receiver<Heard>) {
        let past = self.past();
        (past.since(mark).unwrap_or_else(|| vec![Heard::Missed]), self.sender.subscribe())
    }

    /// Nobody listening is no error.
    pub fn publish(&self, heard: Heard) {
        let mut past = self.past();
        let now = past.elapsed();
        past.events.push_back((now, heard.clone()));
        if past.events.len() > REMEMBERED
            && let Some((told, _)) = past.events.pop_front()
        {
            past.forgotten = told + 1;
        }
        let _ = self.sender.send(heard);
    }

    /// Nothing panics while it is locked; if something did, the events are still whole.
    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
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

    struct NoDice;

    impl Entropy for NoDice {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn event() -> Heard {
        Heard::Changed(serde_json::from_str(r#"{"p":"00000000-0000-0000-0000-000000000001","k":"slots"}"#).unwrap())
    }

    #[test]
    fn a_page_hears_what_happened_after_it_was_rendered() {
        let hub = Hub::new(&NoDice);
        let before = hub.mark();
        assert_eq!(hub.subscribe_since(&before).0, vec![]);
        hub.publish(event());
        assert_eq!(hub.subscribe_since(&before).0, vec![event()]);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(hub.subscribe_since(&hub.mark()).0, vec![]);
    }

    #[test]
    fn what_is_not_known_counts_as_missed() {
        let hub = Hub::new(&NoDice);
        let old = hub.mark();
        for mark in ["", "nonsense", "-", "00000000-0", "07070707-x"] {
            assert_eq!(hub.subscribe_since(mark).0, vec![Heard::Missed], "{mark}");
        }
        for _ in 0..=REMEMBERED {
            hub.publish(event());
        }
        assert_eq!(hub.subscribe_since(&old).0, vec![Heard::Missed]);
    }

    #[tokio::test]
    async fn everybody_hears_and_nobody_is_needed() {
        let hub = Hub::new(&NoDice);
        let event: LiveEvent =
            serde_json::from_str(r#"{"p":"00000000-0000-0000-0000-000000000001","k":"slots"}"#).unwrap();
        hub.publish(Heard::Missed);
        let (mut one, mut two) = (hub.subscribe(), hub.subscribe());
        hub.publish(Heard::Changed(event.clone()));
        assert_eq!(one.recv().await.unwrap(), Heard::Changed(event.clone()));
        assert_eq!(two.recv().await.unwrap(), Heard::Changed(event));
    }
}
