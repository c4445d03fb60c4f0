//! Reads a launch from Empego's own form: user header, intent header and query.

use super::{Form, Launch, Read};
use crate::{
    claims::TokenClinician,
    clinician::Clinician,
    empego::{
        endpoint::Endpoint,
        intent::Intent,
        parameter::ParameterReader,
        rules::TenantRules,
        user_header::{self, HeaderFault},
    },
    fault::{Fault, FieldErrors},
    query::pairs,
    reason::Reason,
    refusal::Refusal,
};

/// The raw parts of a request in Empego's form.
#[derive(Debug, Default)]
pub struct DropIn<'a> {
    /// Every value of `x-integration-user`.
    pub user_headers: Vec<&'a [u8]>,
    /// Every value of `x-integration-intent`.
    pub intent_headers: Vec<&'a [u8]>,
    /// The query as it came, without `?`.
    pub query: &'a str,
    /// Whether a body came with it.
    pub has_body: bool,
    /// The clinician of a verified token, for hosts whose clinicians come from tokens.
    pub token: Option<&'a TokenClinician>,
    /// Errors that were found before: about headers that only the caller of this function can judge.
    pub errors: FieldErrors,
}

/// Reads a launch; header, query and intent are judged together.
///
/// # Errors
/// A `header_*` code if the user header is at fault, else `invalid_request`; either way with every error.
pub fn parse(request: DropIn<'_>, endpoint: Endpoint, rules: &TenantRules) -> Result<Launch, Refusal> {
    let mut errors = FieldErrors::default();
    let mut reason = Reason::FieldsAtFault;
    let clinician = read_user_header(&request.user_headers).unwrap_or_else(|fault| {
        reason = fault.reason;
        for error in fault.errors {
            errors.add(error.field, error.fault);
        }
        None
    });
    for error in request.errors.into_vec() {
        errors.add(error.field, error.fault);
    }
    let intent = read_intent_header(&request.intent_headers, &mut errors);
    if request.has_body {
        errors.add(
            "",
            Fault::NotAccepted("A body is not accepted here: parameters belong in the query"),
        );
    }
    let mut reader = ParameterReader::new(&rules.extra_parameters);
    let mut whole_query = FieldErrors::default();
    for (name, value) in pairs(request.query, &mut whole_query) {
        reader.read("/query", &name, value, &mut errors);
    }
    for error in whole_query.into_vec() {
        let is_unread = matches!(error.fault, Fault::TooLarge(_) | Fault::TooMany(_));
        errors.add(error.field, error.fault);
        if is_unread {
            // What is missing in a query that was not read is unknown.
            return Err(Refusal::new(reason).naming(errors));
        }
    }
    let read = Read {
        form: Form::DropIn,
        endpoint,
        clinician,
        clinician_place: "",
        intent,
        reader,
    };
    read.of_token(request.token)
        .finish(rules, request.token, reason, errors)
}

/// Absent is not the same as empty: no header at all is the only way to state no clinician.
fn read_user_header(values: &[&[u8]]) -> Result<Option<Clinician>, HeaderFault> {
    match values {
        [] => Ok(None),
        [value] => user_header::decode(value).map(Some),
        [_, _, ..] => Err(user_header::whole(Reason::SeveralUserHeaders, Fault::Repeated)),
    }
}

fn read_intent_header(values: &[&[u8]], errors: &mut FieldErrors) -> Option<Intent> {
    const PLACE: &str = "/header/x-integration-intent";
    match values {
        [] => None,
        [value] => {
            let intent = std::str::from_utf8(value).ok().and_then(Intent::parse);
            if intent.is_none() {
                errors.add(PLACE, Fault::BadValue(Intent::VALUES));
            }
            intent
        }
        [_, _, ..] => {
            errors.add(PLACE, Fault::Repeated);
            None
        }
    }
}
