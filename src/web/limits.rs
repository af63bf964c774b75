//! How often is too often: token buckets (GCRA, by `governor`) by address, person or email.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use tokio::sync::{Semaphore, oneshot};

use crate::base::config;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

/// Beyond this many keys the full buckets are thrown away; they say nothing.
const MANY: usize = 10_000;

/// One kind of action, counted for each key. A limit of 0 a minute is no limit.
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    /// At how many keys to look for full buckets again: twice what the last look left, so that looking costs
    /// little however many there are.
    look_at: AtomicUsize,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    #[must_use]
    pub fn per_minute(number: u32) -> Self {
        let quota = NonZeroU32::new(number).map(Quota::per_minute);
        Self { limiter: quota.map(DefaultKeyedRateLimiter::dashmap), look_at: AtomicUsize::new(MANY) }
    }

    /// Counts one action of somebody who may not be known yet; what is not known cannot be counted.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn check_known(&self, key: Option<&K>) -> Result<()> {
        key.map_or(Ok(()), |key| self.check(key))
    }

    /// Counts one action of `key`.
    ///
    /// # Errors
    /// `TooMany`, with the time after which the next is welcome.
    pub fn check(&self, key: &K) -> Result<()> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if limiter.len() > self.look_at.load(Ordering::Relaxed) {
            limiter.retain_recent();
            limiter.shrink_to_fit();
            self.look_at.store(MANY.max(limiter.len() * 2), Ordering::Relaxed);
        }
        limiter.check_key(key).map_err(|early| {
            let retry_after = early.wait_time_from(DefaultClock::default().now());
            let seconds = retry_after.as_secs() + 1;
            Error::TooMany {
                retry_after,
                detail: format!("That was a lot at once. Please try again in {seconds} s."),
            }
        })
    }
}

/// What is worth writing down, but not as often as somebody who means harm could make it happen: so many
/// a minute, and then how many there were besides.
pub struct Noted {
    limit: Limit<()>,
    unsaid: AtomicU64,
}

impl Noted {
    #[must_use]
    pub fn per_minute(number: u32) -> Self {
        Self { limit: Limit::per_minute(number), unsaid: AtomicU64::new(0) }
    }

    /// Whether this one is to be written down, and how many before it were not.
    pub fn next(&self) -> Option<u64> {
        if self.limit.check(&()).is_ok() {
            return Some(self.unsaid.swap(0, Ordering::Relaxed));
        }
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// Lets only so many pieces of heavy work run at once, off the async threads; the others wait.
pub struct Gate(Semaphore);

impl Gate {
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self(Semaphore::new(at_once))
    }

    /// Runs `work` when it is its turn.
    ///
    /// # Errors
    /// What `work` answered.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let _turn = self.0.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// Does one piece of heavy work after the other, on a thread of its own. What such work needed of memory is
/// needed once, and not once for each thread of a pool that ever did any.
pub struct Worker(mpsc::Sender<Work>);

impl Worker {
    #[must_use]
    pub fn start() -> Self {
        let (sender, receiver) = mpsc::channel::<Work>();
        std::thread::spawn(move || receiver.into_iter().for_each(|work| work()));
        Self(sender)
    }

    /// Runs `work` when it is its turn.
    ///
    /// # Errors
    /// What `work` answered.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        // Whoever asked may be gone by then, which is no fault.
        let work = move || drop(answer.send(work()));
        self.0.send(Box::new(work)).map_err(|_| Error::internal("the worker has ended"))?;
        answered.await.map_err(Error::internal)?
    }
}

/// All limits of the configuration, and how much heavy work may go on.
pub struct Limits {
    pub posts: Limit<IpAddr>,
    pub person_posts: Limit<Id>,
    pub votes: Limit<IpAddr>,
    pub person_votes: Limit<Id>,
    pub reports: Limit<IpAddr>,
    pub person_reports: Limit<Id>,
    pub previews: Limit<IpAddr>,
    /// Attempts to sign in from one address …
    pub sign_ins: Limit<IpAddr>,
    /// … at one account from one address …
    pub account_sign_ins: Limit<(String, IpAddr)>,
    /// … and at one account from anywhere: wide, so that nobody is locked out by somebody else.
    pub all_account_sign_ins: Limit<String>,
    /// Sign-ins that were refused, in the audit trail.
    pub refusals: Noted,
    /// Markdown to HTML.
    pub rendering: Gate,
    /// Hashing passwords takes 19 MiB.
    pub hashing: Worker,
}

/// An account takes so many times more attempts from everywhere than from one address.
const EVERYWHERE: u32 = 10;
/// The audit trail cannot be shortened, so nobody may make it grow at will.
const REFUSALS_PER_MINUTE: u32 = 20;

impl Limits {
    #[must_use]
    pub fn new(limits: &config::Limits) -> Self {
        Self {
            posts: Limit::per_minute(limits.posts_per_minute),
            person_posts: Limit::per_minute(limits.person_posts_per_minute),
            votes: Limit::per_minute(limits.votes_per_minute),
            person_votes: Limit::per_minute(limits.votes_per_minute),
            reports: Limit::per_minute(limits.reports_per_minute),
            person_reports: Limit::per_minute(limits.reports_per_minute),
            previews: Limit::per_minute(limits.previews_per_minute),
            sign_ins: Limit::per_minute(limits.sign_ins_per_minute),
            account_sign_ins: Limit::per_minute(limits.sign_ins_per_minute),
            all_account_sign_ins: Limit::per_minute(limits.sign_ins_per_minute.saturating_mul(EVERYWHERE)),
            refusals: Noted::per_minute(REFUSALS_PER_MINUTE),
            rendering: Gate::new(2),
            hashing: Worker::start(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_over_the_limit_is_told_when_to_come_back() {
        let limit = Limit::per_minute(2);
        assert!(limit.check(&"a").is_ok() && limit.check(&"a").is_ok());
        match limit.check(&"a") {
            Err(Error::TooMany { retry_after, .. }) => assert!(retry_after.as_secs() <= 30),
            other => panic!("{other:?}"),
        }
        assert!(limit.check(&"b").is_ok(), "another key has its own count");
    }

    #[test]
    fn what_happens_too_often_is_counted_instead() {
        let noted = Noted::per_minute(2);
        assert_eq!([noted.next(), noted.next(), noted.next(), noted.next()], [Some(0), Some(0), None, None]);
        assert_eq!(noted.unsaid.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn zero_means_no_limit() {
        let limit = Limit::per_minute(0);
        assert!((0..1000).all(|_| limit.check(&1).is_ok()));
    }
}
