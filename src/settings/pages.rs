//! The settings on the dashboard.

use std::net::IpAddr;

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::kind::networks;
use super::{ALL, Choice, Group, Kind, Setting, Settings, of, reset, set};
use crate::base::app::App;
use crate::base::audit::Actor;
use crate::base::clock::Millis;
use crate::base::error::{Error, Result};
use crate::web::address;
use crate::web::caller::Admin;
use crate::web::form::Form;
use crate::web::frame::{Field, Flash, Frame};
use crate::web::respond::{page, page_with_fault, see_other};

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    groups: Vec<GroupView>,
    faults: usize,
}

struct GroupView {
    id: &'static str,
    title: &'static str,
    settings: Vec<SettingView>,
}

struct SettingView {
    id: String,
    key: &'static str,
    name: &'static str,
    about: &'static str,
    /// `Default: 30 days.`
    default: String,
    bounds: String,
    is_changed: bool,
    input: Input,
    field: Field,
}

enum Input {
    Days { least: u32, most: u32 },
    Choice(&'static [Choice]),
    Lines,
}

#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    saved: Option<u32>,
    #[serde(default)]
    reset: String,
}

/// `GET /admin/settings`
pub async fn show(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let settings = of(&app.db)?;
    let frame = Frame::of(&request, &app, "Settings", "settings").await?.with_flash(query.words());
    let field = |setting: &Setting| Field::new(settings.text(setting));
    page(&SettingsPage { frame, groups: groups(&settings, field), faults: 0 })
}

/// `POST /admin/settings`: all of the form, or one setting back to its default.
pub async fn save(
    request: HttpRequest,
    app: Data<App>,
    _admin: Admin,
    by: Actor,
    form: Form,
) -> Result<HttpResponse> {
    let now = Millis::now();
    if form.is_ticked("reset") {
        let key = form.text("reset").to_owned();
        app.db.write(move |tx| reset(tx, &key, &by, now)).await?;
        return Ok(see_other(&format!("/admin/settings?reset={}", form.text("reset"))));
    }
    let client = address::client(&request);
    let faults: Vec<_> = ALL.iter().map(|setting| fault(setting, &form, client)).collect();
    let number = faults.iter().flatten().count();
    if number > 0 {
        let settings = of(&app.db)?;
        let frame = Frame::of(&request, &app, "Settings", "settings").await?;
        let typed = |setting: &Setting| {
            let at = ALL.iter().position(|known| known.key == setting.key);
            Field::new(form.text(setting.key)).with_error(at.and_then(|at| faults[at].clone()))
        };
        return page_with_fault(&SettingsPage { frame, groups: groups(&settings, typed), faults: number });
    }
    let typed: Vec<_> = ALL
        .iter()
        .filter(|setting| form.is_ticked(setting.key))
        .map(|setting| (setting.key, form.text(setting.key).to_owned()))
        .collect();
    let changed = app
        .db
        .write(move |tx| {
            typed.iter().try_fold(0, |sum, (key, value)| {
                Ok::<_, Error>(sum + u32::from(set(tx, key, value, &by, now)?))
            })
        })
        .await?;
    Ok(see_other(&format!("/admin/settings?saved={changed}")))
}

/// What is wrong with what was typed; a field that was not sent is left as it is.
fn fault(setting: &Setting, form: &Form, client: IpAddr) -> Option<String> {
    if !form.is_ticked(setting.key) {
        return None;
    }
    let typed = form.text(setting.key);
    match (setting.check(typed), &setting.kind) {
        (Err(words), _) => Some(words),
        (Ok(_), Kind::Networks) => locked_out(typed, client),
        (Ok(_), _) => None,
    }
}

/// Nobody shuts the door on themselves by a slip.
fn locked_out(typed: &str, client: IpAddr) -> Option<String> {
    let networks = networks(typed).unwrap_or_default();
    let is_in = networks.is_empty() || networks.iter().any(|network| network.contains(client));
    (!is_in).then(|| {
        format!("Your own address, {client}, is in none of these: you would lock yourself out. Add it, or its network.")
    })
}

fn groups(settings: &Settings, field: impl Fn(&Setting) -> Field) -> Vec<GroupView> {
    let view = |setting: &&'static Setting| SettingView {
        id: setting.key.replace(['.', '_'], "-"),
        key: setting.key,
        name: setting.name,
        about: setting.about,
        default: setting.words(setting.default),
        bounds: setting.bounds(),
        is_changed: settings.is_changed(setting),
        input: match setting.kind {
            Kind::Days { least, most, .. } => Input::Days { least, most },
            Kind::Choice(choices) => Input::Choice(choices),
            Kind::Networks => Input::Lines,
        },
        field: field(setting),
    };
    let group = |group: Group| GroupView {
        id: match group {
            Group::Addresses => "addresses",
            Group::Erasing => "erasing",
            Group::Dashboard => "dashboard",
        },
        title: group.title(),
        settings: ALL.iter().filter(|setting| setting.group == group).map(view).collect(),
    };
    Group::EVERY.into_iter().map(group).collect()
}

impl SettingView {
    /// One a line, for a text area.
    fn lines(&self) -> String {
        self.field.value.replace(", ", "\n")
    }
}

impl Done {
    fn words(&self) -> Option<Flash> {
        if let Some(setting) = ALL.iter().find(|setting| setting.key == self.reset) {
            return Some(Flash::done(format!("“{}” is back at its default.", setting.name)));
        }
        Some(Flash::done(match self.saved? {
            0 => "Nothing was different, so nothing was changed.".to_owned(),
            1 => "Saved: 1 setting changed.".to_owned(),
            number => format!("Saved: {number} settings changed."),
        }))
    }
}
