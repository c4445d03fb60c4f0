//! The drop-in API, which is Empego's own: what a client of Empego's sends, and what it gets.

use super::outcomes::{
    HEADER, HEADER_NOT_BASE64, HEADER_NOT_JSON, HEADER_NOT_UTF8, HEADER_REPEATED, HEADER_SCHEMA, HEADER_TOO_LARGE,
    HOST_UNAUTHENTICATED, IDENTITY_REQUIRED, INTENT_CONFLICT, INTENT_REQUIRED, INVALID_REQUEST, METHOD_NOT_ALLOWED,
    NEW_USER_ID_ONLY, NEW_USER_PARTIAL, NOT_FOUND, OWNER_SESSION_DENIED, RESERVED_HEADER, UPSTREAM_FIELDS_MISSING,
    USER_FIELDS_MISSING, document, url,
};
use crate::{
    case::{Ask, Body, Case, Group, Key, Method, Of, User},
    clinicians::{
        COMPLETE, DUPLICATE, EVERY_MISTAKE, ID_ONLY, KNOWN_PARTIAL, LATIN_1, NO_USER_ID, NOT_JSON, PARTIAL,
        UNKNOWN_FIELD, WRONG_TYPE,
    },
};

pub(super) const GOOD: Ask = Ask {
    of: Of::Every,
    method: Method::Get,
    key: Key::Alone,
    user: &[],
    headers: &[],
    query: "",
    names_patient: true,
    body: Body::None,
    media_type: None,
    below: "",
};

