//! The one rule of the house: a module uses only modules listed above it. `src/lib.rs` lists the wings in that
//! order and each wing's `mod.rs` its rooms; this test reads those lists and every path in `src/`, and fails on
//! an arrow that runs back up or between the wings. It also keeps SQL in the stores, files short, and panics
//! rare. The last module plants one violation of each kind, to show that it would be found.

use std::fs;
use std::path::{Path, PathBuf};

#[path = "architecture/source.rs"]
mod source;

use source::Source;

/// Wings whose rooms stand in an order of their own, and which never import each other.
const WINGS: [&str; 2] = ["community", "appliance"];
/// The floor has no rooms: these keep their own tables, and `personal` makes its statements from the list of
/// every table's personal columns, so that no room needs to know another's.
const FLOOR_TABLES: [&str; 6] =
    ["base/audit/", "base/db/", "base/jobs.rs", "base/outbox.rs", "base/personal/", "base/salts.rs"];
const LONGEST_FILE: usize = 400;
const LONG_FILE: usize = 300;
/// The first word of a statement, and one that must follow for it to be one.
const STATEMENTS: [(&str, &str); 4] =
    [("SELECT", ""), ("INSERT", "INTO"), ("UPDATE", "SET"), ("DELETE", "FROM")];

/// All of `src/`, parsed.
struct House {
    sources: Vec<Source>,
}

impl House {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        rust_files(&root, &mut files);
        files.sort();
        let sources = files.iter().map(|path| {
            let name =
                path.strip_prefix(&root).expect("found below src").to_string_lossy().replace('\\', "/");
            Source::parse(&name, &fs::read_to_string(path).expect("a readable file"))
        });
        House { sources: sources.collect() }
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    fn order(&self, name: &str) -> Vec<String> {
        self.source(name).map(Source::modules).unwrap_or_default()
    }

    /// Arrows that run back up, or between the wings.
    fn arrows(&self) -> Vec<String> {
        let wings = self.order("lib.rs");
        let rooms: Vec<_> = WINGS.iter().map(|wing| (*wing, self.order(&format!("{wing}/mod.rs")))).collect();
        let mut faults = Vec::new();
        for source in self.sources.iter().filter(|source| !source.module.is_empty()) {
            for (line, path) in source.paths() {
                if let Some(fault) = fault_of(&wings, &rooms, &source.module, &path) {
                    faults.push(format!("src/{}:{line}: `crate::{}` {fault}", source.name, path.join("::")));
                }
            }
        }
        faults
    }

    /// `main.rs` hands over to `cli`; `base/error.rs` knows nothing of ours.
    fn narrow_files(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, allowed) in [("main.rs", "cli"), ("base/error.rs", "base::error")] {
            let Some(source) = self.source(name) else { continue };
            for (line, path) in source.paths() {
                let path = path.join("::");
                if path != allowed && !path.starts_with(&format!("{allowed}::")) {
                    faults.push(format!(
                        "src/{name}:{line}: `crate::{path}`: this file may only use `{allowed}`"
                    ));
                }
            }
        }
        faults
    }

    /// Statements of SQL outside a `store.rs` and the few files of the floor that keep a table of their own.
    fn stray_sql(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for source in
            self.sources.iter().filter(|source| !source.is_test_file() && !may_speak_sql(&source.name))
        {
            for (line, text) in source.literals() {
                if STATEMENTS.iter().any(|(verb, then)| starts_statement(text, verb, then)) {
                    faults.push(format!("src/{}:{line}: SQL belongs in the room's store.rs", source.name));
                }
            }
        }
        faults
    }

    /// A store that others could reach around its room's rules.
    fn public_stores(&self) -> Vec<String> {
        let open = |source: &&Source| {
            source
                .code
                .lines()
                .any(|line| line.trim_start().starts_with("pub") && line.contains(" mod store"))
        };
        self.sources
            .iter()
            .filter(open)
            .map(|source| format!("src/{}: `mod store` must stay private", source.name))
            .collect()
    }

    /// Calls that end the program, without a word on why they cannot.
    fn panics(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for source in self.sources.iter().filter(|source| !source.is_test_file()) {
            for line in source.calls(&[".unwrap()", ".expect(", "panic!(", "todo!(", "unimplemented!("]) {
                if !source.says_infallible(line) {
                    faults.push(format!(
                        "src/{}:{line}: return an error, or say why not: // infallible: …",
                        source.name
                    ));
                }
            }
        }
        faults
    }

    /// Handlers that take a form and do not ask who sends it: what they change would be in nobody's name.
    fn nameless_forms(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for source in self.sources.iter().filter(|source| !source.is_test_file()) {
            for (line, parameters) in source.async_functions() {
                let takes = |kind: &str| parameters.iter().any(|parameter| parameter == kind);
                if takes("Form") && !takes("Actor") {
                    faults.push(format!(
                        "src/{}:{line}: a form changes something: take `by: Actor` too, and hand it to the use-case",
                        source.name
                    ));
                }
            }
        }
        faults
    }

    fn files_over(&self, limit: usize) -> Vec<String> {
        let long = self.sources.iter().filter(|source| source.lines > limit);
        long.map(|source| format!("src/{}: {} lines (limit {limit})", source.name, source.lines)).collect()
    }
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn may_speak_sql(name: &str) -> bool {
    name.ends_with("/store.rs")
        || name.contains("/store/")
        || FLOOR_TABLES.iter().any(|file| name.starts_with(file))
}

