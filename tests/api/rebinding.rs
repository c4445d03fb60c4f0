//! A page can give this machine's address a name of its own, and have its visitor's browser read as that name's whatever is
//! there (DNS rebinding). Where no credential is required, a caller that uses such a name is refused.

use crate::helpers::{Answer, TestApp, TestConfig, TestSimulator};

const HOSTS: [(&str, bool); 6] = [
    ("127.0.0.1", true),
    ("localhost:1", true),
    ("[::1]:1", true),
    ("evil.example", false),
    ("127.0.0.1.evil.example:1", false),
    ("localhost.evil.example", false),
];

async fn asked(url: String, host: &str) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    Answer::of(client.get(url).header("host", host).send().await.unwrap()).await
}

#[actix_web::test]
async fn the_operators_pages_are_read_by_an_address_or_a_listed_name_alone() {
    let config = TestConfig::strict().server("admin_hosts = [\"gateway.internal\"]");
    let app = TestApp::with(config).await;
    for (host, is_answered) in HOSTS.into_iter().chain([("Gateway.internal:9090", true)]) {
        for page in ["livez", "readyz", "metrics", "nothing"] {
            let answer = asked(format!("http://{}/{page}", app.admin_address), host).await;
            if is_answered {
                assert_ne!(answer.status, 400, "{host} {page}");
            } else {
                answer.is_refused(400, "bad_target");
                assert!(!answer.text.contains("empego_gateway_"), "{host} {page}");
            }
        }
    }
}

#[actix_web::test]
async fn the_stand_ins_inside_is_read_by_an_address_alone() {
    let simulator = TestSimulator::start_rejecting();
    for (host, is_answered) in HOSTS {
        for page in ["journal", "users", "keys", "junction", "junction/journal"] {
            let answer = asked(format!("http://{}/__sim/{page}", simulator.address), host).await;
            assert_eq!(answer.status == 200, is_answered, "{host} {page}: {answer:?}");
        }
    }
}
