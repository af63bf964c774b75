//! Planted violations: each must be found, and what only looks like one must not.

use super::*;

fn house(files: &[(&str, &str)]) -> House {
    let mut sources = vec![
        Source::parse(
            "lib.rs",
            "pub mod base;\npub mod web;\npub mod community;\npub mod appliance;\npub mod server;\npub mod cli;",
        ),
        Source::parse(
            "community/mod.rs",
            "pub mod sites;\npub mod users; // before comments\npub mod comments;",
        ),
    ];
    sources.extend(files.iter().map(|(name, text)| Source::parse(name, text)));
    House { sources }
}

fn arrows(name: &str, text: &str) -> usize {
    house(&[(name, text)]).arrows().len()
}

#[test]
fn an_arrow_up_is_found_however_it_is_written() {
    assert_eq!(arrows("base/db.rs", "use crate::web::Caller;"), 1);
    assert_eq!(arrows("base/db.rs", "use crate::{base::clock, web::{self, Caller}};"), 2);
    assert_eq!(arrows("base/db.rs", "use crate::{\n    base::clock,\n    web as w,\n};"), 1);
    assert_eq!(arrows("base/db.rs", "fn f() { crate::server::routes::all(); }"), 1);
    assert_eq!(arrows("base/db.rs", "use super::super::web::Caller;"), 1);
    assert_eq!(arrows("community/sites/mod.rs", "use super::comments::post;"), 1);
    assert_eq!(arrows("community/sites/api.rs", "use super::super::comments;"), 1);
    assert_eq!(arrows("community/users/mod.rs", "use crate::community::{sites, comments::Comment};"), 1);
}

#[test]
fn arrows_between_the_wings_are_found() {
    assert_eq!(arrows("appliance/health.rs", "use crate::community::sites;"), 1);
    assert_eq!(arrows("community/sites/mod.rs", "use crate::appliance::health;"), 1);
}

#[test]
fn a_module_that_nobody_lists_is_found() {
    assert_eq!(arrows("web/mod.rs", "use crate::utils::clean;"), 1);
}

#[test]
fn arrows_down_are_fine_and_so_is_what_only_looks_like_one() {
    assert_eq!(arrows("server/routes.rs", "use crate::{base::App, web, community::{comments, sites}};"), 0);
    assert_eq!(
        arrows("community/comments/post.rs", "use super::{store, Comment};\nuse crate::community::users;"),
        0
    );
    assert_eq!(arrows("community/comments/mod.rs", "mod tests { use super::*; use super::post::x; }"), 0);
    assert_eq!(arrows("base/db.rs", "// use crate::web;\n/* crate::cli /* crate::server */ */"), 0);
    assert_eq!(
        arrows("base/db.rs", "const S: &str = \"use crate::web\"; const R: &str = r#\"crate::\"web\"\"#;"),
        0
    );
    assert_eq!(
        arrows("base/db.rs", "macro_rules! m { () => { $crate::web::x() } }\nfn f<'a>(q: &'a str) {}"),
        0
    );
    assert_eq!(
        arrows("base/db.rs", "const Q: char = '\"'; use crate::base::clock; const P: char = '\\'';"),
        0
    );
}

#[test]
fn main_and_error_are_held_to_their_one_neighbour() {
    let faults = |name, text| house(&[(name, text)]).narrow_files().len();
    assert_eq!(faults("main.rs", "fn main() { afterword::cli::run() }"), 0);
    assert_eq!(faults("main.rs", "fn main() { afterword::server::run() }"), 1);
    assert_eq!(faults("base/error.rs", "use crate::base::db::Db;"), 1);
}

#[test]
fn sql_outside_a_store_is_found() {
    let faults = |name, text| house(&[(name, text)]).stray_sql().len();
    assert_eq!(faults("community/sites/mod.rs", "let q = \"SELECT id FROM sites\";"), 1);
    assert_eq!(faults("community/sites/mod.rs", "let q = r#\"\n  DELETE\n  FROM sites\"#;"), 1);
    assert_eq!(faults("web/mod.rs", "tx.execute(\"UPDATE sites SET name = ?\", ())"), 1);
    assert_eq!(faults("web/mod.rs", "tx.execute(\"INSERT OR IGNORE INTO sites VALUES (1)\", ())"), 1);
    assert_eq!(faults("community/sites/store.rs", "let q = \"SELECT id FROM sites\";"), 0);
    assert_eq!(faults("web/mod.rs", "// SELECT the site\nlet say = \"Select a site, or UPDATE NOW\";"), 0);
    assert_eq!(faults("web/mod.rs", "#[cfg(test)]\nmod tests {\n  const Q: &str = \"SELECT 1\";\n}"), 0);
}

#[test]
fn a_store_that_others_could_reach_is_found() {
    let faults = |text| house(&[("community/users/mod.rs", text)]).public_stores().len();
    assert_eq!(faults("pub mod store;"), 1);
    assert_eq!(faults("pub(crate) mod store;"), 1);
    assert_eq!(faults("mod store;"), 0);
}

#[test]
fn a_panic_without_a_reason_is_found() {
    let faults = |text| house(&[("web/mod.rs", text)]).panics().len();
    assert_eq!(faults("fn f() { g().unwrap(); }"), 1);
    assert_eq!(faults("fn f() { g().expect(\"a g\"); }"), 1);
    assert_eq!(faults("fn f() { g().unwrap_or_default(); // .unwrap()\n}"), 0);
    assert_eq!(faults("fn f() {\n    // infallible: g is checked at start\n    g().unwrap();\n}"), 0);
    assert_eq!(faults("fn f() {}\n#[cfg(test)]\nmod tests {\n    fn t() { super::f().unwrap(); }\n}"), 0);
    assert_eq!(faults("#[cfg(test)]\nuse x::y;\nfn f() { g().unwrap(); }"), 1);
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let long = "// line\n".repeat(401);
    assert_eq!(house(&[("web/mod.rs", &long)]).files_over(LONGEST_FILE).len(), 1);
}

#[test]
fn a_form_in_nobody_s_name_is_found() {
    let faults = |text| house(&[("community/sites/pages.rs", text)]).nameless_forms().len();
    assert_eq!(faults("pub async fn save(app: Data<App>, _admin: Admin, form: Form) -> X {}"), 1);
    assert_eq!(faults("pub async fn save(\n    app: Data<App>,\n    form: crate::web::form::Form,\n) {}"), 1);
    assert_eq!(faults("pub async fn save(app: Data<App>, by: Actor, form: Form) {}"), 0);
    assert_eq!(faults("async fn part(form: &Form) {}\npub async fn show(app: Data<App>) {}"), 0);
}
