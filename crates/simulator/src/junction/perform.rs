//! Carries out one call of either API, from the request to the answer.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CONTENT_TYPE,
    web::{Bytes, Data},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    answer::Answer,
    call::Call,
    journal::{self, Entry},
    management,
    operation::{Api, Arguments, Operation},
    orders::{api, area, documents, listing, mishap::Mishap, progress, resending, simulation, tests, visits},
    refused::Refused,
    settings::JunctionSettings,
    state::Junction,
    team_api,
    webhooks::management as webhooks,
};
use crate::{
    fault::{self, Fault},
    world::World,
};

pub(super) async fn management(request: HttpRequest, body: Bytes, world: Data<World>) -> HttpResponse {
    answer(Api::Management, &request, &body, &world).await
}

pub(super) async fn team_api(request: HttpRequest, body: Bytes, world: Data<World>) -> HttpResponse {
    answer(Api::Team, &request, &body, &world).await
}

async fn answer(api: Api, request: &HttpRequest, body: &[u8], world: &World) -> HttpResponse {
    let found = Operation::find(api, request.method(), request.path());
    let operation = found.as_ref().ok().map(|(operation, _)| *operation);
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let entry = Entry::of(operation, request, body.clone());
    let entry_id = world.state().junction.journal.begin(entry);
    let (response, is_carried_out) = come_to(found, request, body, world).await;
    let is_shown = is_carried_out && operation.is_some_and(Operation::is_confidential);
    let status = is_shown.then(|| response.status().as_u16());
    world.state().junction.journal.end(entry_id, status);
    response
}

/// What a call comes to, and whether that is not a fault's or a reset.
async fn come_to(
    found: Result<(Operation, Arguments), Refused>,
    request: &HttpRequest,
    body: Option<Value>,
    world: &World,
) -> (HttpResponse, bool) {
    let operation = found.as_ref().ok().map(|(operation, _)| *operation);
    let (fault, mishap) = {
        let mut state = world.state();
        let mishap = operation.and_then(|operation| state.junction.home.mishaps.take(operation));
        let fault = operation.and_then(|operation| Fault::take(&mut state.fault, operation.endpoint()));
        (fault, mishap)
    };
    if let Some(fault) = &fault
        && let Some(response) = fault.strike(request).await
    {
        return (response, false);
    }
    if mishap == Some(Mishap::Reset) {
        return (fault::reset(request), false);
    }
    let own_host = world.address.to_string();
    let outcome = found.and_then(|(operation, arguments)| {
        let call = Call {
            arguments,
            query: request.query_string(),
            body: body.filter(|_| is_json(request)),
            management_key: journal::management_key(request),
            bearer: journal::bearer(request),
            idempotency_key: journal::header(request, "x-idempotency-key"),
            stays_pending: mishap == Some(Mishap::Pending),
            keeps_failures: journal::header(request, "x-idempotency-error") != Some("no-cache"),
            host: fault.and_then(|fault| fault.host).unwrap_or(own_host),
        };
        let junction = &mut world.state().junction;
        if let Some(refused) = mishap.and_then(|mishap| mishap.refusal(junction.home.behaviour.kind)) {
            return Err(refused);
        }
        perform(operation, &call, &world.junction, junction)
    });
    (respond(outcome, mishap, request).await, true)
}

/// The response to a call, or what a mishap makes of it.
async fn respond(outcome: Result<Answer, Refused>, mishap: Option<Mishap>, request: &HttpRequest) -> HttpResponse {
    match mishap.filter(|_| outcome.is_ok()) {
        Some(Mishap::DoneBut500) => Refused::ServerError.response(),
        Some(Mishap::DoneBut503) => Refused::Unavailable.response(),
        Some(Mishap::DoneButReset) => fault::reset(request),
        // Until the caller goes away.
        Some(Mishap::DoneButSilent) => std::future::pending().await,
        Some(Mishap::DocumentIsJson) => HttpResponse::Ok().json(json!({"status": "pending"})),
        Some(Mishap::DocumentIsEmpty) => Answer::Pdf(Vec::new()).response(),
        Some(Mishap::DocumentIsLarge) => Answer::Pdf(vec![b' '; 30 * 1024 * 1024]).response(),
        None | Some(Mishap::ServerError | Mishap::Reset | Mishap::SlotTaken | Mishap::KeyExpired | Mishap::Pending) => {
            outcome.map_or_else(|refused| refused.response(), Answer::response)
        }
    }
}

