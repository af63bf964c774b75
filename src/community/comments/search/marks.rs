//! What else a comment is looked for by, beside its words. Marks are words of a column of their own in the same index:
//! a question about a word in the held comments of one thread is then answered by the index alone, in the time that
//! the rarest of these takes, however many comments there are.

use super::expression::{IN_NAMES, IN_TEXTS};
use crate::base::id::Id;
use crate::base::secrets::hex;

/// One thing that is so of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    Held,
    Spam,
    /// Published, and a report is open.
    Reported,
    Site(Id),
    Thread(Id),
    Guest(Id),
    Account(Id),
    Email(&'a str),
}

impl Mark<'_> {
    /// The mark as one word, which nobody writes.
    fn word(&self) -> String {
        match self {
            Self::Held => "isheld".into(),
            Self::Spam => "isspam".into(),
            Self::Reported => "isreported".into(),
            Self::Site(id) => format!("ofsite{id}"),
            Self::Thread(id) => format!("inthread{id}"),
            Self::Guest(id) => format!("byguest{id}"),
            Self::Account(id) => format!("byaccount{id}"),
            Self::Email(email) => format!("from{}", hex(email.to_lowercase().as_bytes())),
        }
    }
}

/// The text of the column.
pub fn text(marks: &[Mark<'_>]) -> String {
    marks.iter().map(Mark::word).collect::<Vec<_>>().join(" ")
}

/// A question to the index, put together from what must be so.
#[derive(Clone, Debug, Default)]
pub struct Question {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Question {
    /// An expression that the text or the name must fit.
    pub fn words(&mut self, expression: &str) {
        self.wanted.push(format!("{IN_TEXTS} : ({expression})"));
    }

    /// An expression that the name must fit.
    pub fn author(&mut self, expression: &str) {
        self.wanted.push(format!("{IN_NAMES} : ({expression})"));
    }

    /// One of these must be so; of none, nothing is.
    pub fn any(&mut self, marks: &[Mark<'_>]) {
        let nothing = || vec!["nothing".to_owned()];
        let words = if marks.is_empty() { nothing() } else { marks.iter().map(Mark::word).collect() };
        self.wanted.push(format!("marks : ({})", words.join(" OR ")));
    }

    /// This must not be so.
    pub fn not(&mut self, mark: &Mark<'_>) {
        self.unwanted.push(mark.word());
    }

    /// In the language of FTS5.
    #[must_use]
    pub fn expression(&self) -> String {
        let wanted = self.wanted.join(" AND ");
        if self.unwanted.is_empty() {
            return wanted;
        }
        format!("({wanted}) NOT marks : ({})", self.unwanted.join(" OR "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_has_all_that_must_be_so() {
        let mut question = Question::default();
        question.words("\"a\"*");
        question.any(&[Mark::Held]);
        question.any(&[Mark::Site(Id(1)), Mark::Email("A@b")]);
        question.not(&Mark::Spam);
        let site = Mark::Site(Id(1)).word();
        assert_eq!(
            question.expression(),
            format!(
                "({{author words}} : (\"a\"*) AND marks : (isheld) AND marks : ({site} OR from614062)) NOT marks : (isspam)"
            )
        );
        let mut nobody = Question::default();
        nobody.any(&[]);
        assert_eq!(nobody.expression(), "marks : (nothing)");
    }
}
