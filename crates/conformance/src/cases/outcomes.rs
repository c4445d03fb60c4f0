//! What may come back, by name: the contract's errors and Empego's own, and the ways in which a launch goes well.

use crate::case::{
    Error,
    Outcome::{self, Document, Url},
    Source,
};

const HEADER_FORMAT: &str = "Invalid x-integration-user header format";
const FIELDS_MISSING: &str = "User creation failed - missing required fields";
const AUTHENTICATION: &str = "Authentication failed";

pub(super) const HEADER: &str = "/header/x-integration-user";
pub(super) const NEW_USER_ID_ONLY: &[(&str, &str)] = &[
    ("/firstName", "required"),
    ("/lastName", "required"),
    ("/email", "required"),
];
pub(super) const NEW_USER_PARTIAL: &[(&str, &str)] = &[("/lastName", "required"), ("/email", "required")];
pub(super) const NEW_CLINICIAN_ID_ONLY: &[(&str, &str)] = &[
    ("/clinician/firstName", "required"),
    ("/clinician/lastName", "required"),
    ("/clinician/email", "required"),
];
pub(super) const NEW_CLINICIAN_PARTIAL: &[(&str, &str)] =
    &[("/clinician/lastName", "required"), ("/clinician/email", "required")];

pub(super) const HOST_UNAUTHENTICATED: Outcome = early(401, "host_unauthenticated", AUTHENTICATION);
pub(super) const NOT_FOUND: Outcome = early(404, "not_found", "Not Found");
pub(super) const METHOD_NOT_ALLOWED: Outcome = early(405, "method_not_allowed", "Method Not Allowed");
pub(super) const RESERVED_HEADER: Outcome = early(400, "reserved_header", "A reserved header was sent");
pub(super) const HEADER_REPEATED: Outcome = refused(400, "header_repeated", HEADER_FORMAT);
pub(super) const HEADER_TOO_LARGE: Outcome = refused(400, "header_too_large", HEADER_FORMAT);
pub(super) const HEADER_NOT_BASE64: Outcome =
    refused(400, "header_not_base64", HEADER_FORMAT).at(&[(HEADER, "not_base64")]);
pub(super) const HEADER_NOT_UTF8: Outcome = refused(400, "header_not_utf8", HEADER_FORMAT).at(&[(HEADER, "not_utf8")]);
pub(super) const HEADER_NOT_JSON: Outcome = refused(400, "header_not_json", HEADER_FORMAT).at(&[(HEADER, "not_json")]);
pub(super) const HEADER_SCHEMA: Outcome = refused(400, "header_schema", HEADER_FORMAT);
pub(super) const USER_FIELDS_MISSING: Outcome = refused(400, "user_fields_missing", FIELDS_MISSING);
pub(super) const INVALID_REQUEST: Outcome = refused(400, "invalid_request", "Invalid request");
pub(super) const IDENTITY_REQUIRED: Outcome = refused(400, "identity_required", "No clinician was given");
pub(super) const INTENT_REQUIRED: Outcome = refused(
    400,
    "intent_required",
    "State an intent: an incomplete profile is only safe for a user known to exist",
);
pub(super) const INTENT_CONFLICT: Outcome = refused(
    400,
    "intent_conflict",
    "The intent contradicts the clinician that was sent",
);
pub(super) const PAYLOAD_TOO_LARGE: Outcome = refused(413, "payload_too_large", "Payload Too Large");
pub(super) const UNSUPPORTED_MEDIA_TYPE: Outcome = refused(415, "unsupported_media_type", "Unsupported Media Type");
pub(super) const OWNER_SESSION_DENIED: Outcome = denied(
    "owner_session_denied",
    "Sessions as the API key's owner are off: the tenant's owner_session setting can allow them",
);
pub(super) const OWNER_CLONE_DENIED: Outcome = denied(
    "owner_clone_denied",
    "Cloning the API key's owner is off: the tenant's owner_clone setting can allow it",
);
/// What every launch with an intent comes to that the host may not state.
pub(crate) const INTENT_DENIED: Outcome = denied(
    "intent_denied",
    "This host may not send this intent: its intents setting lists the ones it may",
);
/// What every launch of an endpoint that the tenant was not granted comes to.
pub(crate) const ENDPOINT_DENIED: Outcome = denied(
    "endpoint_denied",
    "This endpoint is not granted: see the tenant's endpoints setting, the host's junction_orders setting or, for explanations, its explain setting",
);
/// What every launch of a feature or a modality comes to that the tenant was not granted.
pub(crate) const FEATURE_DENIED: Outcome = denied(
    "feature_denied",
    "This feature, modality or environment is not granted: see the tenant's junction.features, junction.modalities and junction.environment settings",
);
pub(super) const JUNCTION_NOT_FOUND: Outcome = answered(
    Some("junction_not_found"),
    404,
    "Junction knows no such team, member, patient or order",
);
pub(super) const UPSTREAM_FIELDS_MISSING: Outcome = answered(Some("upstream_user_fields_missing"), 400, FIELDS_MISSING);

// Empego's own errors: no code, and no fields.
pub(super) const EMPEGO_HEADER_FORMAT: Outcome = answered(None, 400, HEADER_FORMAT);
pub(super) const EMPEGO_FIELDS_MISSING: Outcome = answered(None, 400, FIELDS_MISSING);
pub(super) const EMPEGO_AUTHENTICATION: Outcome = answered(None, 401, AUTHENTICATION);

const fn refused(status: u16, code: &'static str, message: &'static str) -> Outcome {
    Outcome::Error(Error {
        status,
        code: Some(code),
        source: Source::Caller,
        message,
        fields: &[],
        before_grants: false,
    })
}

/// Refused before the gateway looks whether the endpoint is granted.
const fn early(status: u16, code: &'static str, message: &'static str) -> Outcome {
    match refused(status, code, message) {
        Outcome::Error(error) => Outcome::Error(Error {
            before_grants: true,
            ..error
        }),
        launch @ (Url { .. } | Document { .. } | Outcome::Junction { .. }) => launch,
    }
}

const fn denied(code: &'static str, message: &'static str) -> Outcome {
    Outcome::Error(Error {
        status: 403,
        code: Some(code),
        source: Source::Gateway,
        message,
        fields: &[],
        before_grants: false,
    })
}

const fn answered(code: Option<&'static str>, status: u16, message: &'static str) -> Outcome {
    Outcome::Error(Error {
        status,
        code,
        source: Source::Upstream,
        message,
        fields: &[],
        before_grants: false,
    })
}

pub(super) const fn url(warnings: &'static [&'static str]) -> Outcome {
    Url { warnings }
}

pub(super) const fn document(identity: &'static str, warnings: &'static [&'static str]) -> Outcome {
    Document { identity, warnings }
}

pub(super) const fn junction(feature: &'static str, modality: &'static str) -> Outcome {
    Outcome::Junction { feature, modality }
}
