//! Conversations that go deep.

use std::fmt::Write;

use super::*;

/// Each comment answers the one before.
fn chain(garden: &Garden, length: u32) -> PathBuf {
    let mut xml = String::from("<disqus><thread id='1'><link>/deep</link></thread>");
    for number in 1..=length {
        write!(
            xml,
            "<post id='{number}'><message>x</message><createdAt>2020-01-01T00:{:02}:{:02}Z</createdAt>\
             <thread id='1'/><parent id='{}'/></post>",
            number / 60 % 60,
            number % 60,
            number - 1
        )
        .unwrap();
    }
    let file = garden.folder.path().join("deep.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    file
}

fn steps(garden: &Garden, file: &Path) -> Vec<Progress> {
    let (pages, folder) = (PageMap::default(), garden.folder.path());
    let request =
        Request { format: None, file, site: "garden", pages: &pages, zone: "", dry_run: false, folder };
    let mut steps = Vec::new();
    let note = &mut |progress| {
        steps.push(progress);
        Ok(())
    };
    import(&garden.db, &request, &Actor::command_line(), note).unwrap();
    steps
}

#[test]
fn a_deep_conversation_is_written_as_many_comments_at_once_as_a_flat_one() {
    let garden = Garden::new();
    let steps = steps(&garden, &chain(&garden, 2500));
    let of = |stage: Stage| steps.iter().filter(|step| step.stage == stage).count();
    assert_eq!(of(Stage::Writing), 5, "a commit for each 500");
    assert!(of(Stage::Sorting) > 100, "the bar moves while it sorts");
    assert!(steps.iter().all(|step| step.done <= step.total));
}

#[test]
fn all_that_is_below_is_counted_whatever_the_depth() {
    let garden = Garden::new();
    steps(&garden, &chain(&garden, 1100));
    assert_eq!(garden.ask("SELECT count || '' FROM threads"), ["1100"]);
    let sql =
        "SELECT depth || ' ' || live_replies FROM comments WHERE depth IN (0, 499) ORDER BY root_id, depth";
    let mut counts = garden.ask(sql);
    counts.sort();
    assert_eq!(counts, ["0 499", "0 499", "0 99", "499 0", "499 0"]);
}

#[test]
fn a_reply_that_is_new_goes_where_its_conversation_was_moved_to() {
    let garden = Garden::new();
    let file = chain(&garden, 3);
    steps(&garden, &file);
    garden
        .db
        .write_blocking(|tx| {
            tx.execute_batch(
                "DELETE FROM comments WHERE depth = 2;
                 INSERT INTO threads (id, site_id, page, created_at) VALUES (7, 1, '/elsewhere', 0);
                 UPDATE comments SET thread_id = 7;",
            )?;
            Ok(())
        })
        .unwrap();
    steps(&garden, &file);
    assert_eq!(garden.ask("SELECT DISTINCT thread_id || '' FROM comments"), ["7"]);
}

#[test]
fn long_branches_of_one_conversation_are_written_one_after_the_other() {
    let (garden, mut xml) =
        (Garden::new(), String::from("<disqus><thread id='1'><link>/deep</link></thread>"));
    let mut post = |id: u32, parent: u32| {
        write!(
            xml,
            "<post id='{id}'><message>x</message><createdAt>2020-01-01T00:00:00Z</createdAt>\
             <thread id='1'/><parent id='{parent}'/></post>"
        )
        .unwrap();
    };
    post(1, 0);
    let branches = 10;
    for id in 2..=2 + branches * 100 {
        post(id, id.saturating_sub(branches).max(1));
    }
    let file = garden.folder.path().join("branches.xml");
    std::fs::write(&file, xml + "</disqus>").unwrap();
    let watch =
        "CREATE TABLE counted (id INTEGER); CREATE TRIGGER watch AFTER UPDATE OF live_replies ON comments
                 BEGIN INSERT INTO counted VALUES (new.id); END";
    garden.db.write_blocking(move |tx| Ok(tx.execute_batch(watch)?)).unwrap();
    steps(&garden, &file);
    let updates: u32 = garden.ask("SELECT count(*) || '' FROM counted")[0].parse().unwrap();
    assert!(updates < 1500, "each comment above is counted about once: {updates}");
    assert_eq!(garden.ask("SELECT live_replies || '' FROM comments WHERE depth = 0"), ["1001"]);
}
