//! The pages of the embedded app.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, SET_COOKIE},
    },
};
use askama::Template;

use super::{
    feature::{Feature, Modality},
    patient::Patient,
    refused::Refused,
    state::Junction,
    visit::Visit,
    wanted::Reference,
};

const SCRIPT: &str = include_str!("page.js");

/// The app, for one visit.
#[derive(Template)]
#[template(path = "junction/page.html")]
struct Page {
    member: String,
    team: String,
    team_id: String,
    feature: String,
    modality: Modality,
    environment: String,
    /// Whom orders can be for, if orders can be made and their makers be told.
    ordering: Option<Ordering>,
}

/// What the page needs to order.
struct Ordering {
    /// Shows that the page is one of ours.
    key: String,
    patients: Vec<Choice>,
    /// The patient is not the member's choice.
    is_preselected: bool,
}

struct Choice {
    user_id: String,
    name: String,
}

/// Why there is no page.
#[derive(Template)]
#[template(path = "junction/refused.html")]
struct RefusedPage {
    reason: &'static str,
}

/// The page of a visit; a new browser gets a cookie besides.
pub(super) fn show(visit: Visit, cookie: Option<&str>, junction: &mut Junction) -> HttpResponse {
    match page(visit, junction) {
        Ok(page) => answer(StatusCode::OK, page.render(), cookie),
        Err(refused) => refuse(refused.status(), refused.sentence()),
    }
}

/// A page that says why there is no other.
pub(super) fn refuse(status: StatusCode, reason: &'static str) -> HttpResponse {
    answer(status, RefusedPage { reason }.render(), None)
}

pub(super) async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}

fn page(visit: Visit, junction: &mut Junction) -> Result<Page, Refused> {
    // Embedded pages alone tell what happens in them.
    let tells = visit.modality == Modality::FeatureEmbed && visit.feature.creates_orders();
    let ordering = tells.then(|| Ordering {
        key: junction.visits.remember_page(visit),
        patients: patients(visit, junction),
        is_preselected: matches!(visit.feature, Feature::OrderCreationFor(_)),
    });
    let team = junction.team(&Reference::Junctions(visit.team))?;
    Ok(Page {
        member: junction.member(&Reference::Junctions(visit.member))?.name.clone(),
        team: team.name().to_owned(),
        team_id: team.id.to_string(),
        feature: visit.feature.to_string(),
        modality: visit.modality,
        environment: visit.environment.to_string(),
        ordering,
    })
}

fn patients(visit: Visit, junction: &Junction) -> Vec<Choice> {
    let all = junction.patients_of(visit.team, visit.environment);
    let choice = |patient: &Patient| Choice {
        user_id: patient.user_id.to_string(),
        name: patient.display_name(),
    };
    match visit.feature {
        Feature::OrderCreationFor(user) => all.filter(|patient| patient.user_id == user).map(choice).collect(),
        Feature::OrderCreation | Feature::Order(_) | Feature::TeamPanels | Feature::TeamConfig => {
            all.map(choice).collect()
        }
    }
}

/// Any page may frame these: they are made for that.
fn answer(status: StatusCode, html: askama::Result<String>, cookie: Option<&str>) -> HttpResponse {
    let Ok(html) = html else {
        return HttpResponse::InternalServerError().finish();
    };
    let mut response = HttpResponse::build(status);
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'",
        ));
    if let Some(cookie) = cookie {
        response.insert_header((SET_COOKIE, cookie));
    }
    response.body(html)
}
