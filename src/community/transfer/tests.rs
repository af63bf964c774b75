//! Whole imports into a real database, from the fixtures; and what the formats' own tests share.

mod dates;
mod deep;
mod further;
mod pages;
mod people;
mod systems;
mod trail;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

/// Keeps what a format hands out.
#[derive(Default)]
pub struct Collected {
    pub threads: Vec<SourceThread>,
    pub comments: Vec<SourceComment>,
    pub skipped: Vec<Skipped>,
    pub notes: Vec<String>,
    pub zone: Option<TimeZone>,
}

impl Sink for Collected {
    fn take(&mut self, record: Record) -> Result<()> {
        match record {
            Record::Thread(thread) => self.threads.push(thread),
            Record::Comment(comment) => self.comments.push(*comment),
            Record::Skipped(skipped) => self.skipped.push(skipped),
            Record::Note(words) => self.notes.push(words),
        }
        Ok(())
    }

    fn zone(&self) -> Option<TimeZone> {
        self.zone.clone()
    }

    fn at(&mut self, done: u64, total: u64) {
        assert!(done <= total, "{done} of {total}");
    }
}

impl Collected {
    pub fn comment(&self, source_id: &str) -> &SourceComment {
        self.comments.iter().find(|comment| comment.source_id == source_id).unwrap()
    }
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(name)
}

pub fn read(format: &dyn Format, file: &Path) -> Result<Collected> {
    let mut collected = Collected::default();
    format.read(file, &mut collected)?;
    Ok(collected)
}

/// Turns a fixture of SQL into an SQLite file.
pub fn database(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name).with_extension("db");
    let sql = std::fs::read_to_string(fixture(name)).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    connection.execute_batch(&sql).unwrap();
    path
}

/// A database with one site, “garden”.
struct Garden {
    folder: TempDir,
    db: Db,
}

impl Garden {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("afterword.sqlite")).unwrap();
        db.write_blocking(|tx| {
            tx.execute_batch(
                "INSERT INTO sites (id, key, name, created_at) VALUES (1, 'garden', 'Garden', 0);
                 INSERT INTO site_origins (site_id, origin, position) VALUES (1, 'https://garden.example', 0);",
            )?;
            Ok(())
        })
        .unwrap();
        Self { folder, db }
    }

    fn import(&self, format: &str, file: &Path, dry_run: bool) -> Result<Report> {
        self.import_with(format, file, dry_run, &PageMap::default())
    }

    fn import_with(&self, format: &str, file: &Path, dry_run: bool, pages: &PageMap) -> Result<Report> {
        let folder = self.folder.path();
        let format = Some(format).filter(|format| !format.is_empty());
        let request = Request { format, file, site: "garden", pages, zone: "", dry_run, folder };
        let mut last = None;
        let by = Actor::command_line();
        let report = import(&self.db, &request, &by, &mut |progress| {
            last = Some(progress);
            Ok(())
        })?;
        let last = last.unwrap();
        assert!(last.done == last.total || report.read == 0, "{last:?}");
        let left: Vec<_> =
            std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().starts_with("import-")), "{left:?}");
        Ok(report)
    }

    /// One line a row: `a|b|c`.
    fn ask(&self, sql: &str) -> Vec<String> {
        self.db
            .read_blocking(|connection| {
                let mut statement = connection.prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap()
    }

    /// Every imported comment as `id<parent depth status name`.
    fn tree(&self) -> Vec<String> {
        self.ask(
            "SELECT c.source_id || '<' || coalesce(p.source_id, '') || ' ' || c.depth || ' ' || c.status || ' ' || c.author_name
             FROM comments c LEFT JOIN comments p ON p.id = c.parent_id ORDER BY c.created_at",
        )
    }
}

fn counts(report: &Report) -> [u64; 8] {
    assert_eq!(report.read, report.imported + report.already + report.skipped_count);
    assert_eq!(report.skipped_count, report.skipped.len() as u64);
    [
        report.read,
        report.imported,
        report.already,
        report.skipped_count,
        report.threads,
        report.merged,
        report.moved,
        report.deleted,
    ]
}

#[test]
fn a_disqus_export_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let report = garden.import("disqus", &fixture("disqus.xml"), false).unwrap();
    assert_eq!(counts(&report), [15, 8, 0, 7, 2, 1, 1, 1], "{report}");
    assert_eq!(report.spam, 1);
    let tree = garden.tree();
    let expected = [
        "101< 0 published Ada Green",
        "102<101 1 published Bo",
        "103<102 2 published cleo",
        "104< 0 deleted ",
        "105<104 1 published Anonymous",
        "108< 0 spam Watches",
    ];
    assert_eq!(tree[..6], expected);
    assert!(tree[6].starts_with("no-id-") && tree[6].ends_with("< 0 published Fay"), "{tree:?}");
    assert_eq!(tree[7], "113< 0 published Hal");
    let dates = garden.ask("SELECT cast(created_at AS TEXT) FROM comments WHERE source_id = '101'");
    assert_eq!(dates, [Millis::parse("2019-04-02T09:30:00Z").unwrap().0.to_string()]);
    assert_eq!(garden.ask("SELECT body FROM comments WHERE status = 'deleted'"), [""]);
}

