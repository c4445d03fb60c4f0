//! Session continuation: a browser comes from Junction, is found to be who it says by its session at the host, and is sent
//! back with a fresh URL. Whoever has no business here gets a small page: a person is looking.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{COOKIE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY},
    web::Data,
};
use domain::{
    junction::{operation::SESSION_CONTINUATION, parse_continuation},
    reason::Reason,
    refusal::Refusal,
};

use crate::{
    gateway::Gateway,
    http::{
        authenticated::{or_internal, peer, values},
        edge::{attempt::Attempt, failure::Failure},
    },
    identity::Cookies,
};

/// Where Junction sends browsers.
pub(in crate::http) const PATH: &str = "/junction/session-continuation";

/// What a browser is sent to when it navigates a window or a frame.
const DESTINATIONS: [&[u8]; 4] = [b"document", b"iframe", b"frame", b"fencedframe"];

pub(in crate::http) async fn continuation(
    request: HttpRequest,
    gateway: Data<Gateway>,
) -> Result<HttpResponse, Failure> {
    Attempt::note(&request, |attempt| attempt.operation = Some(SESSION_CONTINUATION));
    check_navigation(&request)?;
    or_internal(continued(&request, &gateway)).await
}

async fn continued(request: &HttpRequest, gateway: &Arc<Gateway>) -> Result<HttpResponse, Failure> {
    let cookies = Cookies::read(&values(request, COOKIE));
    let directory = gateway.directory.load_full();
    let visitor = match directory.visitor(&cookies).await {
        Ok(visitor) => visitor,
        Err(reason @ Reason::SessionEndpointBusy) => {
            let refusal = Refusal {
                retry_after_secs: Some(1),
                ..reason.into()
            };
            return Err(refusal.into());
        }
        Err(reason) => return Err(gateway.refuse_stranger(peer(request), reason).into()),
    };
    Attempt::note(request, |attempt| attempt.caller = Some(visitor.caller.clone()));
    visitor.caller.check_rates()?;
    visitor.caller.junction()?;
    let asked = parse_continuation(request.query_string())?;
    let launch = Attempt::launching(request, async |progress| {
        gateway.continue_junction(&visitor, asked, progress).await
    });
    let embed = launch.await?;
    let mut location = HeaderValue::from_str(embed.url.as_str()).map_err(|_url_stays_secret| Reason::Defect)?;
    location.set_sensitive(true);
    let mut response = HttpResponse::TemporaryRedirect();
    response.insert_header((LOCATION, location));
    // The policy of a redirect is that of the request that follows it, and Junction derives the embedding origin from the
    // referrer: with none at all, it could not tell where its messages may go.
    response.insert_header((REFERRER_POLICY, "strict-origin"));
    Ok(response.finish())
}

/// Browsers say what a request is for. One that a script or an image of some page makes is none of Junction's.
fn check_navigation(request: &HttpRequest) -> Result<(), Reason> {
    let mode = values(request, HeaderName::from_static("sec-fetch-mode"));
    let destination = values(request, HeaderName::from_static("sec-fetch-dest"));
    let navigates = matches!(mode.as_slice(), [] | [b"navigate"]);
    let shows = match destination.as_slice() {
        [] => true,
        [destination] => DESTINATIONS.contains(destination),
        [..] => false,
    };
    if navigates && shows {
        Ok(())
    } else {
        Err(Reason::NotANavigation)
    }
}
