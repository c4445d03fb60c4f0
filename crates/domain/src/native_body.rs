//! What every body of the gateway's own API has in common, whatever it launches.

use crate::{
    fault::{Fault, FieldErrors},
    json::{Members, Raw},
    reason::Reason,
    refusal::Refusal,
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
    /// Errors that were found before: about headers that only the caller of this function can judge.
    pub errors: FieldErrors,
}

/// What every native body has in common, read.
pub(crate) struct Opened<'a> {
    pub(crate) members: Members<'a>,
    pub(crate) errors: FieldErrors,
}

impl<'a> Native<'a> {
    /// Opens the body, and notes what must not come with it: a clinician, where `is_vouched` says that another party
    /// says who acts.
    ///
    /// # Errors
    /// `invalid_request` if there is no JSON object; `clinician_not_accepted` if clinicians come from tokens.
    pub(crate) fn open(self, is_vouched: bool) -> Result<Opened<'a>, Refusal> {
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
            return Err(Refusal::new(Reason::BodyNotAnObject).naming(errors));
        };
        if is_vouched && members.has("clinician") {
            return Err(Reason::ClinicianBesideToken.into());
        }
        Ok(Opened { members, errors })
    }
}

/// Notes the headers of Empego's own form, where who acts and why is sent otherwise.
pub(crate) fn refuse_headers(has_user_header: bool, has_intent_header: bool, errors: &mut FieldErrors) {
    for (sent, name) in [
        (has_user_header, "x-integration-user"),
        (has_intent_header, "x-integration-intent"),
    ] {
        if sent {
            errors.add(
                format!("/header/{name}"),
                Fault::NotAccepted("This header is not accepted here: it belongs to the drop-in form"),
            );
        }
    }
}
