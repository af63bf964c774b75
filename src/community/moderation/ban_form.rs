//! The form of a new ban: empty, or filled from a comment; and what it asks for.

use std::time::Duration;

use rusqlite::Connection;

use super::visible;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::secrets::hex;
use crate::community::bans::{Draft, Kind};
use crate::community::comments::{self, Comment};
use crate::community::sites;
use crate::web::access::Access;
use crate::web::form::Form;
use crate::web::frame::Field;

/// How long a ban may be chosen to last, by the word in the form.
const SPANS: [(&str, &str, Duration); 4] = [
    ("day", "A day", Duration::from_hours(24)),
    ("week", "A week", Duration::from_hours(7 * 24)),
    ("month", "30 days", Duration::from_hours(30 * 24)),
    ("year", "A year", Duration::from_hours(365 * 24)),
];

/// What the page shows.
pub struct BanForm {
    /// Whose writer is to be banned; none for a ban that is written by hand.
    pub of: Option<OfComment>,
    pub kind: String,
    pub pattern: String,
    pub pattern_error: Option<String>,
    /// A site's key; empty for everywhere.
    pub site: String,
    pub sites: Vec<(String, String)>,
    pub ends: String,
    pub spans: Vec<(&'static str, &'static str)>,
    pub date: Field,
    /// The first day that can be chosen.
    pub today: String,
    pub reason: Field,
    pub shadow: bool,
    /// What is wrong and belongs to no single field.
    pub error: Option<String>,
}

/// What a comment tells of its writer.
pub struct OfComment {
    pub id: String,
    pub href: String,
    pub author: String,
    pub marks: Vec<Mark>,
}

/// One thing by which its writer may be known again.
pub struct Mark {
    pub kind: &'static str,
    /// Empty for an address, which nobody can read.
    pub value: String,
    pub ticked: bool,
}

impl BanForm {
    /// # Errors
    /// `NotFound` for a comment that is not there.
    pub fn empty(c: &Connection, access: &Access, comment: &str, now: Millis) -> Result<Self> {
        let of = if comment.is_empty() { None } else { Some(OfComment::read(c, access, comment)?) };
        let all = sites::all(c)?;
        let own = match &of {
            Some(of) => {
                let site = visible(c, access, super::pages::read_id(&of.id)?)?.site;
                all.iter().find(|one| one.id == site).map(|site| site.key.clone())
            }
            None => None,
        };
        Ok(Self {
            of,
            kind: Kind::Name.as_str().to_owned(),
            pattern: String::new(),
            pattern_error: None,
            site: own.unwrap_or_default(),
            sites: all.into_iter().map(|site| (site.key, site.name)).collect(),
            ends: "month".to_owned(),
            spans: SPANS.iter().map(|(word, label, _)| (*word, *label)).collect(),
            date: Field::default(),
            today: now.to_string().chars().take(10).collect(),
            reason: Field::default(),
            shadow: false,
            error: None,
        })
    }

    /// As it was sent.
    ///
    /// # Errors
    /// As [`BanForm::empty`].
    pub fn sent(c: &Connection, access: &Access, form: &Form, now: Millis) -> Result<Self> {
        let mut shown = Self::empty(c, access, form.text("comment"), now)?;
        for mark in shown.of.iter_mut().flat_map(|of| &mut of.marks) {
            mark.ticked = form.all("what").any(|kind| kind == mark.kind);
        }
        let text = |name: &str| form.text(name).to_owned();
        Ok(Self {
            kind: text("kind"),
            pattern: text("pattern"),
            site: text("site"),
            ends: text("ends"),
            date: Field::new(text("date")),
            reason: Field::new(text("reason")),
            shadow: form.text("effect") == "shadow",
            ..shown
        })
    }

