//! Opens a ticket: a browser comes with a frame or a window, and is sent on to the embed URL that the ticket stood for.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use domain::{operation::FRAME, reason::Reason};
use secrecy::ExposeSecret as _;

use super::{
    edge::{attempt::Attempt, failure::Failure},
    navigation,
};
use crate::gateway::Gateway;

/// The route, as it stands in documents, logs and traces: a path with a ticket in it stands nowhere.
pub(super) const PATH: &str = "/frame/{ticket}";

/// The browser proves nothing but that it has the ticket. A request that is not a navigation does not spend it.
pub(super) async fn open(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Failure> {
    Attempt::note(&request, |attempt| attempt.operation = Some(FRAME));
    navigation::check(&request)?;
    let ticket = request.match_info().get("ticket").ok_or(Reason::Defect)?;
    let mut opened = gateway.open_ticket(ticket)?;
    let response = navigation::on_to(opened.url.expose_secret(), StatusCode::SEE_OTHER);
    opened.url = "".into();
    Attempt::note(&request, |attempt| attempt.opened = Some(opened));
    response
}
