//! Makes the widget's shipped files out of `static/widget/`: the modules become one minified script with the style in
//! it, every language is complete, and all of it gets a version that changes when any byte does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;
use sha2::{Digest, Sha256};

const SOURCE: &str = "static/widget";
/// What stands at the top level of one module is visible in all of them. This order compresses best, and nothing
/// else depends on it.
const MODULES: [&str; 11] =
    ["style", "store", "form", "words", "time", "comment", "thread", "live", "dom", "api", "element"];
const JS: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
const CSS: &str = "text/css; charset=utf-8";

type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

fn main() {
    println!("cargo:rerun-if-changed={SOURCE}");
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Files::new();
    files.insert("widget.js".into(), (JS, widget().into_bytes()));
    for (name, text) in languages() {
        files.insert(format!("{name}.json"), (JSON, text.into_bytes()));
    }
    for (name, path) in folder("themes", "css") {
        files.insert(format!("themes/{name}.css"), (CSS, small_css(&read(&path)).into_bytes()));
    }
    let names: Vec<_> = folder("lang", "json").into_keys().collect();
    let loader = read(&at("embed.js")).replace("__AFTERWORD_LANGUAGES__", &names.join(" "));
    let version = version(&loader, &files);
    write(&version, &small_js("embed.js", &loader.replace("__AFTERWORD_VERSION__", &version)), &files);
}

fn at(name: &str) -> PathBuf {
    Path::new(SOURCE).join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of one kind in a folder, by name without the ending.
fn folder(name: &str, ending: &str) -> BTreeMap<String, PathBuf> {
    let path = at(name);
    let entries = fs::read_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| (path.file_stem().expect("a file name").to_string_lossy().into_owned(), path))
        .collect()
}

/// Joins the modules into one. They share a scope then, so no two may use one name at the top level; the parser says
/// so if they do.
fn widget() -> String {
    let mut script = String::new();
    for module in MODULES {
        for line in read(&at(&format!("{module}.js"))).lines().filter(|line| !line.starts_with("import ")) {
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
    }
    let style = small_css(&read(&at("widget.css"))).replace('\\', "\\\\").replace('\'', "\\'");
    script = script.replace("__AFTERWORD_CSS__", &style);
    script.push_str("export { start };\n");
    small_js("widget.js", &script)
}

fn small_js(name: &str, source: &str) -> String {
    let memory = Allocator::default();
    let parsed = Parser::new(&memory, source, SourceType::mjs()).parse();
    assert!(parsed.diagnostics.is_empty(), "{name} has a mistake: {:?}", parsed.diagnostics);
    let mut program = parsed.program;
    let minified = Minifier::new(MinifierOptions::default()).minify(&memory, &mut program);
    let writer = Codegen::new().with_options(CodegenOptions::minify()).with_scoping(minified.scoping);
    writer.build(&program).code
}

/// Drops comments and needless space. Our style sheets keep strings free of both.
fn small_css(source: &str) -> String {
    let mut rest = source;
    let mut bare = String::new();
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").expect("a CSS comment that ends").1;
    }
    bare.push_str(rest);
    let mut small = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ",", ">"] {
        small = small.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    small.replace(": ", ":").replace(";}", "}")
}

/// Every language, with English where it has no word.
fn languages() -> BTreeMap<String, String> {
    type Words = serde_json::Map<String, serde_json::Value>;
    let parse = |path: &Path| -> Words {
        serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let english = parse(&at("lang/en.json"));
    let complete = |path: PathBuf| {
        let mut words = english.clone();
        words.extend(parse(&path));
        serde_json::Value::Object(words).to_string()
    };
    folder("lang", "json").into_iter().map(|(name, path)| (name, complete(path))).collect()
}

/// Names the content: the first 12 digits of a hash over everything that ships.
fn version(loader: &str, files: &Files) -> String {
    let mut hash = Sha256::new_with_prefix(loader);
    for (path, (_, bytes)) in files {
        hash.update(path);
        hash.update(bytes);
    }
    let digest = hash.finalize();
    let first = u64::from_be_bytes(std::array::from_fn(|at| digest[at]));
    format!("{:012x}", first >> 16)
}

/// As small as gzip can be, once, so that no request has to.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut small = Vec::new();
    zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut small)
        .expect("memory takes what is written to it");
    small
}

/// Leaves the files in `OUT_DIR`, and beside them the Rust source that embeds them.
fn write(version: &str, loader: &str, files: &Files) {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("widget");
    let save = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("OUT_DIR takes folders");
        fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        format!("include_bytes!(r#\"{}\"#)", path.display())
    };
    let both = |name: &str, bytes: &[u8]| {
        format!("{}, {}", save(name, bytes), save(&format!("{name}.gz"), &gzip(bytes)))
    };
    let mut code = format!("pub const VERSION: &str = {version:?};\n");
    code += &format!("pub const LOADER: (&[u8], &[u8]) = ({});\n", both("embed.js", loader.as_bytes()));
    code += "/// Name, content type, the bytes, and the bytes gzipped.\n";
    code += "pub static FILES: &[(&str, &str, &[u8], &[u8])] = &[\n";
    for (name, (kind, bytes)) in files {
        code += &format!("    ({name:?}, {kind:?}, {}),\n", both(name, bytes));
    }
    code += "];\n";
    save("../widget_assets.rs", code.as_bytes());
}
