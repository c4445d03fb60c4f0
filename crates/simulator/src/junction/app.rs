//! The embedded app: the page behind a dashboard URL, and the order that can be made there.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;
use url::form_urlencoded;

use super::{feature::Feature, id::Id, order::Order, orders::progress, page, refused::Refused, state::Junction};
use crate::world::World;

/// The cookie by which the app knows a browser.
const COOKIE: &str = "junction_session";

/// Opens a dashboard URL, and remembers the browser that did.
pub(super) async fn dashboard(request: HttpRequest, world: Data<World>) -> HttpResponse {
    let session = form_urlencoded::parse(request.query_string().as_bytes()).find(|(name, _)| name == "session");
    let junction = &mut world.state().junction;
    let visit = session.and_then(|(_, session)| junction.visits.open(&session, Instant::now()));
    let Some(visit) = visit else {
        return page::refuse(
            StatusCode::FORBIDDEN,
            "This URL was opened before, is too old, or never existed: ask for a new one",
        );
    };
    let id = junction.visits.remember_browser(visit);
    // Without `SameSite=None` a browser would not send it back from inside another site's page.
    let cookie = format!("{COOKIE}={id}; Path=/junction/ehr; HttpOnly; SameSite=None; Secure");
    page::show(visit, Some(&cookie), junction)
}

/// The member and the team of the browser that asks.
pub(super) fn browser(request: &HttpRequest, junction: &Junction) -> Option<(Id, Id)> {
    let cookies = request
        .headers()
        .get_all("cookie")
        .filter_map(|header| header.to_str().ok());
    cookies
        .flat_map(|header| header.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .find_map(|(_, id)| junction.visits.of_browser(id))
}

/// What the app's page sends when its member submits an order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Submission {
    /// The page's key.
    page: String,
    user_id: Id,
}

/// Makes an order, and answers the data of the message that tells of it.
pub(super) async fn order(submission: Json<Submission>, world: Data<World>) -> HttpResponse {
    match make(&submission, &mut world.state().junction) {
        Ok(data) => HttpResponse::Ok().json(data),
        Err(refused) => refused.response(),
    }
}

fn make(submission: &Submission, junction: &mut Junction) -> Result<Value, Refused> {
    let visit = junction.visits.of_page(&submission.page);
    let visit = visit.ok_or(Refused::Forbidden("This page is not one of ours"))?;
    match visit.feature {
        Feature::OrderCreationFor(user) if user != submission.user_id => {
            return Err(Refused::Forbidden("This page is for another patient"));
        }
        Feature::OrderCreation
        | Feature::OrderCreationFor(_)
        | Feature::Order(_)
        | Feature::TeamPanels
        | Feature::TeamConfig => {}
    }
    let patient = junction.patient(submission.user_id, visit.team, visit.environment);
    let now = junction.home.clock.now();
    let order = Order::of(patient.ok_or(Refused::NotFound("User not found"))?, now);
    let data = json!({"order_id": order.id, "user_id": order.user_id, "team_id": order.team_id});
    progress::place(junction, order);
    Ok(data)
}
