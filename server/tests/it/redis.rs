//! The cache that servers share, on a real Redis. Without one these tests fail: a cache that was never asked proves nothing.

use chrono::NaiveDate;
use contracts::booking::SlotStatus;
use integrations::cache::{Cache, RedisCache};
use services::live::Heard;
use std::sync::Arc;
use std::time::{Duration, Instant};
use test_support::TestApp;
use test_support::builders::{Practice, at};

const MINUTE: Duration = Duration::from_secs(60);

/// One server's connection. Each test has a database of its own in Redis, so that none forgets what is another's.
async fn cache(database: u8) -> Arc<RedisCache> {
    let server = std::env::var("TEST_REDIS_URL").expect("TEST_REDIS_URL is set by scripts/test.sh");
    let cache = Arc::new(RedisCache::new(&format!("{server}/{database}")).unwrap());
    let began = Instant::now();
    while cache.get("ready:x").await.generation.is_none() {
        assert!(began.elapsed() < Duration::from_secs(10), "Redis does not answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    cache
}

#[tokio::test]
async fn two_servers_keep_and_forget_the_same() {
    let (one, two) = (cache(1).await, cache(1).await);
    for prefix in ["", "slots:", "slots:p:", "slots:p:t:"] {
        for key in ["slots:p:t:x", "slugs:ana"] {
            let generation = one.get(key).await.generation;
            one.put(key, generation, b"v".to_vec(), MINUTE).await;
            assert_eq!(two.get(key).await.value.as_deref(), Some(&b"v"[..]), "{key}: what one keeps, the other finds");
        }
        two.forget_prefix(prefix).await;
        assert_eq!(one.get("slots:p:t:x").await.value, None, "{prefix:?}");
        assert_eq!(one.get("slugs:ana").await.value.is_some(), !prefix.is_empty(), "{prefix:?}");
    }
}

#[tokio::test]
async fn an_answer_that_was_overtaken_by_a_change_is_never_found() {
    let (one, two) = (cache(2).await, cache(2).await);
    let before = one.get("slots:p:t:x").await.generation;
    two.forget_prefix("slots:p:").await;
    one.put("slots:p:t:x", before, b"old".to_vec(), MINUTE).await;
    let now = two.get("slots:p:t:x").await;
    assert_eq!(now.value, None);
    assert_ne!(now.generation, before);
    two.put("slots:p:t:x", now.generation, b"new".to_vec(), Duration::from_secs(1)).await;
    assert_eq!(one.get("slots:p:t:x").await.value.as_deref(), Some(&b"new"[..]));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(one.get("slots:p:t:x").await.value, None, "it lives as long as it was put for");
}

async fn first_slot(app: &TestApp, practice: &Practice) -> SlotStatus {
    let day = NaiveDate::from_ymd_opt(2026, 3, 3).unwrap();
    let answer = services::slots::availability(&app.visitor(), &practice.slug, practice.service, day, day).await;
    answer.unwrap().days[0].slots[0].status
}

#[tokio::test]
async fn a_change_through_one_server_is_seen_by_the_other() {
    let app = TestApp::with_cache(cache(3).await).await;
    let practice = Practice::new(&app, "alpha").await;
    let other = TestApp::on(&app.owner_url, cache(3).await).await;
    // Only one of them listens: what the other sees, it sees through Redis.
    let mut events = app.deps.live.subscribe();
    let listening = tokio::spawn(services::live::listen(app.deps.clone()));
    assert_eq!(events.recv().await.unwrap(), Heard::Missed);
    assert_eq!(first_slot(&other, &practice).await, SlotStatus::Available);
    practice.hold(&app, at("2026-03-03T06:00:00Z")).await.unwrap();
    let began = Instant::now();
    while first_slot(&other, &practice).await != SlotStatus::Locked {
        assert!(began.elapsed() < Duration::from_secs(5), "the shared cache still tells the old state");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    listening.abort();
}
