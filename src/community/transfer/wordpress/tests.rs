use std::io::Write as _;
use std::path::Path;

use super::Status::{Deleted, Held, Published, Spam};
use super::*;
use crate::community::transfer::tests::{Collected, fixture, read};

fn export() -> Collected {
    read(&WordPress, &fixture("wordpress.xml")).unwrap()
}

fn parse(xml: &str) -> Result<Collected> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(xml.as_bytes()).unwrap();
    read(&WordPress, file.path())
}

fn refusal(file: &Path) -> String {
    read(&WordPress, file).err().map(|error| error.to_string()).unwrap_or_default()
}

/// The comment of that number on the first page that has one.
fn numbered(export: &Collected, number: u32) -> &SourceComment {
    let id = format!("{number}@");
    export.comments.iter().find(|comment| comment.source_id.starts_with(&id)).unwrap()
}

#[test]
fn lines_paragraphs_and_links_are_as_wordpress_shows_them() {
    let expected = "<p>How often do you water?<br>\nI water <b>twice</b>.</p>\n\
                    <p>See <a href=\"https://garden.example/water\">https://garden.example/water</a>.</p>\n";
    assert_eq!(numbered(&export(), 2).body, expected);
}

#[test]
fn names_and_addresses_are_read_for_what_they_mean() {
    let export = export();
    let ada = &numbered(&export, 2).author;
    assert_eq!((ada.name.as_str(), ada.email.as_str()), ("Tom & Ada O'Neil", "ada@garden.example"));
    assert_eq!(
        (ada.url.as_str(), ada.id.as_str(), ada.email_verified),
        ("https://ada.example/?a=1&b=2", "", false)
    );
    assert_eq!(export.threads[0].title, "Tomatoes & basil");
    assert_eq!(export.threads[0].aliases, ["18 tomatoes"]);
    assert_eq!(export.threads[1].link, "https://garden.example/?p=20&utm_source=feed");
}

#[test]
fn a_registered_user_is_one_person_of_that_blog_under_any_name() {
    let export = export();
    let (one, other) = (&numbered(&export, 3).author, &numbered(&export, 4).author);
    assert_eq!((one.id.as_str(), one.email.as_str()), ("1@garden.example", "wren@garden.example"));
    assert_eq!((&one.id, other.name.as_str()), (&other.id, "Wren the gardener"));
}

#[test]
fn dates_are_in_utc_and_local_ones_only_stand_in() {
    let export = export();
    assert_eq!(numbered(&export, 2).created_at, Millis::parse("2019-04-02T09:30:00Z").unwrap());
    assert_eq!(numbered(&export, 3).created_at, Millis::parse("2019-04-02T12:00:00Z").unwrap());
}

#[test]
fn each_status_finds_its_own() {
    let export = export();
    let status = [2, 5, 6, 7, 13, 15, 16].map(|number| numbered(&export, number).status);
    assert_eq!(status, [Published, Held, Spam, Deleted, Published, Held, Deleted]);
    let pages: Vec<_> = export.threads.iter().map(|thread| (thread.closed, thread.deleted)).collect();
    assert_eq!(
        pages,
        [(false, false), (true, false), (false, false), (false, true)],
        "and none without comments"
    );
}

#[test]
fn what_nobody_wrote_is_skipped_with_its_reason() {
    let skipped: Vec<String> =
        export().skipped.iter().map(|one| format!("{}: {}", one.at, one.reason)).collect();
    let expected = [
        "(comment 10): it is a pingback, which nobody wrote",
        "(comment 11): it is a trackback, which nobody wrote",
        "(comment 12): it is not a comment but a “order_note” of a plugin",
        "(comment 14): its date, “last spring”, cannot be read",
    ];
    assert_eq!(skipped.len(), expected.len(), "{skipped:?}");
    for (told, expected) in skipped.iter().zip(expected) {
        assert!(told.starts_with("line ") && told.ends_with(expected), "{told} / {expected}");
    }
}

#[test]
fn the_same_number_on_another_page_is_another_comment() {
    let export = export();
    let twos: Vec<_> = export.comments.iter().filter(|comment| comment.source_id.starts_with("2@")).collect();
    assert!(twos.len() == 2 && twos[0].source_id != twos[1].source_id);
    let parent = numbered(&export, 3).parent.as_ref();
    assert_eq!(parent, Some(&twos[0].source_id));
}

