//! A cache of bytes with an expiry, shared by all servers when Redis is there.
//!
//! Keys are written in segments, `slots:{practice}:{therapist}:…`. Every beginning of a key that ends with a colon (and
//! the empty one) has a counter, and a key's generation is the sum of its counters. Forgetting a prefix adds one to its
//! counter, whatever the number of entries under it: they no longer match and go away by themselves. An answer is put
//! with the generation that was read *before* it was computed, so that one computed from what has changed since can
//! never be found.

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is kept under a key, and the generation to put a fresh answer with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub value: Option<Vec<u8>>,
    /// `None` while the cache cannot be reached; what is put then is lost.
    pub generation: Option<u64>,
}

/// Losing an entry is never an error: a cache that is down finds nothing and forgets what it is told.
pub trait Cache: Send + Sync {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Found>;
    /// Keeps a value that was computed after `generation` was read.
    fn put<'a>(&'a self, key: &'a str, generation: Option<u64>, value: Vec<u8>, ttl: Duration) -> Later<'a, ()>;
    /// Forgets every key that begins with this. It ends with a colon, or is empty for everything.
    fn forget_prefix<'a>(&'a self, prefix: &'a str) -> Later<'a, ()>;
}

/// The prefixes of a key that can be forgotten, the shortest first.
fn prefixes(key: &str) -> impl Iterator<Item = &str> {
    std::iter::once("").chain(key.match_indices(':').map(|(i, _)| &key[..=i]))
}

/// In process, bounded by bytes.
pub struct MemoryCache {
    entries: moka::future::Cache<String, Entry>,
    /// Counters by hash of the prefix: two prefixes that share one only forget more than they had to.
    counters: Vec<AtomicU64>,
}

#[derive(Clone)]
struct Entry {
    generation: u64,
    ttl: Duration,
    value: Vec<u8>,
}

/// Each entry lives as long as it was put for.
struct OwnTtl;

impl moka::Expiry<String, Entry> for OwnTtl {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.ttl)
    }

    fn expire_after_update(&self, _: &String, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(entry.ttl)
    }
}

const COUNTERS: usize = 4_096;

impl MemoryCache {
    /// Bytes that a server spends on its cache unless told otherwise.
    pub const DEFAULT_BYTES: u64 = 64 * 1024 * 1024;

    pub fn new(max_bytes: u64) -> Self {
        let entries = moka::future::Cache::builder()
            .weigher(|key: &String, entry: &Entry| {
                u32::try_from(key.len() + entry.value.len() + 128).unwrap_or(u32::MAX)
            })
            .max_capacity(max_bytes)
            .expire_after(OwnTtl)
            .build();
        Self { entries, counters: (0..COUNTERS).map(|_| AtomicU64::new(0)).collect() }
    }

    fn counter(&self, prefix: &str) -> &AtomicU64 {
        let mut hasher = DefaultHasher::new();
        prefix.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % COUNTERS as u64).unwrap_or_default();
        &self.counters[place]
    }

    fn generation(&self, key: &str) -> u64 {
        prefixes(key).map(|p| self.counter(p).load(Ordering::SeqCst)).fold(0, u64::wrapping_add)
    }
}

impl Default for MemoryCache {
    fn default() -> Self {
        Self::new(Self::DEFAULT_BYTES)
    }
}

impl Cache for MemoryCache {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Found> {
        Box::pin(async move {
            let generation = self.generation(key);
            let entry = self.entries.get(key).await.filter(|entry| entry.generation == generation);
            Found { value: entry.map(|entry| entry.value), generation: Some(generation) }
        })
    }

    fn put<'a>(&'a self, key: &'a str, generation: Option<u64>, value: Vec<u8>, ttl: Duration) -> Later<'a, ()> {
        Box::pin(async move {
            if let Some(generation) = generation {
                self.entries.insert(key.to_owned(), Entry { generation, ttl, value }).await;
            }
        })
    }

    fn forget_prefix<'a>(&'a self, prefix: &'a str) -> Later<'a, ()> {
        self.counter(prefix).fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

/// Shared by all servers. Whatever Redis does, a request never waits for it longer than 200 ms.
pub struct RedisCache {
    manager: ConnectionManager,
    /// Something could not be forgotten: nothing is believed until everything was.
    distrusted: AtomicBool,
    last_complaint: Mutex<Option<Instant>>,
}

const REDIS_TIMEOUT: Duration = Duration::from_millis(200);
const COMPLAIN_EVERY: Duration = Duration::from_secs(60);
/// Counters outlive every entry, so that one that went away can never match an old entry again.
const COUNTER_SECONDS: i64 = 24 * 60 * 60;
const LONGEST_TTL: Duration = Duration::from_secs(60 * 60);

impl RedisCache {
    /// Connects in the background: a Redis that is down now is used as soon as it is up.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(url: &str) -> Result<Self, redis::RedisError> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(REDIS_TIMEOUT))
            .set_response_timeout(Some(REDIS_TIMEOUT))
            .set_number_of_retries(1)
            .set_max_delay(Duration::from_secs(1));
        let manager = ConnectionManager::new_lazy_with_config(redis::Client::open(url)?, config)?;
        Ok(Self { manager, distrusted: AtomicBool::new(false), last_complaint: Mutex::new(None) })
    }

    /// Runs a command within the time a request has for it; `None` when it did not work.
    async fn ask<T: redis::FromRedisValue>(&self, pipeline: &redis::Pipeline) -> Option<T> {
        let mut connection = self.manager.clone();
        match tokio::time::timeout(REDIS_TIMEOUT, pipeline.query_async(&mut connection)).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                self.complain(&error.category());
                None
            }
            Err(_) => {
                self.complain(&"timeout");
                None
            }
        }
    }

    /// Once a minute is enough.
    fn complain(&self, what: &dyn std::fmt::Display) {
        let Ok(mut last) = self.last_complaint.lock() else { return };
        if last.is_none_or(|at| at.elapsed() > COMPLAIN_EVERY) {
            *last = Some(Instant::now());
            tracing::warn!(error = %what, "the Redis cache does not answer; working without it");
        }
    }

    async fn forget(&self, prefix: &str) -> bool {
        let mut pipeline = redis::pipe();
        let counter = counter_key(prefix);
        pipeline.incr(&counter, 1).ignore().expire(&counter, COUNTER_SECONDS).ignore();
        self.ask::<()>(&pipeline).await.is_some()
    }

    async fn trusted(&self) -> bool {
        if self.distrusted.load(Ordering::SeqCst) && self.forget("").await {
            self.distrusted.store(false, Ordering::SeqCst);
        }
        !self.distrusted.load(Ordering::SeqCst)
    }
}

