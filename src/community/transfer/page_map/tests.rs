use super::*;
use crate::community::transfer::report::Preview;

fn map(rules: &[&str]) -> PageMap {
    let mut map = PageMap::default();
    for rule in rules {
        map.add(rule).unwrap();
    }
    map
}

fn goes(map: &PageMap, link: &str) -> String {
    map.apply(SourceThread { link: link.into(), ..SourceThread::default() }).0.link
}

fn file(text: &str) -> Result<PageMap> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let mut map = PageMap::default();
    map.add_file(file.path()).map(|()| map)
}

#[test]
fn an_exact_rule_wins_over_a_prefix_and_a_longer_prefix_over_a_shorter() {
    let map = map(&["/a/*=/x/*", "/a/b/*=/y/*", "/a/b/c=/z"]);
    assert_eq!(goes(&map, "/a/one"), "/x/one");
    assert_eq!(goes(&map, "https://any.example/a/b/two/"), "/y/two/");
    assert_eq!(goes(&map, "/a/b/c/?utm_source=x#top"), "/z");
    assert_eq!(goes(&map, "/other"), "/other");
}

#[test]
fn a_slash_before_the_star_is_meant_and_the_page_itself_belongs_to_it() {
    let map = map(&["/blog/*=/notes/*"]);
    assert_eq!(goes(&map, "/blogroll"), "/blogroll");
    assert_eq!(goes(&map, "https://old.example/blog/"), "/notes/");
    assert_eq!(goes(&map, "/blog/größe"), "/notes/gr%C3%B6%C3%9Fe");
}

#[test]
fn a_rule_with_a_host_is_for_that_host_alone() {
    let map = map(&["https://One.example/*=/one/*", "/a/deep/*=/deep/*", "http://two.example/a=/two"]);
    assert_eq!(goes(&map, "http://one.example/b?x=1"), "/one/b?x=1");
    assert_eq!(goes(&map, "http://one.example/a/deep/er"), "/deep/er", "the longer one");
    assert_eq!(goes(&map, "https://two.example/a/"), "/two");
    assert_eq!(goes(&map, "https://three.example/a/"), "https://three.example/a/");
}

#[test]
fn a_prefix_may_lead_to_one_page_and_a_star_alone_to_everything() {
    assert_eq!(goes(&map(&["/2009/*=/archive"]), "/2009/a/b"), "/archive");
    assert_eq!(goes(&map(&["*=/all"]), "key-of-its-own"), "/all");
    assert_eq!(goes(&map(&["old-*=/new/*"]), "old-7"), "/new/7");
}

#[test]
fn a_key_beside_the_link_is_a_name_of_the_page_too() {
    let map = map(&["tomatoes-1=/posts/tomatoes"]);
    let thread = SourceThread {
        link: "/p/1".into(),
        aliases: vec!["tomatoes-1".into(), "t".into()],
        ..SourceThread::default()
    };
    let (thread, rule) = map.apply(thread);
    assert_eq!(
        (thread.link.as_str(), thread.aliases, rule),
        ("/posts/tomatoes", vec!["t".to_owned()], Some(0))
    );
}

#[test]
fn equals_signs_in_addresses_are_not_taken_for_the_one_between_them() {
    let map = map(&["/?p=4=/2014/four", "/a=/b?x=1", "k=https://new.example/k", "/?p=5=>/?q=6"]);
    assert_eq!(goes(&map, "https://old.example/?p=4"), "/2014/four");
    assert_eq!((goes(&map, "/a"), goes(&map, "/?p=5")), ("/b?x=1".into(), "/?q=6".into()));
    assert_eq!(goes(&map, "k"), "https://new.example/k");
}

#[test]
fn what_is_no_rule_is_refused_in_words() {
    let cases = [
        ("/a", "is not like OLD=NEW"),
        ("a=b=c", "write OLD=>NEW"),
        ("/a=/b/*", "no star at its end"),
        ("/a=", "“” is not the address or key of a page"),
        ("=/b", "“” is not the address or key of a page"),
        ("/a/*=*", "“*” is not"),
        ("/known=/other", "another rule says “/known=/page”"),
    ];
    for (rule, words) in cases {
        let mut map = map(&["/known=/page"]);
        let refusal = map.add(rule).unwrap_err().to_string();
        assert!(refusal.contains(words), "{rule}: {refusal}");
    }
    map(&["/known=/page", "http://x.example/a=/b"]).add("/known=/page").unwrap();
}

#[test]
fn a_file_has_a_rule_on_each_line_in_one_of_four_spellings() {
    let map = file(
        "\u{feff}# old to new\r\n\r\n/a\t/1\r\n/b=>/2\n/c=/3\n\
         http://old.example/?p=4, http://new.example/4\n\"/d,e\",\"/5\"\n/stays\nhttp://old.example/?p=9\nhttp://old.example/?p=8,\n",
    )
    .unwrap();
    let went = ["/a", "/b", "/c", "http://old.example/?p=4", "/d,e", "/stays"].map(|link| goes(&map, link));
    assert_eq!(went, ["/1", "/2", "/3", "http://new.example/4", "/5", "/stays"]);
    assert_eq!(map.unused(&BTreeSet::from([0, 1, 2, 3])), ["/d,e=/5"]);
}

#[test]
fn the_table_of_a_report_is_a_file_of_rules_once_it_was_changed() {
    let page = |link: &str, page: &str| Preview { link: link.into(), page: page.into(), comments: 12 };
    let pages = [
        page("https://old.example/a,b/?p=4", "/a,b?p=4"),
        page("=key \"of\" its own", "=key \"of\" its own"),
        page("/stays", "/stays"),
    ];
    let text = table::write(&pages);
    assert!(
        text.starts_with("# old page,new page,comments\r\n") && text.contains(",/stays,12\r\n"),
        "{text}"
    );
    let changed = text.replace("\"/a,b?p=4\"", "\"/c,d\"").replace("/stays,/stays", "/stays,");
    let map = file(&changed).unwrap();
    let links = ["https://old.example/a,b/?p=4", "=key \"of\" its own", "/stays"];
    assert_eq!(links.map(|link| goes(&map, link)), ["/c,d", "=key \"of\" its own", "/stays"]);
    let other = file("# old page;new page;comments\n/a;/b,c;3\n\n# a remark\n").unwrap();
    assert_eq!(goes(&other, "/a"), "/b,c");
}

#[test]
fn a_line_that_cannot_be_read_is_told_with_its_number() {
    for (text, words) in [
        ("/a=/b\n/c /d", "Line 2: In “/c /d” it cannot be told"),
        ("/a=/b,/c", "Line 1"),
        ("/a=/b\n/a,/c", "Line 2"),
    ] {
        let refusal = file(text).unwrap_err().to_string();
        assert!(refusal.contains(words), "{refusal}");
    }
    assert!(
        PageMap::default()
            .add_file(Path::new("/nowhere"))
            .unwrap_err()
            .to_string()
            .contains("cannot be read")
    );
}
