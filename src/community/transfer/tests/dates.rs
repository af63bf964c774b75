//! When things were said, and dates that cannot be.

use std::fmt::Write;

use super::*;
use crate::community::transfer::export::{self, Selection};

/// A page whose comments have these dates, each with its place in the list as its id.
fn file(garden: &Garden, link: &str, dates: &[&str]) -> PathBuf {
    let mut xml = format!("<disqus><thread id='1'><link>{link}</link></thread>");
    for (number, date) in dates.iter().enumerate() {
        write!(
            xml,
            "<post id='{number}'><message>Number {number}</message><createdAt>{date}</createdAt><thread id='1'/></post>"
        )
        .unwrap();
    }
    let file = garden.folder.path().join("dates.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    file
}

const BY_ID: &str = "SELECT source_id || ' ' || created_at FROM comments ORDER BY id";

#[test]
fn dates_before_1970_keep_the_order_of_the_file_and_come_back_from_a_wxr_file() {
    let garden = Garden::new();
    let dates = ["1969-07-20T20:17:40Z", "1700-01-01T00:00:00Z", "1950-01-01T00:00:00Z"];
    let file = file(&garden, "/a", &dates);
    let report = garden.import("disqus", &file, false).unwrap();
    assert_eq!(garden.ask(BY_ID), ["0 0", "1 1", "2 2"]);
    assert!(report.notes[0].starts_with("3 comments have a date before 1970."), "{:?}", report.notes);
    let again = garden.import("disqus", &file, false).unwrap();
    assert_eq!((again.imported, again.already), (0, 3));

    let mut wxr = Vec::new();
    let chosen = Selection::Site("garden".into());
    export::write(&garden.db, &chosen, export::Format::Wxr, &mut wxr, &mut |_| ()).unwrap();
    let (there, path) = (Garden::new(), garden.folder.path().join("wxr.xml"));
    std::fs::write(&path, wxr).unwrap();
    let report = there.import("", &path, false).unwrap();
    assert_eq!((report.imported, report.skipped_count, &report.notes[..]), (3, 0, &[][..]));
}

#[test]
fn a_date_before_1970_is_taken_from_every_format() {
    let json = r#"[{"id":"1","page_key":"/a","content":"Hello","nick":"Ann","created_at":"1969-12-31 23:59:59 +0000"}]"#;
    let remark = r#"{"version":1,"users":[],"posts":[]}
        {"id":"c1","text":"Hello","user":{"name":"Ann","id":"a"},"locator":{"url":"/a"},"time":"1969-12-31T23:59:59Z"}"#;
    for (format, text) in [("artalk", json), ("remark42", remark)] {
        let garden = Garden::new();
        let path = garden.folder.path().join("file");
        std::fs::write(&path, text).unwrap();
        let report = garden.import(format, &path, false).unwrap();
        assert_eq!(garden.ask(BY_ID), [format!("{} 0", if format == "artalk" { "1@-1000" } else { "c1" })]);
        assert_eq!(report.notes, ["1 comment has a date before 1970. It is dated 1 January 1970."]);
    }
}

#[test]
fn a_date_in_the_future_is_the_time_of_the_import() {
    let garden = Garden::new();
    let before = Millis::now();
    let path = file(&garden, "/a", &["2199-01-01T00:00:00Z", "2150-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]);
    let report = garden.import("disqus", &path, false).unwrap();
    let known = garden.ask(BY_ID);
    assert!(known[0].starts_with("2 1577836800000") && known[1].starts_with("0 "), "{known:?}");
    let at: i64 = known[2].strip_prefix("1 ").unwrap().parse().unwrap();
    assert!((before.0..=Millis::now().0 + 1).contains(&at), "{at}");
    assert!(report.notes[0].contains("2 comments have a date in the future"), "{:?}", report.notes);
}

#[test]
fn a_page_begins_with_its_first_comment() {
    let garden = Garden::new();
    let path = file(&garden, "/a", &["2021-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]);
    garden.import("disqus", &path, false).unwrap();
    assert_eq!(garden.ask("SELECT created_at || '' FROM threads"), ["1577836800000"]);
    // As a release that dated threads by the import left them.
    let later = "UPDATE threads SET created_at = 1900000000000";
    garden.db.write_blocking(move |tx| Ok(tx.execute(later, [])?)).unwrap();
    let mut wxr = Vec::new();
    let chosen = Selection::Site("garden".into());
    export::write(&garden.db, &chosen, export::Format::Wxr, &mut wxr, &mut |_| ()).unwrap();
    let wxr = String::from_utf8(wxr).unwrap();
    assert!(wxr.contains("<wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt>"), "{wxr}");
}

#[test]
fn a_name_and_a_password_in_a_pages_address_stay_with_whoever_exported() {
    let garden = Garden::new();
    let date = ["2021-01-01T00:00:00Z"];
    for host in ["garden", "elsewhere"] {
        let path = file(&garden, &format!("https://ann:secret@{host}.example/{host}/"), &date);
        let report = garden.import("disqus", &path, false).unwrap();
        assert_eq!(report.pages[0].link, format!("https://{host}.example/{host}/"));
    }
    assert_eq!(
        garden.ask("SELECT page || ' ' || url FROM threads ORDER BY page"),
        ["/elsewhere https://garden.example/elsewhere", "/garden https://garden.example/garden/"]
    );
}
