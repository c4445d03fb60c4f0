//! The native API: a launch in one JSON document.

use super::{
    compat,
    outcomes::{
        HEADER, HOST_UNAUTHENTICATED, IDENTITY_REQUIRED, INTENT_CONFLICT, INTENT_REQUIRED, INVALID_REQUEST,
        METHOD_NOT_ALLOWED, NEW_CLINICIAN_ID_ONLY, NEW_CLINICIAN_PARTIAL, NOT_FOUND, OWNER_CLONE_DENIED,
        OWNER_SESSION_DENIED, PAYLOAD_TOO_LARGE, RESERVED_HEADER, UNSUPPORTED_MEDIA_TYPE, UPSTREAM_FIELDS_MISSING,
        USER_FIELDS_MISSING, document,
    },
};
use crate::{
    case::{Ask, Body, Case, Group, Key, Method, Of, User},
    clinicians::{
        COMPLETE, DUPLICATE, EVERY_MISTAKE, ID_ONLY, KNOWN_PARTIAL, LATIN_1, NO_USER_ID, NOT_JSON, PARTIAL,
        UNKNOWN_FIELD, WRONG_TYPE,
    },
};

pub(super) const GOOD: Ask = Ask {
    method: Method::Post,
    key: Key::Bearer,
    body: Body::Members(&[]),
    media_type: Some("application/json"),
    ..compat::GOOD
};

