//! Exports of a database that has comments of every kind.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::*;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::community::comments::listing::list;
use crate::community::comments::threads;
use crate::community::comments::view::{CommentView, ThreadFacts, ThreadView};
use crate::community::sites::{Draft, by_key, create};
use crate::community::transfer::own::tests::Place;
use crate::community::transfer::{PageMap, Request, import};

fn text(place: &Place, selection: &Selection, format: Format) -> Result<String> {
    let (mut bytes, mut last) = (Vec::new(), None);
    write(&place.db, selection, format, &mut bytes, &mut |progress| last = Some(progress))?;
    let last = last.unwrap();
    assert_eq!(last.done, last.total, "{last:?}");
    Ok(String::from_utf8(bytes).unwrap())
}

fn blog() -> Selection {
    Selection::Site("blog".into())
}

/// The texts of the elements of one name, in order.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let (mut found, mut inside) = (Vec::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) if tag.name().as_ref() == name => {
                found.push(String::new());
                inside = true;
            }
            Event::End(_) => inside = false,
            Event::Text(text) if inside => *found.last_mut().unwrap() += &text,
            Event::CData(text) if inside => *found.last_mut().unwrap() += &text,
            Event::GeneralRef(name) if inside => {
                *found.last_mut().unwrap() += &format!("&{};", &*name);
            }
            Event::Eof => return found,
            _ => (),
        }
    }
}

#[test]
fn threads_are_read_in_order_without_sorting() {
    let place = Place::new();
    let plan = place.db.read_blocking(|connection| {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", store::IN_ORDER))?;
        let rows = statement.query_map([0], |row| row.get::<_, String>(3))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    let plan = plan.unwrap();
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE") || step == "SCAN r"), "{plan:?}");
}

#[test]
fn wordpress_gets_every_comment_below_what_it_replies_to() {
    let place = Place::rich();
    let xml = text(&place, &blog(), Format::Wxr).unwrap();
    assert_eq!(elements(&xml, "wp:post_name"), ["a", "b"]);
    assert_eq!(elements(&xml, "wp:post_id"), ["1", "2"]);
    assert_eq!(
        elements(&xml, "link"),
        ["https://blog.example", "https://blog.example/posts/a", "https://blog.example/posts/b"]
    );
    assert_eq!(elements(&xml, "wp:comment_status"), ["closed", "open"]);
    let (ids, parents) = (elements(&xml, "wp:comment_id"), elements(&xml, "wp:comment_parent"));
    assert_eq!((ids.len(), parents.len()), (31, 31));
    for (index, parent) in parents.iter().enumerate().filter(|(_, parent)| *parent != "0") {
        assert!(ids[..index].contains(parent), "{parent} stands above {}", ids[index]);
    }
    let mut states = elements(&xml, "wp:comment_approved");
    states.sort();
    states.dedup();
    assert_eq!(states, ["0", "1", "spam", "trash"]);
    assert!(elements(&xml, "wp:comment_author").contains(&"Ann & Söhne".to_owned()));
    assert_eq!(elements(&xml, "wp:comment_date_gmt")[0], "2020-09-13 12:26:40");
    assert!(
        !elements(&xml, "wp:comment_content").iter().any(|html| html.replace("<pre>\n", "").contains('\n'))
    );
}

/// Every comment with what it stands under, how it stands, and what it says; a parser drops a line's end after `<pre>`.
const TREE: &str = "SELECT t.page || '|' || t.title || '|' || t.locked || '|' || c.depth || '|' || c.status || '|' || c.author_name
        || '|' || c.author_email || '|' || c.author_url || '|' || c.created_at || '|' || replace(replace(c.html, char(10), ' '), '<pre> ', '<pre>')
        || '|' || coalesce(p.created_at, '')
     FROM comments c JOIN threads t ON t.id = c.thread_id JOIN sites s ON s.id = c.site_id AND s.key = 'blog'
     LEFT JOIN comments p ON p.id = c.parent_id ORDER BY c.created_at, c.id";

#[test]
fn our_own_importer_reads_it_as_wordpress_does() {
    let (from, to) = (Place::rich(), Place::new());
    from.db.write_blocking(|tx| Ok(tx.execute("UPDATE comments SET pinned = 0", [])?)).unwrap();
    let file = to.file(text(&from, &blog(), Format::Wxr).unwrap().as_bytes());
    let draft = Draft { key: "blog".into(), origins: "https://blog.example".into(), ..Draft::default() };
    to.db.write_blocking(move |tx| create(tx, &draft, &Actor::command_line(), Millis(0))).unwrap();
    let request = Request {
        format: None,
        file: &file,
        site: "blog",
        pages: &PageMap::default(),
        zone: "",
        dry_run: false,
        folder: to.folder.path(),
    };
    let report = import(&to.db, &request, &Actor::command_line(), &mut |_| Ok(())).unwrap();
    assert_eq!((report.format.as_str(), report.read, report.imported), ("wordpress", 31, 31), "{report}");
    assert_eq!(to.ask(TREE), from.ask(TREE));
}

#[test]
fn a_wxr_file_holds_one_site() {
    let refusal = text(&Place::rich(), &Selection::Instance, Format::Wxr).unwrap_err().to_string();
    assert!(refusal.contains("blog, shop"), "{refusal}");
}

#[test]
fn what_is_not_there_cannot_be_exported() {
    let place = Place::rich();
    for selection in [Selection::Site("nowhere".into()), Selection::Person("bo@example.org".into())] {
        assert!(matches!(text(&place, &selection, Format::Jsonl), Err(Error::NotFound(_))), "{selection:?}");
    }
    assert!(matches!(text(&Place::new(), &Selection::Instance, Format::Jsonl), Err(Error::NotFound(_))));
}

#[test]
fn one_persons_comments_tell_nothing_of_others() {
    let place = Place::rich();
    place
        .db
        .write_blocking(|tx| {
            let sql = "UPDATE comments SET author_email = 'bo@example.org', author_name = 'Bo' WHERE source_id = 'a-2'";
            Ok(tx.execute(sql, [])?)
        })
        .unwrap();
    let lines = text(&place, &Selection::Person("BO@example.org".into()), Format::Jsonl).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["header", "site", "thread", "comment", "moderation", "end"]);
    assert_eq!(lines[3]["author"]["name"], "Bo");
    assert_eq!((&lines[1]["blocked_words"], &lines[4]["account"]), (&"".into(), &Value::Null));
    let xml = text(&place, &Selection::Person("bo@example.org".into()), Format::Wxr).unwrap();
    assert_eq!(elements(&xml, "wp:comment_parent"), ["0"]);
}

/// An archive, as the files it has.
fn archive(place: &Place, selection: &Selection, packed: bool) -> (std::path::PathBuf, Summary) {
    let folder = place.folder.path().join("archive");
    let summary = write_tree(&place.db, selection, &folder, packed, &mut |_| ()).unwrap();
    (folder, summary)
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found
}

#[test]
fn an_archive_has_what_readers_saw_and_no_more() {
    let place = Place::rich();
    let (folder, summary) = archive(&place, &Selection::Instance, false);
    assert_eq!((summary.sites, summary.threads, summary.comments), (2, 2, 29));
    let all = files(&folder);
    assert_eq!(summary.files, Some(all.len() as u64));
    for file in &all {
        let text = std::fs::read_to_string(file).unwrap();
        for hidden in ["ann@example.org", "waits", "spam.example", "<script", "style=", "Wren", "gravatar"] {
            assert!(!text.contains(hidden), "{hidden} in {}", file.display());
        }
        for link in text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let is_local = !link.contains("://") && !link.starts_with('#');
            assert!(!is_local || file.parent().unwrap().join(link).is_file(), "{link} in {}", file.display());
        }
    }
}