#[test]
fn older_exports_and_other_prefixes_read_the_same() {
    for version in ["1.0", "1.1", "1.2"] {
        let xml = format!(
            "<rss xmlns:w='http://wordpress.org/export/{version}/'><channel><item><link>/a</link><w:comment>\
             <w:comment_id>7</w:comment_id><w:comment_date_gmt>2010-01-01 00:00:00</w:comment_date_gmt>\
             <w:comment_approved>1</w:comment_approved><w:comment_content>x</w:comment_content></w:comment></item></channel></rss>"
        );
        let read = parse(&xml).unwrap();
        assert_eq!((read.comments.len(), read.threads[0].link.as_str()), (1, "/a"), "{version}");
    }
}

#[test]
fn a_broken_or_foreign_file_is_refused_with_the_place() {
    let cut = refusal(&fixture("wordpress-truncated.xml"));
    assert!(cut.contains("Line 61, column 1: the file ends here, inside <comment>"), "{cut}");
    let disqus = refusal(&fixture("disqus.xml"));
    assert!(disqus.contains("afterword import disqus"), "{disqus}");
    assert!(refusal(&fixture("commento.json")).contains("JSON"));
    let long = format!("<rss><channel><item><title>{}", "&lt;xxxxxxxxxx".repeat(2 << 20));
    assert!(parse(&long).err().unwrap().to_string().contains("16 MB"));
}

#[test]
fn every_prefix_of_an_export_is_refused_and_none_panics() {
    let whole = std::fs::read_to_string(fixture("wordpress.xml")).unwrap();
    let end = whole.trim_end().len();
    for length in (0..end).step_by(11).filter(|at| whole.is_char_boundary(*at)) {
        assert!(parse(&whole[..length]).is_err(), "the first {length} bytes");
    }
}

mod words {
    use super::super::paragraphs::of;

    #[test]
    fn empty_lines_part_paragraphs_and_lines_break_in_them() {
        assert_eq!(of("a\r\nb\n\n\n c "), "<p>a<br>\nb</p>\n<p>c </p>\n");
        assert_eq!(of("a<br />\nb"), "<p>a<br />b</p>\n");
        assert_eq!(of(" \n "), "");
        assert_eq!(of("<b>a</b> <i>b</i>"), "<p><b>a</b> <i>b</i></p>\n");
    }

    #[test]
    fn blocks_of_the_author_stand_for_themselves() {
        assert_eq!(
            of("a\n<blockquote>b\n\nc</blockquote>\nd"),
            "<p>a</p>\n<blockquote><p>b</p>\n<p>c</p>\n</blockquote><p>d</p>\n"
        );
        assert_eq!(of("<ul>\n<li>a</li>\n<li>b\nc</li>\n</ul>"), "<ul><li>a</li><li>b<br>\nc</li></ul>");
        assert_eq!(of("<p>a\nb</p>\n\n<p>c</p>"), "<p>a<br>\nb</p><p>c</p>");
    }

    #[test]
    fn preformatted_text_is_left_alone() {
        let text = "<pre>a\n\n  b https://x.example\n</pre>";
        assert_eq!(of(text), text);
        assert_eq!(of("x\n<pre>a\nb</pre>\ny"), "<p>x</p>\n<pre>a\nb</pre><p>y</p>\n");
    }

    #[test]
    fn bare_urls_become_links_where_they_are_none() {
        assert_eq!(
            of("&lt;https://a.example/?x=1&amp;y=2&gt;, <a href=\"https://b.example\">https://b.example</a>"),
            "<p>&lt;<a href=\"https://a.example/?x=1&amp;y=2\">https://a.example/?x=1&amp;y=2</a>&gt;, \
             <a href=\"https://b.example\">https://b.example</a></p>\n"
        );
    }

    #[test]
    fn what_is_no_tag_is_text() {
        assert_eq!(of("1 < 2 <3"), "<p>1 < 2 <3</p>\n");
        assert_eq!(of("a<!-- b\n\n -->c"), "<p>ac</p>\n");
        assert_eq!(of("<a title=\"x>\ny\">z</a>"), "<p><a title=\"x>\ny\">z</a></p>\n");
    }

    #[test]
    fn tags_without_an_end_are_text_however_many_there_are() {
        for piece in ["<a ", "<!--", "<a '", "http://x ", "\n\n<"] {
            let text = piece.repeat(1 << 12);
            let html = of(&text);
            assert!(html.len() >= text.trim().len() / 2, "{piece}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-z<>/&\" \n]{0,80}") {
            use crate::community::comments::markup::sanitise;
            let words = |html: &str| sanitise(html, false).replace("<p>", " ").replace("</p>", " ").replace("<br>", " ");
            let count = |html: &str| words(html).matches(char::is_alphabetic).count();
            // A tag of the author's may take letters into itself, so only text without one is compared.
            if !text.contains('<') {
                proptest::prop_assert_eq!(count(&of(&text)), count(&text));
            }
        }
    }
}
