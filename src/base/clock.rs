//! Times, as the database and the API write them.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

impl Millis {
    /// The box's own clock. Only the outermost layer asks it; rules are told what time it is.
    #[must_use]
    pub fn now() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// Reads an RFC 3339 time.
    ///
    /// # Errors
    /// When `text` is not one; the message says what was found.
    pub fn parse(text: &str) -> Result<Self, String> {
        let moment: Timestamp =
            text.parse().map_err(|_| format!("“{text}” is not a time like 2026-01-31T12:00:00Z"))?;
        Ok(Self(moment.as_millisecond()))
    }

    /// The time of day for people, in UTC: `2026-01-31 12:00 UTC`.
    #[must_use]
    pub fn for_people(self) -> String {
        self.timestamp().strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// The day in UTC for people: `Tue 3 Nov`.
    #[must_use]
    pub fn day_for_people(self) -> String {
        self.timestamp().strftime("%a %-d %b").to_string()
    }

    /// The day in UTC: `2026-11-03`.
    #[must_use]
    pub fn date(self) -> String {
        self.timestamp().strftime("%Y-%m-%d").to_string()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// How long ago this was at `now`; zero for a moment that is still to come.
    #[must_use]
    pub fn until(self, now: Self) -> Duration {
        Duration::from_millis(u64::try_from(now.0.saturating_sub(self.0)).unwrap_or(0))
    }
}

impl fmt::Display for Millis {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Add<Duration> for Millis {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Millis {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        assert_eq!(Millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Millis(1_700_000_000_120).to_string(), "2023-11-14T22:13:20.120Z");
    }

    #[test]
    fn a_day_is_written_for_people_and_for_programs() {
        let moment = Millis(1_700_000_000_120);
        assert_eq!((moment.day_for_people().as_str(), moment.date().as_str()), ("Tue 14 Nov", "2023-11-14"));
    }

    #[test]
    fn a_time_reads_back_as_it_was_written() {
        let moment = Millis(1_700_000_000_120);
        assert_eq!(Millis::parse(&moment.to_string()), Ok(moment));
        assert!(Millis::parse("yesterday").is_err());
    }

    #[test]
    fn nonsense_from_the_disk_does_not_panic() {
        assert!(!Millis(i64::MAX).to_string().is_empty());
        assert!(!Millis(i64::MIN).for_people().is_empty());
    }
}
