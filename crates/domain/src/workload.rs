//! How full a therapist's day is: what lies free between two sessions, and what does not fit (001, weekly overview).

use contracts::therapist_day::{DayLoad, Minutes};

/// Less than this between two sessions is a breath, not a gap.
pub const GAP_MIN: i32 = 60;

/// A day on the wall clock, everything in minutes from midnight.
///
/// A gap is a free stretch of the opening hours of at least [`GAP_MIN`] minutes that lies between two sessions of the day;
/// what is free before the first and after the last one, or closed, is none. A session is in conflict when it is not
/// inside of the opening hours (they changed, or it was put there knowingly) or lies over something in a calendar outside.
pub fn day_load(openings: &[Minutes], sessions: &[Minutes], taken_outside: &[Minutes]) -> DayLoad {
    let meets = |a: &Minutes, b: &Minutes| a.0 < b.1 && b.0 < a.1;
    let inside = |one: &Minutes| openings.iter().any(|open| open.0 <= one.0 && one.1 <= open.1);
    let conflict = |one: &&Minutes| !inside(one) || taken_outside.iter().any(|taken| meets(taken, one));
    let conflicts = sessions.iter().filter(conflict).count();
    let mut taken: Vec<Minutes> = sessions.iter().chain(taken_outside).copied().collect();
    taken.sort_unstable();
    let first = sessions.iter().map(|one| one.1).min().unwrap_or_default();
    let last = sessions.iter().map(|one| one.0).max().unwrap_or_default();
    let mut gaps = Vec::new();
    for open in openings {
        let (mut from, until) = (open.0.max(first), open.1.min(last));
        for one in &taken {
            push_gap(&mut gaps, from, one.0.min(until));
            from = from.max(one.1);
        }
        push_gap(&mut gaps, from, until);
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    DayLoad { sessions: count(sessions.len()), gaps, conflicts: count(conflicts) }
}

fn push_gap(gaps: &mut Vec<Minutes>, from: i32, until: i32) {
    if until.saturating_sub(from) >= GAP_MIN {
        gaps.push((from, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const H: i32 = 60;

    #[test]
    fn gaps_lie_between_sessions_and_conflicts_outside_or_over_something() {
        let hours = [(9 * H, 17 * H)];
        let split = [(9 * H, 12 * H), (14 * H, 18 * H)];
        for (open, sessions, outside, gaps, conflicts) in [
            (&hours[..], &[][..], &[][..], &[][..], 0),
            (&hours, &[(9 * H, 10 * H)], &[], &[], 0),
            (&hours, &[(9 * H, 10 * H), (11 * H, 12 * H)], &[], &[(10 * H, 11 * H)], 0),
            (&hours, &[(9 * H, 10 * H), (10 * H + 59, 12 * H)], &[], &[], 0),
            (&hours, &[(11 * H, 12 * H), (9 * H, 10 * H)], &[], &[(10 * H, 11 * H)], 0),
            // Lunch is closed, so it is no gap.
            (&split, &[(11 * H, 12 * H), (14 * H, 15 * H)], &[], &[], 0),
            (&split, &[(9 * H, 10 * H), (16 * H, 17 * H)], &[], &[(10 * H, 12 * H), (14 * H, 16 * H)], 0),
            // What is taken outside fills a gap, and lies over a session.
            (&hours, &[(9 * H, 10 * H), (14 * H, 15 * H)], &[(10 * H, 14 * H)], &[], 0),
            (&hours, &[(9 * H, 10 * H), (14 * H, 15 * H)], &[(9 * H + 30, 13 * H)], &[(13 * H, 14 * H)], 1),
            // Opening hours that changed since.
            (&hours, &[(8 * H, 9 * H), (16 * H + 30, 17 * H + 20)], &[], &[(9 * H, 16 * H + 30)], 2),
            (&[], &[(9 * H, 10 * H), (14 * H, 15 * H)], &[], &[], 2),
        ] {
            let load = day_load(open, sessions, outside);
            assert_eq!((load.gaps.as_slice(), load.conflicts), (gaps, conflicts), "{sessions:?} in {open:?}");
            assert_eq!(load.sessions as usize, sessions.len());
        }
    }

    proptest! {
        #[test]
        fn a_gap_is_open_free_and_long_enough(
            sessions in proptest::collection::vec((0..1380_i32, 15..60_i32), 0..12),
            outside in proptest::collection::vec((0..1380_i32, 15..60_i32), 0..4),
        ) {
            let spans = |all: Vec<(i32, i32)>| all.into_iter().map(|(from, long)| (from, from + long)).collect::<Vec<_>>();
            let (sessions, outside) = (spans(sessions), spans(outside));
            let open = [(480, 720), (780, 1080)];
            for gap in day_load(&open, &sessions, &outside).gaps {
                prop_assert!(gap.1 - gap.0 >= GAP_MIN);
                prop_assert!(open.iter().any(|o| o.0 <= gap.0 && gap.1 <= o.1));
                prop_assert!(sessions.iter().chain(&outside).all(|s| s.1 <= gap.0 || gap.1 <= s.0));
                prop_assert!(sessions.iter().any(|s| s.1 <= gap.0) && sessions.iter().any(|s| s.0 >= gap.1));
            }
        }
    }
}