    /// Says beside the field what is wrong with it.
    #[must_use]
    pub fn blamed(mut self, fault: Error) -> Self {
        let (field, detail) = match fault {
            Error::Invalid { field, detail } => (field, detail),
            other => (String::new(), other.to_string()),
        };
        match field.as_str() {
            "pattern" if self.of.is_none() => self.pattern_error = Some(detail),
            "ends" => self.date.error = Some(detail),
            "reason" => self.reason.error = Some(detail),
            _ => self.error = Some(detail),
        }
        self
    }

    /// Whether a field is wrong: the sentence above the form.
    #[must_use]
    pub fn is_faulty(&self) -> bool {
        self.pattern_error.is_some() || self.date.error.is_some() || self.reason.error.is_some()
    }
}

impl OfComment {
    fn read(c: &Connection, access: &Access, id: &str) -> Result<Self> {
        let comment = visible(c, access, super::pages::read_id(id)?)?;
        let marks = Kind::EVERY.into_iter().filter_map(|kind| {
            let value = mark(c, &comment, kind).transpose()?;
            Some(value.map(|value| Mark {
                kind: kind.as_str(),
                value: if kind == Kind::Address { String::new() } else { value },
                ticked: matches!(kind, Kind::Address | Kind::Email),
            }))
        });
        Ok(Self {
            marks: marks.collect::<Result<_>>()?,
            id: comment.id.to_string(),
            href: format!("/admin/comments/{}", comment.id),
            author: comment.author_name,
        })
    }
}

/// The pattern by which a ban of that kind meets whoever wrote this comment, if it is known.
fn mark(c: &Connection, comment: &Comment, kind: Kind) -> Result<Option<String>> {
    let (address, network) = comments::sent_from(c, comment.id)?;
    let value = match kind {
        Kind::Address => address.map(|hash| hex(&hash)).unwrap_or_default(),
        Kind::Network => network,
        Kind::Email => comment.author_email.clone(),
        // A star in a name stands for anything in a ban, the star itself among it.
        Kind::Name => comment.author_name.clone(),
    };
    Ok(Some(value).filter(|value| !value.is_empty()))
}

/// The bans that a form asks for: one for each mark of a comment that is ticked, or the one that is written.
///
/// # Errors
/// `Invalid`, with the field; `NotFound` for a comment or a site that is not there.
pub fn drafts(c: &Connection, access: &Access, form: &Form, now: Millis) -> Result<Vec<Draft>> {
    let site = match form.text("site") {
        "" => None,
        key => Some(sites::by_key(c, key)?.id),
    };
    let (expires_at, shadow) = (end(form, now)?, form.text("effect") == "shadow");
    let draft = |kind: Kind, pattern: String| Draft {
        site,
        kind,
        pattern,
        shadow,
        reason: form.text("reason").to_owned(),
        expires_at,
    };
    let comment = form.text("comment");
    if comment.is_empty() {
        return Ok(vec![draft(form.text("kind").parse()?, form.text("pattern").to_owned())]);
    }
    let comment = visible(c, access, super::pages::read_id(comment)?)?;
    let mut asked = Vec::new();
    for kind in form.all("what") {
        let kind: Kind = kind.parse()?;
        let gone = || Error::invalid("what", "The comment no longer tells that of its writer.");
        asked.push(draft(kind, mark(c, &comment, kind)?.ok_or_else(gone)?));
    }
    if asked.is_empty() {
        return Err(Error::invalid("what", "Choose at least one thing by which to know them again."));
    }
    Ok(asked)
}

/// The moment that a form names; none for good.
fn end(form: &Form, now: Millis) -> Result<Option<Millis>> {
    match form.text("ends") {
        "good" => Ok(None),
        "date" => {
            let date = form.text("date");
            let day = Millis::parse(&format!("{date}T23:59:59Z"));
            day.map(Some).map_err(|_| Error::invalid("ends", "Choose the day on which the ban ends."))
        }
        word => match SPANS.iter().find(|(known, _, _)| *known == word) {
            Some((_, _, span)) => Ok(Some(now + *span)),
            None => Err(Error::invalid("ends", "Choose how long the ban is to last.")),
        },
    }
}
