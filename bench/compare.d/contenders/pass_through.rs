//! actix-web and reqwest as they pass requests on: a constant user header, no work for a launch, no log. What the gateway
//! takes beyond this is its own; what this takes beyond others is the price of the two libraries.
//!
//! `pass-through PORT UPSTREAM API_KEY USER_HEADER`

use std::{env, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, error::ErrorBadGateway, http::StatusCode, rt, web};
use anyhow::Context as _;
use reqwest::{
    Client, Method, Request, Url,
    header::{HeaderName, HeaderValue},
    redirect::Policy,
    retry,
};

// As the gateway.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the gateway gives a call unless it is told otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long an idle connection of a caller is kept, as by every contender.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Tells the upstream that a request is a check.
const CHECK: &str = "x-check";

/// What a worker has.
struct Upstream {
    client: Client,
    settings: Settings,
}

/// What the command line says.
#[derive(Clone)]
struct Settings {
    port: u16,
    base: Url,
    api_key: HeaderValue,
    user: HeaderValue,
}

fn main() -> anyhow::Result<()> {
    let settings = Settings::read(env::args().skip(1))?;
    rt::System::new().block_on(async {
        let port = settings.port;
        let worker = move || {
            let upstream = Upstream {
                client: client(),
                settings: settings.clone(),
            };
            App::new()
                .app_data(web::Data::new(upstream))
                .default_service(web::to(pass_on))
        };
        HttpServer::new(worker)
            .workers(1)
            .keep_alive(KEEP_ALIVE)
            .bind(("127.0.0.1", port))?
            .run()
            .await?;
        Ok(())
    })
}

impl Settings {
    fn read(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let arguments: Vec<_> = arguments.collect();
        let [port, base, api_key, user] = arguments.as_slice() else {
            anyhow::bail!("usage: pass-through PORT UPSTREAM API_KEY USER_HEADER");
        };
        Ok(Self {
            port: port.parse().context("PORT")?,
            base: base.parse().context("UPSTREAM")?,
            api_key: api_key.parse().context("API_KEY")?,
            user: user.parse().context("USER_HEADER")?,
        })
    }
}

#[expect(
    clippy::expect_used,
    reason = "a worker has no other way to say that it cannot begin"
)]
fn client() -> Client {
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .retry(retry::never())
        .referer(false)
        .build();
    client.expect("a client")
}

async fn pass_on(request: HttpRequest, upstream: web::Data<Upstream>) -> actix_web::Result<HttpResponse> {
    let mut url = upstream.settings.base.clone();
    match request.path().strip_prefix("/v1/") {
        Some(path) => url.set_path(&format!("/empego-integrations/R4/{path}")),
        None => url.set_path(request.path()),
    }
    url.set_query(Some(request.query_string()).filter(|query| !query.is_empty()));
    let mut call = Request::new(Method::GET, url);
    *call.timeout_mut() = Some(TIMEOUT);
    let headers = call.headers_mut();
    headers.insert(HeaderName::from_static("api-key"), upstream.settings.api_key.clone());
    headers.insert(
        HeaderName::from_static("x-integration-user"),
        upstream.settings.user.clone(),
    );
    if request.headers().contains_key(CHECK) {
        headers.insert(HeaderName::from_static(CHECK), HeaderValue::from_static("check"));
    }
    let answer = upstream.client.execute(call).await.map_err(ErrorBadGateway)?;
    let status = StatusCode::from_u16(answer.status().as_u16()).map_err(ErrorBadGateway)?;
    let body = answer.bytes().await.map_err(ErrorBadGateway)?;
    Ok(HttpResponse::build(status).content_type("text/plain").body(body))
}
