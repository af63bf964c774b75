//! One verb for all comments that the queue's filters show: first how many and which, then the doing.

use actix_web::web::{Data, Query as Params};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::filters::{Asked, Chip, QUEUE};
use super::pages::{comments, read_id};
use super::views::{Item, SiteChoice};
use super::{Query, STEP, Seen, Target, Verb, add_to, count, queue, queue_ids};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::base::id::Id;
use crate::base::order::Order;
use crate::web::access::Access;
use crate::web::address::base_url;
use crate::web::caller::Moderator;
use crate::web::form::Form;
use crate::web::frame::Frame;
use crate::web::respond::{page, see_other};

/// So many at the most with one press; the rest with the next.
const MOST: u32 = 10_000;
const SAMPLE: u32 = 5;

#[derive(Template)]
#[template(path = "moderation/bulk.html")]
struct BulkPage {
    frame: Frame,
    asked: Asked,
    verb: &'static str,
    /// Approve 12 comments
    heading: String,
    number: i64,
    /// Whether there are more than one press takes.
    too_many: bool,
    site: Option<SiteChoice>,
    chips: Vec<Chip>,
    sample: Vec<Item>,
    newest: String,
    read_at: i64,
    back: String,
}

#[derive(Deserialize)]
pub struct What {
    verb: String,
}

/// `GET /admin/queue/all`: what would be done, to how many.
pub async fn preview(
    request: HttpRequest,
    app: Data<App>,
    who: Moderator,
    asked: Params<Asked>,
    what: Params<What>,
) -> Result<HttpResponse> {
    let (asked, verb, now) = (asked.into_inner(), Verb::parse(&what.verb)?, Millis::now());
    let (base, asking) = (base_url(&request), asked.clone());
    let frame = Frame::of(&request, &app, "Many at once", "queue").await?;
    let read = app.db.read(move |c| {
        let (query, sites) = asking.read(c, &who.0.access)?;
        let sample: Vec<_> = queue(c, &query, Order::Newest, None, SAMPLE)?;
        let newest = sample.first().map_or(Id(0), |comment| comment.id);
        let number = count(c, &query, MOST + 1)?;
        let shown = sample.into_iter().map(|comment| Item::read(c, &base, comment, now));
        let site = sites.into_iter().find(|site| site.key == asking.site);
        Ok((
            shown.collect::<Result<Vec<_>>>()?,
            newest,
            number,
            asking.chips(c, &who.0.access, query.author.as_ref())?,
            site,
        ))
    });
    let (sample, newest, number, chips, site) = read.await?;
    let most = i64::from(MOST);
    page(&BulkPage {
        frame,
        verb: verb.as_str(),
        heading: verb.heading(&comments(number.min(most))),
        number: number.min(most),
        too_many: number > most,
        site: site.map(|site| SiteChoice { key: site.key, name: site.name, current: true }),
        chips,
        sample,
        newest: newest.to_string(),
        read_at: now.0,
        back: asked.href(QUEUE),
        asked,
    })
}

/// `POST /admin/queue/all`
pub async fn act(app: Data<App>, who: Moderator, by: Actor, form: Form) -> Result<HttpResponse> {
    let (asked, verb) = (Asked::of_form(&form), Verb::parse(form.text("verb"))?);
    let newest = read_id(form.text("newest"))?;
    let read_at = form.text("read_at").parse().map(Millis);
    let seen = read_at.map_err(|_| Error::invalid("read_at", "Go back to the queue and begin again."))?;
    let (asking, access) = (asked.clone(), who.0.access.clone());
    let query = app.db.read(move |c| Ok(asking.read(c, &access)?.0)).await?;
    let applied = apply_to_all(&app, &query, newest, (Seen::Until(seen), verb), (&who.0.access, &by)).await?;
    let back = asked.href(QUEUE);
    Ok(see_other(&format!("{back}&did={}&changed={}", applied.batch, applied.changed)))
}

/// In steps, so that the writer can serve others between them.
async fn apply_to_all(
    app: &App,
    query: &Query,
    newest: Id,
    (seen, verb): (Seen, Verb),
    (access, by): (&Access, &Actor),
) -> Result<super::Applied> {
    let now = Millis::now();
    let (batch, mut before, mut changed, mut left) = (Id::new(now), newest.next(), 0, MOST);
    while left > 0 {
        let (asking, limit) = (query.clone(), left.min(STEP));
        let ids = app.db.read(move |c| queue_ids(c, &asking, Order::Newest, Some(before), limit)).await?;
        let Some(last) = ids.last() else { break };
        (before, left) = (*last, left - u32::try_from(ids.len()).unwrap_or(left));
        let targets: Vec<_> = ids.into_iter().map(|id| Target { id, seen }).collect();
        let (access, by) = (access.clone(), by.clone());
        changed += app.db.write(move |tx| add_to(tx, batch, &targets, verb, &access, &by, now)).await?;
    }
    Ok(super::Applied { batch, changed })
}
