//! Days and times in expressions: how they are read, counted and written.

use super::value::Atom;
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// Days since 1 January 1970.
pub fn days(date: NaiveDate) -> f64 {
    f64::from(date.to_epoch_days())
}

/// The part of the day that has passed, from 0 to 1.
pub fn part_of_day(time: NaiveTime) -> f64 {
    (f64::from(time.num_seconds_from_midnight()) + f64::from(time.nanosecond() % 1_000_000_000) / 1e9)
        / SECONDS_OF_A_DAY
}

/// The day that lies this many days after 1 January 1970; `None` far outside of history.
pub fn date_of_days(days: f64) -> Option<NaiveDate> {
    if !days.is_finite() || days.abs() > 1e7 {
        return None;
    }
    #[allow(clippy::cast_possible_truncation)] // Checked just above.
    let whole = days.floor() as i64;
    NaiveDate::default().checked_add_signed(TimeDelta::days(whole))
}

/// The moment that lies this many days, with their parts, after the first midnight of 1970.
pub fn moment_of_days(days: f64, offset: FixedOffset) -> Option<DateTime<FixedOffset>> {
    let date = date_of_days(days)?;
    #[allow(clippy::cast_possible_truncation)] // A part of one day.
    let millis = ((days - days.floor()) * SECONDS_OF_A_DAY * 1000.0).round() as i64;
    (date.and_time(NaiveTime::MIN) + TimeDelta::milliseconds(millis)).and_local_timezone(offset).single()
}

/// Words as a day or a moment: `2022-09-14`, `2022-09-14T08:30:00.000Z`.
pub fn moment(text: &str) -> Option<Atom<'static>> {
    let text = text.trim();
    date(text).map(Atom::Date).or_else(|| date_time(text, offset_of_none()).map(Atom::DateTime))
}

/// `2022-09-14`; a time behind it is left out.
pub fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// `2022-09-14T08:30`, with seconds, their parts and an offset or without; without one it is `local`.
pub fn date_time(text: &str, local: FixedOffset) -> Option<DateTime<FixedOffset>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment);
    }
    let written = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let naive = written.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    naive.and_then(|n| n.and_local_timezone(local).single())
}

/// `08:30`, with seconds, their parts and an offset or without; the offset is passed over.
pub fn time(text: &str) -> Option<NaiveTime> {
    let clock = text.trim_end_matches('Z');
    let clock = clock.split_once(['+']).map_or(clock, |(clock, _)| clock);
    let clock = clock.split_once(['-']).map_or(clock, |(clock, _)| clock);
    ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(clock, form).ok())
}

/// Where words give no offset and nobody says which is meant.
pub fn offset_of_none() -> FixedOffset {
    DateTime::<chrono::Utc>::UNIX_EPOCH.fixed_offset().timezone().to_owned()
}

/// `format-date` and `format-date-time` (ODK XForms, "format-date"). Names of months and days are French, as
/// what is written so lands in a story.
pub fn format(moment: &NaiveDateTime, pattern: &str) -> String {
    let mut out = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let (date, time) = (moment.date(), moment.time());
        match letters.next() {
            Some('Y') => out += &format!("{:04}", date.year()),
            Some('y') => out += &format!("{:02}", date.year().rem_euclid(100)),
            Some('m') => out += &format!("{:02}", date.month()),
            Some('n') => out += &date.month().to_string(),
            Some('b') => out += name(&MONTHS, date.month0()),
            Some('B') => out += name(&WHOLE_MONTHS, date.month0()),
            Some('d') => out += &format!("{:02}", date.day()),
            Some('e') => out += &date.day().to_string(),
            Some('a') => out += name(&DAYS, date.weekday().num_days_from_monday()),
            Some('A') => out += name(&WHOLE_DAYS, date.weekday().num_days_from_monday()),
            Some('W') => out += &date.iso_week().week().to_string(),
            Some('H') => out += &format!("{:02}", time.hour()),
            Some('h') => out += &time.hour().to_string(),
            Some('M') => out += &format!("{:02}", time.minute()),
            Some('S') => out += &format!("{:02}", time.second()),
            Some('3') => out += &format!("{:03}", time.nanosecond() / 1_000_000 % 1000),
            Some('%') => out.push('%'),
            Some(other) => {
                out.push('%');
                out.push(other);
            }
            None => out.push('%'),
        }
    }
    out
}

fn name(names: &'static [&'static str], number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| names.get(n)).copied().unwrap_or_default()
}

const MONTHS: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

const WHOLE_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

const DAYS: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];

const WHOLE_DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
