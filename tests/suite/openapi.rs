//! The OpenAPI document: it lists all of the contract, and what it lists is there.

use serde_json::Value;

use crate::support::Instance;

const CALLS: [(&str, &str); 13] = [
    ("get", "/api/v1/threads"),
    ("get", "/api/v1/me"),
    ("get", "/api/v1/counts"),
    ("get", "/api/v1/stream"),
    ("post", "/api/v1/preview"),
    ("post", "/api/v1/comments"),
    ("patch", "/api/v1/comments/{id}"),
    ("delete", "/api/v1/comments/{id}"),
    ("get", "/api/v1/comments/{id}/source"),
    ("put", "/api/v1/comments/{id}/vote"),
    ("post", "/api/v1/comments/{id}/report"),
    ("get", "/healthz"),
    ("get", "/readyz"),
];

fn listed(document: &Value) -> Vec<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    let mut calls: Vec<_> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
        })
        .filter(|(method, _)| method != "parameters")
        .collect();
    calls.sort();
    calls
}

#[test]
fn the_document_lists_every_call_of_the_contract_and_no_other() {
    let document = Instance::new().start().get_json("/api/v1/openapi.json");
    assert!(document["openapi"].as_str().unwrap().starts_with("3."), "{document}");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut expected: Vec<_> = CALLS.map(|(method, path)| (method.to_owned(), path.to_owned())).into();
    expected.sort();
    assert_eq!(listed(&document), expected);
}

#[test]
fn every_call_that_is_listed_answers_as_it_says() {
    let server = Instance::blog().start();
    let document = server.get_json("/api/v1/openapi.json");
    for (method, path) in listed(&document) {
        let answers = document["paths"][&path][&method]["responses"].as_object().unwrap();
        // Asked without anything that it needs: a refusal, but one that the document knows.
        let answer = server.call(&method.to_uppercase(), &path.replace("{id}", "0000000000000")).send();
        assert!(answers.contains_key(&answer.status.to_string()), "{method} {path}: {}", answer.text());
        assert_ne!(answer.status, 405);
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = Instance::new().start().get_json("/api/v1/openapi.json");
    let text = document.to_string();
    let references: Vec<_> =
        text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(!references.is_empty());
    for reference in references {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}

#[test]
fn there_is_a_page_for_people() {
    let server = Instance::new().start();
    let page = server.get("/api/docs").expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    for (_, path) in CALLS {
        assert!(page.text().contains(path), "{path}");
    }
    server.get("/static/docs/api.css").expect(200);
}
