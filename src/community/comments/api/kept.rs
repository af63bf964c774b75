//! Answers that are the same for everyone, kept as ready-made bytes. Each is asked for as a request says it, and is
//! kept for as long as what it was made of has not changed, by this process or another one on the same file.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rusqlite::Connection;

use super::counts::CountsAsked;
use super::thread::ThreadAsked;
use crate::base::app::App;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::sites::Site;
use crate::web::ready::{Effort, Encoding, Ready};

const JSON: &str = "application/json";
/// What an answer takes beside its bytes, roughly.
const OVERHEAD: u64 = 400;
/// Of how many answers the cache expects to find room, for the size of its tables.
const USUAL_SIZE: u64 = 8 << 10;

/// What is asked for, word for word: two that are equal have the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Asked {
    Thread(ThreadAsked),
    Counts(CountsAsked),
}

/// What an answer was made of: where two are equal, so are the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub site: (Id, i64),
    pub thread: Option<(Id, i64)>,
}

/// An answer as it was made.
pub struct Made {
    pub json: Vec<u8>,
    /// None for what is cheap to make again: then its bytes are compared.
    pub origin: Option<Origin>,
    /// When it changes by itself.
    pub until: Option<Millis>,
    pub site: Option<Site>,
}

/// A kept answer in one encoding.
pub struct Answer {
    pub ready: Ready,
    source: Arc<Source>,
    /// As which commit it was last seen to be true.
    checked: AtomicI64,
}

struct Source {
    origin: Option<Origin>,
    until: Option<Millis>,
    site: Option<Site>,
}

impl Answer {
    /// Whose answer it is.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        self.source.site.as_ref()
    }

    fn is_true(&self, commit: i64, now: Millis) -> bool {
        self.checked.load(Ordering::Acquire) >= commit && self.source.until.is_none_or(|until| now < until)
    }

    fn check(&self, commit: i64) {
        self.checked.fetch_max(commit, Ordering::AcqRel);
    }
}

type Key = (Asked, Encoding);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Arc<Answer>> for ByBytes {
    fn weight(&self, (asked, _): &Key, answer: &Arc<Answer>) -> u64 {
        let named = match asked {
            Asked::Thread(asked) => asked.size(),
            Asked::Counts(asked) => asked.size(),
        };
        OVERHEAD + u64::try_from(named + answer.ready.bytes().len()).unwrap_or(u64::MAX)
    }
}

/// The answers that are kept, up to so many bytes; those that are asked for least go first.
pub struct Kept {
    answers: Cache<Key, Arc<Answer>, ByBytes>,
}

impl Kept {
    #[must_use]
    pub fn up_to(bytes: u64) -> Self {
        let expected = usize::try_from(bytes / USUAL_SIZE).unwrap_or(usize::MAX).max(16);
        Self { answers: Cache::with_weighter(expected, bytes, ByBytes) }
    }

    /// The answer in that encoding. Whoever asks for the same while it is made waits for it.
    ///
    /// # Errors
    /// What making it answered.
    pub async fn get(&self, app: &App, asked: Asked, encoding: Encoding) -> Result<Arc<Answer>> {
        let commit = app.db.commits()?;
        let key = (asked, encoding);
        loop {
            let now = Millis::now();
            let known = self.answers.get(&key);
            if let Some(answer) = known.as_ref().filter(|answer| answer.is_true(commit, now)) {
                return Ok(Arc::clone(answer));
            }
            if known.is_some() {
                self.answers.remove_if(&key, |answer| !answer.is_true(commit, now));
            }
            // What another request has just made may be older than the commit that this one must see.
            let Err(place) = self.answers.get_value_or_guard_async(&key).await else { continue };
            let answer = match encoding {
                Encoding::Identity => plain(app, &key.0, known, now).await?,
                _ => self.packed(app, &key.0, encoding, known).await?,
            };
            // Where it does not fit, it is sent all the same.
            let _ = place.insert(Arc::clone(&answer));
            return Ok(answer);
        }
    }

    async fn packed(
        &self,
        app: &App,
        asked: &Asked,
        encoding: Encoding,
        known: Option<Arc<Answer>>,
    ) -> Result<Arc<Answer>> {
        let plain = Box::pin(self.get(app, asked.clone(), Encoding::Identity)).await?;
        let checked = plain.checked.load(Ordering::Acquire);
        if let Some(known) = known.filter(|known| Arc::ptr_eq(&known.source, &plain.source)) {
            known.check(checked);
            return Ok(known);
        }
        let bytes = plain.ready.clone();
        let ready = tokio::task::spawn_blocking(move || bytes.encode(encoding, Effort::Quick)).await;
        let ready = ready.map_err(Error::internal)?;
        Ok(Arc::new(Answer { ready, source: Arc::clone(&plain.source), checked: AtomicI64::new(checked) }))
    }
}

/// The answer as it is, made anew unless what is known of it is still true.
async fn plain(app: &App, asked: &Asked, known: Option<Arc<Answer>>, now: Millis) -> Result<Arc<Answer>> {
    // Asked for before the file is read: what is committed meanwhile is looked for again next time.
    let commit = app.db.commits()?;
    let (asking, was) = (asked.clone(), known.clone());
    let made = app.db.read(move |c| make(c, &asking, was.as_deref(), now)).await?;
    match (made, known) {
        (None, Some(known)) => {
            known.check(commit);
            Ok(known)
        }
        (Some(made), known) => Ok(anew(made, known, commit)),
        (None, None) => Err(Error::internal("an answer that nobody made")),
    }
}

/// None where what is known was made of the same.
fn make(c: &Connection, asked: &Asked, known: Option<&Answer>, now: Millis) -> Result<Option<Made>> {
    match asked {
        Asked::Counts(asked) => asked.make(c).map(Some),
        Asked::Thread(asked) => {
            let subject = asked.subject(c)?;
            let origin = subject.origin(c)?;
            let is_same = known.is_some_and(|known| {
                known.source.origin.as_ref() == Some(&origin)
                    && known.source.until.is_none_or(|until| now < until)
            });
            if is_same { Ok(None) } else { asked.make(c, subject, origin, now).map(Some) }
        }
    }
}

fn anew(made: Made, known: Option<Arc<Answer>>, commit: i64) -> Arc<Answer> {
    let same = known.filter(|known| made.origin.is_none() && known.ready.bytes()[..] == made.json[..]);
    if let Some(known) = same {
        known.check(commit);
        return known;
    }
    let source = Source { origin: made.origin, until: made.until, site: made.site };
    Arc::new(Answer {
        ready: Ready::new(JSON, made.json),
        source: Arc::new(source),
        checked: AtomicI64::new(commit),
    })
}
