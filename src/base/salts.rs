//! The salt under which addresses are hashed. It is thrown away after a while, and from then on nobody,
//! whoever has the database and the key, can tell which address a hash was made of.

use std::fmt;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::clock::Millis;
use super::db::Db;
use super::error::{Error, Result};
use super::secrets::{InstanceKey, random_bytes};

const LENGTH: usize = 32;

/// The salt of the present period.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt {
    pub since: Millis,
    bytes: [u8; LENGTH],
}

impl Salt {
    /// A hash of `address` that takes the key and this salt to make: 128 bits.
    #[must_use]
    pub fn hash(&self, key: &InstanceKey, address: &str) -> Vec<u8> {
        let message = [&self.bytes, address.as_bytes()].concat();
        key.tag("address", &message)[..16].to_vec()
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Salt(since {})", self.since)
    }
}

/// The newest salt, as it was read last.
struct Newest(Option<Salt>);

/// The salt of the present period; makes the first one.
///
/// # Errors
/// When it can be neither read nor made.
pub async fn current(db: &Db, now: Millis) -> Result<Salt> {
    if let Newest(Some(salt)) = *db.cached(|c| Ok(Newest(newest(c)?)))? {
        return Ok(salt);
    }
    db.write(move |tx| rotate(tx, None, now).map(|rotated| rotated.salt)).await
}

/// What a rotation did.
#[derive(Debug, PartialEq, Eq)]
pub struct Rotated {
    pub salt: Salt,
    pub is_new: bool,
    /// How many old ones were thrown away.
    pub forgotten: usize,
}

/// Makes a new salt when there is none, or when the newest is older than `period`, and throws the others
/// away. Whichever process comes second finds what the first one made.
///
/// # Errors
/// When it cannot be stored.
pub fn rotate(tx: &Transaction<'_>, period: Option<Duration>, now: Millis) -> Result<Rotated> {
    // One from the future was made while the clock was wrong, and would stay for too long.
    let holds = |salt: &Salt| salt.since <= now && period.is_none_or(|period| now < salt.since + period);
    let kept = newest(tx)?.filter(holds);
    let salt = kept.unwrap_or_else(|| Salt { since: now, bytes: random_bytes() });
    // Written over first, so that the old bytes do not stay in the file where a row was.
    tx.execute("UPDATE address_salts SET salt = zeroblob(length(salt)) WHERE period <> ?1", [salt.since])?;
    let forgotten = tx.execute("DELETE FROM address_salts WHERE period <> ?1", [salt.since])?;
    if kept.is_none() {
        tx.execute(
            "INSERT OR REPLACE INTO address_salts (period, salt) VALUES (?1, ?2)",
            params![salt.since, salt.bytes],
        )?;
    }
    Ok(Rotated { salt, is_new: kept.is_none(), forgotten })
}

fn newest(connection: &Connection) -> Result<Option<Salt>> {
    let mut statement =
        connection.prepare_cached("SELECT period, salt FROM address_salts ORDER BY period DESC LIMIT 1")?;
    let found = statement.query_row([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    let Some((since, bytes)) = found else { return Ok(None) };
    let bytes = bytes.try_into().map_err(|_| Error::internal("a salt of another length"))?;
    Ok(Some(Salt { since, bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);
    const NOON: Millis = Millis(1_790_000_000_000);

    fn db() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("a.sqlite")).unwrap();
        (folder, db)
    }

    fn rotate_at(db: &Db, period: Duration, now: Millis) -> Rotated {
        db.write_blocking(move |tx| rotate(tx, Some(period), now)).unwrap()
    }

    #[test]
    fn a_salt_holds_for_its_period_and_is_then_gone_for_good() {
        let (_folder, db) = db();
        let first = rotate_at(&db, 30 * DAY, NOON);
        assert!(first.is_new && first.forgotten == 0);
        let later = rotate_at(&db, 30 * DAY, NOON + 29 * DAY);
        assert_eq!(later, Rotated { salt: first.salt, is_new: false, forgotten: 0 });
        let next = rotate_at(&db, 30 * DAY, NOON + 30 * DAY);
        assert!(next.is_new && next.forgotten == 1 && next.salt != first.salt);
        let rows: i64 = db
            .read_blocking(|c| Ok(c.query_row("SELECT count(*) FROM address_salts", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_salt_from_the_future_is_replaced() {
        let (_folder, db) = db();
        rotate_at(&db, DAY, NOON + 900 * DAY);
        let now = rotate_at(&db, DAY, NOON);
        assert!(now.is_new && now.forgotten == 1 && now.salt.since == NOON);
    }

    #[test]
    fn a_hash_takes_the_key_the_salt_and_the_address() {
        let folder = tempfile::tempdir().unwrap();
        let [key, other] =
            ["a", "b"].map(|name| InstanceKey::load_or_create(&folder.path().join(name)).unwrap());
        let [one, two] = [1, 2].map(|byte| Salt { since: NOON, bytes: [byte; LENGTH] });
        let hash = one.hash(&key, "192.0.2.1");
        assert_eq!(hash, one.hash(&key, "192.0.2.1"));
        assert_eq!(hash.len(), 16);
        for another in
            [two.hash(&key, "192.0.2.1"), one.hash(&other, "192.0.2.1"), one.hash(&key, "192.0.2.2")]
        {
            assert_ne!(hash, another);
        }
    }

    #[test]
    fn two_processes_that_start_together_agree_on_one_salt() {
        let (folder, here) = db();
        let there = Db::open(&folder.path().join("a.sqlite")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let [one, two] = [&here, &there].map(|db| runtime.block_on(current(db, NOON)).unwrap());
        assert_eq!(one, two);
        let next = rotate_at(&there, DAY, NOON + DAY);
        assert_eq!(runtime.block_on(current(&here, NOON + DAY)).unwrap(), next.salt);
    }
}
