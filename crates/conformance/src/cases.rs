//! The matrix: every case of every suite, one row for each fact. What a row states is written by hand, from the
//! contract and from Empego's page, and not taken from the tables that the gateway itself answers from.
//!
//! A row reads: name, what is sent, how that differs from a good request, what comes back under a documented policy, and
//! what under a strict one if that is something else.

use super::{
    case::{
        Ask, Body, Case, Error, Group, Key, Method, Of,
        Outcome::{self, Document, Url},
        Source, User,
    },
    clinicians::{COMPLETE, ID_ONLY, KNOWN_ID_ONLY, KNOWN_PARTIAL, NOBODY, PARTIAL},
    report::Suite,
};

// Clinicians that cannot be used. None holds a `userId` that a more lenient reader could make a user of.
const LATIN_1: &[u8] = b"{\"userId\":\"\",\"firstName\":\"Zo\xe9\"}";
const NOT_JSON: &str = r#"{"userId":"","#;
const NO_USER_ID: &str = "{}";
const UNKNOWN_FIELD: &str = r#"{"nickname":"-"}"#;
const DUPLICATE: &str = r#"{"userId":"","userId":""}"#;
const WRONG_TYPE: &str = r#"{"userId":{}}"#;
const EVERY_MISTAKE: &str = r#"{"userId":"","firstName":[],"email":"-","preferredLanguage":"DE","nickname":"-"}"#;

// What stands in a row for what the run was told: the team and the patient as JSON texts, the order inside of one.
pub(super) const TEAM: &str = "$TEAM";
pub(super) const PATIENT: &str = "$PATIENT";
pub(super) const ORDER: &str = "$ORDER";

const IN_TEAM: &str = r#"{"integrationTeamId":$TEAM,"name":"Conformance"}"#;
const OF_PATIENT: &str = r#"{"clientUserId":$PATIENT}"#;
const ORDER_CREATION: &str = "\"order_creation\"";
const FEATURE_EMBED: &str = "\"feature_embed\"";
const LINK_OUT: &str = "\"link_out\"";
// Nothing has these ids: they were never assigned.
const UNKNOWN_ORDER: &str = "\"order:c04f0000-0000-4000-8000-00000000c04f\"";
const UNKNOWN_PATIENT: &str = "\"order_creation:c04f0000-0000-4000-8000-00000000c04f\"";

const HEADER_FORMAT: &str = "Invalid x-integration-user header format";
const FIELDS_MISSING: &str = "User creation failed - missing required fields";
const AUTHENTICATION: &str = "Authentication failed";

const HEADER: &str = "/header/x-integration-user";
const NEW_USER_ID_ONLY: &[(&str, &str)] = &[
    ("/firstName", "required"),
    ("/lastName", "required"),
    ("/email", "required"),
];
const NEW_USER_PARTIAL: &[(&str, &str)] = &[("/lastName", "required"), ("/email", "required")];
const NEW_CLINICIAN_ID_ONLY: &[(&str, &str)] = &[
    ("/clinician/firstName", "required"),
    ("/clinician/lastName", "required"),
    ("/clinician/email", "required"),
];
const NEW_CLINICIAN_PARTIAL: &[(&str, &str)] = &[("/clinician/lastName", "required"), ("/clinician/email", "required")];

