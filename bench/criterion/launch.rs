//! The pure parts of a launch, one by one. For looking where time goes while changing one of them: what a launch costs as a
//! whole, and against others, is measured by `bench/compare`.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a measurement fails by panicking"
)]

use std::{collections::BTreeMap, hint::black_box, path::PathBuf};

use actix_web::{App, middleware::from_fn, rt::System, test};
use criterion::{Criterion, criterion_group, criterion_main};
use domain::{
    clinician_of,
    embed_url::{EmbedHost, EmbedUrl},
    empego::{
        BaseUrl, DropIn, Endpoint, Plan, Seen, parse_drop_in, parse_native, plan,
        user_header::{self, UserHeader},
    },
    native_body::Native,
};
use empego_gateway::{
    config::{Config, Source},
    http,
};
use serde_json::json;

const CONFIG: &str = r#"
[[tenant]]
id = "downtown"
api_key_env = "KEY"
endpoints = ["*"]
[[host]]
id = "ehr"
tenant = "downtown"
identity = "asserted"
key_sha256 = "5f830e41012b5ef5f078ded4bf3d3e1a68b3c040a45adf8c0f11d8a5b9999f30"
"#;

const QUERY: &str = "patientKey=patient123&locale=fr";
const EMBED_URL: &str = "https://app.empego.ca/fr/embed/franchise/1/consultation/start?sessionId=5f2b8c1e7d344a69";

fn profile() -> serde_json::Value {
    json!({
        "userId": "emp123", "firstName": "Élodie", "lastName": "Côté", "email": "elodie.cote@clinic.ca",
        "licenseNumber": "MD123456", "preferredLanguage": "FR",
    })
}

fn config() -> Config {
    let variables = BTreeMap::from([("KEY".to_owned(), "api-key".to_owned())]);
    Config::load(&Source::new("bench", CONFIG.to_owned(), PathBuf::new(), variables)).unwrap()
}

fn header(criterion: &mut Criterion) {
    let clinician = clinician_of(&profile()).unwrap();
    let encoded = UserHeader::encode(&clinician);
    criterion.bench_function("encode the user header", |bench| {
        bench.iter(|| UserHeader::encode(black_box(&clinician)));
    });
    criterion.bench_function("decode and validate a user header", |bench| {
        bench.iter(|| user_header::decode(black_box(encoded.as_ref().as_bytes())).is_ok());
    });
}

fn launch(criterion: &mut Criterion) {
    let config = config();
    let (empego, host) = (config.tenants[0].empego.as_ref().unwrap(), &config.hosts[0]);
    let body = json!({"clinician": profile(), "patientKey": "patient123", "locale": "fr"}).to_string();
    let encoded = UserHeader::encode(&clinician_of(&profile()).unwrap());
    let native = || Native {
        body: body.as_bytes(),
        ..Native::default()
    };
    let drop_in = || DropIn {
        user_headers: vec![encoded.as_ref().as_bytes()],
        query: QUERY,
        ..DropIn::default()
    };
    criterion.bench_function("parse a native launch", |bench| {
        bench.iter(|| parse_native(black_box(native()), Endpoint::ConsultationView, &empego.rules, None).is_ok());
    });
    criterion.bench_function("parse a drop-in launch", |bench| {
        bench.iter(|| parse_drop_in(black_box(drop_in()), Endpoint::ConsultationView, &empego.rules).is_ok());
    });
    let parsed = parse_native(native(), Endpoint::ConsultationView, &empego.rules, None).unwrap();
    let decided = || -> Plan { plan(parsed.clone(), &empego.rules, &host.empego, Seen::NotAsked).unwrap() };
    criterion.bench_function("decide and plan, with a copy of the launch", |bench| {
        bench.iter(decided);
    });
    let (base_url, decided) = (
        BaseUrl::parse("https://api.empego.ca/empego-integrations/R4").unwrap(),
        decided(),
    );
    criterion.bench_function("build the upstream URL", |bench| {
        bench.iter(|| base_url.embeddable(black_box(decided.endpoint), black_box(&decided.parameters)));
    });
    let hosts: Vec<_> = EmbedHost::parse("app.empego.ca").into_iter().collect();
    criterion.bench_function("check an embed URL", |bench| {
        bench.iter(|| EmbedUrl::parse(black_box(EMBED_URL), &hosts).is_ok());
    });
}

fn errors(criterion: &mut Criterion) {
    let system = System::new();
    let app = App::new().configure(http::routes).wrap(from_fn(http::rim));
    let app = system.block_on(test::init_service(app));
    criterion.bench_function("refuse an unknown path, from routing to the error's body", |bench| {
        bench.iter(|| {
            let request = test::TestRequest::get().uri("/nowhere").to_request();
            system.block_on(test::call_service(&app, request)).status()
        });
    });
}

criterion_group!(benches, header, launch, errors);
criterion_main!(benches);