matrix! { GOOD;
"Credentials" {
    no_key, "No key", {key: Key::None} => [HOST_UNAUTHENTICATED];
    wrong_key, "An unknown key", {key: Key::Wrong} => [HOST_UNAUTHENTICATED];
    empty_key, "An empty key", {key: Key::Empty} => [HOST_UNAUTHENTICATED];
    two_keys, "The key in two headers", {key: Key::Twice} => [HOST_UNAUTHENTICATED];
    other_scheme, "The key, but not as Bearer", {key: Key::OtherScheme} => [HOST_UNAUTHENTICATED];
    bearer_key, "The key as Bearer is accepted: the next check responds", {key: Key::Bearer, user: &[User::Value("%")]}
        => [HEADER_NOT_BASE64];
}
"User header" {
    header_empty, "Present and empty", {user: &[User::Value("")]} => [HEADER_NOT_BASE64];
    header_not_base64, "Not base64", {user: &[User::Value("%%%%")]} => [HEADER_NOT_BASE64];
    header_url_safe, "In the URL-safe alphabet", {user: &[User::Value("_-_-")]} => [HEADER_NOT_BASE64];
    header_latin_1, "Base64 of Latin-1 bytes, as btoa makes them", {user: &[User::Of(LATIN_1)]} => [HEADER_NOT_UTF8];
    header_not_json, "Base64 of something that is not JSON", {user: &[User::Of(NOT_JSON.as_bytes())]} => [HEADER_NOT_JSON];
    header_not_an_object, "JSON, but not an object", {user: &[User::Of(b"[]")]} => [HEADER_SCHEMA.at(&[("", "wrong_type")])];
    header_no_user_id, "Without userId", {user: &[User::Of(NO_USER_ID.as_bytes())]}
        => [HEADER_SCHEMA.at(&[("/userId", "required")])];
    header_unknown_field, "With an unknown field, and without userId", {user: &[User::Of(UNKNOWN_FIELD.as_bytes())]}
        => [HEADER_SCHEMA.at(&[("/userId", "required"), ("/*", "unknown")])];
    header_duplicate_member, "With a duplicate member", {user: &[User::Of(DUPLICATE.as_bytes())]}
        => [HEADER_SCHEMA.at(&[("/userId", "repeated")])];
    header_wrong_type, "With a member of the wrong type", {user: &[User::Of(WRONG_TYPE.as_bytes())]}
        => [HEADER_SCHEMA.at(&[("/userId", "wrong_type")])];
    header_every_mistake, "Five errors, all reported at once", {user: &[User::Of(EVERY_MISTAKE.as_bytes())]}
        => [HEADER_SCHEMA.at(&[
            ("/userId", "empty"), ("/firstName", "wrong_type"), ("/email", "bad_email"),
            ("/preferredLanguage", "bad_value"), ("/*", "unknown"),
        ])];
    header_repeated, "Two user headers", {user: &[User::Of(b"{}"), User::Of(b"{}")]}
        => [HEADER_REPEATED.at(&[(HEADER, "repeated")])];
    header_too_large, "Over 4 KiB", {user: &[User::Long(4097)]} => [HEADER_TOO_LARGE.at(&[(HEADER, "too_large")])];
}
"Query, other headers, path" {
    patient_missing, "Without patientKey where it is needed", {of: Of::NeedingPatient, names_patient: false}
        => [INVALID_REQUEST.at(&[("/query/patientKey", "required")])];
    locale_unknown, "An unknown locale", {query: "locale=de"} => [INVALID_REQUEST.at(&[("/query/locale", "bad_value")])];
    locale_repeated, "A parameter sent twice", {query: "locale=en&locale=en"}
        => [INVALID_REQUEST.at(&[("/query/locale", "repeated")])];
    locale_other_case, "A known name in different case", {query: "Locale=en"}
        => [INVALID_REQUEST.at(&[("/query/locale", "wrong_case")])];
    parameter_reserved, "A parameter named as a reserved header", {query: "api-key=1"}
        => [INVALID_REQUEST.at(&[("/query/*", "unknown")])];
    parameter_without_value, "A parameter without =", {query: "locale"}
        => [INVALID_REQUEST.at(&[("/query/*", "no_equals_sign")])];
    parameter_bad_percent, "A percent sign without digits", {query: "locale=%zz"}
        => [INVALID_REQUEST.at(&[("/query/*", "bad_percent")])];
    parameter_unknown, "An unlisted parameter", {query: "ward=7"}
        => [url(&["owner_session"])], strict [INVALID_REQUEST.at(&[("/query/*", "unknown")])];
    intent_unknown, "An unknown intent", {headers: &[("x-integration-intent", "guess")]}
        => [INVALID_REQUEST.at(&[("/header/x-integration-intent", "bad_value")])];
    intent_repeated, "Two intents", {headers: &[("x-integration-intent", "owner"), ("x-integration-intent", "owner")]}
        => [INVALID_REQUEST.at(&[("/header/x-integration-intent", "repeated")])];
    body_given, "With a body", {body: Body::Bytes(b"{}")} => [INVALID_REQUEST.at(&[("", "not_accepted")])];
    foreign_tenant_key, "With another tenant's key", {headers: &[("x-tenant-key", "nobodys")]}
        => [INVALID_REQUEST.at(&[("/header/x-tenant-key", "not_accepted")])];
    management_key, "With a reserved header", {headers: &[("x-management-key", "nobodys")]} => [RESERVED_HEADER];
    method_post, "POST", {method: Method::Post} => [METHOD_NOT_ALLOWED];
    path_unknown, "A path below the endpoint", {below: "/nothing"} => [NOT_FOUND];
}
"Who is launched" {
    no_header, "No user header: the key's owner", {} => [url(&["owner_session"])], strict [OWNER_SESSION_DENIED];
    id_only, "userId alone", {user: &[User::Of(ID_ONLY.as_bytes())]}
        => [url(&["may_clone_owner"])], strict [INTENT_REQUIRED];
    partial, "A partial profile, for a user who may be new", {user: &[User::Of(PARTIAL.as_bytes())]}
        => [UPSTREAM_FIELDS_MISSING.at(NEW_USER_PARTIAL), url(&["may_be_rejected_if_new"])],
        strict [USER_FIELDS_MISSING.at(NEW_USER_PARTIAL)];
    complete, "A complete profile", {user: &[User::Of(COMPLETE.as_bytes())]} => [url(&[])];
    complete_unpadded, "The same without padding", {user: &[User::Unpadded(COMPLETE.as_bytes())]} => [url(&[])];
    complete_as_json, "The same, for a client that accepts only JSON",
        {user: &[User::Of(COMPLETE.as_bytes())], headers: &[("accept", "application/json")]} => [document("clinician", &[])];
    existing_id_only, "userId alone, for a user known to exist",
        {user: &[User::Of(ID_ONLY.as_bytes())], headers: &[("x-integration-intent", "existing")]} => [url(&["may_clone_owner"])];
    existing_partial, "A partial profile, for a user known to exist",
        {user: &[User::Of(KNOWN_PARTIAL.as_bytes())], headers: &[("x-integration-intent", "existing")]} => [url(&[])];
    existing_nobody, "Intent existing, without a clinician", {headers: &[("x-integration-intent", "existing")]}
        => [IDENTITY_REQUIRED];
    new_id_only, "userId alone, for a new user",
        {user: &[User::Of(ID_ONLY.as_bytes())], headers: &[("x-integration-intent", "new")]}
        => [USER_FIELDS_MISSING.at(NEW_USER_ID_ONLY)];
    owner_id_only, "The key's owner, and a userId",
        {user: &[User::Of(ID_ONLY.as_bytes())], headers: &[("x-integration-intent", "owner")]} => [INTENT_CONFLICT];
}
}
