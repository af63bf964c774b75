use std::io::Write as _;

use tempfile::NamedTempFile;

use super::*;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn values(text: &str) -> Result<Vec<(u64, String)>> {
    let mut read = Vec::new();
    each_value(file(text).path(), &mut |_, entry, (done, total)| {
        assert!(done <= total);
        read.push((entry.line, entry.fields.text("a")));
        Ok(())
    })?;
    Ok(read)
}

type Listed = (Vec<(String, u64)>, Map<String, Value>);

fn listed(text: &str) -> Result<Listed> {
    let mut read = Vec::new();
    let others = each_listed(file(text).path(), &["one", "two"], &mut |list, entry, _| {
        read.push((list.to_owned(), entry.line));
        Ok(())
    })?;
    Ok((read, others))
}

#[test]
fn values_follow_each_other_with_or_without_lines() {
    let read = values("\u{feff}{\"a\":1}{\"a\":\"x\"}\n\n {\"a\":\n2}\n").unwrap();
    assert_eq!(read, [(1, "1".into()), (1, "x".into()), (3, "2".into())]);
}

#[test]
fn a_list_of_values_is_read_as_they_are() {
    let read = values("[{\"a\":1},\n{\"a\":\"x\"}]\n{\"a\":2}").unwrap();
    assert_eq!(read, [(1, "1".into()), (2, "x".into()), (3, "2".into())]);
    assert_eq!(values("[]").unwrap(), []);
    for (text, words) in [
        ("[{},\n7]", "Line 2, column 2: invalid type"),
        ("{}\n7", "Line 2, column 1: an object or a list"),
        ("[{}\n{}]", "Line 2, column 1: expected `,` or `]`"),
        ("[{},\n{\"a\":", "cut short"),
    ] {
        let refusal = values(text).err().unwrap().to_string();
        assert!(refusal.contains(words), "{text}: {refusal}");
    }
}

#[test]
fn a_list_further_down_is_found_by_its_path() {
    let text = "{\"type\": \"x\", \"data\": {\"left\": [1], \"two\": [{},\n{}]}, \"one\": [{}]}";
    let mut read = Vec::new();
    let others = each_listed(file(text).path(), &["data.two", "one"], &mut |list, entry, _| {
        read.push((list.to_owned(), entry.line));
        Ok(())
    });
    assert_eq!(Value::Object(others.unwrap()), serde_json::json!({"type": "x"}));
    assert_eq!(read, [("two".into(), 1), ("two".into(), 2), ("one".into(), 2)]);
    let refusal = each_listed(file("{\"data\": [1]}").path(), &["data.two"], &mut |_, _, _| Ok(()));
    assert!(refusal.unwrap_err().to_string().contains("expected an object"));
}

#[test]
fn lists_are_handed_out_one_by_one_and_the_rest_is_kept() {
    let text = "{\"n\": -1.5, \"one\": [{},\n{\"x\": [1]}], \"left\": [{}, 7], \"no\": null, \"two\": [\n{}], \"o\": {\"p\": true}}";
    let (read, others) = listed(text).unwrap();
    assert_eq!(read, [("one".into(), 1), ("one".into(), 2), ("two".into(), 3)]);
    let others = Value::Object(others);
    assert_eq!(others, serde_json::json!({"n": -1.5, "o": {"p": true}}));
}

#[test]
fn faults_are_told_with_their_place() {
    for (text, words) in [
        ("{\"one\": [{}, 7]}", "Line 1, column 15: invalid type"),
        ("{\"one\": [\n{\"x\": tru}]}", "Line 2, column 10: expected ident"),
        ("{\"one\": [{\"x\": 1", "cut short"),
        ("{\"one\": []}{", "trailing characters"),
        ("[1]", "Line 1, column 1"),
    ] {
        let refusal = listed(text).err().unwrap().to_string();
        assert!(refusal.contains(words), "{text}: {refusal}");
    }
}

#[test]
fn endless_values_and_nesting_are_bounded() {
    let long = format!("{{\"one\": [\n{{\"x\": \"{}", "y".repeat(2 << 20));
    let refusal = listed(&long).err().unwrap().to_string();
    assert!(refusal.contains("Line 2, column 1: a value that begins here is longer than 32 MB"), "{refusal}");
    let deep = format!("{{\"one\": [{{\"x\": {}", "[".repeat(10_000));
    assert!(listed(&deep).err().unwrap().to_string().contains("recursion limit"));
    let many = format!("{{\"left\": [{}{{}}]}}", "{\"x\": \"0123456789\"},".repeat(1 << 17));
    assert!(listed(&many).is_ok(), "a list may be of any length");
}

#[test]
fn what_ends_the_reading_is_answered_as_it_was() {
    let stop = |_: &str, _: Entry, _: Done| Err(Error::Unavailable("the disk is full".into()));
    let refusal = each_listed(file("{\"one\": [{}]}").path(), &["one"], &mut { stop }).unwrap_err();
    assert!(matches!(refusal, Error::Unavailable(_)));
}

#[test]
fn fields_are_read_for_what_is_meant() {
    let text = r#"{"t":"x","n":7,"f":2.9,"y":"true","one":"1","no":false,"when":"2020-01-01T00:00:00+01:00","never":"0001-01-01T00:00:00Z","o":{"p":1},"id":{"$oid":"5f"},"at":{"$date":{"$numberLong":"12"}},"w":{"__type":"Date","iso":"2020"},"l":[1,{"q":2}]}"#;
    let fields: Map<String, Value> = serde_json::from_str(text).unwrap();
    assert_eq!(
        (fields.text("t"), fields.text("n"), fields.text("o")),
        ("x".into(), "7".into(), String::new())
    );
    assert_eq!(
        (fields.number("n"), fields.number("f"), fields.number("one"), fields.number("t")),
        (Some(7), Some(2), Some(1), None)
    );
    assert!(fields.flag("y") && fields.flag("one") && !fields.flag("no") && !fields.flag("gone"));
    assert_eq!(fields.moment("when").unwrap().to_string(), "2019-12-31T23:00:00.000Z");
    assert!(fields.moment("never").is_none() && fields.moment("t").is_none());
    assert_eq!(["id", "at", "w", "y", "no"].map(|name| fields.text(name)), ["5f", "12", "2020", "true", ""]);
    assert_eq!((fields.number("at"), fields.flag("id")), (Some(12), false));
    assert_eq!(fields.inner("o").unwrap().number("p"), Some(1));
    assert_eq!(fields.list("l").map(|one| one.number("q")).collect::<Vec<_>>(), [Some(2)]);
}
