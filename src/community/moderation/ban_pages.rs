//! Bans on the dashboard: listed, added, ended.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use rusqlite::Connection;
use serde::Deserialize;

use super::ban_form::{BanForm, drafts};
use super::way_back;
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::community::bans::{self, Ban, By, Kind, Listing};
use crate::community::sites::{self, Site};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Flash, Frame, When};
use crate::web::respond::{page, page_with_fault, see_other};
use crate::web::table::{Address, Column, Head, Names, PAGE, Table};

const HERE: &str = "/admin/bans";
const END: &str = "/admin/bans/end";
/// A ban that comes never shifts a page: it goes on after the last ban of the one before.
const NAMES: Names = Names { page: "after", ..Names::MAIN };
const HEADS: &[Head<By>] = &[
    Head { by: By::Pattern, word: "pattern", label: "Who", class: "", descending: false },
    Head { by: By::Kind, word: "kind", label: "Known by", class: "", descending: false },
    Head { by: By::Made, word: "new", label: "Banned", class: "", descending: true },
    Head { by: By::End, word: "end", label: "Until", class: "", descending: false },
];
const ENDED_HEADS: &[Head<By>] = &[
    HEADS[0],
    HEADS[1],
    HEADS[2],
    Head { by: By::End, word: "end", label: "Ended", class: "", descending: true },
];

#[derive(Template)]
#[template(path = "bans/list.html")]
struct BanList {
    frame: Frame,
    tabs: Vec<Choice>,
    columns: Vec<Column>,
    ended: bool,
    bans: Vec<BanRow>,
    first: Option<String>,
    next: Option<String>,
}

/// A link of which one is where we are.
struct Choice {
    label: String,
    count: Option<i64>,
    href: String,
    current: bool,
}

struct BanRow {
    id: String,
    kind: &'static str,
    pattern: String,
    site: Option<String>,
    shadow: bool,
    reason: String,
    by: Option<String>,
    since: When,
    until: Option<When>,
    /// The form for the same once more, where that can be written down.
    again: Option<String>,
}

#[derive(Template)]
#[template(path = "bans/new.html")]
struct NewBan {
    frame: Frame,
    form: BanForm,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// `added`, `unmade`, `ended` or `resumed`.
    #[serde(rename = "done")]
    what: String,
    /// Which one was ended, and what takes that back.
    ban: String,
    undo: String,
    proof: String,
}

/// What the form is filled with.
#[derive(Clone, Default, Deserialize)]
pub struct NewQuery {
    /// Somebody who wrote this comment.
    #[serde(default)]
    comment: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    site: String,
}

/// `GET /admin/bans`
pub async fn list(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let frame = Frame::of(&request, &app, "Bans", "bans").await?.with_flash(flash(&app, &query));
    let [sort, direction, after] = NAMES.all();
    let address = Address::new(HERE, request.query_string(), &["show", sort, direction, after]);
    page(&app.db.read(move |c| BanList::read(c, frame, &address, Millis::now())).await?)
}

/// `GET /admin/bans/new`
pub async fn new(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    query: Query<NewQuery>,
) -> Result<HttpResponse> {
    let frame = Frame::of(&request, &app, "New ban", "bans").await?;
    let (asked, now) = (query.into_inner(), Millis::now());
    let form = app
        .db
        .read(move |c| {
            let mut form = BanForm::empty(c, &admin.0.access, &asked.comment, now)?;
            for (field, value) in [
                (&mut form.kind, asked.kind),
                (&mut form.pattern, asked.pattern),
                (&mut form.site, asked.site),
            ] {
                if !value.is_empty() {
                    *field = value;
                }
            }
            Ok(form)
        })
        .await?;
    page(&NewBan { frame, form })
}

/// `POST /admin/bans`
pub async fn add(
    request: HttpRequest,
    app: Data<App>,
    admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let (access, now) = (admin.0.access.clone(), Millis::now());
    let sent = form.clone();
    let done = app
        .db
        .write(move |tx| {
            let drafts = drafts(tx, &access, &sent, now)?;
            drafts.iter().map(|draft| Ok(bans::add(tx, draft, &by, now)?.id)).collect::<Result<Vec<_>>>()
        })
        .await;
    let fault = match done {
        Ok(made) => {
            let fields: Vec<_> = made.into_iter().map(|id| ("ban", id.to_string())).collect();
            let way_back = way_back::write(&app.key, END, &fields);
            return Ok(see_other(&format!("{HERE}?done=added&{way_back}")));
        }
        Err(fault @ Error::Invalid { .. }) => fault,
        Err(other) => return Err(other),
    };
    let frame = Frame::of(&request, &app, "New ban", "bans").await?;
    let shown = app
        .db
        .read(move |c| {
            // All that is wrong, and not only what was found first.
            let all = drafts(c, &admin.0.access, &form, now).unwrap_or_default();
            let shown = BanForm::sent(c, &admin.0.access, &form, now)?;
            Ok(all.iter().flat_map(|draft| draft.faults(now)).fold(shown, BanForm::blamed))
        })
        .await?;
    page_with_fault(&NewBan { frame, form: shown.blamed(fault) })
}

