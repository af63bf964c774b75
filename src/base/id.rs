//! Ids made in Rust that sort by age.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::clock::Millis;
use super::secrets::random_bytes;

const RANDOM_BITS: u32 = 20;
const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
const LENGTH: usize = 13;

static NEWEST: AtomicI64 = AtomicI64::new(0);

/// 43 bits of milliseconds since 1970, then 20 random ones. Written as 13 digits of base 32
/// (the "extended hex" alphabet of RFC 4648, in lower case), which sort as the numbers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub i64);

impl Id {
    /// A new id, larger than every other that this process made for `now` or earlier.
    #[must_use]
    pub fn new(now: Millis) -> Self {
        let fresh = Self::at(now, random_salt()).0;
        let before = NEWEST
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |newest| Some(Self::after(newest, fresh)))
            .unwrap_or(fresh);
        Self(Self::after(before, fresh))
    }

    /// An id for a moment of the past (an imported comment's), told apart by `salt`.
    #[must_use]
    pub fn at(moment: Millis, salt: u32) -> Self {
        let millis = moment.0.clamp(0, (1 << 43) - 1);
        Self((millis << RANDOM_BITS) | i64::from(salt & ((1 << RANDOM_BITS) - 1)))
    }

    /// When it was made, or for which moment of the past.
    #[must_use]
    pub fn moment(self) -> Millis {
        Millis(self.0 >> RANDOM_BITS)
    }

    /// The next larger id.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Only a clock that stands still or went back makes `newest` the larger one; a clock that is far
    /// behind must not drag ids along for ever, so the lead is kept within a second.
    fn after(newest: i64, fresh: i64) -> i64 {
        let lead = 1000_i64 << RANDOM_BITS;
        if newest >= fresh && newest - fresh < lead { newest + 1 } else { fresh }
    }
}

fn random_salt() -> u32 {
    u32::from_le_bytes(random_bytes())
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; LENGTH];
        let mut rest = self.0;
        for digit in text.iter_mut().rev() {
            *digit = DIGITS[usize::try_from(rest & 31).unwrap_or(0)];
            rest >>= 5;
        }
        text.iter().try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

/// The text was not an id.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id has 13 characters from 0 to 9 and a to v")
    }
}

impl std::error::Error for NotAnId {}

impl FromStr for Id {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != LENGTH {
            return Err(NotAnId);
        }
        let number = text.bytes().try_fold(0_i64, |sum, byte| {
            let digit = DIGITS.iter().position(|known| *known == byte).ok_or(NotAnId)?;
            let digit = i64::try_from(digit).map_err(|_| NotAnId)?;
            sum.checked_mul(32).and_then(|sum| sum.checked_add(digit)).ok_or(NotAnId)
        })?;
        Ok(Self(number))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        let id = Id::new(Millis(1_790_000_000_000));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().len(), LENGTH);
    }

    #[test]
    fn ids_of_one_moment_still_grow() {
        let ids: Vec<Id> = (0..2000).map(|_| Id::new(Millis(1_800_000_000_000))).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn an_id_knows_its_moment() {
        assert_eq!(Id::at(Millis(1_790_000_000_123), u32::MAX).moment(), Millis(1_790_000_000_123));
    }

    #[test]
    fn the_text_sorts_as_the_number_does() {
        let (older, newer) = (Id::at(Millis(5), 7), Id::at(Millis(1_800_000_000_000), 0));
        assert!(older < newer && older.to_string() < newer.to_string());
    }

    #[test]
    fn an_id_tells_the_moment_it_was_made_for() {
        assert_eq!(Id::at(Millis(1_700_000_000_120), 7).moment(), Millis(1_700_000_000_120));
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in ["", "0", "zzzzzzzzzzzzz", "0000000000000000", "000000000000Ä", "vvvvvvvvvvvvv"] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId), "{text}");
        }
    }
}
