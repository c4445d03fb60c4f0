//! Cookies as a trial: the page chooses a random value, has it set in two ways, and asks which of them came back. They are
//! gone after a minute, and mean nothing.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{COOKIE, HeaderValue, SET_COOKIE},
    web::Data,
};
use domain::reason::Reason;
use secrecy::ExposeSecret as _;
use serde::Serialize;

use super::host::host_of;
use crate::{
    gateway::Gateway,
    http::{authenticated::values, edge::failure::Failure},
    identity::Cookies,
};

/// One that a browser keeps for a frame if it lets frames of other sites have cookies.
const SHARED: &str = "doctor_shared";

/// One that a browser keeps for this frame in this page alone.
const PARTITIONED: &str = "doctor_partitioned";

/// Which of the two came back with the page's value.
#[derive(Serialize)]
struct Seen {
    shared: bool,
    partitioned: bool,
}

pub(super) async fn set(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Failure> {
    host_of(&request, &gateway)?;
    let nonce = nonce(&request)?;
    let mut response = HttpResponse::NoContent();
    for (name, more) in [(SHARED, ""), (PARTITIONED, "; Partitioned")] {
        let cookie = format!("{name}={nonce}; Path=/doctor; Max-Age=60; HttpOnly; SameSite=None; Secure{more}");
        let cookie = HeaderValue::from_str(&cookie).map_err(|_hexadecimal_digits| Reason::Defect)?;
        response.append_header((SET_COOKIE, cookie));
    }
    Ok(response.finish())
}

pub(super) async fn seen(request: HttpRequest, gateway: Data<Gateway>) -> Result<HttpResponse, Failure> {
    host_of(&request, &gateway)?;
    let nonce = nonce(&request)?;
    let cookies = Cookies::read(&values(&request, COOKIE));
    let came = |name| cookies.value(name).is_some_and(|value| value.expose_secret() == nonce);
    Ok(HttpResponse::Ok().json(Seen {
        shared: came(SHARED),
        partitioned: came(PARTITIONED),
    }))
}

/// 128 bits, as the page writes them.
fn nonce(request: &HttpRequest) -> Result<&str, Reason> {
    let nonce = request.match_info().get("nonce").unwrap_or_default();
    let fits = nonce.len() == 32 && nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    fits.then_some(nonce).ok_or(Reason::NoSuchPath)
}