fn counter_key(prefix: &str) -> String {
    format!("calma:generation:{prefix}")
}

fn value_key(key: &str) -> String {
    format!("calma:value:{key}")
}

/// The generation in the first eight bytes, then the value.
fn sealed(generation: u64, value: &[u8]) -> Vec<u8> {
    [&generation.to_be_bytes(), value].concat()
}

fn unsealed(generation: u64, bytes: &[u8]) -> Option<Vec<u8>> {
    let (of, value) = bytes.split_first_chunk::<8>()?;
    (u64::from_be_bytes(*of) == generation).then(|| value.to_vec())
}

impl Cache for RedisCache {
    fn get<'a>(&'a self, key: &'a str) -> Later<'a, Found> {
        Box::pin(async move {
            let nothing = Found { value: None, generation: None };
            if !self.trusted().await {
                return nothing;
            }
            let mut pipeline = redis::pipe();
            let counters: Vec<String> = prefixes(key).map(counter_key).collect();
            pipeline.mget(counters).get(value_key(key));
            let Some((counters, value)) = self.ask::<(Vec<Option<u64>>, Option<Vec<u8>>)>(&pipeline).await else {
                return nothing;
            };
            let generation = counters.into_iter().map(Option::unwrap_or_default).fold(0, u64::wrapping_add);
            Found { value: value.and_then(|bytes| unsealed(generation, &bytes)), generation: Some(generation) }
        })
    }

    fn put<'a>(&'a self, key: &'a str, generation: Option<u64>, value: Vec<u8>, ttl: Duration) -> Later<'a, ()> {
        Box::pin(async move {
            let Some(generation) = generation else { return };
            let mut pipeline = redis::pipe();
            let seconds = ttl.min(LONGEST_TTL).as_secs().max(1);
            pipeline.set_ex(value_key(key), sealed(generation, &value), seconds).ignore();
            self.ask::<()>(&pipeline).await;
        })
    }

    fn forget_prefix<'a>(&'a self, prefix: &'a str) -> Later<'a, ()> {
        Box::pin(async move {
            if !self.forget(prefix).await {
                self.distrusted.store(true, Ordering::SeqCst);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_key_hangs_on_all_its_prefixes() {
        let all: Vec<_> = prefixes("slots:p:t:2026").collect();
        assert_eq!(all, ["", "slots:", "slots:p:", "slots:p:t:"]);
    }

    #[tokio::test]
    async fn forgetting_any_prefix_forgets_the_key_and_no_other() {
        for prefix in ["", "slots:", "slots:p:", "slots:p:t:"] {
            let cache = MemoryCache::default();
            for key in ["slots:p:t:x", "slugs:ana"] {
                let generation = cache.get(key).await.generation;
                cache.put(key, generation, b"v".to_vec(), MINUTE).await;
                assert_eq!(cache.get(key).await.value.as_deref(), Some(&b"v"[..]));
            }
            cache.forget_prefix(prefix).await;
            assert_eq!(cache.get("slots:p:t:x").await.value, None, "{prefix}");
            assert_eq!(cache.get("slugs:ana").await.value.is_some(), !prefix.is_empty(), "{prefix}");
        }
    }

    #[tokio::test]
    async fn an_answer_computed_before_a_change_is_not_kept_after_it() {
        let cache = MemoryCache::default();
        let generation = cache.get("slots:p:t:x").await.generation;
        cache.forget_prefix("slots:p:t:").await;
        cache.put("slots:p:t:x", generation, b"old".to_vec(), MINUTE).await;
        assert_eq!(cache.get("slots:p:t:x").await.value, None);
    }

    #[tokio::test]
    async fn entries_end_with_their_time() {
        let cache = MemoryCache::default();
        let generation = cache.get("a:b").await.generation;
        cache.put("a:b", generation, b"v".to_vec(), Duration::from_millis(20)).await;
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(cache.get("a:b").await.value, None);
    }

    #[test]
    fn a_value_of_another_generation_does_not_open() {
        assert_eq!(unsealed(7, &sealed(7, b"v")), Some(b"v".to_vec()));
        assert_eq!(unsealed(8, &sealed(7, b"v")), None);
        assert_eq!(unsealed(0, b"short"), None);
    }

    #[tokio::test]
    async fn without_redis_nothing_is_found_and_nothing_waits() {
        let cache = RedisCache::new("redis://127.0.0.1:1/").unwrap();
        let began = Instant::now();
        assert_eq!(cache.get("a:b").await, Found { value: None, generation: None });
        cache.put("a:b", Some(1), vec![1], MINUTE).await;
        cache.forget_prefix("a:").await;
        assert!(cache.distrusted.load(Ordering::SeqCst));
        assert!(began.elapsed() < Duration::from_secs(2));
    }
}
