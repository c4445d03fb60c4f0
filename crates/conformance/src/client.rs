//! Sends one request at a time.

use std::time::{Duration, Instant};

use reqwest::{Client, Request, Response, redirect::Policy};

use super::answer::Answer;

/// The most bytes read of an answer.
const MAX_BODY: usize = 64 * 1024;

/// How often a request is repeated that the target wants later.
const MAX_REPEATS: usize = 5;

/// The longest that a target is waited for before a repeat.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// What became of a request.
pub(super) struct Sent {
    pub(super) took: Duration,
    /// The answer, or why there is none, in words of ours: the library's own hold the URL.
    pub(super) answer: Result<Answer, &'static str>,
}

/// A client that sends a key: it follows no redirect, knows no proxy of the environment, and repeats nothing by itself.
pub(super) struct Sender(Client);

impl Sender {
    pub(super) fn new(timeout: Duration, tls: rustls::ClientConfig) -> Result<Self, reqwest::Error> {
        Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(concat!("empego-gateway-conformance/", env!("CARGO_PKG_VERSION")))
            .timeout(timeout)
            .build()
            .map(Self)
    }

    /// Sends a request. A 429 that says when to come back is no answer yet: the rate is the deployment's, not the case's.
    pub(super) async fn send(&self, request: &Request) -> Sent {
        let mut repeats = 0;
        loop {
            let begin = Instant::now();
            let answer = self.send_once(request).await;
            let took = begin.elapsed();
            match answer.as_ref().ok().and_then(come_back_after) {
                Some(wait) if repeats < MAX_REPEATS => {
                    repeats += 1;
                    tokio::time::sleep(wait.min(MAX_WAIT)).await;
                }
                Some(_) | None => return Sent { took, answer },
            }
        }
    }

    async fn send_once(&self, request: &Request) -> Result<Answer, &'static str> {
        let request = request.try_clone().ok_or("its body cannot be sent twice")?;
        let mut response = self.0.execute(request).await.map_err(|error| why(&error))?;
        let body = bounded_body(&mut response).await.map_err(|error| why(&error))?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        })
    }
}

fn come_back_after(answer: &Answer) -> Option<Duration> {
    let secs = (answer.status == 429).then(|| answer.header("retry-after"))??;
    secs.parse().ok().map(Duration::from_secs)
}

async fn bounded_body(response: &mut Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn why(error: &reqwest::Error) -> &'static str {
    match (error.is_connect(), error.is_timeout()) {
        (true, true) => "no connection in time",
        (true, false) => "no connection",
        (false, true) => "no answer in time",
        (false, false) => "the connection broke",
    }
}