#[test]
fn threads_of_one_page_are_merged_and_know_their_other_key() {
    let garden = Garden::new();
    garden.import("disqus", &fixture("disqus.xml"), false).unwrap();
    let pages =
        garden.ask("SELECT page || ' ' || title || ' ' || locked || ' ' || url FROM threads ORDER BY page");
    assert_eq!(
        pages,
        [
            "/posts/closed  1 https://garden.example/posts/closed/",
            "/posts/tomatoes Tomatoes & basil 0 https://garden.example/posts/tomatoes/",
        ]
    );
    assert_eq!(garden.ask("SELECT page FROM thread_aliases"), ["tomatoes-1"]);
}

#[test]
fn what_is_skipped_is_told_with_its_place_and_reason() {
    let garden = Garden::new();
    let report = garden.import("disqus", &fixture("disqus.xml"), false).unwrap();
    let told: Vec<String> =
        report.skipped.iter().map(|skipped| format!("{}: {}", skipped.at, skipped.reason)).collect();
    let expected = [
        "(post 106): it was deleted, and nothing answers it",
        "(post 107): it was deleted, and nothing answers it",
        "(post 101): the same comment stands in the file twice",
        "(post 109): its thread (4711) is not in the file",
        "(post 110): its thread was deleted",
        "(post 111): its thread does not say which page it belongs to",
        "(post 112): its date, “last spring”, cannot be read",
    ];
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with("line ") && told.ends_with(expected), "{told} / {expected}");
    }
}

#[test]
fn an_isso_database_keeps_nesting_dates_authors_and_status() {
    let garden = Garden::new();
    let file = database(&garden.folder, "isso.sql");
    let report = garden.import("isso", &file, false).unwrap();
    assert_eq!(counts(&report), [15, 11, 0, 4, 2, 1, 3, 1], "{report}");
    assert_eq!(report.held, 2);
    let tree: Vec<String> = garden.tree().iter().map(|line| without_times(line)).collect();
    assert_eq!(
        tree,
        [
            "2< 0 published Anonymous",
            "1<2 1 published O'Neil & Sons",
            "3<1 2 published Cleo",
            "4< 0 held Dan",
            "5< 0 deleted ",
            "6<5 1 published Eve",
            "8< 0 published Fay",
            "9< 0 published Gus",
            "10< 0 published Hal",
            "11<10 1 published Hal",
            "15< 0 held Jo",
        ]
    );
    let details = garden.ask(
        "SELECT created_at || ' ' || coalesce(edited_at, '') || ' ' || up || ' ' || down || ' ' || author_url || ' ' || body
         FROM comments WHERE author_name <> '' ORDER BY created_at LIMIT 2",
    );
    assert_eq!(
        details,
        [
            "1554100000500 1554100100750 0 0  First & <b>foremost</b>",
            "1554200000250  3 1 https://garden.example/?a=1&b=2 A *reply*",
        ]
    );
}

/// `4@1554400000000<3@155…` as `4<3`.
fn without_times(line: &str) -> String {
    let mut short = String::new();
    let mut hidden = false;
    for letter in line.chars() {
        hidden = letter == '@' || (hidden && letter.is_ascii_digit());
        if !hidden {
            short.push(letter);
        }
    }
    short
}

#[test]
fn a_second_run_adds_nothing() {
    let garden = Garden::new();
    let files = [
        ("disqus", fixture("disqus.xml")),
        ("isso", database(&garden.folder, "isso.sql")),
        ("artalk", fixture("artalk.artrans")),
        ("waline", database(&garden.folder, "waline.sql")),
        ("twikoo", fixture("twikoo.json")),
        ("cusdis", database(&garden.folder, "cusdis.sql")),
    ];
    for (format, file) in files {
        let first = garden.import(format, &file, false).unwrap();
        let before = garden.tree();
        let second = garden.import(format, &file, false).unwrap();
        assert_eq!((second.imported, second.already), (0, first.imported));
        assert_eq!((second.read, &second.skipped), (first.read, &first.skipped));
        assert_eq!(garden.tree(), before);
    }
}

