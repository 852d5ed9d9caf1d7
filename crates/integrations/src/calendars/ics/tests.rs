use super::*;
use proptest::prelude::*;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn window() -> Window {
    (utc("2026-03-01T00:00:00Z"), utc("2026-12-31T00:00:00Z"))
}

fn file(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", events.replace('\n', "\r\n"))
}

fn event(lines: &str) -> String {
    file(&format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT\n"))
}

/// `begins/ends` of everything that is taken, to the minute.
fn taken(text: &str) -> Vec<String> {
    let read = busy_times(text, window(), "America/Argentina/Buenos_Aires".parse().unwrap()).unwrap();
    let told = |at: DateTime<Utc>| at.format("%m-%dT%H:%M").to_string();
    read.busy.iter().map(|busy| format!("{}/{}", told(busy.starts_at), told(busy.ends_at))).collect()
}

#[test]
fn every_way_to_say_a_time() {
    for (lines, expected) in [
        ("DTSTART:20260701T080000Z\nDTEND:20260701T090000Z", "07-01T08:00/07-01T09:00"),
        ("DTSTART;TZID=Europe/Madrid:20260701T100000\nDURATION:PT1H30M", "07-01T08:00/07-01T09:30"),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Madrid:20260701T100000\nDURATION:PT1H",
            "07-01T08:00/07-01T09:00",
        ),
        // Without a zone: the therapist's own clock, three hours behind.
        ("DTSTART:20260701T100000\nDTEND:20260701T110000", "07-01T13:00/07-01T14:00"),
        ("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260703", "07-01T03:00/07-03T03:00"),
        ("DTSTART;VALUE=DATE:20260701", "07-01T03:00/07-02T03:00"),
        // From one zone into another.
        (
            "DTSTART;TZID=Europe/Madrid:20260701T100000\nDTEND;TZID=America/New_York:20260701T050000",
            "07-01T08:00/07-01T09:00",
        ),
        // It began before the window.
        ("DTSTART:20260227T080000Z\nDTEND:20260301T010000Z", "03-01T00:00/03-01T01:00"),
    ] {
        assert_eq!(taken(&event(lines)), [expected], "{lines}");
    }
}

#[test]
fn what_takes_no_time_is_left_out() {
    for lines in [
        "DTSTART:20260701T080000Z\nDTEND:20260701T090000Z\nTRANSP:TRANSPARENT",
        "DTSTART:20260701T080000Z\nDTEND:20260701T090000Z\nSTATUS:CANCELLED",
        "DTSTART:20260701T080000Z\nDTEND:20260701T090000Z\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "DTSTART:20260701T080000Z",
        "DTSTART:20260701T080000Z\nDTEND:20260701T070000Z",
        "DTSTART:20250701T080000Z\nDTEND:20250701T090000Z",
    ] {
        assert_eq!(taken(&event(lines)), [""; 0], "{lines}");
    }
}

#[test]
fn repetitions_stay_on_the_wall_clock() {
    let weekly = "DTSTART;TZID=Europe/Madrid:20260323T100000\nDTEND;TZID=Europe/Madrid:20260323T110000\nRRULE:FREQ=WEEKLY;COUNT=3\n\
                  EXDATE;TZID=Europe/Madrid:20260406T100000";
    assert_eq!(taken(&event(weekly)), ["03-23T09:00/03-23T10:00", "03-30T08:00/03-30T09:00"]);
    // The rule's end is told in UTC: 10:00 of summer is 08:00.
    let until = "DTSTART;TZID=Europe/Madrid:20260323T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;UNTIL=20260330T080000Z";
    assert_eq!(taken(&event(until)).len(), 2);
    let days =
        "DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260702\nRDATE;VALUE=DATE:20260801";
    assert_eq!(taken(&event(days)), ["07-01T03:00/07-02T03:00", "07-03T03:00/07-04T03:00", "08-01T03:00/08-02T03:00"]);
    // Three days long and begun before the window.
    let long = "DTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20200104\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1";
    assert_eq!(taken(&event(long)), ["03-01T00:00/03-03T03:00"]);
}

