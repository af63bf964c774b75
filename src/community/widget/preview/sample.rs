//! A thread that nobody wrote, with one of everything in it.

use std::time::Duration;

use super::Looks;
use crate::base::clock::Millis;
use crate::base::id::Id;
use crate::community::comments::view::{AuthorView, CommentView, ReplyTo, SiteView, ThreadFacts, ThreadView};
use crate::community::sites::{Sort, Theme};

/// Who says what below whom, in the order in which it is read.
struct Line {
    number: i64,
    parent: Option<i64>,
    depth: u32,
    /// Empty for a deleted comment.
    author: &'static str,
    minutes_ago: u64,
    html: &'static str,
    score: i64,
}

const PICTURE: &str =
    "<p><img src=\"/admin/static/icon.svg\" alt=\"A picture\" width=\"96\" height=\"96\"></p>";
const OWNER: &str = "Ada";

const LINES: [Line; 9] = [
    Line {
        number: 1,
        parent: None,
        depth: 0,
        author: OWNER,
        minutes_ago: 2900,
        html: "<p>Thank you for reading. Corrections are welcome, and so is <em>everything else</em>.</p>",
        score: 12,
    },
    Line {
        number: 2,
        parent: None,
        depth: 0,
        author: "Benedikt",
        minutes_ago: 1500,
        html: "<p>A small thing: <code>sort -u</code> does in one step what the post does in two. <a href=\"https://example.org/\" rel=\"nofollow ugc noopener\">The manual</a> has it.</p><pre><code>sort -u names.txt &gt; sorted.txt\n</code></pre>",
        score: 4,
    },
    Line {
        number: 3,
        parent: Some(2),
        depth: 1,
        author: OWNER,
        minutes_ago: 1400,
        html: "<blockquote><p>does in one step</p></blockquote><p>So it does. Corrected, thank you.</p>",
        score: 3,
    },
    Line {
        number: 4,
        parent: Some(3),
        depth: 2,
        author: "Chidi",
        minutes_ago: 900,
        html: "<p>It also keeps the order that the locale asks for:</p><ul><li>capitals first, or</li><li>both together.</li></ul>",
        score: 1,
    },
    Line {
        number: 5,
        parent: Some(4),
        depth: 3,
        author: "Benedikt",
        minutes_ago: 700,
        html: "<p>I always forget that.</p>",
        score: 0,
    },
    Line {
        number: 6,
        parent: Some(5),
        depth: 4,
        author: "Đorđe",
        minutes_ago: 500,
        html: "<p>So does everybody.</p>",
        score: 2,
    },
    Line {
        number: 7,
        parent: Some(6),
        depth: 5,
        author: "Chidi",
        minutes_ago: 90,
        html: "<p>Not any more.</p>",
        score: 0,
    },
    Line { number: 8, parent: None, depth: 0, author: "", minutes_ago: 400, html: "", score: 0 },
    Line {
        number: 9,
        parent: Some(8),
        depth: 1,
        author: "Élise",
        minutes_ago: 30,
        html: "<p>I had the same question. The answer above is it.</p>",
        score: 1,
    },
];

pub fn thread(looks: &Looks, page: &str, sort: Sort, now: Millis) -> ThreadView {
    let mut lines: Vec<&Line> = LINES.iter().collect();
    if sort == Sort::Newest {
        // Conversations the other way round; each still reads as it was said, and the pinned one stays above.
        lines[1..].rotate_left(6);
    }
    let published = LINES.iter().filter(|line| !line.author.is_empty()).count();
    ThreadView {
        site: SiteView {
            key: looks.key.clone(),
            name: String::new(),
            display_depth: looks.display_depth,
            sort: looks.sort,
            max_length: 10_000,
            edit_window: 0,
            images: looks.images,
            avatars: looks.avatars,
            theme: (looks.theme != Theme::Auto).then(|| looks.theme.as_str()),
            accent: looks.accent.map(|accent| accent.to_string()),
            on_accent: looks.accent.map(|accent| accent.text_on().to_string()),
        },
        thread: ThreadFacts {
            count: u32::try_from(published).unwrap_or(0),
            ..ThreadFacts::empty(page.to_owned(), false)
        },
        sort,
        comments: lines.into_iter().map(|line| line.view(looks, now)).collect(),
        next_cursor: None,
        last_event: None,
    }
}

impl Line {
    fn view(&self, looks: &Looks, now: Millis) -> CommentView {
        let is_deleted = self.author.is_empty();
        let parent = self.parent.map(Id);
        let above =
            LINES.iter().find(|line| Some(line.number) == self.parent).map(|line| line.author.to_owned());
        let picture = if looks.images && self.number == 1 { PICTURE } else { "" };
        CommentView {
            id: Id(self.number),
            parent_id: parent,
            depth: self.depth,
            author: (!is_deleted).then(|| AuthorView {
                name: self.author.to_owned(),
                url: None,
                avatar: (looks.avatars && self.author != "Chidi")
                    .then(|| "/admin/static/icon.svg".to_owned()),
                badge: (self.author == OWNER).then(|| "owner".to_owned()),
            }),
            html: format!("{}{picture}", self.html),
            created_at: now - Duration::from_mins(self.minutes_ago),
            edited_at: (self.number == 2).then(|| now - Duration::from_mins(self.minutes_ago - 10)),
            score: self.score,
            pinned: self.number == 1,
            deleted: is_deleted,
            reply_to: parent
                .filter(|_| self.depth > looks.display_depth)
                .map(|id| ReplyTo { id, name: above }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comment_stands_below_its_parent_whatever_the_order() {
        let looks = Looks::of_page("blog", "display_depth=2&images=1&avatars=1");
        for sort in [Sort::Oldest, Sort::Newest, Sort::Best] {
            let shown = thread(&looks, "x", sort, Millis(1_800_000_000_000)).comments;
            assert_eq!(shown.len(), LINES.len());
            assert!(shown[0].pinned);
            for (at, comment) in shown.iter().enumerate() {
                let parent = comment.parent_id.map(|id| shown[..at].iter().find(|above| above.id == id));
                assert!(
                    parent.is_none_or(|parent| parent.is_some_and(|above| above.depth + 1 == comment.depth))
                );
            }
        }
    }
}
