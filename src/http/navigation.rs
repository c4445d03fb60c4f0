//! Routes that a browser comes to with a frame or a window, and that send it on to an embed URL.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue, LOCATION, REFERRER_POLICY},
    },
};
use domain::reason::Reason;

use super::{authenticated::values, edge::failure::Failure};

/// What a browser is sent to when it navigates a window or a frame.
const DESTINATIONS: [&[u8]; 4] = [b"document", b"iframe", b"frame", b"fencedframe"];

/// Where browsers say that they fetch something before it is wanted: the standard's header, and those of older ones.
const PURPOSES: [HeaderName; 3] = [
    HeaderName::from_static("sec-purpose"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("x-moz"),
];

/// Refuses what is not a person's browser that navigates: browsers say what a request is for. Those that say nothing of it are
/// taken at their word.
pub(super) fn check(request: &HttpRequest) -> Result<(), Reason> {
    let mode = values(request, HeaderName::from_static("sec-fetch-mode"));
    let destination = values(request, HeaderName::from_static("sec-fetch-dest"));
    let navigates = matches!(mode.as_slice(), [] | [b"navigate"]);
    let shows = match destination.as_slice() {
        [] => true,
        [destination] => DESTINATIONS.contains(destination),
        [..] => false,
    };
    let is_early = PURPOSES.iter().any(|name| request.headers().contains_key(name));
    if navigates && shows && !is_early {
        Ok(())
    } else {
        Err(Reason::NotANavigation)
    }
}

/// Sends the browser on.
pub(super) fn on_to(url: &str, status: StatusCode) -> Result<HttpResponse, Failure> {
    let mut location = HeaderValue::from_str(url).map_err(|_url_stays_secret| Reason::Defect)?;
    location.set_sensitive(true);
    let mut response = HttpResponse::build(status);
    response.insert_header((LOCATION, location));
    // The policy of a redirect is that of the request that follows it, and an app may derive the embedding origin from the
    // referrer: with none at all, it could not tell where its messages may go.
    response.insert_header((REFERRER_POLICY, "strict-origin"));
    Ok(response.finish())
}