#[test]
fn an_archives_json_is_what_the_api_answers() {
    let place = Place::rich();
    let (folder, _) = archive(&place, &blog(), false);
    let id: Id = place
        .db
        .read_blocking(|connection| {
            let sql = "SELECT id FROM threads WHERE page = '/posts/a'";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
        .unwrap();
    let json = std::fs::read_to_string(folder.join(format!("blog/{id}/index.json"))).unwrap();
    let found: Value = serde_json::from_str(&json).unwrap();
    let expected = place
        .db
        .read_blocking(|connection| {
            let site = by_key(connection, "blog")?;
            let thread = threads::by_id(connection, id)?;
            let listing = list(connection, id, site.sort, 1000, None)?;
            Ok(serde_json::to_value(ThreadView {
                site: (&site).into(),
                thread: ThreadFacts::new(&site, thread.clone(), thread.created_at),
                sort: site.sort,
                comments: listing.comments.into_iter().map(|shown| CommentView::new(&site, shown)).collect(),
                next_cursor: None,
                last_event: None,
            })
            .unwrap())
        })
        .unwrap();
    assert_eq!(found, expected);
    let html = std::fs::read_to_string(folder.join(format!("blog/{id}/index.html"))).unwrap();
    assert_eq!(html.matches("<article").count(), expected["comments"].as_array().unwrap().len());
    assert_eq!(html.matches("<ol>").count(), html.matches("</ol>").count());
    assert_eq!(html.matches("<li>").count(), html.matches("</li>").count());
}

#[test]
fn a_compressed_copy_lies_beside_each_file() {
    let place = Place::rich();
    let (folder, summary) = archive(&place, &blog(), true);
    let all = files(&folder);
    assert_eq!(summary.files, Some(all.len() as u64));
    for plain in all.iter().filter(|file| file.extension().is_none_or(|ending| ending != "gz")) {
        let packed = std::fs::File::open(format!("{}.gz", plain.display())).unwrap();
        let text = std::io::read_to_string(flate2::read::GzDecoder::new(packed)).unwrap();
        assert_eq!(text, std::fs::read_to_string(plain).unwrap());
    }
}

#[test]
fn a_long_list_of_threads_comes_in_parts() {
    let place = Place::rich();
    place
        .db
        .write_blocking(|tx| {
            tx.execute_batch(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
                 INSERT INTO threads (id, site_id, page, count, created_at)
                     SELECT i, (SELECT id FROM sites WHERE key = 'shop'), '/n/' || i, 1, 0 FROM n;
                 INSERT INTO comments (id, site_id, thread_id, root_id, depth, path, author_name, format, body, html,
                     status, created_at)
                     SELECT id, site_id, id, id, 0, x'00', 'N', 'html', 'n', 'n', 'published', 0 FROM threads WHERE id <= 600;",
            )?;
            Ok(())
        })
        .unwrap();
    let (folder, summary) = archive(&place, &Selection::Site("shop".into()), false);
    assert_eq!(summary.threads, 601);
    let (first, second) = ("shop/index.html", "shop/page-2/index.html");
    let count = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap().matches("<li>").count();
    assert_eq!((count(first), count(second)), (500, 101));
}
