//! openapi.yaml and the program say the same. That every answer of the suite validates is checked where answers are
//! read, in `helpers::contract`.

mod endpoints;

use std::collections::BTreeSet;

use domain::{code::Code, empego::Endpoint, fault::Fault, reason::Reason, vendor::Vendor};
use reqwest::Method;
use serde_json::{Value, json};

use crate::helpers::{
    HOST_KEY, TestApp,
    contract::{conforms, document, resolve},
};

/// Every operation, as method and path.
fn operations() -> BTreeSet<(String, String)> {
    let mut operations = BTreeSet::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            operations.insert((method.to_uppercase(), path.clone()));
        }
    }
    operations
}

#[test]
fn the_operations_match_the_routes_of_empego_junction_and_the_document() {
    let mut routes = BTreeSet::from([
        ("GET".to_owned(), "/openapi.yaml".to_owned()),
        ("HEAD".to_owned(), "/openapi.yaml".to_owned()),
        ("GET".to_owned(), "/sdk/v{version}/clinical-embed.js".to_owned()),
        ("HEAD".to_owned(), "/sdk/v{version}/clinical-embed.js".to_owned()),
        ("POST".to_owned(), "/v1/explain".to_owned()),
        ("POST".to_owned(), "/v1/explain/junction/launch".to_owned()),
        ("POST".to_owned(), "/v1/junction/launch".to_owned()),
        ("GET".to_owned(), "/v1/junction/fast-launch".to_owned()),
        ("GET".to_owned(), "/frame/{ticket}".to_owned()),
        ("GET".to_owned(), "/doctor/{host}".to_owned()),
        ("GET".to_owned(), "/doctor/{host}/{file}".to_owned()),
        ("GET".to_owned(), "/doctor/{host}/cookies/{nonce}".to_owned()),
        ("POST".to_owned(), "/doctor/{host}/cookies/{nonce}".to_owned()),
        ("GET".to_owned(), "/junction/session-continuation".to_owned()),
        ("POST".to_owned(), "/junction/session-continuation".to_owned()),
        ("POST".to_owned(), "/junction/webhooks/{endpoint}".to_owned()),
    ]);
    let orders = [
        ("POST", "/v1/junction/coverage"),
        ("GET", "/v1/junction/tests"),
        ("GET", "/v1/junction/cancellation-reasons"),
        ("GET", "/v1/junction/events"),
        ("POST", "/v1/junction/orders"),
        ("POST", "/v1/junction/orders/search"),
        ("GET", "/v1/junction/orders/{id}"),
        ("POST", "/v1/junction/orders/{id}/slots"),
        ("POST", "/v1/junction/orders/{id}/visit"),
        ("POST", "/v1/junction/orders/{id}/visit/reschedule"),
        ("POST", "/v1/junction/orders/{id}/visit/cancel"),
        ("POST", "/v1/junction/orders/{id}/cancel"),
        ("POST", "/v1/junction/orders/{id}/simulate"),
        ("GET", "/v1/junction/orders/{id}/results"),
        ("GET", "/v1/junction/orders/{id}/results.pdf"),
        ("GET", "/v1/junction/orders/{id}/requisition.pdf"),
        ("POST", "/v1/explain/junction/orders"),
        ("POST", "/v1/explain/junction/orders/{id}/visit"),
    ];
    routes.extend(orders.map(|(method, path)| (method.to_owned(), path.to_owned())));
    for endpoint in Endpoint::ALL {
        let tail = endpoint.tail();
        routes.insert(("GET".to_owned(), format!("/empego-integrations/R4/embeddable/{tail}")));
        routes.insert(("POST".to_owned(), format!("/v1/embeddable/{tail}")));
        routes.insert(("POST".to_owned(), format!("/v1/explain/{tail}")));
    }
    assert_eq!(operations(), routes);
}

#[actix_web::test]
async fn every_documented_operation_is_routed_and_no_other_method_is() {
    let app = TestApp::documented().await;
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    for path in document()["paths"].as_object().unwrap().keys() {
        for method in methods.clone() {
            let documented = operations().contains(&(method.to_string(), path.clone()));
            let asked = path
                .replace("{id}", "0b9c1f3e-6d1a-4f57-9d3b-2f0a5a7f2c11")
                .replace("{version}", "1");
            let answer = app
                .request(method.clone(), &asked.replace("{endpoint}", "none"))
                .header("api-key", HOST_KEY)
                .send()
                .await;
            assert_eq!(answer.status == 405, !documented, "{method} {path}: {answer:?}");
            // Which endpoints there are, and which hosts have the page, is the configuration's to say.
            if !path.ends_with("/{endpoint}") && !path.starts_with("/doctor/") {
                assert_ne!(answer.status, 404, "{method} {path}");
            }
        }
    }
}

