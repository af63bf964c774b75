//! Times as exports write them, and the time zone of those that do not say theirs.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::base::clock::Millis;
use crate::base::error::{Error, Result};

/// 43 bits of milliseconds, which is what an id holds: the year 2248.
const LATEST: i64 = 1 << 43;
/// Smaller numbers are seconds since 1970, larger ones milliseconds: the year 5138 or the year 1973.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Reads the dates of a file, and notes when some have no time zone and nobody said which it is.
pub struct Dates {
    zone: Option<TimeZone>,
    some_are_bare: bool,
}

impl Dates {
    pub fn new(zone: Option<TimeZone>) -> Self {
        Self { zone, some_are_bare: false }
    }

    /// See [`moment`].
    pub fn read(&mut self, text: &str) -> Option<Millis> {
        let Some(zone) = &self.zone else {
            let read = moment(text, &TimeZone::UTC)?;
            self.some_are_bare = self.some_are_bare || moment(text, &elsewhere()) != Some(read);
            return Some(read);
        };
        moment(text, zone)
    }

    /// What there is to say of them once all are read.
    pub fn note(&self, hint: &str) -> Option<String> {
        self.some_are_bare.then(|| {
            format!(
                "Dates in this file have no time zone and were taken for UTC. Where that is wrong, say which zone they are in (--zone), as in +08:00.{hint}"
            )
        })
    }
}

/// Any zone but UTC.
fn elsewhere() -> TimeZone {
    TimeZone::fixed(Offset::constant(-1))
}

/// Reads `2021-10-28T12:50:15Z`, `2021-10-28 20:50:15 +0800`, `2021-10-28 20:50:15` (in `zone`), and seconds or
/// milliseconds since 1970. Nothing when it is none of these, or not between the year 1 and 2248.
#[must_use]
pub fn moment(text: &str, zone: &TimeZone) -> Option<Millis> {
    let text = text.trim();
    let millis = match text.parse::<f64>() {
        Ok(number) => since_1970(number)?,
        Err(_) => written(text, zone)?.as_millisecond(),
    };
    Some(Millis(millis)).filter(|moment| millis < LATEST && is_set(*moment))
}

/// Whether a date is more than what programs write when there is none: the first moment of the year 1.
#[must_use]
pub fn is_set(moment: Millis) -> bool {
    const NEVER: i64 = -62_135_596_800_000;
    moment.0 > NEVER
}

fn since_1970(number: f64) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let (first, latest) = (FIRST_MILLISECONDS as f64, LATEST as f64);
    let millis = if number < first { number * 1000.0 } else { number };
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (0.0..latest).contains(&millis).then(|| millis.round() as i64)
}

/// Date, time and zone may be apart, and the zone's name may follow its offset, as Go prints times.
fn written(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let mut parts = text.split_whitespace();
    let date = parts.next()?;
    let (date, time) = date.split_once(['T', 't']).or_else(|| Some((date, parts.next()?)))?;
    let offset = match parts.next() {
        None | Some("UTC" | "GMT" | "Z") if time.ends_with(['Z', 'z']) => "",
        Some("UTC" | "GMT" | "Z") => "Z",
        Some(offset) => offset,
        None => "",
    };
    let whole = format!("{date}T{time}{offset}");
    whole.parse().ok().or_else(|| {
        let civil: DateTime = whole.parse().ok()?;
        zone.to_timestamp(civil).ok()
    })
}

/// Reads `UTC`, `+08:00` or `Asia/Shanghai`; nothing at all is UTC.
///
/// # Errors
/// `Invalid` (`zone`) when it is none of these.
pub fn zone(text: &str) -> Result<TimeZone> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("utc") {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = offset(text) {
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(text).map_err(|_| {
        Error::invalid(
            "zone",
            format!(
                "“{text}” is no time zone that is known here. Give an offset like +08:00, or a name like Asia/Shanghai \
                 (names need the system's time zone files; on Debian: apt install tzdata)."
            ),
        )
    })
}

/// `+08:00`, `+0800` or `+8`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |digits: &str, below: i32| {
        let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|number: &i32| is_number && *number < below)
    };
    Offset::from_seconds(sign * (number(hours, 24)? * 3600 + number(minutes, 60)? * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> String {
        moment(text, &TimeZone::UTC).map(|moment| moment.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_time_is_read_in_all_the_ways_exports_write_it() {
        for text in [
            "2021-10-28 20:50:15 +0800",
            "2021-10-28 20:50:15 +08:00",
            "2021-10-28 20:50:15+08:00",
            "2021-10-28 20:50:15.000 +0800 CST",
            "2021-10-28T12:50:15Z",
            "2021-10-28T12:50:15.000Z",
            "2021-10-28T12:50:15",
            "2021-10-28 12:50:15",
            "2021-10-28 12:50:15Z",
            "2021-10-28 12:50:15 UTC",
            "2021-10-28 12:50:15 +0000 UTC",
            " 2021-10-28 12:50:15.0 ",
            "2021-10-28 07:50:15 -0500",
            "1635425415",
            "1635425415000",
            "1635425415000.0",
        ] {
            assert_eq!(at(text), "2021-10-28T12:50:15.000Z", "{text}");
        }
        assert_eq!(at("2021-10-28T12:50:15.123456"), "2021-10-28T12:50:15.123Z");
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "yesterday",
            "datetime('now', 'localtime')",
            "2021-13-01 00:00:00",
            "-1",
            "0001-01-01T00:00:00Z",
            "9999999999999999",
            "nan",
            "inf",
            "2300-01-01T00:00:00Z",
        ] {
            assert_eq!(at(text), "", "{text}");
        }
    }

    #[test]
    fn a_time_before_1970_is_read_for_whoever_can_do_something_with_it() {
        for (text, millis) in [("1969-12-31 23:59:59", -1000), ("1970-01-01 00:00:00", 0)] {
            assert_eq!(moment(text, &TimeZone::UTC), Some(Millis(millis)), "{text}");
        }
    }

    #[test]
    fn dates_without_a_zone_are_noted_unless_one_was_named() {
        let mut dates = Dates::new(None);
        dates.read("2021-10-28 12:50:15 +0800").unwrap();
        dates.read("1635425415000").unwrap();
        assert_eq!(dates.note(""), None);
        dates.read("2021-10-28 12:50:15").unwrap();
        assert!(dates.note(" Hint.").unwrap().ends_with("as in +08:00. Hint."));
        let mut named = Dates::new(Some(TimeZone::UTC));
        named.read("2021-10-28 12:50:15").unwrap();
        assert_eq!(named.note(""), None);
    }

    #[test]
    fn a_time_without_a_zone_is_in_the_one_that_was_named() {
        for name in ["+08:00", "+0800", "+8", "Asia/Shanghai"] {
            let Ok(zone) = zone(name) else {
                println!("skipped: no time zone files here for {name}");
                continue;
            };
            let millis = moment("2021-10-28 20:50:15", &zone).unwrap();
            assert_eq!(millis.to_string(), "2021-10-28T12:50:15.000Z", "{name}");
            assert_eq!(moment("2021-10-28T12:50:15Z", &zone), Some(millis), "a zone that is said counts");
        }
        assert_eq!(zone("").unwrap(), zone("utc").unwrap());
        for name in ["Mars/Olympus", "+25:00", "+08:99", "8", "+x"] {
            assert!(zone(name).is_err(), "{name}");
        }
    }
}