const HOST_UNAUTHENTICATED: Outcome = early(401, "host_unauthenticated", AUTHENTICATION);
const NOT_FOUND: Outcome = early(404, "not_found", "Not Found");
const METHOD_NOT_ALLOWED: Outcome = early(405, "method_not_allowed", "Method Not Allowed");
const RESERVED_HEADER: Outcome = early(400, "reserved_header", "A reserved header was sent");
const HEADER_REPEATED: Outcome = refused(400, "header_repeated", HEADER_FORMAT);
const HEADER_TOO_LARGE: Outcome = refused(400, "header_too_large", HEADER_FORMAT);
const HEADER_NOT_BASE64: Outcome = refused(400, "header_not_base64", HEADER_FORMAT).at(&[(HEADER, "not_base64")]);
const HEADER_NOT_UTF8: Outcome = refused(400, "header_not_utf8", HEADER_FORMAT).at(&[(HEADER, "not_utf8")]);
const HEADER_NOT_JSON: Outcome = refused(400, "header_not_json", HEADER_FORMAT).at(&[(HEADER, "not_json")]);
const HEADER_SCHEMA: Outcome = refused(400, "header_schema", HEADER_FORMAT);
const USER_FIELDS_MISSING: Outcome = refused(400, "user_fields_missing", FIELDS_MISSING);
const INVALID_REQUEST: Outcome = refused(400, "invalid_request", "Invalid request");
const IDENTITY_REQUIRED: Outcome = refused(400, "identity_required", "No clinician was given");
const INTENT_REQUIRED: Outcome = refused(
    400,
    "intent_required",
    "State an intent: an incomplete profile is only safe for a user known to exist",
);
const INTENT_CONFLICT: Outcome = refused(
    400,
    "intent_conflict",
    "The intent contradicts the clinician that was sent",
);
const PAYLOAD_TOO_LARGE: Outcome = refused(413, "payload_too_large", "Payload Too Large");
const UNSUPPORTED_MEDIA_TYPE: Outcome = refused(415, "unsupported_media_type", "Unsupported Media Type");
const OWNER_SESSION_DENIED: Outcome = denied(
    "owner_session_denied",
    "Sessions as the API key's owner are off: the tenant's owner_session setting can allow them",
);
const OWNER_CLONE_DENIED: Outcome = denied(
    "owner_clone_denied",
    "Cloning the API key's owner is off: the tenant's owner_clone setting can allow it",
);
/// What every launch with an intent comes to that the host may not state.
pub(super) const INTENT_DENIED: Outcome = denied(
    "intent_denied",
    "This host may not send this intent: its intents setting lists the ones it may",
);
/// What every launch of an endpoint that the tenant was not granted comes to.
pub(super) const ENDPOINT_DENIED: Outcome = denied(
    "endpoint_denied",
    "This endpoint is not granted: see the tenant's endpoints setting, the host's junction_orders setting or, for explanations, its explain setting",
);
/// What every launch of a feature or a modality comes to that the tenant was not granted.
pub(super) const FEATURE_DENIED: Outcome = denied(
    "feature_denied",
    "This feature, modality or environment is not granted: see the tenant's junction.features, junction.modalities and junction.environment settings",
);
const JUNCTION_NOT_FOUND: Outcome = answered(
    Some("junction_not_found"),
    404,
    "Junction knows no such team, member, patient or order",
);
const UPSTREAM_FIELDS_MISSING: Outcome = answered(Some("upstream_user_fields_missing"), 400, FIELDS_MISSING);

// Empego's own errors: no code, and no fields.
const EMPEGO_HEADER_FORMAT: Outcome = answered(None, 400, HEADER_FORMAT);
const EMPEGO_FIELDS_MISSING: Outcome = answered(None, 400, FIELDS_MISSING);
const EMPEGO_AUTHENTICATION: Outcome = answered(None, 401, AUTHENTICATION);

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

const fn url(warnings: &'static [&'static str]) -> Outcome {
    Url { warnings }
}

const fn document(identity: &'static str, warnings: &'static [&'static str]) -> Outcome {
    Document { identity, warnings }
}

const fn junction(feature: &'static str, modality: &'static str) -> Outcome {
    Outcome::Junction { feature, modality }
}

const GOOD_COMPAT: Ask = Ask {
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

const GOOD_NATIVE: Ask = Ask {
    method: Method::Post,
    key: Key::Bearer,
    body: Body::Members(&[]),
    media_type: Some("application/json"),
    ..GOOD_COMPAT
};

const GOOD_UPSTREAM: Ask = GOOD_COMPAT;

/// It names no person: a case that opens something says so in its row.
const GOOD_JUNCTION: Ask = Ask {
    body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)]),
    ..GOOD_NATIVE
};

