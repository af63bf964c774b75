use super::*;

fn html(source: &str) -> String {
    from_markdown(source, false)
}

#[test]
fn markdown_is_commonmark_with_strikethrough_autolinks_and_code() {
    assert_eq!(
        html("*a* **b** ~~c~~ `d`"),
        "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"
    );
    assert_eq!(
        html("```rust\nfn x() {}\n```"),
        "<pre><code class=\"language-rust\">fn x() {}\n</code></pre>"
    );
    assert_eq!(html("> q"), "<blockquote>\n<p>q</p>\n</blockquote>");
    assert_eq!(html("# big"), "<h3>big</h3>");
}

#[test]
fn links_are_marked_as_the_readers_own() {
    let expected = "<p><a href=\"https://a.example/b\" rel=\"nofollow ugc noopener\">x</a></p>";
    assert_eq!(html("[x](https://a.example/b)"), expected);
    assert!(html("see https://a.example/b_(c), ok").contains("href=\"https://a.example/b_(c)\""));
    assert!(html("(https://a.example/b).").contains(">https://a.example/b</a>)."));
    assert_eq!(count_links(&html("`https://a.example` and\n\n    https://b.example")), 0);
}

#[test]
fn bare_addresses_are_links_however_they_are_spelt() {
    for (source, href, words) in [
        ("HTTPS://A.example/b", "HTTPS://A.example/b", "HTTPS://A.example/b"),
        ("see Http://a.example.", "Http://a.example", "Http://a.example"),
        ("(www.a.example/b)", "http://www.a.example/b", "www.a.example/b"),
        ("WWW.a.example, too", "http://WWW.a.example", "WWW.a.example"),
    ] {
        let shown = html(source);
        assert!(
            shown.contains(&format!("<a href=\"{href}\" ")) && shown.contains(&format!(">{words}</a>")),
            "{shown}"
        );
        assert_eq!(count_links(&shown), 1);
    }
    for source in ["awww.a.example", "www.a", "www.", "https://", "www. a.example", "`www.a.example`"] {
        assert_eq!(count_links(&html(source)), 0, "{source}");
    }
}

#[test]
fn no_link_is_without_words() {
    for source in [
        "[](https://a.example)",
        "[ ](https://a.example)",
        "[\u{200B}](https://a.example)",
        "![](https://a.example)",
    ] {
        let shown = html(&format!("before {source} after"));
        assert!(shown.contains("a.example</a>"), "{source}: {shown}");
    }
    let shown =
        sanitise("<a href='https://a.example/?x=1&y=<'><img src='https://a.example/x.png'></a>", true);
    assert!(shown.ends_with("https://a.example/?x=1&amp;y=&lt;</a>"), "{shown}");
    assert_eq!(sanitise(&shown, true), shown, "once is enough");
    let described =
        sanitise("<a href='https://a.example'><img src='https://a.example/x.png' alt='A view'></a>", true);
    assert!(!described.contains(">https"), "{described}");
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_eq!(html("<b>x</b>"), "<p>&lt;b&gt;x&lt;/b&gt;</p>");
    assert!(!html("<script>alert(1)</script>").contains("<script"));
    assert!(!html("<img src=x onerror=alert(1)>").contains("<img"));
}

#[test]
fn dangerous_links_lose_their_target() {
    for source in [
        "[x](javascript:alert(1))",
        "[x](data:text/html,1)",
        "[x](vbscript:1)",
        "[x](/relative)",
        "[x](JaVaScRiPt:1)",
    ] {
        assert!(!html(source).contains("href"), "{source}: {}", html(source));
    }
}

#[test]
fn images_are_links_unless_a_site_allows_them() {
    let source = "![cat](https://a.example/cat.png)";
    assert!(html(source).starts_with("<p><a href=\"https://a.example/cat.png\""));
    let allowed = from_markdown(source, true);
    assert!(allowed.contains("<img") && allowed.contains("loading=\"lazy\""), "{allowed}");
    assert!(!from_markdown("![x](javascript:alert(1))", true).contains("src="));
}

#[test]
fn foreign_html_keeps_what_is_allowed_and_no_more() {
    let dirty = "<p onclick=x>a<b>b</b><i style='color:red'>c</i><script>d</script><a href='https://e.example' target=_blank>f</a></p>";
    assert_eq!(
        sanitise(dirty, false),
        "<p>a<b>b</b><i>c</i><a href=\"https://e.example\" rel=\"nofollow ugc noopener\">f</a></p>"
    );
}