fn perform(
    operation: Operation,
    call: &Call<'_>,
    settings: &JunctionSettings,
    junction: &mut Junction,
) -> Result<Answer, Refused> {
    match operation.api() {
        Api::Management => in_org(call, settings)?,
        // Each of these operations must itself show what its token gives access to.
        Api::Team => {}
    }
    let access = |junction: &Junction| junction.tokens.access(call.bearer, Instant::now());
    progress::settle(junction);
    let json = match operation {
        Operation::ResolveTeam => management::resolve_team(call, junction),
        Operation::CreateTeam => management::create_team(call, junction),
        Operation::GetTeam => management::get_team(call, junction),
        Operation::CreateApiAccessToken => management::create_api_access_token(call, junction),
        Operation::ResolveMember => management::resolve_member(call, junction),
        Operation::CreateMember => management::create_member(call, junction),
        Operation::GetMember => management::get_member(call, junction),
        Operation::UpdateMember => management::update_member(call, junction),
        Operation::CreateDashboardUrl => management::create_dashboard_url(call, junction),
        Operation::GetConfiguration => Ok(json!(settings.integration)),
        Operation::ListWebhooks => webhooks::list(call, junction),
        Operation::CreateWebhook => webhooks::create(call, junction),
        Operation::GetWebhook => webhooks::get(call, junction),
        Operation::UpdateWebhook => webhooks::update(call, junction),
        Operation::DeleteWebhook => return webhooks::delete(call, junction).map(|()| Answer::Nothing),
        Operation::GetWebhookSecret => webhooks::secret(call, junction),
        Operation::RotateWebhookSecret => return webhooks::rotate(call, junction).map(|()| Answer::Nothing),
        Operation::GetWebhookHeaders => webhooks::headers(call, junction),
        Operation::SetWebhookHeaders => return webhooks::set_headers(call, junction).map(|()| Answer::Nothing),
        Operation::GetDeliveryMetric => webhooks::metric(call, junction),
        Operation::ResolveUser => team_api::resolve_user(call, access(junction)?, junction),
        Operation::CreateUser => team_api::create_user(call, access(junction)?, junction),
        Operation::GetUser => team_api::get_user(call, access(junction)?, junction),
        Operation::UpdateUserInfo => team_api::update_user_info(call, access(junction)?, junction),
        Operation::GetOrder => api::get(call, access(junction)?, junction),
        Operation::CreateOrder => api::create(call, access(junction)?, junction),
        Operation::ResendEvents => resending::resend(call, access(junction)?, junction),
        Operation::GetOrders => listing::list(call, access(junction)?, junction),
        Operation::CancelOrder => api::cancel(call, access(junction)?, junction),
        Operation::SimulateOrder => simulation::start(call, access(junction)?, junction),
        Operation::GetAreaInfo => access(junction).and_then(|_| area::info(call, junction)),
        Operation::GetAvailability => visits::availability(call, access(junction)?, junction),
        Operation::GetCancelReasons => access(junction).map(|_| visits::reasons()),
        Operation::GetAppointment => visits::get(call, access(junction)?, junction),
        Operation::BookAppointment => visits::book(call, access(junction)?, junction),
        Operation::RequestAppointment => visits::request(call, access(junction)?, junction),
        Operation::RescheduleAppointment => visits::reschedule(call, access(junction)?, junction),
        Operation::CancelAppointment => visits::cancel(call, access(junction)?, junction),
        Operation::GetResult => documents::raw(call, access(junction)?, junction),
        Operation::GetResultMetadata => documents::metadata(call, access(junction)?, junction),
        Operation::GetTransaction => api::transaction(call, access(junction)?, junction),
        Operation::GetTransactionResult => documents::raw_of_transaction(call, access(junction)?, junction),
        Operation::GetLabTests => access(junction).and_then(|_| tests::list(call)),
        Operation::GetLabTest => access(junction).and_then(|_| tests::get(call)),
        Operation::GetMarkers => access(junction).and_then(|_| tests::markers(call)),
        Operation::GetRequisitionPdf => return documents::requisition_pdf(call, access(junction)?, junction),
        Operation::GetResultPdf => return documents::results_pdf(call, access(junction)?, junction),
        Operation::GetTransactionPdf => return documents::pdf_of_transaction(call, access(junction)?, junction),
    };
    json.map(Answer::Json)
}

/// A known key comes first, then the one org that it is for.
fn in_org(call: &Call<'_>, settings: &JunctionSettings) -> Result<(), Refused> {
    let key = call
        .management_key
        .ok_or(Refused::Unauthorized("Missing X-Management-Key"))?;
    if !settings.management_keys.iter().any(|known| known == key) {
        return Err(Refused::Unauthorized("Invalid X-Management-Key"));
    }
    if call.argument("org_id") != settings.org_id {
        return Err(Refused::NotFound("Org not found"));
    }
    Ok(())
}

/// A body that is not said to be JSON is not read, so that a caller that forgets to say so is noticed.
fn is_json(request: &HttpRequest) -> bool {
    let media_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|media_type| media_type.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
