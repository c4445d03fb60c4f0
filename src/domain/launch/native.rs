//! Reads a launch from the gateway's own form: a JSON body that states each fact once.

use super::{Form, Launch, finish_parameters};
use crate::domain::{
    clinician::Clinician,
    endpoint::Endpoint,
    field::{Fault, FieldErrors},
    intent::Intent,
    members::{Members, Raw},
    parameter::{ParameterName, ParameterReader},
    refusal::{Code, Refusal},
    rules::TenantRules,
};

/// The raw parts of a request in the gateway's form.
#[derive(Debug, Default)]
pub struct Native<'a> {
    /// The body.
    pub body: &'a [u8],
    /// The query as it came, without `?`: nothing belongs there.
    pub query: &'a str,
    /// Whether `x-integration-user` came with it: the clinician belongs in the body.
    pub has_user_header: bool,
    /// Whether `x-integration-intent` came with it: the intent belongs in the body.
    pub has_intent_header: bool,
    /// Mistakes that were found before: about headers that only the caller of this function can judge.
    pub errors: FieldErrors,
}

/// Reads a launch; everything that is wrong comes out at once.
///
/// # Errors
/// `invalid_request`, with every mistake.
pub fn parse(request: Native<'_>, endpoint: Endpoint, rules: &TenantRules) -> Result<Launch, Refusal> {
    let mut errors = request.errors;
    if !request.query.is_empty() {
        errors.add(
            "/query/*",
            Fault::NotAccepted("A query is not accepted here: parameters belong in the body"),
        );
    }
    for (sent, name) in [
        (request.has_user_header, "x-integration-user"),
        (request.has_intent_header, "x-integration-intent"),
    ] {
        if sent {
            errors.add(
                format!("/header/{name}"),
                Fault::NotAccepted("This header is not accepted here: its content belongs in the body"),
            );
        }
    }
    let launch = read_body(request.body, endpoint, rules, &mut errors);
    match launch {
        Some(launch) if errors.is_empty() => Ok(launch),
        Some(_) | None => Err(Refusal::new(Code::InvalidRequest).naming(errors)),
    }
}

/// Returns `None` only with a mistake noted.
fn read_body(body: &[u8], endpoint: Endpoint, rules: &TenantRules, errors: &mut FieldErrors) -> Option<Launch> {
    let raw = Raw::parse(body).map_err(|fault| errors.add("", fault)).ok()?;
    let mut members = Members::of(raw, "", errors)?;
    let clinician = members
        .take("clinician", errors)
        .and_then(|raw| Clinician::parse(raw, "/clinician", errors));
    let intent = members.text("intent", errors).and_then(|text| {
        let intent = Intent::parse(&text);
        if intent.is_none() {
            errors.add("/intent", Fault::BadValue(Intent::VALUES));
        }
        intent
    });
    let mut reader = ParameterReader::new(&rules.extra_parameters);
    for name in [ParameterName::PatientKey, ParameterName::Locale].map(ParameterName::as_str) {
        let stated = members.has(name);
        match members.text(name, errors) {
            Some(value) => reader.read("", name, value, errors),
            None if stated => reader.note(name),
            None => {}
        }
    }
    if let Some(raw) = members.take("params", errors) {
        read_params(raw, &mut reader, errors);
    }
    members.finish(errors);
    let parameters = finish_parameters(reader, Form::Native, endpoint, clinician.as_ref(), rules, errors);
    Some(Launch {
        form: Form::Native,
        endpoint,
        clinician,
        intent,
        parameters,
    })
}

/// `params` holds strings, and neither `patientKey` nor `locale`, which have members of their own.
fn read_params(raw: Raw, reader: &mut ParameterReader<'_>, errors: &mut FieldErrors) {
    let Some(members) = Members::of(raw, "/params", errors) else {
        return;
    };
    for (name, value) in members.rest() {
        let own_member = [ParameterName::PatientKey, ParameterName::Locale]
            .into_iter()
            .find(|own| own.as_str().eq_ignore_ascii_case(&name));
        if let Some(own) = own_member {
            errors.add(
                format!("/params/{}", own.as_str()),
                Fault::NotAccepted("This parameter has a member of its own beside params"),
            );
            continue;
        }
        match value {
            Raw::Text(value) => reader.read("/params", &name, value, errors),
            Raw::Null | Raw::Object(_) | Raw::Other => {
                reader.refuse("/params", &name, Fault::WrongType("a string"), errors);
            }
        }
    }
}
