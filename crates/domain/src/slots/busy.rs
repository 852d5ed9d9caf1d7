//! What is taken, arranged so that "what is in the way of this session?" costs a binary search.

use super::Taken;
use super::clock::{ceil, floor};
use std::cmp::Reverse;

struct Item<'a> {
    from: i64,
    until: i64,
    taken: &'a Taken,
}

pub(crate) struct Busy<'a> {
    /// By `from`.
    items: Vec<Item<'a>>,
    /// The latest `until` of the items up to each place: how far back anything can reach.
    reach: Vec<i64>,
}

/// How near something taken comes to a session; the worst is last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    /// Only buffers touch.
    Buffer,
    /// It overlaps something that is being booked.
    Locked,
    /// It overlaps something certain.
    Booked,
}

impl<'a> Busy<'a> {
    pub fn new(taken: &'a [Taken]) -> Self {
        // A blocked span holds its own session, whatever it says.
        let item = |t: &'a Taken| Item {
            from: floor(t.blocked_from.min(t.starts_at)),
            until: ceil(t.blocked_until.max(t.ends_at)),
            taken: t,
        };
        let mut items: Vec<Item> = taken.iter().map(item).collect();
        items.sort_unstable_by_key(|i| i.from);
        let mut furthest = i64::MIN;
        let reach = items.iter().map(|i| {
            furthest = furthest.max(i.until);
            furthest
        });
        Self { reach: reach.collect(), items }
    }

    /// The worst thing in the way of a session `[start, end)` that needs `[from, until)` for itself; of several equally
    /// bad ones the first.
    pub fn in_the_way(&self, session: (i64, i64), needs: (i64, i64)) -> Option<(Nearness, &'a Taken)> {
        self.all_in_the_way(session, needs).max_by_key(|(nearness, taken)| (*nearness, Reverse(taken.starts_at)))
    }

    /// Everything in the way of such a session, in no particular order.
    pub fn all_in_the_way(
        &self,
        session: (i64, i64),
        needs: (i64, i64),
    ) -> impl Iterator<Item = (Nearness, &'a Taken)> {
        let candidates = self.items.partition_point(|i| i.from < needs.1);
        let near = (0..candidates).rev().take_while(move |k| self.reach[*k] > needs.0).map(|k| &self.items[k]);
        let nearness = move |taken: &Taken| match floor(taken.starts_at) < session.1 && ceil(taken.ends_at) > session.0
        {
            true if taken.firm => Nearness::Booked,
            true => Nearness::Locked,
            false => Nearness::Buffer,
        };
        near.filter(move |i| i.until > needs.0).map(move |i| (nearness(i.taken), i.taken))
    }
}
