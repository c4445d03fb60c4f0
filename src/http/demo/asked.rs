//! How what the console's pages ask is read.

use actix_web::{HttpRequest, dev::Payload, http::header::ORIGIN, web::Data};
use domain::reason::Reason;
use serde::de::DeserializeOwned;

use super::place::Place;
use crate::http::{body, edge::failure::Failure, settings::HttpSettings};

/// Reads the body of a request of the page itself. A page of another origin is refused: it could not read the response, but its
/// question would have its effect.
pub(super) async fn read<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: Payload,
    place: &Place,
) -> Result<T, Failure> {
    let origin = request.headers().get(ORIGIN);
    if origin.is_some_and(|origin| origin.as_bytes() != place.origin.as_bytes()) {
        return Err(Reason::OriginNotListed.into());
    }
    let settings = request.app_data::<Data<HttpSettings>>().ok_or(Reason::Defect)?;
    let body = body::read(request, payload, settings.body_timeout).await?;
    serde_json::from_slice(&body).map_err(|_names_a_value| Reason::BodyNotAnObject.into())
}
