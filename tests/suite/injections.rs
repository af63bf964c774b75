//! More of the mistakes of others: what is sent is never taken for code, for an address, or for a secret.

use serde_json::{Value, json};

use crate::support::{Admin, BLOG, EMAIL, Instance, PASSWORD, comment, encoded, wait_for};

const PAGE: &str = "/posts/a";

#[test]
fn the_sort_of_the_url_cannot_inject() {
    let instance = Instance::blog();
    let server = instance.start();
    server.post(PAGE, "Ann", "Hello");
    let texts =
        ["id; DROP TABLE comments", "oldest--", "oldest' OR '1'='1", "(SELECT 1)", "OLDEST", "oldest,id"];
    for text in texts {
        let text = encoded(text);
        server.get(&format!("/api/v1/threads?site=blog&page={PAGE}&sort={text}")).problem(422);
        server.get(&format!("/api/v1/threads?site=blog&page={PAGE}&cursor={text}")).problem(422);
        server.get(&format!("/api/v1/threads?site=blog&page={PAGE}&limit={text}")).problem(422);
        server.get(&format!("/api/v1/threads?site={text}&page={PAGE}")).problem(404);
        assert_eq!(server.thread(&text, "")["comments"], json!([]));
    }
    assert_eq!(instance.number("SELECT count(*) FROM comments"), 1);
}

#[test]
fn no_markup_of_a_comment_becomes_code() {
    let server = Instance::blog().start();
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "![x](https://a.example/\"onerror=\"alert(1))",
        "[x](https://a.example \"\" onmouseover=alert(1)\")",
        "https://a.example/\"onmouseover=\"alert(1)",
        "```html\" onclick=\"alert(1)\n<b>\n```",
        "<a href=\"https://a.example\" style=\"position:fixed\" class=\"x\" id=\"y\">x</a>",
        "<!--<img title=\"--><img src=x onerror=alert(1)>\">",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<p title=\"&lt;script&gt;\">",
        "{{7*7}} ${7*7} <%= 7*7 %>",
    ];
    for attack in attacks {
        let posted = server.try_post(PAGE, "Eve", attack);
        if posted.status == 422 {
            continue;
        }
        let html = posted.expect(201).json()["comment"]["html"].as_str().unwrap().to_owned();
        for tag in html.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            let name: String =
                tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            let allowed =
                ["p", "a", "br", "em", "strong", "code", "pre", "del", "li", "ul", "ol", "blockquote"];
            assert!(allowed.contains(&name.as_str()), "{attack} became {html}");
            let lower = tag.to_lowercase();
            let attributes = lower.split('"').step_by(2).collect::<String>();
            assert!(!attributes.contains(" on") && !attributes.contains("style="), "{attack} became {html}");
            assert!(
                !lower.contains("href=\"javascript") && !lower.contains("href=\"data"),
                "{attack} became {html}"
            );
        }
    }
}

#[test]
fn text_that_nests_a_thousandfold_is_answered_in_time() {
    let server = Instance::blog().start();
    let nested = [
        ">".repeat(9000),
        "[".repeat(9000),
        "*a ".repeat(3000),
        "- ".repeat(4000),
        "<b>".repeat(3000),
        "`".repeat(9999),
    ];
    for body in nested {
        let body = format!("{body} x");
        let body: String = body.chars().rev().take(10_000).collect::<Vec<_>>().into_iter().rev().collect();
        let answer = server.try_post(PAGE, "Eve", &body);
        assert!([201, 422].contains(&answer.status), "{}: {}", &body[..5], answer.text());
        server.get("/healthz").expect(200);
    }
    server.thread(PAGE, "");
}

#[test]
fn a_reader_s_token_opens_nothing_else() {
    let (_instance, server, admin) = Instance::desk("none");
    let posted = server.post(PAGE, "Ann", "Hello");
    let token = posted["edit_token"].as_str().unwrap();
    let call = server
        .call("GET", "/admin/queue")
        .bearer(token)
        .header("cookie", &format!("afterword-session={token}"));
    call.send().expect(303);
    let session = admin.cookie.split_once('=').unwrap().1;
    let path = format!("/api/v1/comments/{}", posted["comment"]["id"].as_str().unwrap());
    server.call("DELETE", &path).bearer(session).send().problem(403);
    server.call("DELETE", &path).header("cookie", &admin.cookie).origin(BLOG).send().problem(403);
    assert_eq!(server.thread(PAGE, "")["thread"]["count"], 1);
}

#[test]
fn a_guest_cannot_pass_for_the_owner() {
    let server = Instance::blog().start();
    let mut new = comment(PAGE, "Ann", "I am the owner");
    new["author"]["badge"] = "owner".into();
    new["account_id"] = 1.into();
    new["status"] = "published".into();
    new["pinned"] = true.into();
    let answer = server.post_json("/api/v1/comments", &new);
    assert!([201, 422].contains(&answer.status), "{}", answer.text());
    for one in server.thread(PAGE, "")["comments"].as_array().unwrap() {
        assert_eq!((&one["author"]["badge"], &one["pinned"]), (&Value::Null, &false.into()));
    }
}

#[test]
fn nothing_secret_stands_in_the_log() {
    let instance = Instance::blog();
    instance.create_admin();
    let server = instance.start_with(&[("LOG_LEVEL", "trace")]);
    let mut new = comment(PAGE, "Ann", "Private words");
    new["author"]["email"] = "ann@example.org".into();
    let posted = server.post_json("/api/v1/comments", &new).expect(201).json();
    let admin = Admin::sign_in(&server);
    Admin::try_sign_in(&server, EMAIL, "a guess that is wrong");
    server.me(PAGE, posted["edit_token"].as_str().unwrap());
    let log = server.log();
    let secrets = [
        PASSWORD,
        "a guess that is wrong",
        admin.cookie.split_once('=').unwrap().1,
        posted["edit_token"].as_str().unwrap(),
        "ann@example.org",
        "Private words",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn a_fault_tells_nothing_of_the_inside() {
    let instance = Instance::blog();
    let server = instance.start();
    instance.sql("ALTER TABLE comments RENAME TO hidden_away");
    let answer = server.try_post(PAGE, "Ann", "Hello");
    let (words, _) = answer.problem(500);
    assert!(!words.contains("comments") && !words.to_lowercase().contains("sql"), "{words}");
    let number = answer.header("x-request-id").unwrap();
    wait_for("the number in the log", || server.log().contains(number).then_some(()));
}

#[test]
fn a_host_that_was_made_up_stays_out_of_a_configured_address() {
    let instance = Instance::blog();
    let server = instance.start_as("https://comments.example");
    for path in ["/feeds/blog.atom", "/admin/sign-in", "/api/docs"] {
        let answer = server.call("GET", path).header("host", "evil.example").send().expect(200);
        assert!(!answer.text().contains("evil.example"), "{path}");
    }
}
