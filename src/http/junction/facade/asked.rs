//! Reads what one of Junction's own clients sent: which call of which team, with its query, its headers and its body.

use actix_web::{
    HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING},
    web::Data,
};
use domain::{
    audit::Named,
    fault::{Fault, FieldErrors},
    header_names::CLIENT_KEY,
    junction::{
        IntegrationTeamId,
        orders::{
            facade::{HasBody, Sent, Wanted, query},
            idempotency::IdempotencyKey,
            whose::{StatedTeam, Whose},
        },
    },
    reason::Reason,
    refusal::Refusal,
};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::{
    directory::Caller,
    gateway::{FacadeCall, Served, find_served},
    http::{
        authenticated::{ReadLaunch, Reading, values},
        body::{is_there, read_up_to},
        edge::failure::Failure,
        settings::HttpSettings,
    },
    identity::Credential,
};

/// What stands before every path of Junction's.
pub(super) const PREFIX: &str = "/junction-api/";

/// The segment before the host's own reference of a team.
const TEAM: &str = "t";

/// The most bytes of a body: an order may contain the image of a signature.
const MAX_BYTES: usize = 256 * 1024;

/// The client's name for an order that it places.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("x-idempotency-key");

/// Whether a late cancellation may cost its fee: Junction's bodies have no member for that.
const ACCEPTS_LATE_FEE: HeaderName = HeaderName::from_static("x-gateway-accept-late-fee");

/// A call of one of Junction's own clients.
pub(super) struct FacadeAsked(pub(super) FacadeCall);

/// Where a request is addressed to.
struct Place {
    team: Option<String>,
    served: &'static Served,
    values: Vec<String>,
}

impl ReadLaunch for FacadeAsked {
    const IS_OF_JUNCTIONS_CLIENT: bool = true;

    fn check_grant(caller: &Caller, request: &HttpRequest) -> Result<(), Reason> {
        if caller.token.is_some() || !caller.host.junction.serves_junction_clients {
            return Err(Reason::FacadeOff);
        }
        caller.junction()?;
        let place = Place::of(request).ok_or(Reason::NoSuchPath)?;
        caller.host.junction.orders.check(place.served.grant)
    }

    /// The key in its own header alone: some of Junction's clients also send a token that they were given, and then it is unclear
    /// which of both is meant.
    fn credential(request: &HttpRequest) -> Result<Credential, Reason> {
        let key = values(request, HeaderName::from_static(CLIENT_KEY));
        let others = [HeaderName::from_static("api-key"), AUTHORIZATION];
        if others.iter().any(|name| request.headers().contains_key(name)) {
            return Err(if key.is_empty() {
                Reason::NoCredential
            } else {
                Reason::TwoCredentials
            });
        }
        Credential::read(&key, &[])
    }

    async fn read(reading: Reading<'_>, payload: Payload) -> Result<Self, Failure> {
        let Reading {
            request,
            caller,
            mut errors,
        } = reading;
        let Place { team, served, values } = Place::of(request).ok_or(Reason::NoSuchPath)?;
        let query = query(request.query_string(), served.query, &mut errors);
        let key = key(request, &mut errors);
        let accepts_late_fee = accepts_late_fee(request, &mut errors);
        let reference = team.and_then(|team| {
            let team = IntegrationTeamId::parse(team);
            team.map_err(|fault| errors.add("/path/team", fault)).ok()
        });
        let body = body(request, payload, served.kind.body(), &mut errors).await?;
        let rules = &caller.junction()?.rules;
        let sent = Sent {
            values: &values,
            query: &query,
            body: body.as_deref().unwrap_or_default(),
        };
        let wanted = served.kind.read(sent, rules.environment, Timestamp::now(), errors)?;
        let stated = StatedTeam { reference, id: None };
        let whose = Whose::decide(stated, None, rules).map_err(naming_path)?;
        Ok(Self(FacadeCall {
            served,
            values,
            query,
            body,
            wanted,
            whose,
            accepts_late_fee,
            key,
        }))
    }

    fn named(&self) -> Named<'_> {
        named(&self.0.wanted, &self.0.whose)
    }
}

/// Whom a call is about, with the team that it is in.
pub(super) fn named<'a>(wanted: &'a Wanted, whose: &'a Whose) -> Named<'a> {
    let (mut named, of_team) = (wanted.named(), whose.named(None));
    named.subjects.extend(of_team.subjects);
    named
}

/// The team stands in the path, and nowhere else.
fn naming_path(mut refusal: Refusal) -> Refusal {
    for error in refusal.errors.iter_mut().filter(|error| error.field == "/team") {
        "/path/team".clone_into(&mut error.field);
    }
    refusal
}

impl Place {
    fn of(request: &HttpRequest) -> Option<Self> {
        let path = request.path().strip_prefix(PREFIX)?;
        // Segments are separated before they are decoded, so that an encoded slash belongs to its segment.
        let segments = path.split('/').map(|segment| {
            let decoded = percent_decode_str(segment).decode_utf8();
            decoded.ok().map(std::borrow::Cow::into_owned)
        });
        let segments: Vec<String> = segments.collect::<Option<_>>()?;
        let (team, path) = match segments.as_slice() {
            [first, team, rest @ ..] if first == TEAM => (Some(team.clone()), rest),
            all => (None, all),
        };
        let (served, values) = find_served(request.method().as_str(), path)?;
        Some(Self { team, served, values })
    }
}

fn key(request: &HttpRequest, errors: &mut FieldErrors) -> Option<IdempotencyKey> {
    let key = IdempotencyKey::read(&values(request, IDEMPOTENCY_KEY));
    key.unwrap_or_else(|fault| {
        errors.add(format!("/header/{IDEMPOTENCY_KEY}"), fault);
        None
    })
}

fn accepts_late_fee(request: &HttpRequest, errors: &mut FieldErrors) -> bool {
    match values(request, ACCEPTS_LATE_FEE).as_slice() {
        [] | [b"false"] => false,
        [b"true"] => true,
        [..] => {
            errors.add(format!("/header/{ACCEPTS_LATE_FEE}"), Fault::BadValue("true, false"));
            false
        }
    }
}

async fn body(
    request: &HttpRequest,
    payload: Payload,
    has_body: HasBody,
    errors: &mut FieldErrors,
) -> Result<Option<Vec<u8>>, Failure> {
    let is_read = match has_body {
        HasBody::Always => true,
        HasBody::Maybe => is_announced(request),
        HasBody::Never => {
            if is_there(request, payload).await {
                errors.add("", Fault::NotAccepted("Send no body with this call"));
            }
            return Ok(None);
        }
    };
    if !is_read {
        return Ok(None);
    }
    let settings = request.app_data::<Data<HttpSettings>>().ok_or(Reason::Defect)?;
    let body = read_up_to(MAX_BYTES, request, payload, settings.body_timeout).await?;
    Ok(Some(body.to_vec()))
}

fn is_announced(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}
