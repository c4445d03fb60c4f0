//! Junction's events. Each is verified by the very bytes that came, and acknowledged once it is on the disk.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    web::{self, BytesMut, Data},
};
use domain::{junction::operation::WEBHOOK, reason::Reason};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use crate::{
    gateway::Gateway,
    http::{
        authenticated::or_internal,
        edge::{attempt::Attempt, failure::Failure},
        settings::HttpSettings,
    },
};

/// The most bytes of an event: it contains a whole order.
const MAX_BYTES: usize = 1024 * 1024;

/// Takes in one event. It is for no page and no caller with a key: its signature alone says what it is.
pub(in crate::http) async fn receive(
    request: HttpRequest,
    payload: web::Payload,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    Attempt::note(&request, |attempt| attempt.operation = Some(WEBHOOK));
    let work = async {
        let body = read(&request, payload.into_inner()).await?;
        let endpoint = request.match_info().get("endpoint").unwrap_or_default();
        let headers = request.headers().iter();
        let headers: Vec<_> = headers.map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        gateway.receive_event(endpoint, &headers, &body).await?;
        Ok(HttpResponse::NoContent().finish())
    };
    or_internal(Box::pin(work)).await
}

async fn read(request: &HttpRequest, mut payload: Payload) -> Result<BytesMut, Failure> {
    let settings = request.app_data::<Data<HttpSettings>>().ok_or(Reason::Defect)?;
    let collect = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_connection_broke| Reason::BodyTruncated)?;
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(Reason::BodyTooLarge.into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    let collected = timeout(settings.body_timeout, collect).await;
    collected.unwrap_or_else(|_too_slow| Err(Reason::BodyTooSlow.into()))
}
