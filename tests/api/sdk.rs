//! The module that pages load: served to everyone, confirmed or kept, and of no other version.

use empego_gateway::sdk::{BROWSER_MODULE, VERSION, major};
use reqwest::Method;

use crate::helpers::{Answer, TestApp, TestConfig, issuer::Issuer};

#[track_caller]
fn is_module(answer: &Answer, caching: &str) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text == BROWSER_MODULE, "another module is served");
    let expected = [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", caching),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ];
    for (name, value) in expected {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}

fn path(version: &str) -> String {
    format!("/sdk/v{version}/clinical-embed.js")
}

#[actix_web::test]
async fn the_module_of_a_major_version_is_confirmed_and_a_whole_one_kept() {
    let app = TestApp::documented().await;
    let whole = app.request(Method::GET, &path(&VERSION)).send().await;
    is_module(&whole, "public, max-age=31536000, immutable");
    let newest = app.request(Method::GET, &path(major())).send().await;
    is_module(&newest, "public, no-cache");
    let tag = newest.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");

    let known = |tags: &str| app.request(Method::GET, &path(major())).header("if-none-match", tags);
    for tags in [tag.clone(), format!("\"old\", {tag}"), "*".to_owned()] {
        let unchanged = known(&tags).send().await;
        assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""), "{tags}");
        assert_eq!(unchanged.header("etag"), Some(tag.as_str()));
        assert_eq!(unchanged.header("cache-control"), Some("public, no-cache"));
    }
    is_module(&known("\"old\"").send().await, "public, no-cache");
    let head = app.request(Method::HEAD, &path(major())).send().await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("etag"), Some(tag.as_str()));
}

#[actix_web::test]
async fn there_is_no_module_of_another_version() {
    let app = TestApp::documented().await;
    for version in ["0", "2", "1.0", "99.0.0", "1.0.0-rc", "01", "1 "] {
        let answer = app.request(Method::GET, &path(version)).send().await;
        answer.is_refused(404, "not_found");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{version}");
    }
    let answer = app.request(Method::POST, &path(major())).send().await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
}

/// A browser keeps one response for pages of several origins.
#[actix_web::test]
async fn a_listed_origin_gets_the_same_module_as_all_others() {
    let issuer = Issuer::start().await;
    let mut config = TestConfig::strict();
    config.more = issuer.host("spa", "gateway", "");
    let app = TestApp::with(config).await;
    for origin in ["https://ehr.example", "https://other.example", "null"] {
        let answer = app
            .request(Method::GET, &path(&VERSION))
            .header("origin", origin)
            .send()
            .await;
        is_module(&answer, "public, max-age=31536000, immutable");
        assert_eq!(
            answer.headers.get_all("access-control-allow-origin").iter().count(),
            1,
            "{origin}"
        );
    }
}
