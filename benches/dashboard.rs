//! How long the dashboard's pages take when there are very many comments: `cargo bench --bench dashboard`, with
//! `COMMENTS=1000000` for a million (which takes some minutes to bring in). The reference is `/healthz` of the same
//! server: what any answer costs here.

mod instance;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use instance::{afterword, end, request, serve};

const ROUNDS: usize = 15;
const A_THREAD: u64 = 100;
const YEARS: u64 = 10;
/// Where the instance is in the folder, beside what it is made from.
const DATA: &str = "data";
const PASSWORD: &str = "a long pass phrase";

/// What an admin looks at, and in it the words that most comments have, few have, and none has.
const PAGES: [&str; 31] = [
    "/admin/",
    "/admin/?days=30",
    "/admin/queue",
    "/admin/queue?status=spam",
    "/admin/queue?status=reported",
    "/admin/queue?status=all",
    "/admin/queue?status=all&site=blog",
    "/admin/queue?status=all&q=the",
    "/admin/queue?status=held&q=the",
    "/admin/queue?status=spam&q=the",
    "/admin/queue?status=all&q=the+of+word",
    "/admin/queue?status=all&q=%22of+the%22",
    "/admin/queue?status=all&q=the+-of",
    "/admin/queue?status=all&q=baten",
    "/admin/queue?status=held&q=baten",
    "/admin/queue?status=all&q=nowhere",
    "/admin/queue?status=all&author=Person",
    "/admin/queue?status=held&author=Person+77",
    "/admin/queue?status=all&q=the&since=2020-01-01&until=2020-03-31",
    "/admin/threads",
    "/admin/threads?sort=comments",
    "/admin/threads?sort=title",
    "/admin/threads?text=word",
    "/admin/threads?state=waiting",
    "/admin/sites",
    "/admin/sites/blog",
    "/admin/sites/blog/remove",
    "/admin/audit",
    "/admin/people",
    "/admin/bans",
    "/admin/imports",
];

fn main() {
    let number = std::env::var("COMMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let began = Instant::now();
    seed(folder.path(), number);
    let took = began.elapsed();
    println!("{number} comments brought in within {:.0} s", took.as_secs_f64());
    let (mut server, address) = serve(&folder.path().join(DATA));
    let cookie = sign_in(&address);
    let floor = time(&address, "/healthz", "").1;
    println!("{:>9} {:>9} {:>9}  page ({ROUNDS} rounds)", "first ms", "median ms", "× healthz");
    for page in pages(&address, &cookie) {
        let (first, median) = time(&address, &page, &cookie);
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        println!("{:9.1} {:9.1} {ratio:9.1}  {page}", milliseconds(first), milliseconds(median));
    }
    end(&mut server);
}

/// The fixed ones, one thread and one comment.
fn pages(address: &str, cookie: &str) -> Vec<String> {
    let mut pages: Vec<String> = PAGES.map(ToOwned::to_owned).into();
    for (list, within) in
        [("/admin/threads", "/admin/threads/"), ("/admin/queue?status=all", "/admin/comments/")]
    {
        let text = get(address, list, cookie);
        let id = text.split(&format!("href=\"{within}")).nth(1).expect("a link to one of them");
        pages.push(format!("{within}{}", &id[..13]));
    }
    pages
}

fn time(address: &str, page: &str, cookie: &str) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            let answer = get(address, page, cookie);
            assert!(answer.starts_with("HTTP/1.1 200"), "{page}: {answer}");
            began.elapsed()
        })
        .collect();
    let first = times[0];
    times.sort();
    (first, times[times.len() / 2])
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn seed(folder: &Path, number: u64) {
    let password = folder.join("password.txt");
    std::fs::write(&password, PASSWORD).expect("a file");
    let export = folder.join("export.xml");
    write_export(&export, number).expect("an export");
    let (password, export) = (password.to_string_lossy(), export.to_string_lossy());
    for arguments in [
        &["admin", "create", "--email", "ann@bench.example", "--password-file", &password][..],
        &["site", "create", "blog", "--origin", "https://blog.example"],
        &["site", "create", "other", "--origin", "https://other.example"],
        &["import", "wordpress", &export, "--site", "blog"],
    ] {
        let done = afterword(&folder.join(DATA), arguments).stdout(Stdio::null()).status();
        assert!(done.is_ok_and(|status| status.success()), "{arguments:?}");
    }
}