#[actix_web::test]
async fn the_document_is_served_as_it_is() {
    let app = TestApp::documented().await;
    let served = app.request(Method::GET, "/openapi.yaml").send().await;
    assert!(
        served.text == include_str!("../../openapi.yaml"),
        "another document is served"
    );
    let head = app.request(Method::HEAD, "/openapi.yaml").send().await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[test]
fn the_codes_are_those_of_the_table_in_its_order() {
    let listed: Vec<_> = document()["components"]["schemas"]["ErrorCode"]["enum"]
        .as_array()
        .unwrap()
        .clone();
    let table: Vec<Value> = Code::ALL.iter().map(|code| code.as_str().into()).collect();
    assert_eq!(listed, table);
}

#[test]
fn each_code_has_one_example_that_repeats_its_row() {
    let mut seen = Vec::new();
    for response in document()["components"]["responses"].as_object().unwrap().values() {
        let content = &response["content"]["application/json"];
        let is_error = content["schema"]["$ref"] == "#/components/schemas/Error";
        let Some(examples) = content["examples"].as_object().filter(|_| is_error) else {
            continue;
        };
        for (name, example) in examples {
            let example = &resolve(example)["value"];
            let code = code_of(name);
            assert_eq!(example["code"], code.as_str(), "{name}");
            let upstream = example["upstream"]["name"].as_str();
            let upstream = Vendor::ALL
                .iter()
                .copied()
                .find(|vendor| Some(vendor.as_str()) == upstream);
            let mut reasons = Reason::ALL.iter().filter(|reason| reason.code() == code);
            assert!(
                reasons.any(|reason| reason.upstream() == upstream),
                "{name}: {upstream:?}"
            );
            let row = json!({
                "status": status(code, upstream), "message": code.message(upstream),
                "source": code.source().as_str(), "retryable": code.is_retryable(),
            });
            for (member, value) in row.as_object().unwrap() {
                assert_eq!(&example[member], value, "{name}: {member}");
            }
            seen.push((code.as_str(), upstream));
        }
    }
    for (name, page, status) in page_examples() {
        let code = code_of(&name);
        assert!(page.contains(&format!("<code>{name}</code>")), "{name}");
        assert_eq!(status, code.status().to_string(), "{name}");
        seen.push((code.as_str(), None));
    }
    let all: BTreeSet<_> = seen
        .iter()
        .map(|(code, upstream)| (*code, upstream.map(Vendor::as_str)))
        .collect();
    assert_eq!(all.len(), seen.len(), "one example each");
    let born = Reason::ALL
        .iter()
        .map(|reason| (reason.code().as_str(), reason.upstream().map(Vendor::as_str)));
    assert_eq!(all, born.collect(), "an example for each, of each upstream");
}

/// The status of a code's example.
fn status(code: Code, upstream: Option<Vendor>) -> u16 {
    match (code, upstream) {
        (Code::UpstreamRejected, Some(Vendor::Junction)) => 422,
        (Code::UpstreamAuthenticationFailed, Some(Vendor::Junction)) => 502,
        (code, _) => code.status(),
    }
}

fn code_of(name: &str) -> Code {
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == name);
    code.unwrap_or_else(|| panic!("{name} is the example of no code"))
}

/// The pages of codes that only the session continuation answers, with the status that each stands under.
fn page_examples() -> Vec<(String, String, String)> {
    let responses = &document()["paths"]["/junction/session-continuation"]["get"]["responses"];
    let mut pages = Vec::new();
    for (status, response) in responses.as_object().unwrap() {
        let examples = resolve(response)["content"]["text/html"]["examples"].as_object();
        for (name, example) in examples.into_iter().flatten() {
            let page = example["value"].as_str().unwrap();
            pages.push((name.clone(), page.to_owned(), status.clone()));
        }
    }
    pages
}

/// Codes that an answer lists are of its status.
#[test]
fn the_codes_of_a_junction_operation_stand_under_their_status() {
    let mut count = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                let code = &resolve(response)["content"]["application/json"]["schema"]["properties"]["code"];
                for name in code["enum"].as_array().into_iter().flatten().chain(code.get("const")) {
                    let code = code_of(name.as_str().unwrap());
                    let own = self::status(code, Some(Vendor::Junction)).to_string();
                    assert!([own, code.status().to_string()].contains(status), "{path}: {name}");
                    count += 1;
                }
            }
        }
    }
    assert!(count > 20, "{count} codes");
}

#[test]
fn every_fault_code_is_listed() {
    let listed = &document()["components"]["schemas"]["FieldError"]["properties"]["code"]["enum"];
    let listed: BTreeSet<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(listed, Fault::CODES.iter().copied().collect());
}

#[test]
fn every_example_validates() {
    let mut count = 0;
    examples(document(), &mut count);
    assert!(count > Code::ALL.len(), "{count} examples");
}

/// Walks the document; wherever a schema stands beside examples, they are held against it.
fn examples(value: &'static Value, count: &mut usize) {
    match value {
        Value::Object(object) => {
            if let Some(schema) = object.get("schema") {
                let single = object.get("example");
                let several = object.get("examples").and_then(Value::as_object);
                let several = several
                    .into_iter()
                    .flat_map(serde_json::Map::values)
                    .map(|example| &resolve(example)["value"]);
                for example in single.into_iter().chain(several) {
                    conforms(example, schema, "an example");
                    *count += 1;
                }
            }
            for child in object.values() {
                examples(child, count);
            }
        }
        Value::Array(list) => list.iter().for_each(|child| examples(child, count)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
