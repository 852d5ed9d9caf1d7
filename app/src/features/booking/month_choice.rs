//! Which month the booking page opens with.

use chrono::NaiveDate;
use contracts::ServiceId;
use contracts::booking::Availability;
use domain::dates::{add_months, first_of_month, last_of_month};
use services::{Ctx, Result, slots};

/// How many months ahead the first free time is looked for.
const LOOK_AHEAD: i32 = 3;

/// The slots of `month` (`2026-11`); without one, of the first month from today on with a free time, else of this month.
pub async fn slots(ctx: &Ctx, slug: &str, service: ServiceId, month: Option<&str>) -> Result<Availability> {
    if let Some(first) = month.and_then(parse_month) {
        return of_month(ctx, slug, service, first).await;
    }
    let mut this = of_month(ctx, slug, service, ctx.now.date_naive()).await?;
    // The therapist's day may be another one than that of the server's clock.
    if first_of_month(this.today) != this.from {
        this = of_month(ctx, slug, service, this.today).await?;
    }
    for ahead in 0..=LOOK_AHEAD {
        let first = add_months(this.from, ahead);
        if first > this.horizon {
            break;
        }
        let shown = if ahead == 0 { this.clone() } else { of_month(ctx, slug, service, first).await? };
        if shown.days.iter().any(|day| day.free().next().is_some()) {
            return Ok(shown);
        }
    }
    Ok(this)
}

async fn of_month(ctx: &Ctx, slug: &str, service: ServiceId, day: NaiveDate) -> Result<Availability> {
    slots::availability(ctx, slug, service, first_of_month(day), last_of_month(day)).await
}

/// `2026-11`; anything else opens the page as if nothing had been asked for.
fn parse_month(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
    (2000..2200).contains(&chrono::Datelike::year(&first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_months_and_nothing_else() {
        assert_eq!(parse_month("2026-11"), NaiveDate::from_ymd_opt(2026, 11, 1));
        for wrong in ["", "2026", "2026-13", "2026-11-01", "x-y", "99999-01"] {
            assert_eq!(parse_month(wrong), None, "{wrong}");
        }
    }
}
