//! Reads a launch from the gateway's own form: a JSON body that states each fact once.

use super::{Form, Launch, Read};
use crate::domain::{
    claims::TokenClinician,
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
    /// The clinician of a verified token, for hosts whose clinicians come from tokens.
    pub token: Option<&'a TokenClinician>,
    /// Mistakes that were found before: about headers that only the caller of this function can judge.
    pub errors: FieldErrors,
}

/// What every native body has in common, read.
pub(in crate::domain) struct Opened<'a> {
    pub(in crate::domain) members: Members,
    pub(in crate::domain) token: Option<&'a TokenClinician>,
    pub(in crate::domain) errors: FieldErrors,
}

impl<'a> Native<'a> {
    /// Opens the body, and notes what must not come with it.
    ///
    /// # Errors
    /// `invalid_request` if there is no JSON object; `clinician_not_accepted` if clinicians come from tokens.
    pub(in crate::domain) fn open(self) -> Result<Opened<'a>, Refusal> {
        let mut errors = self.errors;
        if !self.query.is_empty() {
            errors.add(
                "/query/*",
                Fault::NotAccepted("A query is not accepted here: parameters belong in the body"),
            );
        }
        refuse_headers(self.has_user_header, self.has_intent_header, &mut errors);
        let raw = Raw::parse(self.body).map_err(|fault| errors.add("", fault)).ok();
        let Some(members) = raw.and_then(|raw| Members::of(raw, "", &mut errors)) else {
            return Err(Refusal::new(Code::InvalidRequest).naming(errors));
        };
        if self.token.is_some() && members.has("clinician") {
            return Err(Code::ClinicianNotAccepted.into());
        }
        Ok(Opened {
            members,
            token: self.token,
            errors,
        })
    }
}

/// Notes the headers of Empego's own form, where who acts and why is stated otherwise.
pub(in crate::domain) fn refuse_headers(has_user_header: bool, has_intent_header: bool, errors: &mut FieldErrors) {
    for (sent, name) in [
        (has_user_header, "x-integration-user"),
        (has_intent_header, "x-integration-intent"),
    ] {
        if sent {
            errors.add(
                format!("/header/{name}"),
                Fault::NotAccepted("This header is not accepted here: it belongs to Empego's own form"),
            );
        }
    }
}

/// Reads a launch; everything that is wrong comes out at once.
///
/// # Errors
/// `invalid_request`, with every mistake; `clinician_not_accepted` if clinicians come from tokens.
pub fn parse(request: Native<'_>, endpoint: Endpoint, rules: &TenantRules) -> Result<Launch, Refusal> {
    let Opened {
        mut members,
        token,
        mut errors,
    } = request.open()?;
    let read = read_members(&mut members, endpoint, rules, &mut errors);
    members.finish(&mut errors);
    read.of_token(token).finish(rules, token, Code::InvalidRequest, errors)
}

fn read_members<'a>(
    members: &mut Members,
    endpoint: Endpoint,
    rules: &'a TenantRules,
    errors: &mut FieldErrors,
) -> Read<'a> {
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
    Read {
        form: Form::Native,
        endpoint,
        clinician,
        clinician_place: "/clinician",
        intent,
        reader,
    }
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
            Raw::Null | Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number => {
                reader.refuse("/params", &name, Fault::WrongType("a string"), errors);
            }
        }
    }
}