#[test]
fn a_run_that_was_cut_short_goes_on() {
    let garden = Garden::new();
    let file = fixture("disqus.xml");
    garden.import("disqus", &file, false).unwrap();
    let whole = garden.tree();
    garden
        .db
        .write_blocking(|tx| {
            tx.execute("DELETE FROM comments WHERE depth > 0", [])?;
            Ok(())
        })
        .unwrap();
    let report = garden.import("disqus", &file, false).unwrap();
    assert_eq!((report.imported, report.already), (3, 5));
    assert_eq!(garden.tree(), whole);
}

#[test]
fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    let garden = Garden::new();
    let file = fixture("disqus.xml");
    let foreseen = garden.import("disqus", &file, true).unwrap();
    assert!(foreseen.dry_run && garden.tree().is_empty());
    assert_eq!(garden.ask("SELECT page FROM threads"), [""; 0]);
    let real = garden.import("disqus", &file, false).unwrap();
    assert_eq!(counts(&foreseen), counts(&real));
    let again = garden.import("disqus", &file, true).unwrap();
    assert_eq!((again.imported, again.already), (0, real.imported));
}

#[test]
fn a_thread_that_is_there_keeps_its_title_and_lock() {
    let garden = Garden::new();
    let file = fixture("disqus.xml");
    garden.import("disqus", &file, false).unwrap();
    garden
        .db
        .write_blocking(|tx| {
            tx.execute_batch("DELETE FROM comments; UPDATE threads SET locked = 0, title = 'Mine'")?;
            Ok(())
        })
        .unwrap();
    garden.import("disqus", &file, false).unwrap();
    assert_eq!(garden.ask("SELECT DISTINCT title || locked FROM threads"), ["Mine0"]);
}

#[test]
fn a_broken_file_leaves_the_database_as_it_was() {
    let garden = Garden::new();
    for (format, name) in [
        ("disqus", "disqus-truncated.xml"),
        ("disqus", "disqus-mismatched.xml"),
        ("disqus", "disqus-latin1.xml"),
        ("disqus", "wordpress.xml"),
        ("wordpress", "wordpress-truncated.xml"),
        ("remark42", "remark42-torn.json"),
        ("commento", "comentario-torn.json"),
        ("comentario", "comentario-torn.json"),
    ] {
        let refusal = garden.import(format, &fixture(name), false).unwrap_err();
        assert!(refusal.to_string().contains("Line "), "{name}: {refusal}");
    }
    for name in ["isso-no-comments.sql", "isso-newer.sql"] {
        let file = database(&garden.folder, name);
        assert!(garden.import("isso", &file, false).is_err(), "{name}");
    }
    assert!(garden.tree().is_empty());
    assert_eq!(garden.ask("SELECT page FROM threads"), [""; 0]);
}

#[test]
fn an_unknown_format_or_site_is_refused() {
    let garden = Garden::new();
    let refusal = garden.import("usenet", &fixture("disqus.xml"), false).unwrap_err().to_string();
    assert!(refusal.contains("usenet") && refusal.contains("disqus, isso"), "{refusal}");
    let folder = garden.folder.path();
    let file = fixture("disqus.xml");
    let pages = PageMap::default();
    let request = Request {
        format: Some("disqus"),
        file: &file,
        site: "nowhere",
        pages: &pages,
        zone: "",
        dry_run: false,
        folder,
    };
    assert!(matches!(
        import(&garden.db, &request, &Actor::command_line(), &mut |_| Ok(())),
        Err(Error::NotFound(_))
    ));
}

#[test]
fn a_chain_without_end_is_cut_into_pieces() {
    use std::fmt::Write;
    let garden = Garden::new();
    let mut xml = String::from("<disqus><thread id='1'><link>/deep</link></thread>");
    for number in 1..=2500 {
        write!(
            xml,
            "<post id='{number}'><message>x</message><createdAt>2020-01-01T00:{:02}:{:02}Z</createdAt>\
             <thread id='1'/><parent id='{}'/></post>",
            number / 60,
            number % 60,
            number - 1
        )
        .unwrap();
    }
    let file = garden.folder.path().join("deep.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    let report = garden.import("disqus", &file, true).unwrap();
    assert_eq!((report.imported, report.moved), (2500, 5));
}