/// Numbers that are the same in every run (xorshift64; Marsaglia, 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }

    /// A few words come often and most seldom, as in any language.
    fn word(&mut self, words: &[String]) -> usize {
        let roll = self.below(1 << 20);
        let often = roll * roll / (1 << 20) * roll / (1 << 20);
        usize::try_from(often * words.len() as u64 / (1 << 20)).unwrap_or_default()
    }
}

fn vocabulary(dice: &mut Dice) -> Vec<String> {
    let common =
        "the of and to in is you that it for on are with as this word was not have from but what can out";
    let syllables =
        ["ba", "ten", "ko", "ri", "mu", "sal", "ve", "no", "gar", "li", "pes", "tra", "do", "chi", "wen"];
    let mut words: Vec<String> = common.split(' ').map(ToOwned::to_owned).collect();
    words.extend((0..20_000).map(|_| {
        let parts = 2 + dice.below(3);
        (0..parts).map(|_| syllables[usize::try_from(dice.below(15)).unwrap_or_default()]).collect::<String>()
    }));
    words
}

/// WordPress' own format: the last comments are of this moment, two in a hundred are held and as many are spam.
fn write_export(path: &Path, number: u64) -> std::io::Result<()> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let words = vocabulary(&mut dice);
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
    let step = YEARS * 365 * 86_400 / number.max(1);
    let mut out = BufWriter::new(File::create(path)?);
    write!(
        out,
        "<?xml version=\"1.0\"?><rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><wp:wxr_version>1.2</wp:wxr_version>"
    )?;
    for first in (0..number).step_by(usize::try_from(A_THREAD).unwrap_or(1)) {
        let thread = first / A_THREAD + 1;
        let title = words[dice.word(&words)].clone() + " " + &words[dice.word(&words)];
        write!(
            out,
            "<item><title>{title}</title><link>https://blog.example/posts/{thread}/</link><wp:post_id>{thread}</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
        )?;
        for at in first..number.min(first + A_THREAD) {
            write_comment(&mut out, &mut dice, &words, (first, at), now - (number - at) * step)?;
        }
        write!(out, "</item>")?;
    }
    write!(out, "</channel></rss>")?;
    out.flush()
}

fn write_comment(
    out: &mut impl Write,
    dice: &mut Dice,
    words: &[String],
    (first, at): (u64, u64),
    moment: u64,
) -> std::io::Result<()> {
    let seconds = i64::try_from(moment).unwrap_or_default();
    let date = jiff::Timestamp::from_second(seconds).expect("a moment").strftime("%Y-%m-%d %H:%M:%S");
    let status =
        ["0", "0", "spam", "spam"].get(usize::try_from(dice.below(100)).unwrap_or(99)).unwrap_or(&"1");
    let parent = if at > first && dice.below(2) == 0 { first + dice.below(at - first) + 1 } else { 0 };
    let length = 5 + dice.below(50);
    let text = (0..length).map(|_| words[dice.word(words)].as_str()).collect::<Vec<_>>().join(" ");
    write!(
        out,
        "<wp:comment><wp:comment_id>{}</wp:comment_id><wp:comment_author>Person {}</wp:comment_author><wp:comment_date>{date}</wp:comment_date><wp:comment_date_gmt>{date}</wp:comment_date_gmt><wp:comment_content>{text}</wp:comment_content><wp:comment_approved>{status}</wp:comment_approved><wp:comment_type>comment</wp:comment_type><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>",
        at + 1,
        dice.below(100_000),
    )
}

/// The session's cookie.
fn sign_in(address: &str) -> String {
    let body = format!("csrf=&email=ann%40bench.example&password={}", PASSWORD.replace(' ', "+"));
    let head = "content-type: application/x-www-form-urlencoded\r\n";
    let answer = request(address, "POST", "/admin/sign-in", head, &body);
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).expect("a session");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

fn get(address: &str, path: &str, cookie: &str) -> String {
    request(address, "GET", path, &format!("cookie: {cookie}\r\n"), "")
}