#[test]
fn a_repetition_that_was_changed_or_cancelled_is_not_where_it_was() {
    let text = file(
        "BEGIN:VEVENT\nUID:1\nDTSTART:20260701T080000Z\nDTEND:20260701T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260702T080000Z\nDTSTART:20260702T150000Z\nDTEND:20260702T160000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260703T080000Z\nDTSTART:20260703T080000Z\nSTATUS:CANCELLED\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:2\nDTSTART:20260703T080000Z\nDTEND:20260703T083000Z\nEND:VEVENT\n",
    );
    assert_eq!(taken(&text), ["07-01T08:00/07-01T09:00", "07-02T15:00/07-02T16:00", "07-03T08:00/07-03T08:30"]);
}

#[test]
fn a_zone_that_only_the_file_knows_is_learned() {
    let text = file(
        "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\n\
         BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n\
         BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\n\
         END:VTIMEZONE\n\
         BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"W. Europe Standard Time\":20260323T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2\nEND:VEVENT\n",
    );
    assert_eq!(taken(&text), ["03-23T09:00/03-23T10:00", "03-30T08:00/03-30T09:00"]);
}

#[test]
fn published_free_and_busy_times_count() {
    let text = file(
        "BEGIN:VFREEBUSY\nUID:1\nFREEBUSY:20260701T080000Z/PT1H,20260702T080000Z/20260702T090000Z\n\
         FREEBUSY;FBTYPE=FREE:20260703T080000Z/PT1H\nEND:VFREEBUSY\n",
    );
    assert_eq!(taken(&text), ["07-01T08:00/07-01T09:00", "07-02T08:00/07-02T09:00"]);
}

#[test]
fn what_is_not_understood_is_counted() {
    let zone = Tz::UTC;
    let odd = event("DTSTART:20260701T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY");
    let read = busy_times(&odd, window(), zone).unwrap();
    assert_eq!((read.busy.len(), read.unreadable), (1, 1));
    assert_eq!(busy_times("<!doctype html>", window(), zone), Err(IcsError::NotACalendar));
    let many = "BEGIN:VEVENT\nUID:1\nDTSTART:20260301T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    assert_eq!(busy_times(&file(&many.repeat(80)), window(), zone), Err(IcsError::TooLarge));
}

/// Lines of calendars with things put in that do not belong there.
fn lines() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "BEGIN:VFREEBUSY",
        "END:VFREEBUSY",
        "TZID:X",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:-9959",
        "TZOFFSETTO:+é1",
        "UID:1",
        "DTSTART:20260701T080000Z",
        "DTSTART;TZID=X:20260701T080000",
        "DTSTART:99991231T235959Z",
        "DTSTART:00010101",
        "DTSTART;VALUE=DATE:20260229",
        "DTSTART;TZID=Europe/Madrid:20260329T023000",
        "DTEND:20260702T080000Z",
        "DTEND;VALUE=DATE:89991231",
        "DURATION:P999999999W",
        "DURATION:-PT1H",
        "DURATION:PT90M",
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=YEARLY;BYDAY=-53MO;INTERVAL=9999",
        "RRULE:FREQ=MONTHLY;UNTIL=99991231",
        "EXDATE:20260702T080000Z,garbage",
        "RDATE:20260705,20260706T080000Z/PT1H",
        "RECURRENCE-ID:20260702T080000Z",
        "FREEBUSY:20260701T080000Z/PT1H,x/y",
        "X-WR-TIMEZONE:Mars/Olympus",
        " folded",
        "STATUS:CONFIRMED",
    ]);
    let any = prop_oneof![8 => piece.prop_map(str::to_owned), 1 => "\\PC{0,20}"];
    prop::collection::vec(any, 0..60).prop_map(|lines| lines.join("\r\n"))
}

proptest! {
    #[test]
    fn garbage_never_panics_and_stays_in_the_window(text in lines()) {
        let text = format!("BEGIN:VCALENDAR\r\n{text}");
        if let Ok(read) = busy_times(&text, window(), "Europe/Madrid".parse().unwrap()) {
            prop_assert!(read.busy.is_sorted());
            for busy in read.busy {
                prop_assert!(busy.starts_at < busy.ends_at);
                prop_assert!(window().0 <= busy.starts_at && busy.ends_at <= window().1);
            }
        }
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = busy_times(&String::from_utf8_lossy(&bytes), window(), Tz::UTC);
    }
}
