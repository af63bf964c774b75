//! The widget as a site would show it, with comments that are made up: the real script talks to calls below
//! `/admin/preview/`, which know no site and store nothing. What is tried out travels as the page's key.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};

use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::community::sites::{self, Advice, Colour, Site, Sort, Theme, advice};
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::Frame;
use crate::web::respond::{Framing, page};

mod sample;

const NEVER_KEPT: (&str, &str) = ("cache-control", "no-store");
const SCRIPT: &str = "/admin/preview/embed.js";

/// What can be tried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    pub key: String,
    pub theme: Theme,
    pub accent: Option<Colour>,
    pub sort: Sort,
    pub display_depth: u32,
    pub images: bool,
    pub avatars: bool,
}

#[derive(Template)]
#[template(path = "widget/preview.html")]
struct PreviewPage {
    frame: Frame,
    key: String,
    name: String,
    /// The page's key that carries the looks.
    looks: String,
    advice: Vec<Advice>,
    script: &'static str,
}

/// `GET /admin/sites/{key}/preview`: as it is saved.
pub async fn saved(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    key: Path<String>,
) -> Result<HttpResponse> {
    let site = app.db.read(move |c| sites::by_key(c, &key)).await?;
    preview(&request, &app, &site, &Looks::of(&site)).await
}

/// `POST /admin/sites/{key}/preview`: as it stands in the form. Nothing is saved, so there is nothing to tell the
/// audit trail.
pub async fn tried(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    _by: Actor,
    key: Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let site = app.db.read(move |c| sites::by_key(c, &key)).await?;
    let looks = Looks::read(&site.key, |name| form.text(name).to_owned());
    preview(&request, &app, &site, &looks).await
}

async fn preview(request: &HttpRequest, app: &App, site: &Site, looks: &Looks) -> Result<HttpResponse> {
    let shown = PreviewPage {
        frame: Frame::of(request, app, &format!("Preview of {}", site.name), "sites").await?,
        key: site.key.clone(),
        name: site.name.clone(),
        looks: looks.to_page(),
        advice: looks.advice(),
        script: SCRIPT,
    };
    Ok(Framing::InOurs.mark(page(&shown)?))
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    site: String,
    #[serde(default)]
    page: String,
    sort: Option<Sort>,
}

/// `GET /admin/preview/api/v1/threads`
pub async fn thread(asked: Query<Asked>) -> HttpResponse {
    let asked = asked.into_inner();
    let looks = Looks::of_page(&asked.site, &asked.page);
    let sort = asked.sort.unwrap_or(looks.sort);
    HttpResponse::Ok().insert_header(NEVER_KEPT).json(sample::thread(
        &looks,
        &asked.page,
        sort,
        Millis::now(),
    ))
}

/// `GET /admin/preview/api/v1/stream`: nothing ever happens here.
pub async fn stream() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// Everything that would write.
pub async fn refuse() -> Result<HttpResponse> {
    Err(Error::Forbidden("This is a preview: nothing of it is stored.".into()))
}

#[derive(Serialize)]
struct Told {
    good: bool,
    text: String,
}

/// `GET /admin/preview/advice`: what is to be said of an accent while it is being chosen.
pub async fn told(_admin: Admin, tried: Query<Tried>) -> HttpResponse {
    let looks =
        Looks::read("", |name| if name == "theme" { tried.theme.clone() } else { tried.accent.clone() });
    let told: Vec<Told> =
        looks.advice().into_iter().map(|one| Told { good: one.good, text: one.text }).collect();
    HttpResponse::Ok().insert_header(NEVER_KEPT).json(told)
}

#[derive(Deserialize)]
pub struct Tried {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    accent: String,
}

impl Looks {
    fn of(site: &Site) -> Self {
        Self {
            key: site.key.clone(),
            theme: site.theme,
            accent: site.accent,
            sort: site.sort,
            display_depth: site.display_depth,
            images: site.images,
            avatars: site.avatars,
        }
    }

    /// From values as a form has them; what cannot be read is as it is by default.
    fn read(key: &str, value: impl Fn(&str) -> String) -> Self {
        Self {
            key: key.to_owned(),
            theme: value("theme").parse().unwrap_or_default(),
            accent: Colour::parse(&value("accent")),
            sort: value("sort").parse().unwrap_or_default(),
            display_depth: value("display_depth").parse().unwrap_or(4).min(10),
            images: !value("images").is_empty(),
            avatars: !value("avatars").is_empty(),
        }
    }

    fn of_page(key: &str, page: &str) -> Self {
        let values: Vec<(String, String)> =
            url::form_urlencoded::parse(page.as_bytes()).into_owned().collect();
        let value =
            |name: &str| values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        Self::read(key, |name| value(name).unwrap_or_default())
    }

    fn to_page(&self) -> String {
        let mut page = url::form_urlencoded::Serializer::new(String::new());
        page.append_pair("theme", self.theme.as_str()).append_pair("sort", self.sort.as_str());
        page.append_pair("display_depth", &self.display_depth.to_string());
        if let Some(accent) = self.accent {
            page.append_pair("accent", &accent.to_string());
        }
        for (name, is_on) in [("images", self.images), ("avatars", self.avatars)] {
            if is_on {
                page.append_pair(name, "1");
            }
        }
        page.finish()
    }

    fn advice(&self) -> Vec<Advice> {
        self.accent.map(|accent| advice(accent, self.theme)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_out_travels_in_the_page_s_key() {
        let looks = Looks {
            key: "blog".into(),
            theme: Theme::Dark,
            accent: Colour::parse("#1f6a4d"),
            sort: Sort::Best,
            display_depth: 2,
            images: true,
            avatars: false,
        };
        assert_eq!(Looks::of_page("blog", &looks.to_page()), looks);
    }

    #[test]
    fn nonsense_is_as_it_is_by_default() {
        let looks = Looks::of_page("blog", "accent=red&theme=blue&display_depth=x&sort=worst");
        assert_eq!((looks.theme, looks.accent, looks.display_depth), (Theme::Auto, None, 4));
    }
}