fn starts_statement(text: &str, verb: &str, then: &str) -> bool {
    text.match_indices(verb).any(|(at, _)| {
        let rest = &text[at + verb.len()..];
        let apart = !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        apart
            && rest.starts_with(char::is_whitespace)
            && (then.is_empty() || rest.split_whitespace().any(|word| word == then))
    })
}

/// What is wrong with `from` using `to`, both as module paths from the crate's root; nothing if it may.
fn fault_of(
    wings: &[String],
    rooms: &[(&str, Vec<String>)],
    from: &[String],
    to: &[String],
) -> Option<String> {
    let place = |list: &[String], name: Option<&String>| list.iter().position(|known| Some(known) == name);
    let (Some(here), Some(there)) = (place(wings, from.first()), place(wings, to.first())) else {
        return Some("is not below a module that src/lib.rs lists".into());
    };
    if here == there {
        let (_, order) = rooms.iter().find(|(wing, _)| from[0] == **wing)?;
        let (here, there) = (place(order, from.get(1))?, place(order, to.get(1))?);
        return (there > here)
            .then(|| format!("runs back up: {} stands above {}", order[here], order[there]));
    }
    if WINGS.contains(&from[0].as_str()) && WINGS.contains(&to[0].as_str()) {
        return Some("runs between the wings".into());
    }
    (there > here).then(|| format!("runs back up: {} stands above {}", wings[here], wings[there]))
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn no_arrow_runs_back_up_or_between_the_wings() {
    assert_none(&House::read().arrows());
}

#[test]
fn main_uses_only_cli_and_error_nothing_of_ours() {
    assert_none(&House::read().narrow_files());
}

#[test]
fn only_stores_speak_sql_and_they_are_private() {
    let house = House::read();
    assert_none(&house.stray_sql());
    assert_none(&house.public_stores());
}

#[test]
fn nothing_outside_tests_may_panic_without_saying_why_it_cannot() {
    assert_none(&House::read().panics());
}

#[test]
fn whoever_takes_a_form_says_who_sent_it() {
    assert_none(&House::read().nameless_forms());
}

#[test]
fn no_file_is_too_long_to_read() {
    let house = House::read();
    for long in house.files_over(LONG_FILE) {
        println!("getting long: {long}");
    }
    assert_none(&house.files_over(LONGEST_FILE));
}

#[test]
fn every_module_folder_is_listed() {
    let house = House::read();
    let wings = house.order("lib.rs");
    assert!(!wings.is_empty(), "src/lib.rs lists no module");
    for source in house.sources.iter().filter(|source| !source.module.is_empty()) {
        assert!(wings.contains(&source.module[0]), "src/{} is below no module of src/lib.rs", source.name);
    }
}

#[path = "architecture/planted.rs"]
mod planted;
