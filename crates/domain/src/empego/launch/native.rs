//! Reads a launch from the gateway's own form: a JSON body that states each fact once.

use super::{Form, Launch, Read};
use crate::{
    claims::TokenClinician,
    clinician::Clinician,
    empego::{
        endpoint::Endpoint,
        intent::Intent,
        parameter::{ParameterName, ParameterReader},
        rules::TenantRules,
    },
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    native_body::{Native, Opened},
    query::MAX_PARAMETERS,
    reason::Reason,
    refusal::Refusal,
};

/// Reads a launch; everything that is wrong comes out at once. The token is that of hosts whose clinicians come from tokens.
///
/// # Errors
/// `invalid_request`, with every error; `clinician_not_accepted` if clinicians come from tokens.
pub fn parse(
    request: Native<'_>,
    endpoint: Endpoint,
    rules: &TenantRules,
    token: Option<&TokenClinician>,
) -> Result<Launch, Refusal> {
    let Opened {
        mut members,
        mut errors,
    } = request.open(token.is_some())?;
    let read = read_members(&mut members, endpoint, rules, &mut errors);
    members.finish(&["clinician", "intent", "patientKey", "locale", "params"], &mut errors);
    read.of_token(token).finish(rules, token, Reason::FieldsAtFault, errors)
}

fn read_members<'a>(
    members: &mut Members<'_>,
    endpoint: Endpoint,
    rules: &'a TenantRules,
    errors: &mut FieldErrors,
) -> Read<'a> {
    for nullable in ["intent", "locale", "params"] {
        members.forget_null(nullable);
    }
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
fn read_params(raw: Raw<'_>, reader: &mut ParameterReader<'_>, errors: &mut FieldErrors) {
    let Some(members) = Members::of(raw, "/params", errors) else {
        return;
    };
    let stated = members.rest();
    if stated.len() > MAX_PARAMETERS {
        return errors.add("/params", Fault::TooMany(MAX_PARAMETERS));
    }
    for (name, value) in stated {
        let own_member = [ParameterName::PatientKey, ParameterName::Locale]
            .into_iter()
            .find(|own| own.as_str().eq_ignore_ascii_case(&name));
        if let Some(own) = own_member {
            errors.add(
                format!("/params/{}", own.as_str()),
                Fault::NotAccepted("This parameter has its own member: send it outside params"),
            );
            continue;
        }
        match value {
            Raw::Text(value) => reader.read("/params", &name, value, errors),
            Raw::Null | Raw::Boolean(_) | Raw::List(_) | Raw::Object(_) | Raw::Number(_) => {
                reader.refuse("/params", &name, Fault::WrongType("a string"), errors);
            }
        }
    }
}
