//! One request, put together from a row: what is sent, and what is shown of it. Pure.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use http::{
    Method,
    header::{HeaderName, HeaderValue, InvalidHeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::{
    case::{Ask, Body, Case, Key, Method as AskedMethod, User},
    cases::{ORDER, PATIENT, TEAM},
    mask::{mask_json, mask_query},
    names::JunctionNames,
    place::Place,
    redact::{HIDDEN, Redactor},
    report::{RequestEvidence, Suite},
    request::Request,
};

/// A key that no gateway and no Empego environment knows. It is not a secret.
const WRONG_KEY: &str = "egw_conformance-a-key-that-nobody-knows";

/// A request, ready to be sent.
pub(super) struct Outgoing {
    pub(super) request: Request,
    /// What finds the request in the gateway's log; Empego is sent none.
    pub(super) request_id: Option<String>,
    pub(super) evidence: RequestEvidence,
}

/// What all requests of a run have in common.
pub(super) struct Caller<'a> {
    pub(super) suite: Suite,
    pub(super) key: &'a SecretString,
    /// The patient that is named.
    pub(super) patient: &'a str,
    /// What launches of Junction's app name beside.
    pub(super) names: &'a JunctionNames,
    pub(super) redactor: &'a Redactor,
}

/// A header, and what is shown in place of its value.
struct Header {
    name: &'static str,
    value: Vec<u8>,
    shown: String,
}

impl Caller<'_> {
    /// Puts a request together.
    ///
    /// # Errors
    /// If the key cannot be a header's value.
    pub(super) fn outgoing(&self, mut url: Url, place: Place, case: &Case) -> Result<Outgoing, InvalidHeaderValue> {
        let ask = &case.ask;
        let patient = (ask.names_patient && place.takes_patient()).then_some(self.patient);
        let query = self.query(ask, patient);
        url.set_query((!query.is_empty()).then_some(&query));
        let body = self.body(ask, patient);
        let request_id = match self.suite {
            Suite::Compat | Suite::Native | Suite::Junction | Suite::Orders => Some(Uuid::new_v4().to_string()),
            Suite::Upstream => None,
        };
        let headers = self.headers(ask, request_id.as_deref());

        let shown_query = if query.is_empty() {
            String::new()
        } else {
            format!("?{}", mask_query(&query))
        };
        let method = match ask.method {
            AskedMethod::Get => Method::GET,
            AskedMethod::Post => Method::POST,
        };
        let evidence = RequestEvidence {
            method: method.to_string(),
            path: self.redactor.ours(&format!("{}{shown_query}", url.path())),
            headers: headers
                .iter()
                .map(|header| (header.name.to_owned(), self.redactor.ours(&header.shown)))
                .collect(),
            body: body.as_deref().map(|body| self.redactor.ours(&shown_body(body))),
        };
        let mut request = Request::new(method, url);
        for header in headers {
            let value = HeaderValue::from_bytes(&header.value)?;
            request.headers.append(HeaderName::from_static(header.name), value);
        }
        request.body = body;
        Ok(Outgoing {
            request,
            request_id,
            evidence,
        })
    }

    fn query(&self, ask: &Ask, patient: Option<&str>) -> String {
        let patient = match self.suite {
            Suite::Compat | Suite::Upstream => patient,
            Suite::Native | Suite::Junction | Suite::Orders => None,
        };
        let patient = patient.map(|patient| {
            let mut pair = form_urlencoded::Serializer::new(String::new());
            pair.append_pair("patientKey", patient);
            pair.finish()
        });
        let parts = patient
            .into_iter()
            .chain((!ask.query.is_empty()).then(|| ask.query.to_owned()));
        parts.collect::<Vec<_>>().join("&")
    }

    fn headers(&self, ask: &Ask, request_id: Option<&str>) -> Vec<Header> {
        let mut headers = self.credentials(ask.key);
        headers.extend(ask.user.iter().map(|user| user_header(*user)));
        let further = ask
            .headers
            .iter()
            .copied()
            .chain(ask.media_type.map(|media| ("content-type", media)));
        headers.extend(further.map(|(name, value)| open(name, value)));
        headers.extend(request_id.map(|id| open("x-request-id", id)));
        headers
    }

    fn body(&self, ask: &Ask, patient: Option<&str>) -> Option<Vec<u8>> {
        match ask.body {
            Body::None => None,
            Body::Bytes(bytes) => Some(bytes.to_vec()),
            Body::Long(length) => Some(vec![b' '; length]),
            Body::Members(members) => {
                let stated = members
                    .iter()
                    .map(|(name, value)| format!("\"{name}\":{}", self.filled_in(value)));
                let patient = patient.map(|patient| format!("\"patientKey\":{}", Value::from(patient)));
                let members: Vec<_> = stated.chain(patient).collect();
                Some(format!("{{{}}}", members.join(",")).into_bytes())
            }
        }
    }

    /// A member's value, with what the run was told in the place of the row's marks.
    fn filled_in(&self, value: &str) -> String {
        let text = |text: &str| Value::from(text).to_string();
        let order = self.names.order.as_deref().unwrap_or_default();
        value
            .replace(TEAM, &text(&self.names.team))
            .replace(PATIENT, &text(self.patient))
            .replace(ORDER, order)
    }

    fn credentials(&self, key: Key) -> Vec<Header> {
        let secret = self.key.expose_secret();
        let api_key = || hidden("api-key", secret.to_owned(), "(the key)");
        let bearer = || hidden("authorization", format!("Bearer {secret}"), "Bearer (the key)");
        match key {
            Key::None => vec![],
            Key::Alone => vec![api_key()],
            Key::Bearer => vec![bearer()],
            Key::Twice => vec![api_key(), bearer()],
            Key::Wrong => vec![hidden("api-key", WRONG_KEY.to_owned(), "(an unknown key)")],
            Key::Empty => vec![hidden("api-key", String::new(), "(empty)")],
            Key::OtherScheme => vec![hidden("authorization", format!("Token {secret}"), "Token (the key)")],
        }
    }
}

fn open(name: &'static str, value: &str) -> Header {
    hidden(name, value.to_owned(), value)
}

fn hidden(name: &'static str, value: String, shown: &str) -> Header {
    Header {
        name,
        value: value.into_bytes(),
        shown: shown.to_owned(),
    }
}

fn user_header(user: User) -> Header {
    let (value, shown) = match user {
        User::Value("") => (String::new(), "(empty)".to_owned()),
        User::Value(value) => (value.to_owned(), value.to_owned()),
        User::Of(bytes) => (STANDARD.encode(bytes), format!("(base64 of) {}", shown_body(bytes))),
        User::Unpadded(bytes) => (
            STANDARD_NO_PAD.encode(bytes),
            format!("(base64, without padding, of) {}", shown_body(bytes)),
        ),
        User::Long(length) => ("A".repeat(length), format!("({length} bytes)")),
    };
    hidden("x-integration-user", value, &shown)
}

/// JSON without its values; how long it is if it is long.
fn shown_body(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        _ if bytes.is_empty() => "(empty)".to_owned(),
        _ if bytes.len() > 4096 => format!("({} bytes)", bytes.len()),
        Ok(text) => mask_json(text),
        Err(_) => format!(
            "{} (in Latin-1)",
            mask_json(&String::from_utf8_lossy(bytes)).replace('\u{fffd}', HIDDEN)
        ),
    }
}
