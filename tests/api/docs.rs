//! The demo's page of the API: what is served, and by whom. That it works is shown in a browser, in `tests/browser`.

use reqwest::Method;

use crate::helpers::{Answer, Running, TestApp, binary};

/// Path, media type, and what is in it.
const FILES: [(&str, &str, &str); 4] = [
    (
        "/docs",
        "text/html; charset=utf-8",
        include_str!("../../web/docs/index.html"),
    ),
    (
        "/docs/page.js",
        "text/javascript; charset=utf-8",
        include_str!("../../web/docs/page.js"),
    ),
    ("/docs/swagger-ui.css", "text/css; charset=utf-8", ".swagger-ui"),
    (
        "/docs/swagger-ui-bundle.js",
        "text/javascript; charset=utf-8",
        "SwaggerUIBundle",
    ),
];

#[actix_web::test]
async fn the_demo_serves_the_page_and_lets_it_reach_nothing_but_the_demo() {
    let mut demo =
        Running::start(binary().args(["demo", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"]));
    let origin = demo.line("gateway").trim().to_owned();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, media_type, text) in FILES {
        let url = format!("{origin}{path}");
        let answer = Answer::of(client.get(&url).send().await.unwrap()).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.text.contains(text), "{path} is another file");
        assert_eq!(answer.header("content-type"), Some(media_type), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!policy.contains("://"), "{path}: {policy}");

        let posted = Answer::of(client.post(&url).send().await.unwrap()).await;
        posted.is_refused(405, "method_not_allowed");
    }
}

#[actix_web::test]
async fn serve_has_no_page_of_the_api() {
    let app = TestApp::documented().await;
    for (path, ..) in FILES {
        app.request(Method::GET, path).send().await.is_refused(404, "not_found");
    }
}
