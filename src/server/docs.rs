//! `GET /api/docs`: the OpenAPI document as a page to read.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::Value;

use super::openapi::document;
use crate::base::error::{Error, Result};
use crate::community::comments::markup::from_markdown;
use crate::web::ready::{Fixed, made};

/// The order of the groups; others would follow.
const GROUPS: [&str; 3] = ["Reading", "Writing", "Health"];
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[derive(Template)]
#[template(path = "docs/api.html")]
struct ApiPage {
    title: String,
    version: String,
    intro_html: String,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

struct Group {
    name: String,
    calls: Vec<Call>,
}

struct Call {
    id: String,
    method: String,
    path: String,
    summary: String,
    /// HTML.
    description: String,
    parameters: Vec<Param>,
    body: Vec<Param>,
    responses: Vec<Response>,
}

struct Param {
    name: String,
    /// `query`, `path` or `header`; empty for a field of a body.
    place: String,
    required: bool,
    type_name: String,
    description: String,
}

struct Response {
    status: String,
    description: String,
    schema: String,
}

struct Schema {
    name: String,
    fields: Vec<Param>,
}

pub async fn page(request: HttpRequest) -> Result<HttpResponse> {
    let document = serde_json::to_value(document()).map_err(Error::internal)?;
    let html = ApiPage::new(&document).render().map_err(Error::internal)?;
    Ok(made(&request, "text/html; charset=utf-8", "public, max-age=600", html))
}

pub async fn style(request: HttpRequest) -> HttpResponse {
    static FILE: LazyLock<Fixed> =
        LazyLock::new(|| Fixed::new("text/css; charset=utf-8", include_str!("../../static/docs/api.css")));
    FILE.answer(&request, "public, max-age=600")
}

impl ApiPage {
    fn new(document: &Value) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for (path, methods) in entries(&document["paths"]) {
            for method in METHODS {
                let Some(call) = methods.get(method) else { continue };
                let name = text(&call["tags"][0]);
                let shown = Call::new(document, method, path, call);
                match groups.iter_mut().find(|group| group.name == name) {
                    Some(group) => group.calls.push(shown),
                    None => groups.push(Group { name, calls: vec![shown] }),
                }
            }
        }
        groups
            .sort_by_key(|group| GROUPS.iter().position(|name| *name == group.name).unwrap_or(GROUPS.len()));
        let schemas = entries(&document["components"]["schemas"]);
        Self {
            title: text(&document["info"]["title"]),
            version: text(&document["info"]["version"]),
            intro_html: from_markdown(&text(&document["info"]["description"]), false),
            groups,
            schemas: schemas
                .map(|(name, schema)| Schema { name: name.clone(), fields: fields(document, schema) })
                .collect(),
        }
    }
}

impl Call {
    fn new(document: &Value, method: &str, path: &str, call: &Value) -> Self {
        let parameters = call["parameters"].as_array().into_iter().flatten();
        let body = &call["requestBody"]["content"]["application/json"]["schema"];
        Self {
            id: format!("{method}{}", path.replace(['/', '{', '}', '.'], "-")),
            method: method.to_owned(),
            path: path.to_owned(),
            summary: text(&call["summary"]),
            description: from_markdown(&text(&call["description"]), false),
            parameters: parameters.map(Param::of_call).collect(),
            body: fields(document, body),
            responses: entries(&call["responses"])
                .map(|(status, response)| Response::new(status, response))
                .collect(),
        }
    }
}

impl Param {
    fn of_call(parameter: &Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"].as_bool().unwrap_or(false),
            type_name: type_name(&parameter["schema"]),
            description: text(&parameter["description"]),
        }
    }
}

impl Response {
    fn new(status: &str, response: &Value) -> Self {
        let content = entries(&response["content"]).next();
        let schema = content.map(|(_, content)| type_name(&content["schema"])).unwrap_or_default();
        Self { status: status.to_owned(), description: text(&response["description"]), schema }
    }
}

/// The fields of an object, those it takes over from others included.
fn fields(document: &Value, schema: &Value) -> Vec<Param> {
    if let Some(name) = reference(schema) {
        return fields(document, &document["components"]["schemas"][name]);
    }
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<Param> = parts.flat_map(|part| fields(document, part)).collect();
    let required: Vec<String> = schema["required"].as_array().into_iter().flatten().map(text).collect();
    for (name, field) in entries(&schema["properties"]) {
        found.push(Param {
            name: name.clone(),
            place: String::new(),
            required: required.contains(name),
            type_name: type_name(field),
            description: text(&field["description"]),
        });
    }
    found
}

/// A type in words: `string`, `array of CommentView`, `integer or null`.
fn type_name(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name.to_owned();
    }
    let choices = schema["oneOf"].as_array().or_else(|| schema["enum"].as_array());
    if let Some(choices) = choices {
        let words =
            choices.iter().map(|one| one.as_str().map_or_else(|| type_name(one), |word| format!("“{word}”")));
        return words.collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("array of {}", type_name(&schema["items"])),
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "object".to_owned(),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