#[test]
fn images_in_foreign_html_are_links_unless_a_site_allows_them() {
    let link =
        |href: &str, words: &str| format!("<a href=\"{href}\" rel=\"nofollow ugc noopener\">{words}</a>");
    let cases = [
        ("<IMG src='https://a.example/x.png' alt=':doge:'>", link("https://a.example/x.png", ":doge:")),
        (
            "<img src=https://a.example/b/x.png?y=1&z=2>",
            link("https://a.example/b/x.png?y=1&amp;z=2", "x.png"),
        ),
        (
            "<a href='https://b.example'>see <img src='https://a.example/x.png' alt='a > \"b\"'></a>!",
            link("https://b.example", "see a &gt; \"b\"") + "!",
        ),
        ("a<img src='data:image/png,x' alt='smile'>b<img src='/relative.png'>c", "asmilebc".to_owned()),
        ("<p title='<img src=x>'>a<br>b</p>", "<p>a<br>b</p>".to_owned()),
    ];
    for (dirty, expected) in &cases {
        assert_eq!(&sanitise(dirty, false), expected);
        assert_eq!(&sanitise(expected, false), expected, "sanitising twice changes nothing");
    }
    assert!(sanitise(cases[0].0, true).contains("<img"));
}

#[test]
fn markdown_in_which_raw_html_counts_keeps_both() {
    let mixed = |source: &str| from_mixed(source).map(|html| sanitise(&html, false));
    assert_eq!(mixed("*a* < b, `<i>`, \\<b>\n\n    <u>"), None);
    assert_eq!(mixed("*a*\n<b>b</b>").unwrap(), "<p><em>a</em><br>\n<b>b</b></p>");
    assert_eq!(mixed("<p>a</p>\n").unwrap(), "<p>a</p>");
    assert_eq!(mixed("<u>x</u> https://a.example").unwrap().matches("href").count(), 1);
    assert_eq!(
        mixed("<a href=\"https://a.example\">https://a.example</a>").unwrap().matches("<a ").count(),
        1
    );
    assert_eq!(mixed("x<script>alert(1)</script>").unwrap(), "<p>x</p>");
}

#[test]
fn deep_nesting_is_flattened_and_loses_no_word() {
    for deep in [">".repeat(5000) + "word", "- ".repeat(500) + "word", "*a **b ".repeat(200) + "word"] {
        let html = html(&deep);
        assert!(html.contains("word") && html.len() < 3 * deep.len() + 2000, "{} bytes", html.len());
        assert!(html.matches("<blockquote").count() <= 12 && html.matches("<ul").count() <= 12);
    }
}

#[test]
fn what_no_feed_can_carry_is_left_out() {
    assert_eq!(html("a\u{1}b\u{FFFE}"), "<p>ab</p>");
    assert!(!says_something(&html("\u{200B}")) && says_something(&html("ok")));
}

#[test]
fn an_excerpt_is_plain_text() {
    assert_eq!(excerpt("<p>a &amp; b</p><p>c</p>", 10), "a & b c");
    assert_eq!(excerpt("<p>abcdef</p>", 3), "abc…");
}

#[test]
fn attributes_are_read_too() {
    let html = from_markdown("![a cat](https://a.example/x?a=1&b=2 \"A title\")", true);
    let mut texts = attribute_texts(&html);
    texts.sort();
    assert_eq!(texts, ["A title", "a cat", "https://a.example/x?a=1&b=2"]);
}

proptest::proptest! {
    #[test]
    fn nothing_that_runs_gets_through(source in "\\PC{0,300}") {
        for html in [from_markdown(&source, true), sanitise(&source, true), sanitise(&source, false)] {
            let lower = html.to_lowercase();
            proptest::prop_assert!(!lower.contains("<script") && !lower.contains("<style") && !lower.contains("<iframe"));
            proptest::prop_assert_eq!(sanitise(&html, true), html.clone(), "sanitising twice changes nothing");
        }
    }
}

#[test]
fn a_scheme_alone_is_no_link_and_hides_none() {
    let html = from_markdown("http:// is a scheme, https://example.org/x a link", false);
    assert!(html.contains("<a href=\"https://example.org/x\"") && count_links(&html) == 1, "{html}");
}

#[test]
fn a_picture_counts_as_a_link() {
    assert_eq!(count_links(&from_markdown("![x](https://spam.example/ad.png)", true)), 1);
}
