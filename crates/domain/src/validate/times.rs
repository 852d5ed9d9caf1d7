//! Wall-clock times and lengths as typed in the availability and service forms.

use super::Check;
use contracts::FieldProblem::{BlockTooShort, EndBeforeStart, NotStepOfFive, OutOfRange};
use contracts::limits;

/// Minutes from midnight: `9:00`, `09:00`, as some browsers send it `09:00:00`, and `24:00` for the end of the day.
pub fn parse_clock(text: &str) -> Option<i32> {
    let number = |part: &str, longest: usize| -> Option<i32> {
        let digits = (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let mut parts = text.trim().split(':');
    let hours = number(parts.next()?, 2)?;
    let minutes = parts.next().filter(|p| p.len() == 2).and_then(|p| number(p, 2))?;
    if parts.next().is_some_and(|seconds| seconds != "00") || parts.next().is_some() || minutes > 59 {
        return None;
    }
    Some(hours * 60 + minutes).filter(|total| *total <= 24 * 60)
}

/// `09:00`; what is outside the day shows as its edge.
pub fn show_clock(minutes: i32) -> String {
    let minutes = minutes.clamp(0, 24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The length of a session (BR-AV-002).
///
/// # Errors
/// When it is not within 30 to 120 minutes or not divisible by five.
pub fn check_duration(minutes: i32) -> Check {
    if !(limits::DURATION_MIN..=limits::DURATION_MAX).contains(&minutes) {
        Err(OutOfRange)
    } else if minutes % limits::DURATION_STEP != 0 {
        Err(NotStepOfFive)
    } else {
        Ok(())
    }
}

/// A block of opening hours within a day (BR-AV-001).
///
/// # Errors
/// When it ends before it starts, lasts less than 30 minutes or leaves the day.
pub fn check_block(starts_min: i32, ends_min: i32) -> Check {
    let day = 0..=24 * 60;
    if !day.contains(&starts_min) || !day.contains(&ends_min) {
        Err(OutOfRange)
    } else if ends_min <= starts_min {
        Err(EndBeforeStart)
    } else if ends_min - starts_min < limits::BLOCK_MIN {
        Err(BlockTooShort)
    } else {
        Ok(())
    }
}

/// Minutes kept free around a session.
///
/// # Errors
/// When they are negative or more than two hours.
pub fn check_buffer(minutes: i32) -> Check {
    if (0..=limits::BUFFER_MAX).contains(&minutes) { Ok(()) } else { Err(OutOfRange) }
}

/// Minutes between the starts of slots.
///
/// # Errors
/// When they are not within 5 to 240 or not divisible by five.
pub fn check_step(minutes: i32) -> Check {
    if !(5..=240).contains(&minutes) {
        Err(OutOfRange)
    } else if minutes % 5 != 0 {
        Err(NotStepOfFive)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn clocks() {
        for (text, minutes) in
            [("09:00", 540), ("9:05", 545), ("00:00", 0), ("23:59", 1439), ("24:00", 1440), (" 10:30:00 ", 630)]
        {
            assert_eq!(parse_clock(text), Some(minutes), "{text}");
        }
        for text in [
            "",
            "9",
            "9:5",
            "24:01",
            "25:00",
            "10:60",
            "-1:00",
            "+1:00",
            "10:00:30",
            "10:00:00:00",
            "a:00",
            "010:00",
            "٩:00",
        ] {
            assert_eq!(parse_clock(text), None, "{text}");
        }
        assert_eq!((show_clock(-5).as_str(), show_clock(9_999).as_str()), ("00:00", "24:00"));
    }

    #[test]
    fn lengths() {
        for (minutes, result) in
            [(30, Ok(())), (120, Ok(())), (25, Err(OutOfRange)), (125, Err(OutOfRange)), (52, Err(NotStepOfFive))]
        {
            assert_eq!(check_duration(minutes), result, "{minutes}");
        }
        assert_eq!(check_block(540, 570), Ok(()));
        assert_eq!(check_block(1410, 1440), Ok(()));
        assert_eq!(check_block(540, 569), Err(BlockTooShort));
        assert_eq!(check_block(540, 540), Err(EndBeforeStart));
        assert_eq!(check_block(-1, 540), Err(OutOfRange));
        assert_eq!(check_block(0, 1441), Err(OutOfRange));
        assert_eq!((check_buffer(0), check_buffer(120), check_buffer(121)), (Ok(()), Ok(()), Err(OutOfRange)));
        assert_eq!((check_step(5), check_step(0), check_step(7)), (Ok(()), Err(OutOfRange), Err(NotStepOfFive)));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(minutes in 0..=1440, text: String) {
            prop_assert_eq!(parse_clock(&show_clock(minutes)), Some(minutes));
            let _ = parse_clock(&text);
        }
    }
}
