//! Carries out one call of either API, from the request to the answer.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::CONTENT_TYPE,
    web::{Bytes, Data},
};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    answer::Answer,
    call::Call,
    journal::{self, Entry},
    management,
    operation::{Api, Operation},
    orders::{api, area, documents, listing, progress, simulation, tests, visits},
    refused::Refused,
    settings::JunctionSettings,
    state::Junction,
    team_api,
};
use crate::{fault::Fault, world::World};

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
    let entry_id = entry.id;
    let fault = {
        let mut state = world.state();
        state.junction.journal.push(entry);
        operation.and_then(|operation| Fault::take(&mut state.fault, operation.endpoint()))
    };
    if let Some(fault) = &fault
        && let Some(response) = fault.strike(request).await
    {
        return response;
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
            keeps_failures: journal::header(request, "x-idempotency-error") != Some("no-cache"),
            host: fault.and_then(|fault| fault.host).unwrap_or(own_host),
        };
        perform(operation, &call, &world.junction, &mut world.state().junction)
    });
    let response = outcome.map_or_else(|refused| refused.response(), Answer::response);
    if operation.is_some_and(Operation::is_confidential) {
        let journal = &mut world.state().junction.journal;
        let entry = journal.iter_mut().rev().find(|entry| entry.id == entry_id);
        if let Some(entry) = entry {
            entry.status = Some(response.status().as_u16());
        }
    }
    response
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
        Operation::ResolveUser => team_api::resolve_user(call, access(junction)?, junction),
        Operation::CreateUser => team_api::create_user(call, access(junction)?, junction),
        Operation::GetUser => team_api::get_user(call, access(junction)?, junction),
        Operation::UpdateUserInfo => team_api::update_user_info(call, access(junction)?, junction),
        Operation::GetOrder => api::get(call, access(junction)?, junction),
        Operation::CreateOrder => api::create(call, access(junction)?, junction),
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
