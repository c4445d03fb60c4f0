//! Sends what is due, as long as the stand-in runs.

use std::time::Duration;

use actix_web::{rt, web::Data};
use reqwest::{Client, RequestBuilder, redirect::Policy};

use super::{endpoint, outbox::Attempt, signature};
use crate::{
    junction::{moment::Moment, orders::progress},
    world::World,
};

/// How often it looks for what is due.
const INTERVAL: Duration = Duration::from_millis(25);

/// What sends: straight to where an endpoint is, and nowhere else.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder().no_proxy().redirect(Policy::none()).build()
}

/// Has orders go on with the clock, and sends the events. Each endpoint gets one message at a time.
pub(crate) async fn run(world: Data<World>, client: Client) {
    let mut interval = rt::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        let due = {
            let junction = &mut world.state().junction;
            progress::settle(junction);
            junction.webhooks.take_due(Moment::real())
        };
        for attempt in due {
            rt::spawn(send(client.clone(), attempt, world.clone()));
        }
    }
}

async fn send(client: Client, attempt: Attempt, world: Data<World>) {
    let (timeout, request) = {
        let settings = &world.state().junction.webhooks.settings;
        let timeout = Duration::from_millis(settings.timeout_ms);
        let mut secrets = attempt.secrets.clone();
        if settings.wrong_secret {
            secrets.clear();
        }
        if settings.wrong_secret || settings.two_signatures {
            secrets.insert(0, endpoint::new_secret());
        }
        (timeout, request(&client, &attempt, &secrets))
    };
    let response = request.timeout(timeout).send().await;
    let status = response.ok().map(|response| response.status().as_u16());
    let webhooks = &mut world.state().junction.webhooks;
    webhooks.finish(attempt.delivery, status, Moment::real());
}

/// Each attempt is signed anew, with its own time.
fn request(client: &Client, attempt: &Attempt, secrets: &[String]) -> RequestBuilder {
    let timestamp = Moment::real().as_second();
    let signatures = secrets
        .iter()
        .filter_map(|secret| signature::sign(secret, &attempt.message, timestamp, &attempt.body));
    let signatures: Vec<_> = signatures.collect();
    let mut request = client
        .post(attempt.url.clone())
        .header("content-type", "application/json")
        .header("user-agent", "Svix-Webhooks/1.84.0 (sender)")
        .header("svix-id", &attempt.message)
        .header("svix-timestamp", timestamp)
        .header("svix-signature", signatures.join(" "));
    for (name, value) in &attempt.headers {
        request = request.header(name, value);
    }
    request.body(attempt.body.clone())
}
