//! Bookings of several therapists may stand beside each other: which column of its day each gets.

/// For each `(from, until)`, in order of `from`: its column, and how many columns its group of overlapping ones needs.
pub fn lanes(times: &[(i32, i32)]) -> Vec<(usize, usize)> {
    let mut placed: Vec<(usize, usize)> = Vec::with_capacity(times.len());
    let mut group_start = 0;
    let mut group_end = i32::MIN;
    // When each column of the group becomes free.
    let mut free_at: Vec<i32> = vec![];
    for (i, (from, until)) in times.iter().enumerate() {
        if *from >= group_end {
            close(&mut placed[group_start..i], free_at.len());
            (group_start, free_at) = (i, vec![]);
        }
        let column = free_at.iter().position(|free| free <= from).unwrap_or(free_at.len());
        match free_at.get_mut(column) {
            Some(free) => *free = *until,
            None => free_at.push(*until),
        }
        placed.push((column, 0));
        group_end = group_end.max(*until);
    }
    close(&mut placed[group_start..], free_at.len());
    placed
}

fn close(group: &mut [(usize, usize)], columns: usize) {
    for place in group {
        place.1 = columns;
    }
}

#[cfg(test)]
mod tests {
    use super::lanes;

    #[test]
    fn what_does_not_overlap_has_the_whole_width() {
        assert_eq!(lanes(&[(540, 600), (600, 660)]), [(0, 1), (0, 1)]);
        assert_eq!(lanes(&[]), []);
    }

    #[test]
    fn what_overlaps_stands_side_by_side() {
        assert_eq!(lanes(&[(540, 600), (570, 630), (600, 660), (700, 760)]), [(0, 2), (1, 2), (0, 2), (0, 1)]);
    }
}