matrix! { GOOD;
"Credentials" {
    no_key, "No key", {key: Key::None} => [HOST_UNAUTHENTICATED];
    wrong_key, "An unknown key", {key: Key::Wrong} => [HOST_UNAUTHENTICATED];
    empty_key, "An empty key", {key: Key::Empty} => [HOST_UNAUTHENTICATED];
    two_keys, "The key in two headers", {key: Key::Twice} => [HOST_UNAUTHENTICATED];
    other_scheme, "The key, but not as Bearer", {key: Key::OtherScheme} => [HOST_UNAUTHENTICATED];
    api_key, "The key as Api-Key is accepted: the next check responds", {key: Key::Alone} => [IDENTITY_REQUIRED];
}
"Body" {
    not_json, "Not JSON", {body: Body::Bytes(NOT_JSON.as_bytes())} => [INVALID_REQUEST.at(&[("", "not_json")])];
    empty, "Empty", {body: Body::Bytes(b"")} => [INVALID_REQUEST.at(&[("", "not_json")])];
    latin_1, "In Latin-1", {body: Body::Bytes(LATIN_1)} => [INVALID_REQUEST.at(&[("", "not_utf8")])];
    not_an_object, "Not an object", {body: Body::Bytes(b"[]")} => [INVALID_REQUEST.at(&[("", "wrong_type")])];
    unknown_member, "An unknown member", {body: Body::Members(&[("nickname", "1")])}
        => [INVALID_REQUEST.at(&[("/*", "unknown")])];
    duplicate_member, "A duplicate member", {body: Body::Members(&[("locale", "\"en\""), ("locale", "\"en\"")])}
        => [INVALID_REQUEST.at(&[("/locale", "repeated")])];
    too_large, "Over 16 KiB", {body: Body::Long(16 * 1024 + 1)} => [PAYLOAD_TOO_LARGE];
    plain_text, "As text/plain", {media_type: Some("text/plain")}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "bad_value")])];
    no_media_type, "Without a media type", {media_type: None}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "required")])];
}
"Clinician" {
    clinician_null, "null", {body: Body::Members(&[("clinician", "null")])}
        => [INVALID_REQUEST.at(&[("/clinician", "wrong_type")])];
    clinician_not_an_object, "Not an object", {body: Body::Members(&[("clinician", "[]")])}
        => [INVALID_REQUEST.at(&[("/clinician", "wrong_type")])];
    clinician_no_user_id, "Without userId", {body: Body::Members(&[("clinician", NO_USER_ID)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "required")])];
    clinician_unknown_field, "With an unknown field, and without userId",
        {body: Body::Members(&[("clinician", UNKNOWN_FIELD)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "required"), ("/clinician/*", "unknown")])];
    clinician_duplicate_member, "With a duplicate member", {body: Body::Members(&[("clinician", DUPLICATE)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "repeated")])];
    clinician_wrong_type, "With a member of the wrong type", {body: Body::Members(&[("clinician", WRONG_TYPE)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "wrong_type")])];
    clinician_every_mistake, "Five errors, all reported at once", {body: Body::Members(&[("clinician", EVERY_MISTAKE)])}
        => [INVALID_REQUEST.at(&[
            ("/clinician/userId", "empty"), ("/clinician/firstName", "wrong_type"), ("/clinician/email", "bad_email"),
            ("/clinician/preferredLanguage", "bad_value"), ("/clinician/*", "unknown"),
        ])];
}
"Parameters, headers, path" {
    patient_missing, "Without patientKey where it is needed", {of: Of::NeedingPatient, names_patient: false}
        => [INVALID_REQUEST.at(&[("/patientKey", "required")])];
    patient_wrong_type, "patientKey as a number", {names_patient: false, body: Body::Members(&[("patientKey", "7")])}
        => [INVALID_REQUEST.at(&[("/patientKey", "wrong_type")])];
    patient_empty, "An empty patientKey", {names_patient: false, body: Body::Members(&[("patientKey", "\"\"")])}
        => [INVALID_REQUEST.at(&[("/patientKey", "empty")])];
    locale_unknown, "An unknown locale", {body: Body::Members(&[("locale", "\"de\"")])}
        => [INVALID_REQUEST.at(&[("/locale", "bad_value")])];
    intent_unknown, "An unknown intent", {body: Body::Members(&[("intent", "\"guess\"")])}
        => [INVALID_REQUEST.at(&[("/intent", "bad_value")])];
    intent_wrong_type, "An intent of the wrong type", {body: Body::Members(&[("intent", "7")])}
        => [INVALID_REQUEST.at(&[("/intent", "wrong_type")])];
    params_not_an_object, "params as a list", {body: Body::Members(&[("params", "[]")])}
        => [INVALID_REQUEST.at(&[("/params", "wrong_type")])];
    params_with_patient, "patientKey within params", {body: Body::Members(&[("params", r#"{"patientKey":"-"}"#)])}
        => [INVALID_REQUEST.at(&[("/params/patientKey", "not_accepted")])];
    params_wrong_type, "A parameter of the wrong type", {body: Body::Members(&[("params", r#"{"accessKey":7}"#)])}
        => [INVALID_REQUEST.at(&[("/params/accessKey", "wrong_type")])];
    params_reserved, "A parameter named as a reserved header", {body: Body::Members(&[("params", r#"{"api-key":"1"}"#)])}
        => [INVALID_REQUEST.at(&[("/params/*", "unknown")])];
    query_given, "With a query", {query: "locale=en"} => [INVALID_REQUEST.at(&[("/query/*", "not_accepted")])];
    user_header_given, "With a user header", {user: &[User::Of(NO_USER_ID.as_bytes())]}
        => [INVALID_REQUEST.at(&[(HEADER, "not_accepted")])];
    intent_header_given, "With an intent header", {headers: &[("x-integration-intent", "owner")]}
        => [INVALID_REQUEST.at(&[("/header/x-integration-intent", "not_accepted")])];
    foreign_tenant_key, "With another tenant's key", {headers: &[("x-tenant-key", "nobodys")]}
        => [INVALID_REQUEST.at(&[("/header/x-tenant-key", "not_accepted")])];
    management_key, "With a reserved header", {headers: &[("x-management-key", "nobodys")]} => [RESERVED_HEADER];
    method_get, "GET", {method: Method::Get, body: Body::None, media_type: None} => [METHOD_NOT_ALLOWED];
    path_unknown, "A path below the endpoint", {below: "/nothing"} => [NOT_FOUND];
}
"Intent: no clinician" {
    silent_nobody, "No intent", {} => [IDENTITY_REQUIRED];
    owner_nobody, "owner", {body: Body::Members(&[("intent", "\"owner\"")])}
        => [document("owner", &[])], strict [OWNER_SESSION_DENIED];
    existing_nobody, "existing", {body: Body::Members(&[("intent", "\"existing\"")])} => [IDENTITY_REQUIRED];
    upsert_nobody, "upsert", {body: Body::Members(&[("intent", "\"upsert\"")])} => [IDENTITY_REQUIRED];
    new_nobody, "new", {body: Body::Members(&[("intent", "\"new\"")])} => [IDENTITY_REQUIRED];
    clone_nobody, "clone", {body: Body::Members(&[("intent", "\"clone\"")])} => [IDENTITY_REQUIRED];
}
"Intent: userId alone" {
    silent_id_only, "No intent", {body: Body::Members(&[("clinician", ID_ONLY)])}
        => [document("clinician_or_clone", &["may_clone_owner"])], strict [INTENT_REQUIRED];
    owner_id_only, "owner", {body: Body::Members(&[("clinician", ID_ONLY), ("intent", "\"owner\"")])} => [INTENT_CONFLICT];
    existing_id_only, "existing", {body: Body::Members(&[("clinician", ID_ONLY), ("intent", "\"existing\"")])}
        => [document("clinician_or_clone", &["may_clone_owner"])];
    upsert_id_only, "upsert", {body: Body::Members(&[("clinician", ID_ONLY), ("intent", "\"upsert\"")])}
        => [document("clinician_or_clone", &["may_clone_owner"])], strict [INTENT_REQUIRED];
    new_id_only, "new", {body: Body::Members(&[("clinician", ID_ONLY), ("intent", "\"new\"")])}
        => [USER_FIELDS_MISSING.at(NEW_CLINICIAN_ID_ONLY)];
    clone_id_only, "clone", {body: Body::Members(&[("clinician", ID_ONLY), ("intent", "\"clone\"")])}
        => [document("clone", &[])], strict [OWNER_CLONE_DENIED];
}
"Intent: a complete profile" {
    silent_complete, "No intent", {body: Body::Members(&[("clinician", COMPLETE)])} => [document("clinician", &[])];
    owner_complete, "owner", {body: Body::Members(&[("clinician", COMPLETE), ("intent", "\"owner\"")])} => [INTENT_CONFLICT];
    existing_complete, "existing", {body: Body::Members(&[("clinician", COMPLETE), ("intent", "\"existing\"")])}
        => [document("clinician", &[])];
    upsert_complete, "upsert", {body: Body::Members(&[("clinician", COMPLETE), ("intent", "\"upsert\"")])}
        => [document("clinician", &[])];
    new_complete, "new", {body: Body::Members(&[("clinician", COMPLETE), ("intent", "\"new\"")])}
        => [document("clinician", &[])];
    clone_complete, "clone", {body: Body::Members(&[("clinician", COMPLETE), ("intent", "\"clone\"")])} => [INTENT_CONFLICT];
}
"Intent: a partial profile" {
    silent_partial, "No intent", {body: Body::Members(&[("clinician", PARTIAL)])}
        => [UPSTREAM_FIELDS_MISSING.at(NEW_CLINICIAN_PARTIAL), document("clinician", &["may_be_rejected_if_new"])],
        strict [USER_FIELDS_MISSING.at(NEW_CLINICIAN_PARTIAL)];
    owner_partial, "owner", {body: Body::Members(&[("clinician", PARTIAL), ("intent", "\"owner\"")])} => [INTENT_CONFLICT];
    existing_partial, "existing, and the user exists by now",
        {body: Body::Members(&[("clinician", KNOWN_PARTIAL), ("intent", "\"existing\"")])} => [document("clinician", &[])];
    upsert_partial, "upsert", {body: Body::Members(&[("clinician", PARTIAL), ("intent", "\"upsert\"")])}
        => [UPSTREAM_FIELDS_MISSING.at(NEW_CLINICIAN_PARTIAL), document("clinician", &["may_be_rejected_if_new"])],
        strict [USER_FIELDS_MISSING.at(NEW_CLINICIAN_PARTIAL)];
    new_partial, "new", {body: Body::Members(&[("clinician", PARTIAL), ("intent", "\"new\"")])}
        => [USER_FIELDS_MISSING.at(NEW_CLINICIAN_PARTIAL)];
    clone_partial, "clone", {body: Body::Members(&[("clinician", PARTIAL), ("intent", "\"clone\"")])} => [INTENT_CONFLICT];
}
}
