//! Stands between a conformance run and its target, and changes answers on the way back.

use std::sync::Mutex;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    http::{StatusCode, header::HeaderMap},
    rt,
    web::{self, Bytes, Data},
};
use reqwest::redirect::Policy;

/// What was asked.
pub(crate) struct Asked {
    /// After `embeddable/`, or else after `/v1/`.
    pub(crate) tail: String,
    /// How many requests to that endpoint came before.
    pub(crate) nth: usize,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// Whether this is the request of one cell of the matrix.
    pub(crate) fn is(&self, tail: &str, nth: usize) -> bool {
        self.nth == nth && (self.tail == tail || self.tail.starts_with(&format!("{tail}/")))
    }
}

/// What the target told.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Told {
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(own, _)| own != name);
    }

    /// Changes the body, if it is an object.
    pub(crate) fn member(&mut self, name: &str, value: Option<serde_json::Value>) {
        let Ok(serde_json::Value::Object(mut object)) = serde_json::from_slice(&self.body) else {
            return;
        };
        match value {
            Some(value) => object.insert(name.to_owned(), value),
            None => object.remove(name),
        };
        self.body = serde_json::to_vec(&object).unwrap();
    }
}

type Change = dyn Fn(&Asked, &mut Told) + Send + Sync;

struct Between {
    target: String,
    client: reqwest::Client,
    seen: Mutex<Vec<String>>,
    change: Box<Change>,
}

/// Listens in front of a target; the address of it.
pub(crate) fn tampering(target: &str, change: impl Fn(&Asked, &mut Told) + Send + Sync + 'static) -> String {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let between = Data::new(Between {
        target: target.to_owned(),
        client,
        seen: Mutex::default(),
        change: Box::new(change),
    });
    let server = HttpServer::new(move || App::new().app_data(between.clone()).default_service(web::to(pass)))
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0].to_string();
    rt::spawn(server.run());
    address
}

async fn pass(request: HttpRequest, body: Bytes, between: Data<Between>) -> HttpResponse {
    let path = request.path();
    let below = path.split_once("embeddable/").or_else(|| path.split_once("/v1/"));
    let tail = below.unwrap().1.to_owned();
    let endpoint = tail.trim_end_matches("/nothing").to_owned();
    let nth = {
        let mut seen = between.seen.lock().unwrap();
        let nth = seen.iter().filter(|other| **other == endpoint).count();
        seen.push(endpoint);
        nth
    };
    let method = request.method().as_str().parse().unwrap();
    let url = format!("http://{}{}", between.target, request.uri());
    let mut onward = between.client.request(method, url);
    for (name, value) in request.headers() {
        if !["host", "connection", "content-length"].contains(&name.as_str()) {
            onward = onward.header(name.as_str(), value.as_bytes());
        }
    }
    if request.headers().contains_key("content-length") {
        onward = onward.body(body.clone());
    }
    let answer = onward.send().await.unwrap();
    let mut told = Told {
        status: answer.status().as_u16(),
        headers: answer
            .headers()
            .iter()
            .filter(|(name, _)| !["connection", "content-length", "transfer-encoding"].contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect(),
        body: answer.bytes().await.unwrap().to_vec(),
    };
    let asked = Asked {
        tail,
        nth,
        headers: request.headers().clone(),
        body: body.to_vec(),
    };
    (between.change)(&asked, &mut told);
    let mut response = HttpResponse::build(StatusCode::from_u16(told.status).unwrap());
    for (name, value) in told.headers {
        response.append_header((name, value));
    }
    response.body(told.body)
}
