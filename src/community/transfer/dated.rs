//! Dates that cannot be: before 1970, where ids begin, and later than now.

use super::SourceComment;
use crate::base::clock::Millis;

/// Moves such dates to where they can be, and counts them.
#[derive(Debug)]
pub struct Dated {
    now: Millis,
    early: i64,
    late: i64,
}

impl Dated {
    pub fn new(now: Millis) -> Self {
        Self { now, early: 0, late: 0 }
    }

    /// The comments that are moved to one day keep the order of the file, a millisecond apart.
    pub fn settle(&mut self, comment: &mut SourceComment) {
        if comment.created_at.0 < 0 {
            comment.created_at = Millis(self.early);
            self.early += 1;
        } else if comment.created_at > self.now {
            comment.created_at = Millis(self.now.0 + self.late);
            self.late += 1;
        }
        let edited = comment.edited_at.filter(|edited| edited.0 >= 0);
        comment.edited_at = edited.map(|edited| edited.min(self.now));
    }

    /// What there is to say of them once all are read.
    pub fn notes(&self) -> Vec<String> {
        let notes = [
            (self.early, "before 1970. It is", "before 1970. They are", "1 January 1970"),
            (self.late, "in the future. It is", "in the future. They are", "the time of this import"),
        ];
        let some = notes.into_iter().filter(|(count, ..)| *count > 0);
        some.map(|(count, one, many, moved)| match count {
            1 => format!("1 comment has a date {one} dated {moved}."),
            _ => format!("{count} comments have a date {many} dated {moved}, in the order of the file."),
        })
        .collect()
    }
}