/// Writes groups of cases from rows.
macro_rules! matrix {
    ($table:ident, $good:ident; $($group:literal { $(
        $name:ident, $title:literal, { $($part:ident: $value:expr),* }
            => [$($documented:expr),+] $(, strict [$($strict:expr),+])?;
    )+ })+) => {
        const $table: &[Group] = &[$(Group {
            title: $group,
            cases: &[$(Case {
                name: stringify!($name),
                title: $title,
                ask: Ask { $($part: $value,)* ..$good },
                documented: &[$($documented),+],
                strict: matrix!(@strict [$($documented),+] $([$($strict),+])?),
            },)+],
        },)+];
    };
    (@strict [$($documented:expr),+]) => { &[$($documented),+] };
    (@strict [$($documented:expr),+] [$($strict:expr),+]) => { &[$($strict),+] };
}

matrix! { COMPAT, GOOD_COMPAT;
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

matrix! { NATIVE, GOOD_NATIVE;
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

matrix! { UPSTREAM, GOOD_UPSTREAM;
"Credentials" {
    no_key, "No key", {key: Key::None} => [EMPEGO_AUTHENTICATION];
    wrong_key, "An unknown key", {key: Key::Wrong} => [EMPEGO_AUTHENTICATION];
}
"User header" {
    header_not_base64, "Not base64", {user: &[User::Value("%%%%")]} => [EMPEGO_HEADER_FORMAT];
    header_not_json, "Base64 of something that is not JSON", {user: &[User::Of(NOT_JSON.as_bytes())]} => [EMPEGO_HEADER_FORMAT];
}
"Who is launched" {
    no_header, "Option 1: no user header, the key's owner", {} => [url(&[])];
    complete, "Option 3: a complete profile creates or updates", {user: &[User::Of(COMPLETE.as_bytes())]} => [url(&[])];
    known_id_only, "Option 2: userId alone, for a user who exists by now", {user: &[User::Of(KNOWN_ID_ONLY.as_bytes())]} => [url(&[])];
    known_partial, "A partial profile, for a user who exists by now", {user: &[User::Of(KNOWN_PARTIAL.as_bytes())]} => [url(&[])];
    id_only, "Option 4: userId alone, a clone of the owner if unknown", {user: &[User::Of(ID_ONLY.as_bytes())]} => [url(&[])];
    partial, "A partial profile, for a user who may be new: Empego documents both", {user: &[User::Of(PARTIAL.as_bytes())]}
        => [EMPEGO_FIELDS_MISSING, url(&[])];
}
}

matrix! { JUNCTION, GOOD_JUNCTION;
"Credentials" {
    no_key, "No key", {key: Key::None} => [HOST_UNAUTHENTICATED];
    wrong_key, "An unknown key", {key: Key::Wrong} => [HOST_UNAUTHENTICATED];
    empty_key, "An empty key", {key: Key::Empty} => [HOST_UNAUTHENTICATED];
    two_keys, "The key in two headers", {key: Key::Twice} => [HOST_UNAUTHENTICATED];
    other_scheme, "The key, but not as Bearer", {key: Key::OtherScheme} => [HOST_UNAUTHENTICATED];
    api_key, "The key as Api-Key is known: the next check answers", {key: Key::Alone} => [IDENTITY_REQUIRED];
}
"Body" {
    not_json, "Not JSON", {body: Body::Bytes(NOT_JSON.as_bytes())} => [INVALID_REQUEST.at(&[("", "not_json")])];
    empty, "Nothing in it", {body: Body::Bytes(b"")} => [INVALID_REQUEST.at(&[("", "not_json")])];
    latin_1, "In Latin-1", {body: Body::Bytes(LATIN_1)} => [INVALID_REQUEST.at(&[("", "not_utf8")])];
    not_an_object, "Not an object", {body: Body::Bytes(b"[]")} => [INVALID_REQUEST.at(&[("", "wrong_type")])];
    no_member, "An object without members", {body: Body::Members(&[])}
        => [INVALID_REQUEST.at(&[("/feature", "required"), ("/modality", "required")])];
    unknown_member, "An unknown member", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("nickname", "1")])}
        => [INVALID_REQUEST.at(&[("/*", "unknown")])];
    duplicate_member, "A member sent twice", {body: Body::Members(&[("feature", ORDER_CREATION), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "repeated")])];
    too_large, "Over 16 KiB", {body: Body::Long(16 * 1024 + 1)} => [PAYLOAD_TOO_LARGE];
    plain_text, "As text/plain", {media_type: Some("text/plain")}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "bad_value")])];
    no_media_type, "Without a media type", {media_type: None}
        => [UNSUPPORTED_MEDIA_TYPE.at(&[("/header/content-type", "required")])];
}
"Members" {
    clinician_null, "clinician null", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("clinician", "null")])}
        => [INVALID_REQUEST.at(&[("/clinician", "wrong_type")])];
    clinician_no_user_id, "clinician without userId", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("clinician", NO_USER_ID)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "required")])];
    clinician_every_mistake, "Five errors in the clinician, all reported at once", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("clinician", EVERY_MISTAKE)])}
        => [INVALID_REQUEST.at(&[("/clinician/userId", "empty"), ("/clinician/firstName", "wrong_type"), ("/clinician/email", "bad_email"), ("/clinician/preferredLanguage", "bad_value"), ("/clinician/*", "unknown")])];
    team_not_an_object, "team as a list", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("team", "[]")])}
        => [INVALID_REQUEST.at(&[("/team", "wrong_type")])];
    team_unnamed, "team without an id", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("team", "{}")])}
        => [INVALID_REQUEST.at(&[("/team/integrationTeamId", "required")])];
    team_id_malformed, "Junction's id of a team, and it is no UUID", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("team", r#"{"teamId":"-"}"#)])}
        => [INVALID_REQUEST.at(&[("/team/teamId", "malformed")])];
    patient_unnamed, "patient without an id", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("patient", "{}")])}
        => [INVALID_REQUEST.at(&[("/patient/clientUserId", "required")])];
    patient_wrong_type, "patient as a text", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", FEATURE_EMBED), ("patient", r#""-""#)])}
        => [INVALID_REQUEST.at(&[("/patient", "wrong_type")])];
    feature_missing, "Without a feature", {body: Body::Members(&[("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "required")])];
    feature_unknown, "An unknown feature", {body: Body::Members(&[("feature", r#""-""#), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "bad_value")])];
    feature_without_id, "order without an id", {body: Body::Members(&[("feature", r#""order""#), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "bad_value")])];
    feature_wrong_type, "A feature of the wrong type", {body: Body::Members(&[("feature", "7"), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/feature", "wrong_type")])];
    modality_missing, "Without a modality", {body: Body::Members(&[("feature", ORDER_CREATION)])}
        => [INVALID_REQUEST.at(&[("/modality", "required")])];
    modality_unknown, "An unknown modality", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", r#""-""#)])}
        => [INVALID_REQUEST.at(&[("/modality", "bad_value")])];
    modality_wrong_type, "A modality of the wrong type", {body: Body::Members(&[("feature", ORDER_CREATION), ("modality", "7")])}
        => [INVALID_REQUEST.at(&[("/modality", "wrong_type")])];
    patient_where_none_belongs, "A patient beside a feature that is about none", {body: Body::Members(&[("feature", "\"team_panels\""), ("modality", FEATURE_EMBED), ("patient", OF_PATIENT)])}
        => [INVALID_REQUEST.at(&[("/patient", "not_accepted")])];
}
"Headers, query, path" {
    query_given, "With a query", {query: "locale=en"} => [INVALID_REQUEST.at(&[("/query/*", "not_accepted")])];
    user_header_given, "With a user header", {user: &[User::Of(NO_USER_ID.as_bytes())]}
        => [INVALID_REQUEST.at(&[(HEADER, "not_accepted")])];
    intent_header_given, "With an intent header", {headers: &[("x-integration-intent", "owner")]}
        => [INVALID_REQUEST.at(&[("/header/x-integration-intent", "not_accepted")])];
    foreign_tenant_key, "With another tenant's key", {headers: &[("x-tenant-key", "nobodys")]}
        => [INVALID_REQUEST.at(&[("/header/x-tenant-key", "not_accepted")])];
    management_key, "With a reserved header", {headers: &[("x-management-key", "nobodys")]} => [RESERVED_HEADER];
    method_get, "GET", {method: Method::Get, body: Body::None, media_type: None} => [METHOD_NOT_ALLOWED];
    path_unknown, "A path below the operation", {below: "/nothing"} => [NOT_FOUND];
}
"Who is launched" {
    nobody, "No clinician", {} => [IDENTITY_REQUIRED];
    no_team, "No team, unless the tenant has one alone", {body: Body::Members(&[("clinician", COMPLETE), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [INVALID_REQUEST.at(&[("/team", "required")]), junction("order_creation", "feature_embed")];
    unknown_id_only, "An unknown member, by userId alone", {body: Body::Members(&[("clinician", NOBODY), ("team", IN_TEAM), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [USER_FIELDS_MISSING.at(NEW_CLINICIAN_ID_ONLY)];
    complete, "A complete profile", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [junction("order_creation", "feature_embed")];
    known_id_only, "userId alone, of a member who exists by now", {body: Body::Members(&[("clinician", KNOWN_ID_ONLY), ("team", IN_TEAM), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [junction("order_creation", "feature_embed")];
}
"What is opened" {
    new_order, "A new order, in an iframe", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [junction("order_creation", "feature_embed")];
    new_order_of_patient, "A new order for the patient, in an iframe", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("patient", OF_PATIENT), ("feature", ORDER_CREATION), ("modality", FEATURE_EMBED)])}
        => [junction("order_creation:*", "feature_embed")];
    order, "An order, in an iframe", {of: Of::NamingOrder, body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", r#""order:$ORDER""#), ("modality", FEATURE_EMBED)])}
        => [junction("order:*", "feature_embed")];
    team_panels, "The team's panels, in an iframe", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", "\"team_panels\""), ("modality", FEATURE_EMBED)])}
        => [junction("team_panels", "feature_embed")];
    team_config, "The team's settings, in an iframe", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", "\"team_config\""), ("modality", FEATURE_EMBED)])}
        => [junction("team_config", "feature_embed")];
    new_order_link_out, "A new order, in a window", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", ORDER_CREATION), ("modality", LINK_OUT)])}
        => [junction("order_creation", "link_out")];
    new_order_of_patient_link_out, "A new order for the patient, in a window", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("patient", OF_PATIENT), ("feature", ORDER_CREATION), ("modality", LINK_OUT)])}
        => [junction("order_creation:*", "link_out")];
    order_link_out, "An order, in a window", {of: Of::NamingOrder, body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", r#""order:$ORDER""#), ("modality", LINK_OUT)])}
        => [junction("order:*", "link_out")];
    team_panels_link_out, "The team's panels, in a window", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", "\"team_panels\""), ("modality", LINK_OUT)])}
        => [junction("team_panels", "link_out")];
    team_config_link_out, "The team's settings, in a window", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", "\"team_config\""), ("modality", LINK_OUT)])}
        => [junction("team_config", "link_out")];
    unknown_order, "An unknown order", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", UNKNOWN_ORDER), ("modality", FEATURE_EMBED)])}
        => [JUNCTION_NOT_FOUND];
    unknown_patient, "An unknown patient, by Junction's id", {body: Body::Members(&[("clinician", COMPLETE), ("team", IN_TEAM), ("feature", UNKNOWN_PATIENT), ("modality", FEATURE_EMBED)])}
        => [JUNCTION_NOT_FOUND];
}
}

/// The cases of a suite, in the order in which they are run.
pub(super) const fn of(suite: Suite) -> &'static [Group] {
    match suite {
        Suite::Compat => COMPAT,
        Suite::Native => NATIVE,
        Suite::Upstream => UPSTREAM,
        Suite::Junction => JUNCTION,
        // A story and no matrix: see `orders`.
        Suite::Orders => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::code::Code;

    use super::*;

    const SUITES: [Suite; 4] = [Suite::Compat, Suite::Native, Suite::Upstream, Suite::Junction];

    fn cases(suite: Suite) -> impl Iterator<Item = &'static Case> {
        of(suite).iter().flat_map(|group| group.cases)
    }

    #[test]
    fn a_name_stands_for_one_case() {
        for suite in SUITES {
            let names: BTreeSet<_> = cases(suite).map(|case| case.name).collect();
            assert_eq!(names.len(), cases(suite).count(), "{suite:?}");
        }
    }

    #[test]
    fn handwritten_cases_match_the_table_and_cover_what_requests_provoke() {
        let table: BTreeMap<_, _> = Code::ALL.iter().map(|code| (code.as_str(), *code)).collect();
        let mut seen = BTreeSet::new();
        let gateways = [Suite::Compat, Suite::Native, Suite::Junction];
        for case in gateways.into_iter().flat_map(cases) {
            let of_all = [&ENDPOINT_DENIED, &FEATURE_DENIED];
            for outcome in case.documented.iter().chain(case.strict).chain(of_all) {
                let Outcome::Error(error) = outcome else { continue };
                let code = table[error.code.unwrap()];
                let stated = (error.status, error.message, error.source.as_str(), false);
                let told = (
                    code.status(),
                    &*code.message(None),
                    code.source().as_str(),
                    code.is_retryable(),
                );
                assert_eq!(stated, told, "{}", case.name);
                seen.insert(code.as_str());
            }
        }
        // What needs another configuration, a token, a malformed head, a slow or busy peer, or a broken upstream.
        let elsewhere = [
            "clinician_not_accepted",
            "bad_target",
            "origin_denied",
            "intent_denied",
            "patient_denied",
            "claim_unusable",
            "request_timeout",
            "rate_limited",
            "upstream_header_rejected",
            "upstream_authentication_failed",
            "upstream_rejected",
            "upstream_error",
            "upstream_bad_body",
            "upstream_bad_url",
            "upstream_unreachable",
            "upstream_busy",
            "overloaded",
            "identity_provider_unavailable",
            "user_unknown",
            "store_unavailable",
            "audit_unavailable",
            "upstream_circuit_open",
            "upstream_connect_timeout",
            "upstream_timeout",
            "internal",
            // What a frame gets, and no host.
            "ticket_spent",
            // What the story of an order provokes, and what needs Junction's fault, a late hour or an event of its own.
            "idempotency_key_required",
            "idempotency_conflict",
            "name_not_orderable",
            "address_incomplete",
            "patient_is_minor",
            "area_not_served",
            "requisition_pending",
            "visit_active",
            "not_reschedulable",
            "not_cancellable",
            "late_cancellation",
            "slot_expired",
            "slot_taken",
            "slot_foreign",
            "results_not_ready",
            "outcome_unknown",
            "webhook_unverified",
        ];
        // What Junction alone can bring about, and what is for browsers that it sends.
        let of_junction = table.keys().copied().filter(|code| {
            [
                "junction_forbidden",
                "junction_conflict",
                "team_denied",
                "session_required",
                "session_mismatch",
                "confirmation_required",
                "continuation_loop",
            ]
            .contains(code)
        });
        let elsewhere: Vec<_> = elsewhere.into_iter().chain(of_junction).collect();
        let all: BTreeSet<_> = elsewhere.iter().copied().chain(seen.iter().copied()).collect();
        assert_eq!(all, table.keys().copied().collect());
        assert_eq!(seen.len() + elsewhere.len(), all.len());
    }
}