/// `POST /admin/bans/{id}/end`
pub async fn end(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let until = app.db.write(move |tx| bans::end(tx, id, &by, now)).await?;
    let until = until.map(|until| until.0.to_string()).unwrap_or_default();
    let fields = [("ended", now.0.to_string()), ("until", until)];
    let way_back = way_back::write(&app.key, &resume_path(&id.to_string()), &fields);
    Ok(see_other(&format!("{HERE}?done=ended&ban={id}&{way_back}")))
}

/// `POST /admin/bans/end`: takes back what was made just now, all of it or nothing.
pub async fn end_several(app: Data<App>, _admin: Admin, by: Actor, form: Form) -> Result<HttpResponse> {
    let ids = form.all("ban").map(read_id).collect::<Result<Vec<_>>>()?;
    let now = Millis::now();
    app.db.write(move |tx| ids.iter().try_for_each(|id| bans::end(tx, *id, &by, now).map(|_| ()))).await?;
    Ok(see_other(&format!("{HERE}?done=unmade")))
}

/// `POST /admin/bans/{id}/resume`: takes ending it back.
pub async fn resume(
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    id: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, now) = (read_id(&id)?, Millis::now());
    let ended = form.moment("ended").ok_or_else(|| Error::invalid("ended", "That is no moment."))?;
    let until = form.moment("until");
    if until.is_none() && !form.text("until").is_empty() {
        return Err(Error::invalid("until", "That is no moment."));
    }
    app.db.write(move |tx| bans::resume(tx, id, ended, until, &by, now)).await?;
    Ok(see_other(&format!("{HERE}?done=resumed")))
}

fn read_id(text: &str) -> Result<Id> {
    text.parse().map_err(|_| Error::NotFound("There is no such ban.".into()))
}

fn resume_path(id: &str) -> String {
    format!("{HERE}/{id}/resume")
}

fn flash(app: &App, done: &Done) -> Option<Flash> {
    let offer = |told: &str, action| {
        Some(way_back::offer(&app.key, Flash::done(told), action, &done.undo, &done.proof))
    };
    match done.what.as_str() {
        "added" => offer("Banned. It holds from now on.", END.to_owned()),
        "unmade" => Some(Flash::done("Taken back: that ban holds no more.")),
        "ended" => offer("The ban is ended.", resume_path(&done.ban)),
        "resumed" => Some(Flash::done("The ban goes on as it was.")),
        _ => None,
    }
}

impl BanList {
    fn read(c: &Connection, frame: Frame, address: &Address, now: Millis) -> Result<Self> {
        let ended = address.get("show") == "ended";
        let table = Table::asked(address, NAMES, if ended { ENDED_HEADS } else { HEADS });
        let listing = Listing { ended, by: table.by, descending: table.descending };
        let (sites, after) = (sites::all(c)?, address.get(NAMES.page));
        let mut bans =
            bans::list(c, listing, after.parse().ok(), u32::try_from(PAGE + 1).unwrap_or(u32::MAX), now)?;
        let more = bans.len() > PAGE;
        bans.truncate(PAGE);
        let next = bans.last().filter(|_| more).map(|last| table.page_href(last.id.to_string()));
        Ok(Self {
            frame,
            tabs: tabs(address, ended, bans::count(c, now)?),
            columns: table.columns(),
            ended,
            bans: bans.into_iter().map(|ban| BanRow::new(ban, &sites, now)).collect(),
            first: (!after.is_empty()).then(|| table.page_href("")),
            next,
        })
    }
}

/// Each in the order that is chosen; in its direction, which may begin at the other end there, only when it is asked for.
fn tabs(address: &Address, ended: bool, holding: i64) -> Vec<Choice> {
    let address = address.with(NAMES.page, "").with(NAMES.direction, "");
    let tab = |label: &str, word: &str, count: Option<i64>, current: bool| Choice {
        label: label.to_owned(),
        count,
        href: address.with("show", word).href(),
        current,
    };
    vec![tab("In force", "active", Some(holding), !ended), tab("Ended", "ended", None, ended)]
}

impl BanRow {
    fn new(ban: Ban, sites: &[Site], now: Millis) -> Self {
        let site = ban.site.map(|id| sites.iter().find(|site| site.id == id));
        let site =
            site.map(|site| site.map_or_else(|| "a site that is gone".to_owned(), |site| site.name.clone()));
        let again = (ban.kind != Kind::Address).then(|| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("kind", ban.kind.as_str()).append_pair("pattern", &ban.pattern);
            format!("{HERE}/new?{}", query.finish())
        });
        Self {
            id: ban.id.to_string(),
            kind: ban.kind.as_str(),
            pattern: match ban.kind {
                Kind::Address => ban.pattern.chars().take(8).collect(),
                _ => ban.pattern,
            },
            site,
            shadow: ban.shadow,
            reason: ban.reason,
            by: ban.by,
            since: When::new(ban.created_at, now),
            until: ban.expires_at.map(|end| if end > now { When::exact(end) } else { When::new(end, now) }),
            again,
        }
    }
}
